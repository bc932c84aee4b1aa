"""Open the turns of care plans before they are due.

A turn is opened exactly once, whoever looks and whatever dies in between: its moment names the job. Does not
go through the queue, so it works while the queue is down.
"""

import logging
from operator import attrgetter

from dispatch.ports import Clock
from dispatch.tending import Tending
from workers.looks import Looks

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks: as late as any job is looked at, for one small query where nothing is due."""

AT_MOST = 200
"""Plans of one look; what is left is found by the next. A city's plans for eight in the morning, a hundred
in each of a hundred committees, are through in a minute."""


class CareWatch:
    """Finds plans that are due and has them looked at."""

    def __init__(self, tending: Tending, clock: Clock) -> None:
        self._clock = clock
        self._looks = Looks(
            lambda: tending.due(AT_MOST),
            tending.look,
            attrgetter("plan_id"),
            unseen="nobody could look which care is due",
            undone="care plan %d was not looked at",
            log=log,
        )

    async def forever(self) -> None:
        """Look until cancelled."""
        await self._looks.forever(self._clock, EVERY_S)

    async def once(self) -> None:
        """One look and all that follows from it. Raises nothing that the next one could mend."""
        await self._looks.once()
