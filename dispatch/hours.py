"""What somebody has given: the jobs that they finished, and the time between taking and finishing them.

Nothing of it is private but the words of those who gave thanks: else it is a kind of job, a building, two
moments. What the hours are for, and who may see them, is others' business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dispatch.moments import Micros, from_datetime, to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """What somebody gave for a job that was done (`dispatch.thanking`). The words may be private; none were
    needed."""

    at: Micros
    by: int | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A finished job of one person, from when they took it until it was done."""

    job_id: int
    kind: str
    building_id: int | None
    claimed_at: Micros
    done_at: Micros
    thanked: int = 0
    """How many others gave thanks for it."""
    thanks: tuple[Thanks, ...] = ()
    """What they gave, oldest first; read for the newest jobs only."""


class HoursKept(Protocol):
    """The part of the store that knows them."""

    async def served(self, committee_id: int, person_id: int) -> tuple[Served, ...]:
        """Every job that this person finished, newest first."""


def given(served: Iterable[Served]) -> Micros:
    """The time given in all. Two jobs at the same time are one person's time: it counts once."""
    total, until = 0, None
    for each in sorted(served, key=lambda one: one.claimed_at):
        begins = each.claimed_at if until is None else max(each.claimed_at, until)
        total += max(0, each.done_at - begins)
        until = each.done_at if until is None else max(until, each.done_at)
    return total


def thanked(served: Iterable[Served]) -> int:
    """How often others gave thanks for these jobs."""
    return sum(each.thanked for each in served)


def week(now: Micros, timezone: str) -> Micros:
    """When this week began: Monday, midnight, local time."""
    zone = ZoneInfo(timezone)
    today = to_datetime(now).astimezone(zone).date()
    return from_datetime(datetime.combine(today - timedelta(days=today.weekday()), time(), zone))
