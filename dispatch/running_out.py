"""When a medicine of the register is asked for, and how far that has come: pure rules on days and moments.

It is asked for once for each day on which it runs out: whoever looks, and however often, comes to the same
day, which names the request. Knows no store and no words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dispatch.jobs import Job, JobStatus, Outcome
from dispatch.moments import HOUR, MINUTE, Micros, to_datetime
from dispatch.rota import moment
from dispatch.stops import RunOut, StopState
from dispatch.supply import Asked, Supply

AHEAD = 5
"""Days before, where nobody says: two on which the request waits for others to its hospital before it is
urgent by itself (`soon` of the playbook, 3), and a weekend without the doctor falls into them at worst."""

SOON = 3
"""Days within which what is not there yet is loud, where no playbook says what is soon."""

MATTERS = 14
"""Days after which nobody believes the day any more: whoever was without it for two weeks has it from
elsewhere, or the entry was not kept. It is loud, and asked for no more."""

OPENS, SHUTS = time(8), time(20)
"""On the clock on the wall, between which it is asked for: counters open at eight, with half a day ahead in
which others may join; nobody is rung at night for what has days."""

AGAIN: Micros = 12 * HOUR
"""A medicine that waits for its day is looked at all the same, see `caring.AGAIN`."""

ASKED_AGAIN: Micros = 15 * MINUTE
"""How soon it is looked at again once it was asked for: so late at most the day moves on after *got it*."""


class State(StrEnum):
    """How far it has come."""

    AHEAD = "ahead"
    OPEN = "open"
    TAKEN = "taken"
    GOT = "got"
    LOST = "lost"
    """It was asked for, and that ended without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with a medicine. `days` is how long what is left lasts, 0 used up."""

    supply: Supply
    state: State
    days: int
    soon: int = SOON
    job: Job | None = None

    @property
    def loud(self) -> bool:
        """It runs out soon, or has, and is not there."""
        return self.state is not State.GOT and self.days <= self.soon

    @property
    def unsaid(self) -> bool:
        """It is there, and nobody has said how long it lasts."""
        return self.state is State.GOT and not self.supply.box


def today(zone: ZoneInfo, now: Micros) -> date:
    """The day, on the calendar on the wall."""
    return to_datetime(now).astimezone(zone).date()


def days_left(supply: Supply, day: date) -> int:
    """For how many days what is left lasts, as a message says it; 0 where it is used up."""
    return max(0, (supply.until - day).days)


def opens_at(supply: Supply, zone: ZoneInfo) -> Micros:
    """When it is asked for."""
    return _at(supply.until - timedelta(days=supply.ahead), OPENS, zone)


def awake(zone: ZoneInfo, now: Micros) -> bool:
    """People may be rung now for what has days."""
    day = today(zone, now)
    return _at(day, OPENS, zone) <= now < _at(day, SHUTS, zone)


def asks(supply: Supply, zone: ZoneInfo, now: Micros) -> bool:
    """It is to be asked for now, if it was not before."""
    late = (today(zone, now) - supply.until).days
    return awake(zone, now) and opens_at(supply, zone) <= now and late <= MATTERS


def look_at(supply: Supply, zone: ZoneInfo, now: Micros, asked: Asked | None) -> Micros:
    """When somebody must look at it again."""
    if asked is not None and state(asked) in {State.OPEN, State.TAKEN}:
        return now + ASKED_AGAIN
    if asked is not None:
        return now + AGAIN
    day = max(today(zone, now), supply.until - timedelta(days=supply.ahead))
    mornings = (_at(day + timedelta(days=ahead), OPENS, zone) for ahead in (0, 1))
    return min(next(at for at in mornings if at > now), now + AGAIN)


def state(asked: Asked | None) -> State:
    """How far what was asked for has come. A job that was done has brought all that it did not miss."""
    if asked is None:
        return State.AHEAD
    stop, job = asked.stop, asked.job
    if stop.state is StopState.GOT:
        return State.GOT
    if stop.state is StopState.PASSED_ON or job.run is None:  # corrected to a job of another kind
        return State.LOST
    if job.status is JobStatus.CLOSED:
        if job.outcome is Outcome.DONE:
            return State.LOST if stop.stuck else State.GOT
        return State.TAKEN if job.outcome is Outcome.HANDED_OVER else State.LOST
    return State.OPEN if job.status is JobStatus.OPEN else State.TAKEN


def becoming(found: Sequence[Asked], supply: Supply) -> Asked | None:
    """Of all that medicines became what this one's day did: where it was not passed on, if anywhere; and what
    it was asked for again as, where it was lost before."""
    mine = [each for each in found if each.stop.run_out == run_out(supply)]
    kept = [each for each in mine if each.stop.state is not StopState.PASSED_ON]
    return next((each for each in kept if state(each) is not State.LOST), next(reversed(kept or mine), None))


def refilled(supply: Supply, day: date) -> date:
    """Until when there is enough with one more box; what had run out by then begins on that day."""
    return max(supply.until, day - timedelta(days=1)) + timedelta(days=supply.box)


def run_out(supply: Supply) -> RunOut:
    """What its request is about."""
    return RunOut(supply_id=supply.id, until=supply.until)


def nonce(supply: Supply, lost: Asked | None = None) -> str:
    """What makes the request one, whoever posts it and however often; after one that was `lost`, another."""
    again = "" if lost is None else f" after {lost.job.id}"
    return f"medicine {supply.id} {supply.until.isoformat()}{again}"


def _at(day: date, at: time, zone: ZoneInfo) -> Micros:
    return moment(datetime.combine(day, at), zone)
