"""What one answer of the server holds, handled: each sender's doings in order, the senders side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from dispatch.errors import StoreUnavailableError
from dispatch.moments import Micros
from workers import faults

_log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]
"""What an event asks for. May raise `StoreUnavailableError`: it was not done, and is to be done again."""

ABANDONED_S = 0.4
"""Leaving, for works that were told to stop to do so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One event's work, whose doing it is, and when it was done."""

    sender: str
    at: Micros
    work: Work


class Batch:
    """Works that came together. `handled` waits for them; whoever stops waiting calls `end`."""

    def __init__(self, rooms: Iterable[Sequence[Task]]) -> None:
        lanes: dict[str, list[Work]] = {}
        for task in in_order(rooms):
            lanes.setdefault(task.sender, []).append(task.work)
        self.count = sum(len(lane) for lane in lanes.values())
        self._failed: StoreUnavailableError | None = None
        self._tasks = [asyncio.create_task(self._lane(lane)) for lane in lanes.values()]

    async def handled(self) -> None:
        """Wait for all. Raises `StoreUnavailableError` when something could not be kept."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._failed is not None:
            raise self._failed

    async def end(self, seconds: float) -> bool:
        """Give them so long, then stop them. True when all were done."""
        if not self._tasks:
            return True
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            _log.warning("leaving with events of %d people unhandled; the next start reads them", len(late))
            await asyncio.wait(late, timeout=ABANDONED_S)
        return not late and self._failed is None

    async def _lane(self, lane: Sequence[Work]) -> None:
        for work in lane:
            try:
                await work()
            except StoreUnavailableError as error:
                # All that follows of this sender waits too: it is read again, in order.
                self._failed = error
                return
            except Exception as error:  # noqa: BLE001 - it is told without its text
                # A fault with one event must not keep the others from being handled, nor come back for ever.
                faults.tell(_log, error, "an event was not handled (%d in its lane)", len(lane))


def in_order(rooms: Iterable[Sequence[Task]]) -> list[Task]:
    """The tasks of all rooms as they happened. Within a room its own order holds, whatever the clocks say."""
    found: list[tuple[Micros, int, Task]] = []
    for tasks in rooms:
        latest: Micros = 0
        for task in tasks:
            latest = max(latest, task.at)
            found.append((latest, len(found), task))
    return [task for _, _, task in sorted(found, key=lambda each: each[:2])]
