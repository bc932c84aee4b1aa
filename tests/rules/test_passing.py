"""Who is asked next: tables of one committee's duty at a moment, and what must hold however people answer."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import duty, passing, rollcall
from dispatch.errors import NotAllowedError, UnknownRelayError
from dispatch.events import NoticeKind
from dispatch.moments import HOUR, MINUTE, SECOND, Micros, from_datetime
from dispatch.people import Address, Ladder, Person, Role, Roster, Rung
from dispatch.relays import Entrusted, Passed, Relay, RelayKind, RelayState, Watch
from dispatch.rota import Override, Rota, Slot
from dispatch.verbs import AnswerKey
from store.calendar import RuleCalendar
from tests.rules import builders

A, B, C, LAST = 501, 502, 503, 504
"""Three who take turns, and the last resort."""

NUMBERS = count(1)
NOON = from_datetime(datetime(2026, 11, 20, 12, tzinfo=UTC))


def leader(number: int, out: tuple[Micros, Micros] | None = None) -> Person:
    person = builders.person(number, Role.SECRETARY)
    return person if out is None else replace(person, out_since=out[0], out_until=out[1])


def committee(*people: Person, zone: str = "UTC", overrides: tuple[Override, ...] = ()) -> Roster:
    """Days from eight to eight, nights the rest; A and B take the days in turns, C and A the nights."""
    found = people or (leader(A), leader(B), leader(C), leader(LAST))
    slots = (
        Slot(name="day", rule="FREQ=DAILY;BYHOUR=8", anchor=date(2026, 1, 1), hours=12, people=(A, B)),
        Slot(name="night", rule="FREQ=DAILY;BYHOUR=20", anchor=date(2026, 1, 1), hours=12, people=(C, A)),
    )
    plain = builders.roster()
    return replace(
        plain,
        committee=replace(plain.committee, timezone=zone),
        people={each.id: each for each in found},
        addresses=tuple(
            Address(
                id=each.id, committee_id=each.committee_id, platform="chat", value=each.key, person_id=each.id
            )
            for each in found
        ),
        ladder=Ladder(rungs={Rung.DUTY: (A, B)}, last_resort=(LAST,)),
        rota=Rota(slots=slots, calendar=RuleCalendar()),
        overrides=overrides,
    )


def after(passed: Passed, *entrusted: Entrusted) -> Watch:
    """What the next look finds: as it was kept, with the numbers that the store gives."""
    relays = [
        replace(each, id=each.id or next(NUMBERS))
        for each in passed.watch.relays
        if each.due_at is not None or passed.answer is not None
    ]
    return replace(passed.watch, relays=tuple(relays), entrusted=entrusted)


def remembered(passed: Passed, known: dict[str, Relay]) -> Watch:
    """The same, kept beside all that was known before: of one cause there is one relay, once and for all."""
    relays = tuple(each for each in passed.watch.relays if each.id or each.cause not in known)
    watch = after(replace(passed, watch=replace(passed.watch, relays=relays)))
    known |= {each.cause: each for each in (*relays, *watch.relays)}
    return watch


def watched(roster: Roster, since: Micros) -> Watch:
    """A committee that was looked at then for the first time."""
    return after(passing.looked(Watch(roster=roster), since))


def asked(watch: Watch, kind: RelayKind = RelayKind.ROLLCALL) -> tuple[int, ...]:
    """Who was asked, in their order."""
    return next((each.asked for each in watch.relays if each.kind is kind and each.open), ())


def at(hour: int, minute: int = 0, *, day: int = 21) -> Micros:
    return from_datetime(datetime(2026, 11, day, hour, minute, tzinfo=UTC))


def test_the_first_look_asks_nobody_about_a_shift_that_runs() -> None:
    assert asked(watched(committee(), NOON)) == ()


def test_at_the_start_of_a_shift_its_holder_is_asked_and_the_next_after_five_minutes_each() -> None:
    watch = watched(committee(), at(7))
    assert asked(watch) == ()
    first = duty.on_duty(committee(), at(8))
    line: list[int | None] = [first]
    watch = after(passing.looked(watch, at(8)))
    assert asked(watch) == (first,)
    for minutes in (4, 5, 9, 10, 15):
        watch = after(passing.looked(watch, at(8, minutes)))
        if minutes % 5 == 0:
            line.append(LAST if minutes == 15 else duty.next_in_line(committee(), asked(watch)[:-1], at(8)))
        assert list(asked(watch)) == line


def test_everybody_silent_is_loud_once_and_then_again_at_an_interval() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    for minutes in (5, 10):
        watch = after(passing.looked(watch, at(8, minutes)))
    passed = passing.looked(watch, at(8, 15))
    (told,) = passed.told.values()
    watch = after(passed)
    assert [who for who, kind in told.items() if kind is NoticeKind.ALERT] == [LAST]
    quiet = passing.looked(watch, at(8, 24))
    assert quiet.relays == ()
    (again,) = passing.looked(watch, at(8, 25)).told.values()
    assert {who for who, kind in again.items() if kind is NoticeKind.ALERT} == {A, B, C, LAST}


def test_a_demo_waits_a_part_of_it() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8), 10))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    assert relay.due_at == at(8) + 30_000_000


@pytest.mark.parametrize(
    ("zone", "before", "moment"),
    [
        # 29 March 2026, Berlin: 02:00 does not exist; a shift that begins at 8 does so by the wall clock.
        ("Europe/Berlin", datetime(2026, 3, 29, 5, 59, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        # 25 October 2026: 02:30 comes twice; eight is an hour later in UTC than the day before.
        ("Europe/Berlin", datetime(2026, 10, 25, 6, 59, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 20, 23, 59, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_a_shift_begins_by_the_wall_clock_whatever_clocks_do(
    zone: str, before: datetime, moment: datetime
) -> None:
    watch = watched(committee(zone=zone), from_datetime(before) - HOUR)
    watch = after(passing.looked(watch, from_datetime(before)))
    assert asked(watch) == ()
    passed = passing.looked(watch, from_datetime(moment))
    assert len(asked(after(passed))) == 1
    assert len(asked(after(passing.looked(after(passed), from_datetime(moment) + 1)))) == 1


@pytest.mark.parametrize(
    ("zone", "starts", "told"),
    [
        ("UTC", datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC)),
        ("UTC", datetime(2026, 11, 21, 23, 59, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 6, tzinfo=UTC), datetime(2026, 3, 28, 19, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)),
    ],
)
def test_a_reminder_comes_at_eight_in_the_evening_before(zone: str, starts: datetime, told: datetime) -> None:
    assert rollcall.remind_at(from_datetime(starts), ZoneInfo(zone)) == from_datetime(told)


def test_whoever_goes_on_without_a_break_is_reminded_of_nothing() -> None:
    alone = committee(leader(A), leader(LAST))
    assert [each.person_id for each in rollcall.coming(alone, NOON)] == []
    assert {each.person_id for each in rollcall.coming(committee(), NOON)} <= {A, B, C}


def test_a_time_for_which_nobody_was_ever_planned_is_called_for_by_nobody() -> None:
    roster = committee()
    assert roster.rota is not None
    nights = replace(roster, rota=replace(roster.rota, slots=roster.rota.slots[1:]))
    watch = watched(nights, at(7))
    assert asked(after(passing.looked(watch, at(8)))) == ()


def test_a_shift_whose_people_have_all_left_is_asked_of_the_next_in_line_at_once() -> None:
    watch = watched(committee(leader(C), leader(LAST)), at(7))
    watch = after(passing.looked(watch, at(8)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    assert (relay.about_id, relay.asked) == (None, (C,))


def test_whoever_answered_their_shifts_call_is_called_anew_each_time_an_absence_of_theirs_is_over() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    holder = relay.asked[0]
    causes = [relay.cause]
    watch = after(passing.accepted(watch, relay.id, holder, at(8, 1)))
    for hour in (9, 12):
        watch = after(
            passing.looked(after(passing.left(watch, holder, at(hour + 2), at(hour))), at(hour + 1))
        )
        watch = after(passing.looked(watch, at(hour + 2)))
        assert asked(watch) == (holder,)
        (relay,) = [each for each in watch.relays if each.asks]
        causes.append(relay.cause)
        watch = after(passing.accepted(watch, relay.id, holder, at(hour + 2, 1)))
    assert len(set(causes)) == 3


AROUND = (-61, -60, -31, -1, 0, 1, 6, 29, 59, 60, 61, 121)
"""Minutes from the start of the day's shift."""


@pytest.mark.parametrize("changes", AROUND)
@pytest.mark.parametrize("step", [HOUR, -HOUR])
@pytest.mark.parametrize("answered", [True, False])
def test_a_clock_that_is_moved_by_an_hour_loses_no_call_and_makes_none_twice(
    answered: bool, step: Micros, changes: int
) -> None:
    """CONFORMANCE 33."""
    starts = at(8, day=22)  # B has the day, and C the night before it
    looks, now = [starts + minute * MINUTE for minute in AROUND], starts + changes * MINUTE
    before = [moment for moment in looks if moment < now]
    since = [now + step, *(moment for moment in looks if moment > now + step)]
    known: dict[str, Relay] = {}
    watch = watched(committee(), at(5, day=22))
    for moment in (*before, now, *since):
        watch = remembered(passing.looked(watch, moment), known)
        for relay in [each for each in watch.relays if answered and each.asks]:
            watch = remembered(passing.accepted(watch, relay.id, relay.asked[0], moment), known)
    (call,) = [each for each in known.values() if each.kind is RelayKind.ROLLCALL]
    assert (call.starts_at, call.asked[:1]) == (starts, (B,))
    assert call.state is (RelayState.TAKEN if answered else RelayState.OPEN)


def test_whoever_was_not_asked_may_not_answer_and_nothing_is_no_relay() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    with pytest.raises(NotAllowedError):
        passing.accepted(watch, relay.id, LAST, at(8, 1))
    with pytest.raises(UnknownRelayError):
        passing.accepted(watch, 999, A, at(8, 1))


def test_somebody_out_takes_nothing_before_they_say_that_they_are_back() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    watch = after(passing.looked(watch, at(8, 5)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    second = relay.asked[1]
    away = after(passing.left(watch, second, at(9), at(8, 6)))
    answer = passing.accepted(away, relay.id, second, at(8, 7)).answer
    assert answer is not None
    assert answer.key is AnswerKey.STILL_OUT
    back = after(passing.left(away, second, None, at(8, 8)))
    answer = passing.accepted(back, relay.id, second, at(8, 9)).answer
    assert answer is not None
    assert answer.key is AnswerKey.PRESENT


def test_who_is_out_gives_up_the_duty_and_every_call_and_place() -> None:
    """CONFORMANCE 20."""
    watch = watched(committee(), NOON)
    holder = duty.on_duty(committee(), NOON)
    assert holder is not None
    call = Entrusted(job_id=7, person_id=holder, since=NOON - MINUTE, claim=False)
    place = Entrusted(job_id=8, person_id=holder, since=NOON - MINUTE, claim=True)
    others = Entrusted(job_id=9, person_id=C, since=NOON - MINUTE, claim=False)
    passed = passing.left(replace(watch, entrusted=(call, place, others)), holder, NOON + 9 * HOUR, NOON)
    (relay,) = [each for each in passed.relays if each.kind is RelayKind.HANDOVER]
    assert (relay.jobs, relay.about_id, relay.ends_at) == ((7,), holder, at(20, day=20))
    assert passed.released == (place,)
    assert [(each.job_id, each.taker) for each in passed.carried] == [(7, None)]
    assert duty.on_duty(passed.watch.roster, NOON) != holder
    taker = relay.asked[0]
    offered = after(passed, call, others)
    (number,) = [each.id for each in offered.relays if each.cause == relay.cause]
    taken = passing.accepted(offered, number, taker, NOON + 1)
    assert [(each.job_id, each.taker) for each in taken.carried] == [(7, taker)]
    assert duty.on_duty(taken.watch.roster, NOON + 1) == taker
    assert taken.unfinished
    done = passing.looked(after(taken, replace(call, person_id=taker, since=NOON + 1)), NOON + 2)
    assert not done.unfinished
    assert all(each.due_at is None for each in done.relays)


THERE, OUT, OUT_JUST, OUT_BEFORE, LEFT = "there", "out", "just out", "out before", "left"


@pytest.mark.parametrize(
    ("called", "holder", "passed_on"),
    [
        ({}, None, False),  # nobody was called yet
        ({C: THERE}, None, False),
        ({C: OUT}, None, True),
        ({C: LEFT}, None, True),
        ({C: OUT, B: LEFT}, None, True),
        ({C: OUT, B: THERE}, None, False),  # somebody who is there was called at the same moment
        ({C: OUT_JUST}, None, True),  # called beside their word, without knowing of it
        ({C: OUT_JUST}, C, False),  # they took it in hand after their word
        ({C: OUT_BEFORE}, None, False),  # called although they were out, since nobody else was left
        ({C: OUT}, B, False),  # somebody has it in hand by now
    ],
)
def test_conformance_20_a_call_that_waits_for_whoever_is_out_alone_is_asked_of_the_next_in_line(
    called: dict[int, str], holder: int | None, passed_on: bool
) -> None:
    out = {
        OUT: (NOON, NOON + HOUR),
        OUT_JUST: (NOON - MINUTE - SECOND, NOON + HOUR),
        OUT_BEFORE: (NOON - 2 * MINUTE, NOON + HOUR),
    }
    people = [leader(who, out.get(called.get(who, THERE))) for who in (A, B, C, LAST)]
    watch = watched(committee(), NOON - HOUR)
    roster = committee(*(each for each in people if called.get(each.id) != LEFT))
    call = Entrusted(
        job_id=7, person_id=holder, since=NOON - MINUTE, claim=False, called=() if holder else tuple(called)
    )
    passed = passing.looked(replace(watch, roster=roster, entrusted=(call,)), NOON)
    made = [each for each in passed.relays if each.kind is RelayKind.HANDOVER and each.jobs]
    assert [each.jobs for each in made] == ([(7,)] if passed_on else [])
    if not passed_on:
        return
    (relay,) = made
    assert (relay.about_id, relay.ends_at) == (next(iter(called)), None)
    assert relay.asked[0] not in called
    assert [(each.job_id, each.taker) for each in passed.carried] == [(7, None)]
    again = passing.looked(after(passed, call), NOON + MINUTE)
    assert [each for each in again.relays if each.kind is RelayKind.HANDOVER] == []  # it is asked once
    offered = after(passed, call)
    (number,) = [each.id for each in offered.relays if each.cause == relay.cause]
    taken = passing.accepted(offered, number, relay.asked[0], NOON + MINUTE)
    assert [(each.job_id, each.taker) for each in taken.carried] == [(7, relay.asked[0])]
    theirs = replace(call, person_id=relay.asked[0], called=())
    assert not passing.looked(after(taken, theirs), NOON + 2 * MINUTE).unfinished


def test_after_somebodys_word_that_they_are_out_looks_follow_for_what_was_decided_beside_it() -> None:
    passed = passing.left(watched(committee(), NOON - HOUR), C, NOON + HOUR, NOON)
    looks: list[Micros] = []
    while passed.look_at <= NOON + 2 * MINUTE:
        looks.append(passed.look_at - NOON)
        passed = passing.looked(after(passed), passed.look_at)
    assert looks == [SECOND, 5 * SECOND, MINUTE]


def test_a_look_follows_one_that_found_the_people_changed() -> None:
    """Whoever has left may have been called by what was being decided just then."""
    watch = watched(committee(), NOON)
    assert passing.looked(watch, NOON).look_at > NOON + MINUTE
    passed = passing.looked(replace(watch, changed=True), NOON)
    assert passed.look_at == NOON + 5 * SECOND
    again = passing.looked(replace(after(passed), changed=False), passed.look_at)
    assert again.look_at > NOON + MINUTE


def test_with_everybody_out_somebody_is_rung_all_the_same() -> None:
    out = [leader(number, (NOON - HOUR, NOON + HOUR)) for number in (A, B, C, LAST)]
    roster = committee(*out)
    assert duty.on_duty(roster, NOON) is None
    assert duty.line(roster, NOON) == ()
    assert duty.last_resort(roster, NOON) == (LAST,)
    assert duty.on_duty(roster, NOON + HOUR) is not None


def test_somebody_out_is_passed_over_until_then_and_has_their_later_shifts() -> None:
    first = duty.on_duty(committee(), at(9))
    assert first is not None
    people = [leader(each) for each in (A, B, C, LAST) if each != first]
    roster = committee(*people, leader(first, (at(8, 30), at(12, day=22))))
    pieces = duty.held(roster, at(9), at(9, day=26))
    theirs = [piece.starts_at for piece in pieces if piece.person_id == first]
    assert theirs
    assert min(theirs) >= at(12, day=22)


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["wait", "here", "out", "back"]),
            st.sampled_from([A, B, C, LAST]),
            st.integers(min_value=1, max_value=400),
        ),
        max_size=20,
    )
)
@settings(max_examples=30)
def test_however_people_answer_nobody_is_asked_twice_and_one_alone_has_it(
    steps: list[tuple[str, int, int]],
) -> None:
    """Each place in a line is one person's, a relay is taken once and by somebody who was asked, and whoever
    takes a shift has it unless they go out, or another is called for it."""
    now, watch = at(7), watched(committee(), at(7))
    decided: dict[str, tuple[RelayState, int | None]] = {}
    for word, who, minutes in steps:
        now += minutes * MINUTE
        watch = after(passing.looked(watch, now))
        if word == "here":
            mine = [each for each in watch.relays if each.asks and who in each.asked]
            if mine:
                passed = passing.accepted(watch, mine[0].id, who, now)
                if passed.answer is not None and passed.answer.key is AnswerKey.PRESENT and mine[0].ends_at:
                    assert duty.on_duty(passed.watch.roster, now) == who
                watch = after(passed)
        elif word != "wait":
            watch = after(passing.left(watch, who, now + 3 * HOUR if word == "out" else None, now))
        for relay in watch.relays:
            assert len(set(relay.asked)) == len(relay.asked)
            if relay.state is RelayState.TAKEN:
                assert relay.taken_by in relay.asked
            if not relay.open:
                assert decided.setdefault(relay.cause, (relay.state, relay.taken_by)) == (
                    relay.state,
                    relay.taken_by,
                )
        again = passing.looked(watch, now)
        assert again.relays == ()
        assert again.swaps == ()
