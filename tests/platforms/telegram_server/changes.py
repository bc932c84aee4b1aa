"""Lets anybody wait for something to become true."""

import asyncio
from collections.abc import Callable


class Changes:
    """Rings whenever the server's state has moved."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Something changed: everybody who waits looks again."""
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, true: Callable[[], bool], seconds: float, look_again: float | None = None) -> bool:
        """Whether it became true within so many real seconds.

        `look_again`: looks that often besides, for what no bell of this server tells of."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    await self._bell(look_again)
        except TimeoutError:
            return true()
        return True

    async def _bell(self, at_most: float | None) -> None:
        """Until something changed, or so many real seconds are over."""
        bell: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(bell)
        try:
            await asyncio.wait((bell,), timeout=at_most)
        finally:
            self._waiting.discard(bell)
