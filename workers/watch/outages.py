"""Whether the queue answers: counted, and nothing more. While it is away the sweep keeps lateness below two
seconds, so it is no reason to hold a heartbeat back."""

from collections.abc import Awaitable, Callable

from dispatch.ports import Clock
from workers.figures import Figures

EVERY_S = 5.0
"""Seconds between two looks: an outage that is over within them has cost less than it takes to read of it."""

Answers = Callable[[], Awaitable[bool]]
"""Whether the queue answers now; says no soon rather than late."""


class Outages:
    """Looks at the queue again and again; each outage counts once."""

    def __init__(self, answers: Answers, clock: Clock, figures: Figures) -> None:
        self._answers = answers
        self._clock = clock
        self._figures = figures
        self._answered = True

    async def forever(self) -> None:
        """Until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(EVERY_S)

    async def once(self) -> None:
        """One look."""
        answers = await self._answers()
        if not answers and self._answered:
            self._figures.queue_outage()
        self._answered = answers
