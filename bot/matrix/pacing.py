"""When something may be sent: at once as long as the server takes it, one by one after it asked for a pause.

A Matrix server counts what an account sends in all its rooms together, and says when it is too much. Nobody
knows its limits before. So what waits goes by its rank, and in one room one thing after the other: a slow
room holds up nobody else. Who would wait too long is sent away with the seconds after which to come back.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum

from dispatch.moments import SECOND
from dispatch.ports import Clock

PATIENCE_S = 10.0
"""Seconds that a send waits for its turn: for longer it must not take a deliverer's place."""

WIDEST = 16
"""Requests at a time. Synapse works on some at once; more only wait there instead of here."""

AT_A_ROOM = 8
"""Sends that wait for one room. The rest of three hundred cards comes back when these are through, so that
they do not take all the places that there are for cards."""

BACK_S = 1.0
"""Seconds after which they come back: eight requests of a tenth of a second each."""


class Rank(IntEnum):
    """What goes first. Lower goes before higher; of the same rank whoever came first."""

    URGENT = 0
    ANSWER = 1
    """To whoever taps or writes; and the reactions under an urgent card: without them there is no tap."""
    CARD = 2
    LATER = 3
    """The reactions under other cards, and what is tidied away."""


@dataclass(slots=True, order=True)
class _Waiter:
    rank: Rank
    number: int
    room: str = field(compare=False)
    turn: "asyncio.Future[float]" = field(compare=False)


class Pace:
    """The turns of one account in one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[_Waiter] = []
        self._busy: Counter[str] = Counter()
        self._number = 0
        self._width = WIDEST
        self._pause_ends = 0.0
        self._alarm: asyncio.Task[None] | None = None

    @property
    def calm(self) -> bool:
        """Nothing waits, and the server has not complained lately."""
        return not self._waiting and self._width == WIDEST and self._pause() <= 0

    async def turn(self, room: str, rank: Rank, *, patience: float = PATIENCE_S) -> float:
        """Wait until something may be sent there and return 0.0: `done` must follow. Else return the seconds
        after which to ask again."""
        pause = self._pause()
        if pause > patience:
            return pause
        if sum(waiter.room == room for waiter in self._waiting) >= AT_A_ROOM and rank >= Rank.CARD:
            return BACK_S
        self._number += 1
        waiter = _Waiter(rank, self._number, room, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._admit()
        return await self._wait(waiter, patience)

    def done(self, room: str, *, fine: bool = True) -> None:
        """What had its turn is over. `fine`: the server took it, so that it may be asked for more."""
        self._busy[room] -= 1
        if self._busy[room] <= 0:
            del self._busy[room]
        if fine:
            self._width = min(self._width * 2, WIDEST)
        self._admit()

    def flooded(self, seconds: float) -> None:
        """The server asked for a pause: nothing is sent before it is over, and then one thing at a time."""
        self._width = 1
        self._pause_ends = max(self._pause_ends, self._now() + seconds)
        for waiter in self._waiting:
            if seconds > PATIENCE_S and not waiter.turn.done():
                waiter.turn.set_result(seconds)
        self._admit()

    async def _wait(self, waiter: _Waiter, patience: float) -> float:
        try:
            await asyncio.wait((waiter.turn,), timeout=patience)
            return waiter.turn.result() if waiter.turn.done() else max(self._pause(), BACK_S)
        except asyncio.CancelledError:
            if waiter.turn.done() and waiter.turn.result() == 0:
                self.done(waiter.room, fine=False)
            raise
        finally:
            with suppress(ValueError):
                self._waiting.remove(waiter)

    def _admit(self) -> None:
        """Let in whoever may go now."""
        if self._pause() > 0:
            self._wake_later()
            return
        for waiter in sorted(self._waiting):
            if self._busy.total() >= self._width:
                return
            if waiter.room not in self._busy and not waiter.turn.done():
                self._waiting.remove(waiter)
                self._busy[waiter.room] += 1
                waiter.turn.set_result(0.0)

    def _wake_later(self) -> None:
        if self._waiting and (self._alarm is None or self._alarm.done()):
            self._alarm = asyncio.create_task(self._wake())

    async def _wake(self) -> None:
        while (pause := self._pause()) > 0:
            await self._clock.sleep(pause)
        self._alarm = None
        self._admit()

    def _pause(self) -> float:
        """Seconds until anything may be sent."""
        return max(self._pause_ends - self._now(), 0.0)

    def _now(self) -> float:
        return self._clock.now() / SECOND
