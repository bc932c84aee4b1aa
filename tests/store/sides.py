"""The limiter as it is shared, and as it is alone: what its tests have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from bot.telegram.limits import BOT, PRIVATE
from dispatch.moments import SECOND, Micros
from store.gates import Gate
from store.limiter import Limiter

START: Micros = 1_800_000_000 * SECOND
"""The moment at which the tests that need one begin."""

NOWHERE = "/nowhere/valkey.sock"


@dataclass(frozen=True, slots=True)
class Side:
    """A limiter, and the part of each gate's rate that it grants."""

    limiter: Limiter
    part: float

    async def moments(
        self, sends: Sequence[Sequence[Gate]], *, at: Micros = START, urgent: bool = False
    ) -> list[Micros]:
        """The moments of sends that all ask at the same instant."""
        waits = [await self.limiter.reserve(gates, urgent=urgent, at=at) for gates in sends]
        return [at + round(wait * SECOND) for wait in waits]


def fresh() -> str:
    return f"test:{uuid4().hex}:"


def assert_keeps(gate: Gate, moments: Sequence[Micros], *, part: float = 1.0, unsure: Micros = 0) -> None:
    """In no stretch of time more than its burst and its rate; each moment is known to within `unsure`."""
    ordered = sorted(moments)
    rate = gate.rate * part / SECOND
    for first, start in enumerate(ordered):
        for last in range(first, len(ordered)):
            allowed = gate.burst + (ordered[last] - start + unsure) * rate
            assert last - first + 1 <= allowed + 1e-6, (gate, start, ordered[last])


def to_many(chats: int, name: str = "someone") -> list[list[Gate]]:
    """A send to each of so many people, by one bot."""
    return [[PRIVATE(1, f"{name} {n}"), BOT(1)] for n in range(chats)]
