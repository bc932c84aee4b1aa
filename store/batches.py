"""Works that come together share a transaction: who goes with whom, and who waits for whom.

Works that hold the same thing follow each other, in the order in which they came; no two of them are ever in
one batch. A batch takes whatever waits when a place becomes free, so that a lone work goes at once and alone,
and a crowd costs few round trips. It knows no database.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from store.engine import Work

AT_ONCE = 3
"""Batches under way side by side: the server works at one while this process decides about another."""

MOST = 32
"""Works of one batch: beyond it little is saved, and what one of them holds is held for longer."""


@dataclass(slots=True, eq=False)
class Errand:
    """A work that was handed in, and whoever waits for it. `alone` shares a transaction with none; in the
    lines of its first `kept` keys it is the first."""

    work: Work[Any]
    future: "asyncio.Future[Any]"
    keys: Sequence[Hashable]
    alone: bool
    kept: int = 0

    def done(self, result: object) -> None:
        """Tell whoever waits, if they still do."""
        if not self.future.done():
            self.future.set_result(result)

    def failed(self, error: BaseException) -> None:
        """The same, where it came to nothing."""
        if not self.future.done():
            self.future.set_exception(error)


Carry = Callable[[Sequence[Errand]], Awaitable[Sequence[Errand]]]
"""Does the works of a batch and tells those who wait; returns those that it left, which are to go alone. It
raises nothing."""


class Batches:
    """Hands works to `carry`, several at a time."""

    def __init__(self, carry: Carry) -> None:
        self._carry = carry
        self._ready: deque[Errand] = deque()
        self._lines: dict[Hashable, deque[Errand]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._free = AT_ONCE
        self._woken = False

    def hand_in(self, work: Work[Any]) -> "asyncio.Future[Any]":
        """Have it done after those before it that hold the same. Once begun it is brought to its end, whoever
        stops waiting."""
        keys = [(hold.name, *hold.params.values()) for hold in work.holds]
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(_heard)
        self._stand(Errand(work, future, keys, work.alone))
        return future

    async def drain(self) -> None:
        """Wait until all that was handed in is over."""
        while self._running or self._ready:
            self._start()
            await asyncio.wait(self._running)

    def _stand(self, errand: Errand) -> None:
        """In one line after the other: whoever waits in one keeps nobody of a later one waiting."""
        for key in errand.keys[errand.kept :]:
            line = self._lines.get(key)
            if line is not None:
                line.append(errand)
                return
            self._lines[key] = deque()
            errand.kept += 1
        self._goes(errand)

    def _goes(self, errand: Errand) -> None:
        """It is first in all its lines."""
        if errand.alone:
            self._begin(self._apart((errand,)))
            return
        self._ready.append(errand)
        if not self._woken:
            self._woken = True
            # Whatever else is handed in within this turn of the loop comes along.
            asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        self._woken = False
        while self._ready and self._free:
            batch = [self._ready.popleft() for _ in range(min(MOST, len(self._ready)))]
            self._free -= 1
            self._begin(self._together(batch))

    async def _together(self, batch: Sequence[Errand]) -> None:
        try:
            left = await self._carry(batch)
        finally:
            self._free += 1
        for errand in left:
            errand.alone = True
            self._begin(self._apart((errand,)))
        self._over([errand for errand in batch if errand not in left])

    async def _apart(self, batch: Sequence[Errand]) -> None:
        await self._carry(batch)
        self._over(batch)

    def _over(self, batch: Sequence[Errand]) -> None:
        """Those behind them are next."""
        for errand in batch:
            for key in errand.keys:
                line = self._lines[key]
                if line:
                    following = line.popleft()
                    following.kept += 1
                    self._stand(following)
                else:
                    del self._lines[key]
        self._start()

    def _begin(self, doing: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(doing)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _heard(future: "asyncio.Future[Any]") -> None:
    """Whoever waited for it may have left: then nobody is there to be told."""
    if not future.cancelled():
        future.exception()
