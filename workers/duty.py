"""Every second: look at the duty of those committees for which a moment has come.

Does not go through the queue, so it works while the queue is down. Several processes may do it side by side:
a committee is decided about by one work after the other, and what was decided once is not decided again.
"""

import logging

from dispatch.ports import Clock
from dispatch.succession import Succession
from workers.looks import Looks

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks: as late as anybody is asked. Where nothing is due a look is one small query."""

AT_MOST = 200
"""Committees of one look; what is left is found by the next. After a change of all their files at once a
whole city is through in half a minute."""


class DutyWatch:
    """Finds what is due and has it decided."""

    def __init__(self, succession: Succession, clock: Clock) -> None:
        self._clock = clock
        self._looks = Looks(
            lambda: succession.due(AT_MOST),
            succession.look,
            int,
            unseen="nobody could look whose duty it is",
            undone="the duty of committee %d stays as it is",
            log=log,
        )

    async def forever(self) -> None:
        """Look until cancelled."""
        await self._looks.forever(self._clock, EVERY_S)

    async def once(self) -> None:
        """One look and all that follows from it. Raises nothing that the next one could mend."""
        await self._looks.once()
