"""A drill: a test through every way of every leader, so that one that fails is known before it is needed.

What is kept of ways and of drills is promised here; how a test is worded and sent is somebody else's
business.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dispatch.moments import Micros, to_datetime
from dispatch.people import Address

WEEKDAY = 2
"""Wednesday: what is found can be mended before the weekend, when fewer people are there."""

AT = time(10)
"""Local time: whoever had the night is asleep no more than on any day, and nobody is at table."""

UNTIL = time(18)
"""A drill that nobody held in time (the program was down) is made up for on a later day, between these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How it stands with the test at one address: `status` as the outbox keeps it, `failed` the key of a
    reason where the last try there failed."""

    id: int
    """Of the row in the outbox."""
    address_id: int
    status: str
    tries: int
    failed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A service's address as its owner wrote it; it stands in no text that is made of this."""

    person_id: int
    position: int
    """Counts the entries of a person's list from 1."""
    address_id: int
    value: str = field(repr=False)


class Drills(Protocol):
    """The part of the store that keeps ways, and what a test of them came to."""

    async def secret(self, address: Address) -> str | None:
        """The address of the service, opened; None where the file names it no more."""

    async def secrets(self, committee_id: int) -> tuple[Secret, ...]:
        """All of them, opened, by person and position. Only for whoever looks after the machine."""

    async def doubt(self, address: Address, reason: str, now: Micros) -> None:
        """The last try there failed, for the reason of that key; staff see it, and it is tried again all the
        same. Repeating changes nothing."""

    async def clear_doubt(self, address: Address) -> None:
        """It works again. Repeating is safe."""

    async def begin_drill(
        self, committee_id: int, addresses: Sequence[int], now: Micros, cause: str, week: str = ""
    ) -> tuple[int, ...]:
        """Owe each address a test; ids of the rows. The same cause again owes nothing more. With a `week`
        nothing is owed, and none given, where that week's drill was begun before."""

    async def drill_begun(self, committee_id: int, week: str) -> bool:
        """That week's drill was begun."""

    async def drill(self, committee_id: int, cause: str) -> tuple[Result, ...]:
        """How it stands with that drill's tests."""

    async def end_drill(self, committee_id: int, cause: str, now: Micros) -> None:
        """Owe those no more that nobody has delivered so far."""


def week(now: Micros, timezone: str) -> str | None:
    """The name of the drill that is to be held at this moment; None while it is no hour for one."""
    local = to_datetime(now).astimezone(ZoneInfo(timezone))
    if not AT <= local.time() < UNTIL:
        return None
    day = local.date() - timedelta(days=(local.weekday() - WEEKDAY) % 7)
    return f"week {day.isoformat()}"
