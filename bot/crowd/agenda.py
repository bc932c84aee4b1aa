"""What is to be done and when, in real seconds: a heap with one entry a key, and never too many.

A key's newer entry replaces the older one, so that nobody taps twice for one thought.
"""

import asyncio
import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

AT_MOST = 5_000
"""Entries: forty people and a hundred open jobs, about a megabyte. What would be beyond is not planned."""


class Agenda(Generic[T]):
    """Entries by key. One task waits for what is due."""

    def __init__(self, at_most: int = AT_MOST) -> None:
        self._at_most = at_most
        self._heap: list[tuple[float, int, Hashable]] = []
        self._entries: dict[Hashable, tuple[int, T]] = {}
        self._count = 0
        self._sooner = asyncio.Event()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def plan(self, key: Hashable, entry: T, after_s: float) -> bool:
        """Plan it, instead of what was planned for that key; False where there is no room."""
        if key not in self._entries and len(self._entries) >= self._at_most:
            return False
        self._count += 1
        self._entries[key] = (self._count, entry)
        heapq.heappush(self._heap, (asyncio.get_running_loop().time() + after_s, self._count, key))
        if len(self._heap) > 2 * self._at_most:
            self._tidy()
        self._sooner.set()
        return True

    def drop(self, key: Hashable) -> None:
        """It is not to be done any more; nothing planned is fine."""
        self._entries.pop(key, None)

    async def next(self) -> tuple[Hashable, T]:
        """The next entry, when it is due."""
        while True:
            self._sooner.clear()
            wait = self._wait()
            if wait is not None and wait <= 0:
                _, number, key = heapq.heappop(self._heap)
                known = self._entries.get(key)
                if known is not None and known[0] == number:
                    del self._entries[key]
                    return key, known[1]
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._sooner.wait()
            except TimeoutError:
                continue

    def _wait(self) -> float | None:
        return self._heap[0][0] - asyncio.get_running_loop().time() if self._heap else None

    def _tidy(self) -> None:
        """Let go of what was replaced or dropped."""
        live = {number for number, _ in self._entries.values()}
        self._heap = [each for each in self._heap if each[1] in live]
        heapq.heapify(self._heap)
