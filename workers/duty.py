"""Every second: look at the duty of those committees for which a moment has come.

Does not go through the queue, so it works while the queue is down. Several processes may do it side by side:
a committee is decided about by one work after the other, and what was decided once is not decided again.
"""

import logging

from dispatch.errors import DispatchError
from dispatch.ports import Clock
from dispatch.succession import Succession
from workers import faults

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks: as late as anybody is asked. Where nothing is due a look is one small query."""

AT_MOST = 200
"""Committees of one look; what is left is found by the next. After a change of all their files at once a
whole city is through in half a minute."""


class DutyWatch:
    """Finds what is due and has it decided."""

    def __init__(self, succession: Succession, clock: Clock) -> None:
        self._succession = succession
        self._clock = clock

    async def forever(self) -> None:
        """Look until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(EVERY_S)

    async def once(self) -> None:
        """One look and all that follows from it. Raises nothing that the next one could mend."""
        try:
            due = await self._succession.due(AT_MOST)
        except DispatchError as error:
            log.warning("nobody could look whose duty it is (%s); trying again", error.key)
            return
        for committee_id in due:
            await self._look(committee_id)

    async def _look(self, committee_id: int) -> None:
        try:
            await self._succession.look(committee_id)
        except DispatchError as error:
            log.warning("the duty of committee %d stays as it is (%s)", committee_id, error.key)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            # A rule that fails on one committee must not keep every other one's duty from being looked at.
            faults.tell(log, error, "the duty of committee %d stays as it is", committee_id)
