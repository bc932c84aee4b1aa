"""A volunteer's rest: until when nobody asks them for a job, and how a wish becomes a moment.

It concerns the waves alone: whoever is on duty or stands on the ladder of leaders is called all the same,
and whoever rests may still take a job by themselves. It ends by itself, because nothing is done when it is
over: the moment is compared with the clock whenever people are chosen.
"""

from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dispatch.moments import HOUR, Micros, from_datetime, to_datetime

UNTIL_SAID: Micros = 253_370_764_800_000_000
"""The year 9999: a rest that its owner ends. A moment like any other, so that one comparison is enough."""

SHORT: Micros = 4 * HOUR
"""The shortest rest that a page offers: a meal and some sleep."""

LONGEST: Micros = 14 * 24 * HOUR
"""A quarantine's length (7 + 7 days). Whoever is away for longer says so once they are back."""

MORNING = time(8)
"""When a day begins here: duty passes at the same hour."""


class Pauses(Protocol):
    """The part of the store that keeps it."""

    async def pause(self, committee_id: int, person_id: int, until: Micros | None) -> None:
        """Nobody asks this person before `until`; None ends their rest. Repeating changes nothing.

        Raises `UnknownPersonError`."""


def morning(now: Micros, timezone: str) -> Micros:
    """Eight o'clock tomorrow, local time. Between midnight and four that is the morning to come: whoever
    says at two at night that they rest until the morning means the next one."""
    zone = ZoneInfo(timezone)
    earliest = to_datetime(now + SHORT).astimezone(zone)
    day = earliest.date() if earliest.time() <= MORNING else earliest.date() + timedelta(days=1)
    return from_datetime(datetime.combine(day, MORNING, zone))


def at_clock(clock: time, now: Micros, timezone: str) -> Micros:
    """The next time that the local clocks show this."""
    zone = ZoneInfo(timezone)
    today = to_datetime(now).astimezone(zone).date()
    moment = from_datetime(datetime.combine(today, clock, zone))
    if moment > now:
        return moment
    return from_datetime(datetime.combine(today + timedelta(days=1), clock, zone))
