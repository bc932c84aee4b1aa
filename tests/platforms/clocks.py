"""A clock that stands still until it is moved, and the same for a server that counts in seconds."""

import asyncio
from collections.abc import Awaitable, Callable

from dispatch.moments import SECOND, Micros

NOON: Micros = 1_790_000_000 * SECOND
"""Some moment in September 2026."""


class SetClock:
    """`dispatch.ports.Clock` at a moment of the test's choosing."""

    def __init__(self, now: Micros = NOON) -> None:
        self.at = now

    def now(self) -> Micros:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        self.at += round(seconds * SECOND)

    def set(self, now: Micros) -> None:
        """Let it be that moment; it never goes back."""
        self.at = max(self.at, now)


class LivingClock(SetClock):
    """Time passes as fast as somebody waits for it, and something happens meanwhile; at the `end` whoever
    waits is cancelled, as by a program that leaves."""

    def __init__(self, now: Micros, end: Micros) -> None:
        super().__init__(now)
        self.end = end
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)
        if self.at >= self.end:
            raise asyncio.CancelledError
        if self.meanwhile is not None:
            await self.meanwhile()


class TownClock:
    """The server's time, by our clock."""

    def __init__(self, clock: SetClock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now() / SECOND
