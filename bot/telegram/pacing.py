"""When something may be sent: the limiter's answer, waited for where it is short, put off where it is long.

A send that waits holds up whoever asked for it, so nobody waits here for longer than `PATIENCE_S`. What is
put off is given a moment of its own, so that three hundred cards for one group do not all come back at once.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Protocol

from bot.telegram.limits import BOT, GROUP, PRIVATE
from dispatch.moments import SECOND
from dispatch.ports import Clock
from store.gates import Gate

PATIENCE_S = 10.0
"""Seconds that a send waits for its turn. A full bot needs 6.5 s for the fifty cards that each of three
deliverers makes side by side; a full group needs minutes, and must not take their places for so long."""

EARLIER_S = PATIENCE_S / 2
"""So much before its moment is over a send comes back: its turn is then within reach of its patience."""

SOONEST_S = 0.5
"""Seconds until a send that was put off may come back at all."""

FLOODED_CHATS, FLOOD_S = 3, 2.0
"""So many chats refused within so many seconds mean that the bot itself is to be quiet, not one chat."""

TIDY_AT = 1_000
"""Gates in memory from which on those of the past are forgotten."""


class Slots(Protocol):
    """What is needed of `store.limiter.Limiter`."""

    async def reserve(self, gates: Sequence[Gate], *, urgent: bool, patience: float) -> float:
        """Seconds until the moment that was booked; above `patience` nothing was booked."""

    async def pause(self, key: str, seconds: float) -> None:
        """Nobody passes this gate for so long."""

    async def paused(self, gates: Sequence[Gate]) -> float:
        """Seconds until no pause holds these gates."""


class Pace:
    """The turns of all bots of a process."""

    def __init__(self, slots: Slots, clock: Clock) -> None:
        self._slots = slots
        self._clock = clock
        self._put_off: dict[str, float] = {}
        self._floods: dict[int, deque[tuple[float, int]]] = defaultdict(deque)

    async def turn(self, bot: int, chat: int, *, urgent: bool) -> float:
        """Wait until it may be sent, and return 0.0. Else return the seconds after which to ask again."""
        gates = (_gate(bot, chat), BOT(bot))
        patience = PATIENCE_S
        while True:
            wait = await self._slots.reserve(gates, urgent=urgent, patience=patience)
            if wait > patience:
                return wait if urgent else self._later(gates[0], wait)
            if wait <= 0:
                return 0.0
            await self._clock.sleep(wait)
            patience -= wait
            if await self._slots.paused(gates) <= 0:
                return 0.0

    async def flooded(self, bot: int, chat: int, seconds: float) -> None:
        """Telegram asked for a pause: the chat gets it, in all processes; and the bot, if it is the third
        chat in a row."""
        await self._slots.pause(_gate(bot, chat).key, seconds)
        now, floods = self._now(), self._floods[bot]
        floods.append((now, chat))
        while floods[0][0] < now - FLOOD_S:
            floods.popleft()
        if len({each for _, each in floods}) >= FLOODED_CHATS:
            await self._slots.pause(BOT(bot).key, seconds)

    def _later(self, gate: Gate, wait: float) -> float:
        """Behind everything of this gate that was put off before."""
        now = self._now()
        if len(self._put_off) > TIDY_AT:
            self._put_off = {key: moment for key, moment in self._put_off.items() if moment > now}
        moment = max(now + wait, self._put_off.get(gate.key, 0.0))
        self._put_off[gate.key] = moment + 1 / gate.rate
        return max(moment - now - EARLIER_S, SOONEST_S)

    def _now(self) -> float:
        return self._clock.now() / SECOND


def _gate(bot: int, chat: int) -> Gate:
    """Groups have negative numbers, on Telegram."""
    return GROUP(bot, chat) if chat < 0 else PRIVATE(bot, chat)
