"""Hours without anybody on duty, as a console tells of them: they are allowed, and never pass unnoticed.

Only of a committee with a rota: without one the ladder's first list has every hour.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dispatch import duty
from dispatch.moments import HOUR, Micros, to_datetime
from dispatch.people import Roster

LOOKED_AT: Micros = 28 * 24 * HOUR
"""Four weeks: whatever repeats by the day or the week shows within it."""

MOST = 5
"""Holes that are told one by one; what is wrong with a rota is wrong every week."""


def told(roster: Roster, now: Micros) -> Sequence[str]:
    """One line each, in local time: `from Mon 2026-11-23 08:00 to Mon 2026-11-23 20:00`."""
    if roster.rota is None:
        return ()
    zone = ZoneInfo(roster.committee.timezone)
    pieces = duty.held(roster, now, now + LOOKED_AT)
    found = [piece for piece in pieces if piece.person_id is None]
    lines = [f"from {when(each.starts_at, zone)} to {when(each.ends_at, zone)}" for each in found[:MOST]]
    more = len(found) - MOST
    return (*lines, f"{more} more times in the next four weeks") if more > 0 else tuple(lines)


def when(at: Micros, zone: ZoneInfo) -> str:
    """A moment as the wall there shows it."""
    return to_datetime(at).astimezone(zone).strftime("%a %Y-%m-%d %H:%M")
