"""Every second: do what no bell rang for.

Does not go through the queue, so it works while the queue is down. It does itself what it finds
overdue instead of ringing again: a bell that was lost once may be lost twice.
"""

import logging

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
        """One sweep. Raises nothing that the next sweep could mend."""
        late = self._clock.now() - PATIENCE
        store = self._service.store
        try:
            await alarms.look_all(self._service, await store.due(late, AT_MOST))
            rows = await store.overdue_outbox(late, AT_MOST)
            if rows:
                await self._deliverer.deliver(rows)
        except DispatchError as error:
            log.warning("the sweep could not be made (%s %s); trying again", error.key, error.params)

    async def forever(self) -> None:
        """Sweep until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(EVERY_S)
