"""A gate: how often something may pass, as steady rates with some leeway.

What passes (a message, an edit) and whose limit it is, the caller knows; who may pass when, `limiter`
and `bookings` work out.

The rule (GCRA, the virtual scheduling form of a leaky bucket, ITU-T I.371 annex A): in any stretch of
`d` seconds at most `burst + d * rate` pass. Two lanes whose rates and bursts add up to the gate's keep
the gate's rule whatever each of them does.
"""

import math
from dataclasses import dataclass

from dispatch.moments import SECOND, Micros

URGENT_SHARE = 0.08
"""The part of a gate's rate that only urgent sends may use. At 25 a second it lets 2 urgent ones a second
overtake any number that wait, and leaves 23 a second (92 %) to the rest."""

SLOWEST = 1 / 86_400
"""The least rate, a second: one a day. Slower than this is a ban and not a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """`every`: microseconds between two; `leeway`: how much earlier than that one may come."""

    every: Micros
    leeway: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`rate` a second in the long run, `burst` at once. Sends with the same `key` share it.

    Raises `ValueError` for a burst below 1, or for a rate that is not a number or below `SLOWEST`.
    """

    key: str
    rate: float
    burst: int

    def __post_init__(self) -> None:
        if not self.rate >= SLOWEST or math.isinf(self.rate):  # "not >=": NaN fails it too
            raise ValueError(f"a gate's rate must be a number of at least one a day, not {self.rate}")
        if self.burst < 1:
            raise ValueError(f"a gate must let one through, its burst is {self.burst}")

    def lanes(self, *, slower: int = 1) -> tuple[Lane, ...]:
        """The lane of everybody and, where two fit through at once, the one of urgent sends.

        `slower` divides the rates and leaves the bursts. Half of the burst (rounded down) is kept for
        urgent sends: without it the first of them would wait as long as the lane's interval is.
        """
        rate = self.rate / slower
        kept = self.burst // 2
        if not kept:
            return (_lane(rate, self.burst),)
        return _lane(rate * (1 - URGENT_SHARE), self.burst - kept), _lane(rate * URGENT_SHARE, kept)


def _lane(rate: float, burst: int) -> Lane:
    """Rounded to the slower side, so that whole microseconds never add up to more than the rate."""
    every = math.ceil(SECOND / rate)
    return Lane(every=every, leeway=(burst - 1) * every)
