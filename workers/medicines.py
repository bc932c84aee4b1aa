"""Ask for medicines of the register before they run out.

Each is asked for exactly once, whoever looks and whatever dies in between: the day on which it runs out names
the request. Does not go through the queue, so it works while the queue is down.
"""

import logging
from operator import attrgetter

from dispatch.ports import Clock
from dispatch.refilling import Refilling
from workers.looks import Looks

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""Seconds between two looks: days are counted here, and nobody waits for the second."""

AT_MOST = 200
"""Medicines of one look; what is left is found by the next. At eight in the morning a sub-district's, ten in
each of a hundred committees (R3), are through in a minute."""


class MedicineWatch:
    """Finds medicines that are due and has them looked at."""

    def __init__(self, refilling: Refilling, clock: Clock) -> None:
        self._clock = clock
        self._looks = Looks(
            lambda: refilling.due(AT_MOST),
            refilling.look,
            attrgetter("supply_id"),
            unseen="nobody could look which medicine runs out",
            undone="medicine %d was not looked at",
            log=log,
        )

    async def forever(self) -> None:
        """Look until cancelled."""
        await self._looks.forever(self._clock, EVERY_S)

    async def once(self) -> None:
        """One look and all that follows from it. Raises nothing that the next one could mend."""
        await self._looks.once()
