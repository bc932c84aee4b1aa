"""Tell what has become of a building's status by itself: sealed, then controlled, then open.

Nothing depends on it: the status follows from the clock wherever it is asked for. A look that comes late, or
twice, tells it once.
"""

import logging

from dispatch.errors import DispatchError
from dispatch.gatekeeping import Gatekeeping
from dispatch.ports import Clock
from workers import faults

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks: as late as anybody is told. Where nothing is due a look is one small query."""

AT_MOST = 200
"""Committees of one look; what is left is found by the next. When a whole city is opened at one midnight it
is through in half a minute."""


class StatusWatch:
    """Finds what is due and has it told."""

    def __init__(self, gates: Gatekeeping, clock: Clock) -> None:
        self._gates = gates
        self._clock = clock

    async def forever(self) -> None:
        """Look until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(EVERY_S)

    async def once(self) -> None:
        """One look and all that follows from it. Raises nothing that the next one could mend."""
        try:
            due = await self._gates.due(AT_MOST)
        except DispatchError as error:
            log.warning("nobody could look how buildings stand (%s); trying again", error.key)
            return
        for committee_id in due:
            await self._look(committee_id)

    async def _look(self, committee_id: int) -> None:
        try:
            await self._gates.look(committee_id)
        except DispatchError as error:
            log.warning("nobody was told how committee %d's buildings stand (%s)", committee_id, error.key)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            # A rule that fails on one committee must not keep every other one's people in the dark.
            faults.tell(log, error, "nobody was told how the buildings of committee %d stand", committee_id)
