"""How long people take to answer: lognormal, since a few are very late."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """`median` in seconds, `sigma` of its logarithm. What stands here is Recipe A's (docs/matching.md)."""

    median: float = 60.0
    sigma: float = 1.0

    def within(self, seconds: float) -> float:
        """The share of those who will answer that has answered by then."""
        if seconds <= 0:
            return 0.0
        return 0.5 * math.erfc(-math.log(seconds / self.median) / (self.sigma * math.sqrt(2)))
