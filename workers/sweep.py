"""Every second: do what no bell rang for.

Does not go through the queue, so it works while the queue is down. It does itself what it finds
overdue instead of ringing again: a bell that was lost once may be lost twice.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dispatch.errors import DispatchError
from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock
from dispatch.service import Service
from workers import alarms
from workers.beside import DRAIN_S, Beside
from workers.deliver import Deliverer

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two sweeps (DESIGN.md, section 3): the worst lateness while the queue is down."""

PATIENCE: Micros = SECOND
"""How long the queue gets to do it before the sweep does: fifty of its polls, and half of what two thousand
alarms of one instant take."""

AT_MOST = 500
"""Jobs taken by one sweep, and rows of each platform, urgent ones and others; what is left is taken by the
next. Rows that are on their way count, too; a platform that hangs with so many keeps nothing from others."""


class Sweep:
    """Finds overdue jobs and undelivered rows of the deliverer's share, and deals with them. One that `looks`
    at no jobs leaves those to other processes."""

    def __init__(self, service: Service, deliverer: Deliverer, clock: Clock, *, looks: bool = True) -> None:
        self._service = service
        self._deliverer = deliverer
        self._clock = clock
        self._looks = looks
        self._beside = Beside("cards stay owed; the sweep tries again")

    async def once(self) -> None:
        """One sweep and all that follows from it. Raises nothing that the next sweep could mend."""
        await self._look()
        with _mended_later():
            await self._deliverer.deliver(await self._owed())

    async def forever(self) -> None:
        """Sweep until cancelled. Deliveries go on beside it: three hundred cards that wait for their turn at
        a platform hold up neither an alarm nor the alert that is owed a second later. A fault of ours ends
        it, but no card that is on its way."""
        try:
            while True:
                # First, so that each is tried even where the other one ends it every time.
                with _mended_later():
                    if rows := await self._owed():
                        self._beside.begin(self._deliverer.deliver(rows))
                await self._look()
                await self._clock.sleep(EVERY_S)
        except asyncio.CancelledError:
            with self._deliverer.leaving():
                await self._beside.leave(DRAIN_S)
            raise

    async def _look(self) -> None:
        if not self._looks:
            return
        with _mended_later():
            due = await self._service.store.due(self._late(), AT_MOST)
            await alarms.look_all(self._service, due)

    async def _owed(self) -> Sequence[int]:
        return await self._deliverer.overdue(self._late(), AT_MOST)

    def _late(self) -> Micros:
        return self._clock.now() - PATIENCE


@contextmanager
def _mended_later() -> Iterator[None]:
    try:
        yield
    except DispatchError as error:
        log.warning("the sweep could not be made (%s %s); trying again", error.key, error.params)
