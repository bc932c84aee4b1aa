"""When the turns of care plans are opened: each once, in its window, whoever looks and when."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import care, caring
from dispatch.care import NOBODY, Plan
from dispatch.jobs import Job, Outcome, Priority
from dispatch.moments import HOUR, MINUTE, Micros, from_datetime
from dispatch.residents import Resident
from dispatch.rota import moment
from store.calendar import RuleCalendar
from tests.rules import builders

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
DAY: Micros = 24 * HOUR
PLAN = Plan(
    id=7,
    committee_id=1,
    key="oxygen",
    resident=Resident(
        id=3, committee_id=1, key="chen", name="陈", building_id=1, unit="502", phone="", notes=""
    ),
    kind="general",
    rule="FREQ=DAILY",
    times=(time(8), time(20)),
    anchor=date(2024, 1, 1),
    ahead=60 * MINUTE,
    within=30 * MINUTE,
    carers=(1, 2),
    calendar=RuleCalendar(),
)


def at(text: str, zone: str = SHANGHAI) -> Micros:
    return moment(datetime.fromisoformat(text), ZoneInfo(zone))


def opened(plan: Plan, now: str, *excused: Micros, zone: str = SHANGHAI) -> list[Micros]:
    return list(caring.opening(plan, ZoneInfo(zone), excused, at(now, zone)))


@pytest.mark.parametrize(
    ("now", "turns"),
    [
        ("2026-03-30T06:59", ["2026-03-29T20:00"]),  # nobody looked all night: it was missed, and matters
        ("2026-03-30T07:00", ["2026-03-30T08:00"]),  # the next one has come
        ("2026-03-30T08:29", ["2026-03-30T08:00"]),
        ("2026-03-30T08:30", ["2026-03-30T08:00"]),  # missed a moment ago
        ("2026-03-30T19:00", ["2026-03-30T20:00"]),
    ],
)
def test_a_turn_is_open_from_its_window_on_until_the_next_one_comes(now: str, turns: list[str]) -> None:
    assert opened(PLAN, now) == [at(each) for each in turns]


def test_nothing_that_had_to_be_done_before_the_plan_was_kept_is_opened() -> None:
    young = replace(PLAN, since_at=at("2026-03-30T09:00"))
    assert opened(young, "2026-03-30T09:00") == []
    assert opened(replace(PLAN, since_at=at("2026-03-30T08:10")), "2026-03-30T08:10") == [
        at("2026-03-30T08:00")
    ]


def test_what_was_missed_for_more_than_a_day_is_opened_no_more() -> None:
    weekly = replace(PLAN, rule="FREQ=WEEKLY;BYDAY=MO", times=(time(8),))
    assert opened(weekly, "2026-03-31T08:29") == [at("2026-03-30T08:00")]
    assert opened(weekly, "2026-03-31T08:30") == []


def test_whoever_cannot_come_opens_the_next_turn_at_once_and_no_sooner_than_a_day_before() -> None:
    tonight = at("2026-03-30T20:00")
    assert opened(PLAN, "2026-03-30T09:00", tonight) == [at("2026-03-30T08:00"), tonight]
    weekly = replace(PLAN, rule="FREQ=WEEKLY;BYDAY=MO", times=(time(8),))
    monday = at("2026-04-06T08:00")
    assert opened(weekly, "2026-04-05T07:59", monday) == []
    assert opened(weekly, "2026-04-05T08:00", monday) == [monday]
    soon = caring.look_at(weekly, ZoneInfo(SHANGHAI), [monday], at("2026-04-05T07:00"))
    assert soon == at("2026-04-05T08:00")


BEGUN = builders.situation().job


def turn_of(moment: str, posted: str, **job: object) -> Job:
    """A job of the plan, begun when its hours were others."""
    turn = caring.turn(PLAN, at(moment), ())
    return replace(BEGUN, turn=turn, posted_at=at(posted), **job)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("now", "job", "moment", "stands"),
    [
        # Still open in the time of the new hour, or done in it: that was the one.
        ("T07:30", turn_of("2026-03-30T07:50", "2026-03-30T06:50"), "T08:00", True),
        ("T19:00", turn_of("2026-03-30T07:50", "2026-03-30T06:50"), "T20:00", True),
        (
            "T09:00",
            turn_of(
                "2026-03-30T07:50", "2026-03-30T06:50", outcome=Outcome.DONE, closed_at=at("2026-03-30T07:05")
            ),
            "T08:00",
            True,
        ),
        # Done before that time, begun after it, or called off: not.
        (
            "T09:00",
            turn_of(
                "2026-03-30T07:50", "2026-03-30T06:30", outcome=Outcome.DONE, closed_at=at("2026-03-30T06:59")
            ),
            "T08:00",
            False,
        ),
        ("T09:00", turn_of("2026-03-30T09:10", "2026-03-30T08:40"), "T08:00", False),
        (
            "T08:00",
            turn_of(
                "2026-03-30T07:50",
                "2026-03-30T06:50",
                outcome=Outcome.CANCELLED,
                closed_at=at("2026-03-30T07:30"),
            ),
            "T08:00",
            False,
        ),
        # Its own hour is an hour of the plan as well: each is a turn of its own.
        ("T19:00", turn_of("2026-03-30T08:00", "2026-03-30T07:00"), "T20:00", False),
        ("T08:00", turn_of("2026-03-30T08:00", "2026-03-30T07:00"), "T08:00", False),
    ],
)
def test_a_job_begun_at_hours_that_are_no_more_is_the_turn_of_the_time_in_which_it_is_open_or_done(
    now: str, job: Job, moment: str, stands: bool
) -> None:
    day = "2026-03-30"
    assert caring.stands_for(job, PLAN, ZoneInfo(SHANGHAI), at(day + moment), at(day + now)) is stands


def test_a_turn_is_at_its_hour_on_the_wall_also_when_clocks_change() -> None:
    zone = ZoneInfo(BERLIN)
    early = replace(PLAN, times=(time(2, 30), time(8)))
    turns = caring.moments(early, zone, at("2026-03-28T00:00", BERLIN), at("2026-03-30T00:00", BERLIN))
    assert turns == [
        at("2026-03-28T02:30", BERLIN),
        at("2026-03-28T08:00", BERLIN),
        from_datetime(datetime(2026, 3, 29, 3, tzinfo=zone)),  # 02:30 is left out: when clocks jump
        at("2026-03-29T08:00", BERLIN),
    ]
    assert turns[3] - turns[1] == 23 * HOUR
    autumn = caring.moments(early, zone, at("2026-10-25T00:00", BERLIN), at("2026-10-26T00:00", BERLIN))
    assert len(autumn) == 2  # 02:30 comes twice, and is one turn


def test_the_next_turn_is_the_first_that_is_not_open_yet() -> None:
    zone = ZoneInfo(SHANGHAI)
    assert caring.following(PLAN, zone, at("2026-03-30T06:59")) == at("2026-03-30T08:00")
    assert caring.following(PLAN, zone, at("2026-03-30T07:00")) == at("2026-03-30T20:00")
    over = replace(PLAN, rule="FREQ=DAILY;UNTIL=20260101")
    assert caring.following(over, zone, at("2026-03-30T07:00")) is None
    yearly = replace(PLAN, rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=1", times=(time(8),))
    assert caring.following(yearly, zone, at("2026-03-30T07:00")) == at("2027-02-01T08:00")


MINUTES = st.integers(min_value=0, max_value=3 * 24 * 60)


@settings(max_examples=60, deadline=None)
@given(
    looks=st.lists(MINUTES, max_size=40),
    ahead=st.integers(min_value=1, max_value=360),
    within=st.integers(min_value=9, max_value=360),
    zone=st.sampled_from([SHANGHAI, BERLIN]),
    data=st.data(),
)
def test_whatever_the_moments_of_the_looks_each_turn_looked_at_in_its_window_is_one_job(
    looks: list[int], ahead: int, within: int, zone: str, data: st.DataObject
) -> None:
    plan = replace(PLAN, ahead=ahead * MINUTE, within=within * MINUTE)
    where, first = ZoneInfo(zone), at("2026-03-28T00:00", zone)  # clocks change in these days in Berlin
    turns = caring.moments(plan, where, first, first + 3 * DAY)
    excused = data.draw(st.sets(st.sampled_from(turns)))
    jobs: dict[str, Micros] = {}
    for minute in sorted(looks):
        now = first + minute * MINUTE
        said = {each for each in excused if each - DAY <= now}
        for turn in caring.opening(plan, where, said, now):
            jobs[caring.nonce(plan.id, turn)] = turn
        later = caring.look_at(plan, where, said, now)
        assert later > now
        for turn in turns:  # nothing is opened between a look and the next one that was written down
            opens = caring.opens_at(plan, turn, excused=turn in said)
            assert not now < opens < later
    moments = [first + minute * MINUTE for minute in looks]
    for turn in turns:
        seen = any(turn - plan.ahead <= now < turn + plan.within for now in moments)
        assert not seen or caring.nonce(plan.id, turn) in jobs
    assert len(set(jobs.values())) == len(jobs)
    assert set(jobs.values()) <= {*turns, *caring.moments(plan, where, first - 2 * DAY, first + 5 * DAY)}


def test_a_turn_is_urgent_and_once_missed_it_is_one_step_more_than_its_kind() -> None:
    for kind, before, after in (
        (Priority.LIFE, Priority.URGENT, Priority.LIFE),
        (Priority.URGENT, Priority.URGENT, Priority.LIFE),
        (Priority.NORMAL, Priority.NORMAL, Priority.URGENT),
    ):
        book = builders.playbook(priority=kind)
        assert caring.priority(book, 10, 9) is before
        assert caring.priority(book, 10, 10) is after
        assert caring.missed(book) is after


def test_those_who_usually_do_it_come_first_then_those_who_did_it_last() -> None:
    assert care.usual(PLAN, (), (5, 2, 6), 5) == (1, 2, 5, 6)
    assert care.usual(PLAN, (1,), (5, 1), 5) == (2, 5)
    assert care.usual(PLAN, (NOBODY,), (5, 2), 5) == (5,)
    assert care.usual(PLAN, (), (5, 6, 7, 8), 3) == (1, 2, 5)


def test_leaders_wait_until_half_of_the_usual_time_is_gone_however_early_it_was_opened() -> None:
    turn = caring.turn(PLAN, at("2026-03-30T08:00"), ())
    assert turn.due_at == at("2026-03-30T08:30")
    assert turn.leaders_at == at("2026-03-30T07:45")
    assert caring.alone(turn, at("2026-03-30T07:00")) == caring.ALONE
    assert caring.alone(turn, at("2026-03-30T07:25")) == 5 * MINUTE
    assert caring.alone(turn, at("2026-03-30T07:50")) == 0
