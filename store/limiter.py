"""Who may send when, shared by all processes: one reservation at once in every gate that a send passes.

It knows no platform and no message: the caller names the gates (`gates.Gate`) and says what is urgent.
A promise is a moment and is not taken back; one call makes it. Without its server it goes on alone, at
half the rates (`bookings`).
"""

import hashlib
import logging
import math
import time
from collections.abc import Callable, Sequence

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from dispatch.moments import SECOND, Micros
from store.bookings import Bookings
from store.gates import Gate, Lane
from store.limiter_scripts import PAUSE, PAUSED, RESERVE

_log = logging.getLogger(__name__)

LONGEST_PAUSE = 86_400.0
"""Seconds. A platform that wants to be left alone for longer will say so again in a day."""

ALONE = 2
"""What a process divides the rates by while it cannot see the others: two of them stay within the limit
together; for more, the platform's own refusals end in pauses."""

PROBE_EVERY: Micros = SECOND
"""Between two attempts to find the server again; a call may take seconds to fail."""

_LAYOUT = "1"
"""Of what is kept under a gate's key; part of the key, so that no release reads what another one wrote."""

_NO_LANE = Lane(every=0, leeway=0)
"""Stands for the urgent lane of a gate that has none."""

_FOR_EVER = 2**53
"""Microseconds: the largest whole number that Lua holds exactly."""


class Limiter:
    """Hands out moments to send at, on the server of `redis` (`store.queue.client`; the caller closes it).

    All processes that use the same server and `prefix` share the gates, by the server's own clock.
    """

    def __init__(
        self, redis: Redis, prefix: str = "limit:", *, nanos: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._prefix = f"{prefix}{_LAYOUT}:"
        self._reserve = redis.register_script(RESERVE)
        self._pause = redis.register_script(PAUSE)
        self._paused = redis.register_script(PAUSED)
        self._nanos = nanos
        self._alone = Bookings(slower=ALONE)
        self._away = False
        self._probe_at: Micros = 0

    async def reserve(
        self,
        gates: Sequence[Gate],
        *,
        urgent: bool = False,
        patience: float = math.inf,
        at: Micros | None = None,
    ) -> float:
        """Book the first moment at which every gate lets this send through; gives the seconds until then.

        The moment is this send's alone, used or not: ask when there is something to send, and once. It
        uses up a gate's rate at that moment and not before, so who waits for a full chat holds up
        nobody else. Urgent sends pass those that wait, within `gates.URGENT_SHARE`. A wait above
        `patience` seconds books nothing: ask again after it. A pause may begin meanwhile: see `paused`.

        `at` counts from another moment than the server's present; it must not go back. Raises
        `ValueError` when two gates have one key. Never fails for want of the server.
        """
        if len({gate.key for gate in gates}) < len(gates):
            raise ValueError("a send passes each gate once")
        now = self._moment(at)
        longest = round(min(max(patience, 0.0) * SECOND, _FOR_EVER))
        figures: list[str | int] = ["" if at is None else at, int(urgent), longest]
        for gate in gates:
            for lane in (*gate.lanes(), _NO_LANE)[:2]:
                figures += [lane.every, lane.leeway]
            figures.append(self._alone.paused(gate.key, now) - now)
        wait = await self._ask(self._reserve, [gate.key for gate in gates], figures)
        if wait is None:
            wait = self._alone.book(gates, urgent=urgent, at=now, latest=now + longest) - now
        return wait / SECOND

    async def pause(self, key: str, seconds: float, *, at: Micros | None = None) -> None:
        """Grant nothing at the gate of this key for so long, in all processes at once.

        For a platform's "retry after". Repeating is safe: the later end holds. No more than
        `LONGEST_PAUSE`; nothing for what is not a positive number. Moments that are promised already
        stay promised: `paused` is for those who hold one.
        """
        if not seconds > 0:  # NaN fails it too
            return
        micros = math.ceil(min(seconds, LONGEST_PAUSE) * SECOND)
        now = self._moment(at)
        self._alone.pause(key, now + micros)
        await self._ask(self._pause, [key], ["" if at is None else at, micros])

    async def paused(self, gates: Sequence[Gate], *, at: Micros | None = None) -> float:
        """Seconds until no pause holds these gates, 0.0 if none does.

        Whoever has waited for a moment asks this before sending, and if it is not 0.0 reserves anew:
        else all that waited would send at once when the pause ends.
        """
        now = self._moment(at)
        own = max((self._alone.paused(gate.key, now) - now for gate in gates), default=0)
        others = await self._ask(self._paused, [gate.key for gate in gates], ["" if at is None else at])
        return max(own, others or 0) / SECOND

    def _moment(self, at: Micros | None) -> Micros:
        return self._nanos() // 1_000 if at is None else at

    async def _ask(
        self, script: AsyncScript, keys: Sequence[str], figures: Sequence[str | int]
    ) -> int | None:
        """Run a script; None when the server is away, or was a moment ago."""
        if self._away:
            if self._moment(None) < self._probe_at:
                return None
            self._probe_at = self._moment(None) + PROBE_EVERY  # one looks for it, the others go on
        try:
            answer = await script(keys=[self._key(key) for key in keys], args=figures)
        except (RedisError, OSError) as error:
            self._lost(error)
            return None
        self._found()
        return int(answer or 0)

    def _key(self, key: str) -> str:
        """A name of fixed length, whatever a platform calls its chats."""
        name = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16)
        return self._prefix + name.hexdigest()

    def _lost(self, error: Exception) -> None:
        self._probe_at = self._moment(None) + PROBE_EVERY
        if not self._away:
            _log.warning(
                "the shared limiter is away (%s); this process sends on at 1/%d of the rates",
                type(error).__name__,
                ALONE,
            )
        self._away = True

    def _found(self) -> None:
        if self._away:
            _log.info("the shared limiter is back")
        self._away = False
