"""When a medicine of the register is asked for, and how far that has come: once for each day, by day."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import running_out
from dispatch.jobs import JobStatus, Outcome
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.residents import Resident
from dispatch.rota import moment
from dispatch.running_out import Standing, State
from dispatch.stops import Run, RunOut, Stop, StopState
from dispatch.supply import Asked, Supply
from tests.rules import builders

ZONE = ZoneInfo("Asia/Shanghai")
SUPPLY = Supply(
    id=7,
    committee_id=1,
    key="chen-insulin",
    resident=Resident(
        id=3, committee_id=1, key="chen", name="陈", building_id=1, unit="502", phone="", notes=""
    ),
    medicine="胰岛素",
    hospital="中山医院",
    until=date(2026, 3, 30),
    box=28,
    ahead=5,
)


def at(text: str, zone: ZoneInfo = ZONE) -> Micros:
    return moment(datetime.fromisoformat(text), zone)


def asked(
    state: StopState = StopState.OPEN,
    *,
    tried: tuple[str, ...] = (),
    status: JobStatus = JobStatus.OPEN,
    outcome: Outcome | None = None,
) -> Asked:
    stop = Stop(
        committee_id=1,
        job_id=1,
        number=1,
        hospital="中山医院",
        state=state,
        tried=tried,
        run_out=running_out.run_out(SUPPLY),
    )
    run = Run(hospital="中山医院", until=0)
    return Asked(stop=stop, job=builders.situation(run=run, status=status, outcome=outcome).job)


@pytest.mark.parametrize(
    ("now", "asks"),
    [
        ("2026-03-25T07:59", False),  # five days before, and nobody is woken
        ("2026-03-25T08:00", True),
        ("2026-03-24T12:00", False),
        ("2026-03-25T19:59", True),  # nobody looked all day
        ("2026-03-25T20:00", False),
        ("2026-03-26T03:00", False),
        ("2026-03-26T08:00", True),
        ("2026-04-13T08:00", True),  # it ran out two weeks ago
        ("2026-04-14T08:00", False),  # nobody believes that day any more
    ],
)
def test_it_is_asked_for_so_many_days_before_by_day(now: str, asks: bool) -> None:
    assert running_out.asks(SUPPLY, ZONE, at(now)) is asks


@pytest.mark.parametrize(
    ("now", "looked_at"),
    [
        ("2026-03-01T09:00", "2026-03-01T21:00"),  # twice a day, whatever was said of its day meanwhile
        ("2026-03-25T07:00", "2026-03-25T08:00"),
        ("2026-03-24T22:00", "2026-03-25T08:00"),
        ("2026-03-25T21:00", "2026-03-26T08:00"),
        ("2026-03-24T21:00", "2026-03-25T08:00"),
    ],
)
def test_somebody_looks_when_it_is_to_be_asked_for(now: str, looked_at: str) -> None:
    assert running_out.look_at(SUPPLY, ZONE, at(now), None) == at(looked_at)


def test_what_was_asked_for_is_looked_at_until_it_is_over() -> None:
    now = at("2026-03-25T08:00")
    assert running_out.look_at(SUPPLY, ZONE, now, asked()) == now + 15 * MINUTE
    over = asked(status=JobStatus.CLOSED, outcome=Outcome.CANCELLED)
    assert running_out.look_at(SUPPLY, ZONE, now, over) == now + 12 * HOUR


def test_an_hour_that_spring_leaves_out_opens_it_all_the_same() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    spring = replace(SUPPLY, until=date(2026, 4, 3))  # five days after clocks jump
    assert running_out.opens_at(spring, lisbon) == at("2026-03-29T08:00", lisbon)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (None, State.AHEAD),
        (asked(), State.OPEN),
        (asked(status=JobStatus.FILLED), State.TAKEN),
        (asked(StopState.GOT), State.GOT),
        (asked(StopState.PASSED_ON), State.LOST),
        (asked(status=JobStatus.CLOSED, outcome=Outcome.DONE), State.GOT),
        (asked(tried=("中山医院",), status=JobStatus.CLOSED, outcome=Outcome.DONE), State.LOST),
        (asked(tried=("瑞金医院",), status=JobStatus.CLOSED, outcome=Outcome.DONE), State.GOT),
        (asked(status=JobStatus.CLOSED, outcome=Outcome.CANCELLED), State.LOST),
        (asked(StopState.GOT, status=JobStatus.CLOSED, outcome=Outcome.CANCELLED), State.GOT),
        (asked(status=JobStatus.CLOSED, outcome=Outcome.HANDED_OVER), State.TAKEN),
    ],
)
def test_how_far_it_has_come_follows_from_its_stop_and_its_job(found: Asked | None, state: State) -> None:
    assert running_out.state(found) is state


def test_a_job_of_another_kind_brings_no_medicine() -> None:
    other = asked(status=JobStatus.CLOSED, outcome=Outcome.DONE)
    assert running_out.state(replace(other, job=replace(other.job, run=None))) is State.LOST


def test_what_was_passed_on_is_where_it_was_passed_to() -> None:
    passed, kept = asked(StopState.PASSED_ON), asked()
    assert running_out.becoming([kept, passed], SUPPLY) is kept
    assert running_out.becoming([passed], SUPPLY) is passed
    assert running_out.becoming([kept], replace(SUPPLY, until=date(2026, 4, 27))) is None
    assert running_out.becoming([kept], replace(SUPPLY, id=8)) is None


def test_what_was_asked_for_again_is_what_counts_and_is_a_request_of_its_own() -> None:
    lost = asked(status=JobStatus.CLOSED, outcome=Outcome.CANCELLED)
    again = asked()
    for found in ([lost, again], [again, lost]):  # it may have joined an older run
        assert running_out.becoming(found, SUPPLY) is again
    later = replace(lost, job=replace(lost.job, id=77))
    assert running_out.becoming([lost, later], SUPPLY) is later
    nonces = {running_out.nonce(SUPPLY, each) for each in (None, lost, later)}
    assert nonces == {
        "medicine 7 2026-03-30",
        f"medicine 7 2026-03-30 after {lost.job.id}",
        "medicine 7 2026-03-30 after 77",
    }


@pytest.mark.parametrize(
    ("fetched", "until"),
    [
        (date(2026, 3, 26), date(2026, 4, 27)),  # in time: 28 days more
        (date(2026, 3, 31), date(2026, 4, 27)),  # on the first day without
        (date(2026, 4, 3), date(2026, 4, 30)),  # without it for three days: it begins today
    ],
)
def test_a_box_moves_the_day_on(fetched: date, until: date) -> None:
    assert running_out.refilled(SUPPLY, fetched) == until


def test_each_day_is_a_request_of_its_own() -> None:
    later = replace(SUPPLY, until=date(2026, 4, 27))
    assert running_out.nonce(SUPPLY) == "medicine 7 2026-03-30"
    assert running_out.nonce(later) != running_out.nonce(SUPPLY)
    assert running_out.run_out(later) == RunOut(supply_id=7, until=date(2026, 4, 27))


@pytest.mark.parametrize(
    ("state", "days", "box", "loud", "unsaid"),
    [
        (State.AHEAD, 4, 28, False, False),
        (State.AHEAD, 3, 28, True, False),
        (State.TAKEN, 0, 28, True, False),
        (State.LOST, 3, 28, True, False),
        (State.GOT, 0, 28, False, False),
        (State.GOT, 3, 0, False, True),
        (State.OPEN, 9, 0, False, False),
    ],
)
def test_what_runs_out_and_is_not_there_is_loud(
    state: State, days: int, box: int, loud: bool, unsaid: bool
) -> None:
    found = Standing(supply=replace(SUPPLY, box=box), state=state, days=days)
    assert (found.loud, found.unsaid) == (loud, unsaid)
