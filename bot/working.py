"""Parts that run side by side until the process leaves; what each of them does is not known here.

One that ends with a fault is said loudly and begun again, with growing pauses, since a process that lives
without one of its parts looks well from outside; until it has held for a while the health says so.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from workers import faults
from workers.watch.health import Health

_log = logging.getLogger(__name__)

LEAVE_WITHIN_S = 1.5
"""Seconds for what is running to end after a signal; with the last rings and a queue server that hangs it
makes five."""

PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds until a part that ended is begun again; the last one repeats. The first as soon as a sweep would
come, the last so that a part that cannot live fills no log."""

STEADY_S = 90.0
"""Seconds of life after which a part counts as well again: longer than a heartbeat's minute, so that whoever
watches from outside has missed at least one."""

Part = Callable[[], Awaitable[None]]
"""Begins a part, also a second time. One that returns has done what it was there for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """After which pauses a part is begun again, and for how long it must hold then."""

    pauses_s: tuple[float, ...] = PAUSES_S
    steady_s: float = STEADY_S


@asynccontextmanager
async def working(*parts: Part, health: Health, again: Again | None = None) -> AsyncIterator[None]:
    """Run them as long as the block does. `health` is told of those that do not hold."""
    keeping = [_Keeping(part, health, again or Again()) for part in parts]
    tasks = [asyncio.create_task(each.forever()) for each in keeping]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            _left(task)
        for each in keeping:
            each.well()


class _Keeping:
    """Keeps one part alive."""

    def __init__(self, part: Part, health: Health, again: Again) -> None:
        self._part = part
        self._health = health
        self._again = again
        self._failures = 0

    async def forever(self) -> None:
        """Until it is over, or cancelled."""
        while not await self._over():
            pauses = self._again.pauses_s
            await asyncio.sleep(pauses[min(self._failures, len(pauses)) - 1])

    def well(self) -> None:
        """It holds, or is needed no more."""
        self._failures = 0
        self._health.part(self, well=True)

    async def _over(self) -> bool:
        """Run it; whether it is over."""
        steady = asyncio.get_running_loop().call_later(self._again.steady_s, self.well)
        try:
            await self._part()
        except (Exception, asyncio.CancelledError) as error:  # cancelled: by us, or something within it was
            if _leaving():
                raise
            self._failures += 1
            self._health.part(self, well=False)
            what = "a part of the program ended (%d times in a row): it is begun again"
            faults.tell(_log, error, what, self._failures)
            return False
        else:
            self.well()
            return True
        finally:
            steady.cancel()


def _left(task: asyncio.Task[None]) -> None:
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        faults.tell(_log, error, "a part of the program ended with a fault when it was to leave (%d)", 1)


def _leaving() -> bool:
    """The task that runs was told to end, whatever came of that."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
