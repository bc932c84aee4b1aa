"""What is wrong now, as far as the program can tell of itself: the auditor, the synthetic job and
whatever keeps the parts running say it, the heartbeat asks.

It trusts nobody's silence: an audit that is long ago is wrong by itself.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum


class Wrong(StrEnum):
    """Why no heartbeat is sent. The values stand in the log."""

    LATE = "something is late"
    STORE = "the store does not answer"
    CLOCK = "the wall clock was moved"
    SYNTHETIC = "the synthetic job was missed"
    AUDITOR = "the auditor has failed or stands still"
    PART = "a part of the program does not hold"


class Health:
    """`steady` counts seconds and is never set. An audit counts for `valid_s` seconds."""

    def __init__(self, steady: Callable[[], float], valid_s: float) -> None:
        self._steady = steady
        self._valid_s = valid_s
        self._audited: float | None = None
        self._wrong: dict[Wrong, float | None] = {}
        self._ailing: set[object] = set()
        self.first_audit = asyncio.Event()
        """Set once there is something to say."""

    def audited(self, *, well: bool) -> None:
        """An audit has gone through, whatever it found; or (`well` False) could not be made."""
        self._audited = self._steady() if well else None
        self.first_audit.set()

    def set(self, wrong: Wrong, *, holds: bool) -> None:
        """From now on this is so, or no longer."""
        if holds:
            self._wrong[wrong] = None
        else:
            self._wrong.pop(wrong, None)

    def set_for(self, wrong: Wrong, seconds: float) -> None:
        """This is so for some time, and then ends by itself."""
        self._wrong[wrong] = self._steady() + seconds

    def part(self, part: object, *, well: bool) -> None:
        """A part ended with a fault; or (`well`) it holds again. Parts are told apart by identity."""
        (self._ailing.discard if well else self._ailing.add)(part)
        self.set(Wrong.PART, holds=bool(self._ailing))

    def wrong(self) -> tuple[Wrong, ...]:
        """Everything that is wrong now; nothing where all is well."""
        now = self._steady()
        found = {each for each, until in self._wrong.items() if until is None or until > now}
        if self._audited is None or now - self._audited > self._valid_s:
            found.add(Wrong.AUDITOR)
        return tuple(each for each in Wrong if each in found)
