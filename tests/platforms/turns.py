"""The real limiter by a clock of ours: whoever waits for a turn moves it, and nobody waits in earnest."""

from collections.abc import Sequence

from dispatch.moments import SECOND
from store.gates import Gate
from store.limiter import Limiter
from tests.platforms.clocks import SetClock


class Turns:
    """Implements `bot.telegram.pacing.Slots`."""

    def __init__(self, limiter: Limiter, clock: SetClock) -> None:
        self._limiter = limiter
        self._clock = clock

    async def reserve(self, gates: Sequence[Gate], *, urgent: bool, patience: float) -> float:
        """See `Slots.reserve`. What others have waited meanwhile was waited by this one as well: many who
        wait side by side move the clock to the latest of their moments, not by the sum of their waits."""
        asked = self._clock.now()
        wait = await self._limiter.reserve(gates, urgent=urgent, patience=patience, at=asked)
        if wait > patience:
            return wait
        return max(wait - (self._clock.now() - asked) / SECOND, 0.0)

    async def pause(self, key: str, seconds: float) -> None:
        """See `Slots.pause`."""
        await self._limiter.pause(key, seconds, at=self._clock.now())

    async def paused(self, gates: Sequence[Gate]) -> float:
        """See `Slots.paused`."""
        return await self._limiter.paused(gates, at=self._clock.now())
