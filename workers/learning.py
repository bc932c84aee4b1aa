"""Every few seconds: what the jobs that are over say of how people answer, is added to the record.

Apart from the taps, since nobody waits for it. Each job is counted once, by however many processes.
"""

import logging
from typing import Protocol

from dispatch.errors import DispatchError
from dispatch.ports import Clock

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""Seconds between two looks: the next job of a burst need not know yet how the last one went."""

AT_MOST = 50
"""Jobs to a look: each is a transaction of its own."""


class Counting(Protocol):
    """What learning needs of the store."""

    async def learn(self, limit: int) -> int:
        """Count what jobs that are over said of those who were asked, each once; how many there were."""


class Learner:
    """Counts jobs that are over."""

    def __init__(self, store: Counting, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def once(self) -> None:
        """All that are over now, a bounded number; raises nothing that the next look could mend."""
        try:
            await self._store.learn(AT_MOST)
        except DispatchError as error:
            log.warning("how people answered was not counted (%s); trying again", error.key)

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(EVERY_S)
