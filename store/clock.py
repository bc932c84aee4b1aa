"""The wall clock, as the work's `Clock`: the only place of the store that asks the system for the time."""

import asyncio
import time

from dispatch.moments import Micros

_NANOS = 1_000  # nanoseconds to a microsecond


class WallClock:
    """`dispatch.ports.Clock` on the system's clock."""

    def now(self) -> Micros:
        """The wall clock, UTC."""
        return time.time_ns() // _NANOS

    async def sleep(self, seconds: float) -> None:
        """Let real time pass."""
        await asyncio.sleep(seconds)
