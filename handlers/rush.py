"""When many tap at once, what can wait gives way to whoever waits for the answer to a tap.

It counts taps and knows nothing of them. Nothing waits here for long: a second later the rush is either over,
or goes on for so long that the rest has to be done beside it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MANY = 10
"""Taps that are being answered at the same moment: fewer cost nobody any time."""

LULL_S = 0.1
"""Seconds without a tap until a rush is over: Telegram brings a hundred taps at a time, and takes its round
trip before it brings the next."""

GIVE_WAY_S = 1.0
"""Seconds that something gives way at most; what a tap changed is to be seen soon by others as well."""


class Rush:
    """The taps of one process."""

    def __init__(self) -> None:
        self._open = 0
        self._taps = 0
        self._over = asyncio.Event()
        self._over.set()

    @contextmanager
    def tap(self) -> Iterator[None]:
        """A tap is being answered."""
        self._open += 1
        self._taps += 1
        if self._open >= MANY:
            self._over.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open and not self._over.is_set():
                asyncio.get_running_loop().call_later(LULL_S, self._lull, self._taps)

    async def over(self) -> None:
        """Give way to a rush; at other times return at once."""
        if not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(GIVE_WAY_S):
                    await self._over.wait()

    def _lull(self, taps: int) -> None:
        if taps == self._taps:
            self._over.set()
