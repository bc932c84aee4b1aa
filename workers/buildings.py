"""Tell what has become of a building's status by itself: sealed, then controlled, then open.

Nothing depends on it: the status follows from the clock wherever it is asked for. A look that comes late, or
twice, tells it once.
"""

import logging

from dispatch.gatekeeping import Gatekeeping
from dispatch.ports import Clock
from workers.looks import Looks

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks: as late as anybody is told. Where nothing is due a look is one small query."""

AT_MOST = 200
"""Committees of one look; what is left is found by the next. When a whole city is opened at one midnight it
is through in half a minute."""


class StatusWatch:
    """Finds what is due and has it told."""

    def __init__(self, gates: Gatekeeping, clock: Clock) -> None:
        self._clock = clock
        self._looks = Looks(
            lambda: gates.due(AT_MOST),
            gates.look,
            int,
            unseen="nobody could look how buildings stand",
            undone="nobody was told how the buildings of committee %d stand",
            log=log,
        )

    async def forever(self) -> None:
        """Look until cancelled."""
        await self._looks.forever(self._clock, EVERY_S)

    async def once(self) -> None:
        """One look and all that follows from it. Raises nothing that the next one could mend."""
        await self._looks.once()
