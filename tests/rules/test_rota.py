"""The rota: shifts by rule in local time, through clock changes, holidays, absences; one holder a moment."""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import duty, rota
from dispatch.events import EventKind
from dispatch.moments import HOUR, MINUTE, Micros, from_datetime, to_datetime
from dispatch.people import Ladder, Roster, Rung
from dispatch.rota import Holiday, Override, Rota, Slot
from store.calendar import RuleCalendar
from tests.rules import builders
from tests.rules.builders import DEPUTY, DIRECTOR, SECRETARY_A, SECRETARY_B

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
A, B, C, D = SECRETARY_A, SECRETARY_B, DEPUTY, DIRECTOR

DAY = Slot(name="day", rule="FREQ=DAILY;BYHOUR=8", anchor=date(2026, 1, 1), hours=12, people=(A, B))
NIGHT = Slot(name="night", rule="FREQ=DAILY;BYHOUR=20", anchor=date(2026, 1, 1), hours=12, people=(C, D))


def at(text: str, zone: str = SHANGHAI) -> Micros:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def planning(
    *slots: Slot,
    zone: str = SHANGHAI,
    holidays: tuple[Holiday, ...] = (),
    overrides: tuple[Override, ...] = (),
) -> Roster:
    people = builders.roster()
    return replace(
        people,
        committee=replace(people.committee, timezone=zone),
        rota=Rota(slots=slots, holidays=holidays, calendar=RuleCalendar()),
        overrides=overrides,
    )


def override(number: int, start: Micros, end: Micros, person: int) -> Override:
    return Override(id=number, starts_at=start, ends_at=end, person_id=person)


@pytest.mark.parametrize(
    ("moment", "holder"),
    [
        ("2026-01-01T07:59:59.999999", None),  # before the anchor's first shift
        ("2026-01-01T08:00:00", A),
        ("2026-01-01T19:59:59.999999", A),
        ("2026-01-01T20:00:00", C),
        ("2026-01-02T07:59:59.999999", C),
        ("2026-01-02T08:00:00", B),
        ("2026-01-03T08:00:00", A),
        ("2027-01-01T08:00:00", B),  # 365 turns later
    ],
)
def test_people_take_the_shifts_of_a_slot_one_after_the_other(moment: str, holder: int | None) -> None:
    assert duty.on_duty(planning(DAY, NIGHT), at(moment)) == holder


@pytest.mark.parametrize(
    ("rule", "hours", "night", "local", "holder"),
    [
        # Clocks go forward on 29 March at two, back on 25 October at three: by the wall a shift ends on time.
        ("FREQ=DAILY;BYHOUR=20", 12, "2026-03-28", "2026-03-29T07:59:59", True),
        ("FREQ=DAILY;BYHOUR=20", 12, "2026-03-28", "2026-03-29T08:00:00", False),
        ("FREQ=DAILY;BYHOUR=20", 12, "2026-10-24", "2026-10-25T07:59:59", True),
        ("FREQ=DAILY;BYHOUR=20", 12, "2026-10-24", "2026-10-25T08:00:00", False),
        # A shift that would begin within the hour that is left out begins when clocks jump.
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 6, "2026-03-29", "2026-03-29T01:59:59", False),
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 6, "2026-03-29", "2026-03-29T03:00:00", True),
        # One that begins within the hour that comes twice begins the first time.
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 6, "2026-10-25", "2026-10-25T02:29:59", False),
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", 6, "2026-10-25", "2026-10-25T02:30:00", True),
    ],
)
def test_local_hours_hold_through_the_nights_in_which_clocks_change(
    rule: str, hours: int, night: str, local: str, holder: bool
) -> None:
    anchor = date.fromisoformat(night)
    slot = Slot(name="night", rule=rule, anchor=anchor, hours=hours, people=(A,))
    assert (duty.on_duty(planning(slot, zone=BERLIN), at(local, BERLIN)) == A) is holder


def test_the_second_of_two_equal_hours_belongs_to_the_shift_that_began_in_the_first() -> None:
    slot = Slot(name="n", rule="FREQ=DAILY;BYHOUR=2", anchor=date(2026, 10, 25), hours=2, people=(A,))
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo(BERLIN), fold=1)
    assert duty.on_duty(planning(slot, zone=BERLIN), from_datetime(twice)) == A
    shift = duty.planned(planning(slot, zone=BERLIN), from_datetime(twice))
    assert shift.ends_at - shift.starts_at == 3 * HOUR


BEFORE = Slot(
    name="before",
    rule="FREQ=DAILY;BYHOUR=14;BYMINUTE=30",
    anchor=date(2026, 1, 1),
    hours=12,
    people=(A,),
)
SINCE = Slot(
    name="since",
    rule="FREQ=DAILY;BYHOUR=2;BYMINUTE=30",
    anchor=date(2026, 1, 1),
    hours=12,
    people=(B,),
)
"""The one gives the duty to the other at half past two, which some nights lack and others have twice."""

JUMP = at("2026-03-29T01:00:00", "UTC")
"""Two o'clock in Berlin, which is three: there is no half past two."""

FIRST = at("2026-10-25T00:30:00", "UTC")
"""Half past two for the first time that night; an hour later it comes once more."""


def calls(people: Roster, due: Micros) -> tuple[int, ...]:
    """Whom the first rung calls, of a job whose first rung is due at that very moment."""
    book = builders.playbook()
    wait = sum(wave.after for wave in book.waves) + book.rungs[0].after
    play = builders.Play(builders.situation(book, people, posted_at=due - wait), due - wait)
    play.lives(wait)
    (called,) = [each for each in play.decisions if each.events[0].kind is EventKind.CALLED]
    assert called.events[0].at == due
    return tuple(play.called())


@pytest.mark.parametrize(
    ("due", "called"),
    [
        (JUMP - 1, A),
        (JUMP, B),
        (JUMP + HOUR // 2, B),
        (FIRST - HOUR // 3, A),  # ten past two, for the first time
        (FIRST - 1, A),
        (FIRST, B),
        (FIRST + HOUR - HOUR // 3, B),  # ten past two again: the duty does not go back
        (FIRST + HOUR - 1, B),
        (FIRST + HOUR, B),
    ],
)
def test_conformance_19_a_rung_in_the_hour_that_is_left_out_or_comes_twice_calls_whose_shift_it_is(
    due: Micros, called: int
) -> None:
    assert calls(planning(BEFORE, SINCE, zone=BERLIN), due) == (called,)
    taken = override(1, JUMP, FIRST, C), override(2, FIRST, FIRST + HOUR, D)
    expected = C if JUMP <= due < FIRST else D if FIRST <= due < FIRST + HOUR else called
    assert calls(planning(BEFORE, SINCE, zone=BERLIN, overrides=taken), due) == (expected,)


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, "America/New_York", "Australia/Lord_Howe"])
def test_day_and_night_leave_no_moment_of_a_year_to_nobody(zone: str) -> None:
    people = planning(DAY, NIGHT, zone=zone)
    pieces = duty.held(people, at("2026-02-01T08:00:00", zone), at("2027-02-01T08:00:00", zone))
    assert all(piece.person_id is not None for piece in pieces)
    assert all(before.ends_at == after.starts_at for before, after in pairwise(pieces))
    assert len(pieces) == 2 * 365


def test_a_holidays_people_have_the_shifts_that_start_on_its_days_in_turn() -> None:
    new_year = Holiday(first=date(2026, 2, 16), last=date(2026, 2, 17), people=(D, A, B))
    people = planning(DAY, NIGHT, holidays=(new_year,))
    found = [
        duty.on_duty(people, at(f"2026-02-{day}T{hour}:00:00")) for day in (16, 17) for hour in ("09", "21")
    ]
    assert found == [D, A, B, D]
    assert duty.on_duty(people, at("2026-02-18T07:59:00")) == D  # a night ends in the morning
    assert duty.on_duty(people, at("2026-02-18T09:00:00")) in (A, B)


def test_somebody_who_left_is_passed_over_and_where_all_left_nobody_has_it() -> None:
    people = planning(DAY)
    now = at("2026-01-01T09:00:00")
    without = {key: one for key, one in people.people.items() if key != A}
    assert duty.on_duty(replace(people, people=without), now) == B
    nobody = {key: one for key, one in without.items() if key != B}
    assert duty.on_duty(replace(people, people=nobody), now) is None


def test_where_two_slots_meet_the_first_one_counts_unless_nobody_of_it_is_there() -> None:
    weekend = Slot(
        name="weekend", rule="FREQ=WEEKLY;BYDAY=SA;BYHOUR=8", anchor=date(2026, 1, 1), hours=48, people=(D,)
    )
    people = planning(weekend, DAY)
    saturday = at("2026-01-03T09:00:00")
    assert duty.on_duty(people, saturday) == D
    assert duty.on_duty(people, at("2026-01-02T09:00:00")) == B
    left = {key: one for key, one in people.people.items() if key != D}
    assert duty.on_duty(replace(people, people=left), saturday) == A


def test_an_hour_that_no_slot_covers_is_a_hole_with_a_beginning_and_an_end() -> None:
    people = planning(DAY)
    night, morning = at("2026-01-01T20:00:00"), at("2026-01-02T08:00:00")
    hole = duty.planned(people, night + HOUR)
    assert (hole.starts_at, hole.ends_at, hole.person_id) == (night, morning, None)
    assert duty.standing_on(Rung.DUTY, people, night + HOUR) == ()


def test_a_swap_counts_from_its_first_to_its_last_moment_and_the_later_word_wins() -> None:
    start, end = at("2026-01-01T08:00:00"), at("2026-01-01T20:00:00")
    people = planning(DAY, NIGHT, overrides=(override(1, start, end, B), override(2, start + HOUR, end, D)))
    found = [duty.on_duty(people, moment) for moment in (start - 1, start, start + HOUR, end - 1, end)]
    assert found == [None, B, D, D, C]
    left = {key: one for key, one in people.people.items() if key != D}
    assert duty.on_duty(replace(people, people=left), end - 1) == B


def test_a_swap_counts_where_there_is_no_rota_as_well() -> None:
    start = at("2026-11-25T08:00:00")
    people = replace(builders.roster(), overrides=(override(1, start, start + 12 * HOUR, DIRECTOR),))
    assert duty.on_duty(people, start) == DIRECTOR
    weekly = duty.on_duty(replace(people, overrides=()), start)
    assert [piece.person_id for piece in duty.held(people, start - HOUR, start + 13 * HOUR)] == [
        weekly,
        DIRECTOR,
        weekly,
    ]


def test_the_line_behind_whoever_is_asked_is_the_next_shifts_and_then_the_ladder() -> None:
    people, now = planning(DAY, NIGHT), at("2026-01-01T09:00:00")
    asked: tuple[int, ...] = ()
    while (who := duty.next_in_line(people, asked, now)) is not None:
        asked = (*asked, who)
    assert asked == (A, C, B, D)
    bare = replace(people, ladder=Ladder(), rota=None)
    assert duty.next_in_line(bare, (), now) is None


SLOTS = st.lists(
    st.builds(
        Slot,
        name=st.text("abcdef", min_size=1, max_size=4),
        rule=st.sampled_from(
            [
                "FREQ=DAILY;BYHOUR=8",
                "FREQ=DAILY;BYHOUR=2;BYMINUTE=30",
                "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=20",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;BYHOUR=3",
                "FREQ=MONTHLY;BYMONTHDAY=25;BYHOUR=0",
            ]
        ),
        anchor=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        hours=st.integers(1, 24),
        people=st.lists(st.sampled_from([A, B, C, D]), min_size=1, max_size=4, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda slot: slot.name,
)
MOMENTS = st.integers(at("2026-03-20T00:00:00"), at("2026-11-05T00:00:00"))
SPANS = st.lists(st.tuples(MOMENTS, st.integers(1, 200), st.sampled_from([A, B, C, D])), max_size=4)


@settings(max_examples=60)
@given(SLOTS, SPANS, MOMENTS, st.sampled_from([SHANGHAI, BERLIN]))
def test_every_moment_has_one_holder_at_most_and_overrides_win(
    slots: list[Slot], spans: list[tuple[Micros, int, int]], start: Micros, zone: str
) -> None:
    overrides = tuple(
        override(number, begin, begin + hours * HOUR, person)
        for number, (begin, hours, person) in enumerate(spans, 1)
    )
    people = planning(*slots, zone=zone, overrides=overrides)
    until = start + 10 * 24 * HOUR
    pieces = duty.held(people, start, until)
    assert pieces[0].starts_at <= start
    assert pieces[-1].ends_at == until
    assert all(before.ends_at == after.starts_at for before, after in pairwise(pieces))
    for piece in pieces:
        inside = [
            max(piece.starts_at, start),
            (max(piece.starts_at, start) + piece.ends_at) // 2,
            piece.ends_at - 1,
        ]
        assert {duty.on_duty(people, moment) for moment in inside} == {piece.person_id}
    for moment in range(start, until, 17 * HOUR + 13 * MINUTE):
        taken = [each.person_id for each in overrides if each.starts_at <= moment < each.ends_at]
        if taken:
            assert duty.on_duty(people, moment) == taken[-1]


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - what a wall shows
    st.integers(0, 200),
    st.sampled_from([BERLIN, SHANGHAI]),
)
def test_what_is_later_by_the_wall_is_never_earlier_in_truth(
    local: datetime, minutes: int, zone: str
) -> None:
    place = ZoneInfo(zone)
    later = from_datetime(local.replace(tzinfo=ZoneInfo("UTC"))) + minutes * MINUTE
    assert rota.moment(local, place) <= rota.moment(to_datetime(later).replace(tzinfo=None), place)
