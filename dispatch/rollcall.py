"""When somebody is told of a shift, and when they are asked whether they are there.

Data in, moments out: nothing is decided here about who is asked next, or kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dispatch import duty
from dispatch.moments import HOUR, Micros, to_datetime
from dispatch.people import Roster, Rung
from dispatch.rota import Override, Shift, moment

REMIND_AT = time(20)
"""The evening before, local time: after supper, before anybody sleeps, and early enough to find somebody
else."""

AHEAD: Micros = 48 * HOUR
"""As far as reminders look ahead: a shift that begins at 23:59 is told of 28 hours before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A shift that passes to somebody who has not the one before it, and when they are told."""

    shift: Shift
    person_id: int
    remind_at: Micros


def remind_at(starts_at: Micros, there: ZoneInfo) -> Micros:
    """The evening before the day on which a shift begins."""
    day = to_datetime(starts_at).astimezone(there).date() - timedelta(days=1)
    return moment(datetime.combine(day, REMIND_AT), there)


def zone(roster: Roster) -> ZoneInfo:
    """Where the committee's clocks are."""
    return ZoneInfo(roster.committee.timezone)


def coming(roster: Roster, now: Micros) -> Iterator[Coming]:
    """The shifts that begin soon with somebody new. Whoever goes on is told nothing: they are at it."""
    until = duty.planned(roster, now + AHEAD).ends_at  # so that the last one is whole, too
    for before, shift in pairwise(duty.held(roster, now, until)):
        who = shift.person_id
        if who is not None and who != before.person_id and shift.starts_at > now:
            yield Coming(shift=shift, person_id=who, remind_at=remind_at(shift.starts_at, zone(roster)))


def running(roster: Roster, now: Micros) -> Shift:
    """The piece of duty that runs now, as it stands."""
    return duty.held(roster, now, duty.planned(roster, now).ends_at)[0]


def begun(roster: Roster, now: Micros, looked_at: Micros | None, holder: int | None) -> Shift | None:
    """The shift whose holder is to be asked whether they are there, after a look when `holder` was on duty.

    It began since then, or is another's by now. Nobody is asked who took it themselves while it ran, nor
    about a time for which nobody was ever planned: that is a hole, which `load` and `doctor` name; nor about
    one that was over at that look already: the clock was put back. Before the first look nothing is known,
    and nobody is asked."""
    shift = running(roster, now)
    if looked_at is None or shift.ends_at <= looked_at:
        return None
    if shift.starts_at <= looked_at and shift.person_id == holder:
        return None
    if shift.person_id is None and not _planned(roster, shift):
        return None
    return None if took(roster, now) else shift


def cause(shift: Shift, now: Micros, looked_at: Micros | None) -> str:
    """What a call for a shift that has `begun` happens once for: its start, or, when it ran at that look
    already, this moment in which it has become another's. Somebody comes to one shift more than once, and a
    shift begins once, whatever the clock does."""
    begins = f"rollcall {shift.starts_at} {shift.slot} {shift.person_id or 0}"
    return begins if looked_at is None or shift.starts_at > looked_at else f"{begins} {now}"


def took(roster: Roster, at: Micros) -> bool:
    """Whoever has the duty at that moment has said so themselves while it ran."""
    override = overriding(roster, at)
    return (
        override is not None and override.by == override.person_id and override.made_at >= override.starts_at
    )


def overriding(roster: Roster, at: Micros) -> Override | None:
    """What counts at a moment instead of the rota, if whoever took it is on duty by it."""
    who = duty.on_duty(roster, at)
    over = (each for each in reversed(roster.overrides) if each.starts_at <= at < each.ends_at)
    return next((each for each in over if each.person_id == who), None)


def _planned(roster: Roster, shift: Shift) -> bool:
    """Somebody should have had it."""
    weekly = roster.rota is None and bool(roster.ladder.rungs.get(Rung.DUTY))
    return bool(shift.slot) or weekly
