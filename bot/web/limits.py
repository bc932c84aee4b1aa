"""How often somebody may ask: token buckets in memory, bounded.

They keep one eager client from taking the server from everybody else; they are not what keeps secrets
(signatures are). Forgotten at a restart, which costs nothing.
"""

from collections import OrderedDict

from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock

MOST_KEYS = 10_000
"""About 2 MB of buckets. The one unused longest is forgotten, which only ever favours its owner."""


class TokenBuckets:
    """One bucket a key, filled with `burst` tokens and refilled by `per_second`."""

    def __init__(self, clock: Clock, *, burst: int, per_second: float, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._burst = float(burst)
        self._per_second = per_second
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, tuple[float, Micros]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take one token; False when there is none, and then nothing is taken."""
        now = self._clock.now()
        tokens, since = self._buckets.pop(key, (self._burst, now))
        # A wall clock that stepped back refills nothing rather than taking tokens away.
        tokens = min(self._burst, tokens + max(0, now - since) / SECOND * self._per_second)
        granted = tokens >= 1
        self._buckets[key] = (tokens - 1 if granted else tokens, now)
        if len(self._buckets) > self._most_keys:
            self._buckets.popitem(last=False)
        return granted
