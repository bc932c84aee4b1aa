"""Every second: do what no bell rang for.

Does not go through the queue, so it works while the queue is down. It does itself what it finds
overdue instead of ringing again: a bell that was lost once may be lost twice.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.errors import DispatchError
from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock
from dispatch.service import Service
from workers import alarms
from workers.deliver import Deliverer

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two sweeps (DESIGN.md, section 3): the worst lateness while the queue is down."""

PATIENCE: Micros = SECOND
"""How long the queue gets to do it before the sweep does: fifty of its polls, and half of what two thousand
alarms of one instant take."""

AT_MOST = 500
"""Jobs or rows taken by one sweep; what is left is taken by the next."""


class Sweep:
    """Finds overdue jobs and undelivered rows, and deals with them."""

    def __init__(self, service: Service, deliverer: Deliverer, clock: Clock) -> None:
        self._service = service
        self._deliverer = deliverer
        self._clock = clock

    async def once(self) -> None:
        """One sweep and all that follows from it. Raises nothing that the next sweep could mend."""
        await self._look()
        await self._deliver()

    async def forever(self) -> None:
        """Sweep until cancelled. Deliveries go on beside it: three hundred cards that wait for their turn at
        a platform hold up neither an alarm nor the alert that is owed a second later."""
        async with asyncio.TaskGroup() as beside:
            while True:
                await self._look()
                beside.create_task(self._deliver())
                await self._clock.sleep(EVERY_S)

    async def _look(self) -> None:
        with _mended_later():
            due = await self._service.store.due(self._late(), AT_MOST)
            await alarms.look_all(self._service, due)

    async def _deliver(self) -> None:
        with _mended_later():
            rows = await self._service.store.overdue_outbox(self._late(), AT_MOST)
            if rows:
                await self._deliverer.deliver(rows)

    def _late(self) -> Micros:
        return self._clock.now() - PATIENCE


@contextmanager
def _mended_later() -> Iterator[None]:
    try:
        yield
    except DispatchError as error:
        log.warning("the sweep could not be made (%s %s); trying again", error.key, error.params)
