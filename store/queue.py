"""The bell, on ARQ: it rings for a job at its time and for messages that are owed.

It holds no fact. What it loses, the sweep finds; so it never raises, never blocks, and drops what it
cannot hand over. Only ids travel, as JSON.
"""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from arq.connections import RedisSettings
from arq.constants import expires_extra_ms, job_key_prefix, result_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, TimeoutError  # noqa: A004 - theirs

from dispatch.moments import Micros

_log = logging.getLogger(__name__)

ESCALATION = "suidao:escalation"
"""The queue of looks at jobs; nothing slow is ever put into it."""

DELIVERY = "suidao:delivery"
"""The queue of messages, so that three hundred of them never stand before an alarm."""


def delivery_by(platform: str) -> str:
    """The queue of messages for those processes that serve one platform, where there are several."""
    return f"{DELIVERY}:{platform}"


LOOK = "look"
"""The task `look(shard)`: look at every job of the shard whose time has come."""

SHARDS = 4
"""Two thousand alarms of one instant are that many tasks, not two thousand: what is due stands in the store.
Four, so that as many workers share a burst."""

MOMENT_MS = 20
"""Milliseconds that count as one moment: as often as a worker looks at its queue (`workers.settings.POLL_S`).
With one, 333 alarms a second were that many tasks, and most of them found nothing left to do."""

DELIVER = "deliver"
"""The task `deliver(row_ids)`."""

ROWS_A_TASK = 50
"""Rows for one delivery task: a fraction of its time limit even when each takes its platform's time."""

RINGS_A_CALL = 500
"""Tasks handed over in one call: some 5 ms of the server's time, in which it does nothing else."""

LATER_MS = 250
"""Milliseconds by which a card that only has to be kept true waits: 280 taps are answered in them, and what
is told a quarter of a second later is still told within one."""

KEPT_MS = 60 * 60 * 1_000
"""Milliseconds for which a task stays that nobody takes. The sweep, which waits a second, has done it long
before."""

CALL_TIMEOUT = 2.0
"""Seconds for handing over, and for connecting; afterwards the server counts as down."""

RETRIES = 20
"""Attempts of a worker's command while its server is busy or loading, waiting up to `RETRY_CAP` seconds each:
about 17 s. A server that is gone ends the worker at once, and `workers.settings` starts another one."""

RETRY_BASE, RETRY_CAP = 0.05, 1.0

_MICROS = 1_000  # microseconds to a millisecond
_LOST = [ConnectionError, TimeoutError, BusyLoadingError]


_HAND_OVER = f"""
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for i = 2, #ARGV, 4 do
    local id = ARGV[i]
    if redis.call('EXISTS', '{job_key_prefix}' .. id, '{result_key_prefix}' .. id) == 0 then
        redis.call('PSETEX', '{job_key_prefix}' .. id, ARGV[i + 2], ARGV[i + 1])
        redis.call('ZADD', KEYS[1], ARGV[i + 3], id)
    end
end
"""
"""What `ArqRedis.enqueue_job` does for one task, for many in one call (57 ms for 280 by the former, 5 ms
by the latter). An id that is there already stays as it is. First goes what has been due for `KEPT_MS`: nobody
takes from this queue, as from that of a platform which no process serves, and it would grow for ever."""


def serialize(value: dict[str, Any]) -> bytes:
    """A task as JSON, for `job_serializer`; of what a task failed with, its kind alone."""
    return json.dumps(value, separators=(",", ":"), default=_kind).encode()


def _kind(value: object) -> str:
    """ARQ puts down why it gives a task up, such as one that was forgotten meanwhile; nobody reads it."""
    if isinstance(value, BaseException):
        return type(value).__name__
    raise TypeError(type(value).__name__)


def deserialize(text: bytes) -> dict[str, Any]:
    """The task of `serialize`, for `job_deserializer`."""
    value: dict[str, Any] = json.loads(text)
    return value


def redis_settings(where: str) -> RedisSettings:
    """ARQ's settings for a server, by URL (`redis://`, `rediss://`, `unix://`) or by its socket's path.

    Without its retries a worker would end with the server's first restart.
    """
    settings = RedisSettings.from_dsn(_url(where))
    settings.retry = Retry(ExponentialBackoff(cap=RETRY_CAP, base=RETRY_BASE), RETRIES)
    settings.retry_on_error = list(_LOST)
    settings.retry_on_timeout = True
    return settings


def client(where: str) -> Redis:
    """A client that soon says so when the server is down, and finds it again by itself. Close it with
    `aclose`."""
    redis: Redis = Redis.from_url(
        _url(where),
        socket_timeout=CALL_TIMEOUT,
        socket_connect_timeout=CALL_TIMEOUT,
        # Once, at once: a connection from before a restart of the server is no news.
        retry=Retry(ExponentialBackoff(cap=0, base=0), 1),
        retry_on_error=list(_LOST),
    )
    return redis


class ArqBell:
    """`dispatch.ports.Bell` on the server at `where`. Rings are collected and handed over by one task of
    the running loop; `close` hands over the last ones. Each of the queues of `deliveries` is told of all
    that is owed: whoever takes from it leaves what is another's."""

    def __init__(self, where: str, deliveries: Sequence[str] = (DELIVERY,)) -> None:
        self._redis = client(where)
        self._deliveries = tuple(deliveries)
        self._hand_over = self._redis.register_script(_HAND_OVER)
        self._rings: list[tuple[str, Sequence[str | bytes | int]]] = []
        self._rows: dict[bool, list[int]] = {False: [], True: []}
        self._flusher: asyncio.Task[None] | None = None
        self._down = False

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        """See `Bell.look`. The same job and moment rings once, however often it is asked for."""
        del committee_id  # whatever is due stands in the store
        due = _due_ms(at)
        self._ring(ESCALATION, look_id(job_id, at), LOOK, (job_id % SHARDS,), due)

    def deliver(self, rows: Sequence[int], *, later: bool = False) -> None:
        """See `Bell.deliver`."""
        self._rows[later].extend(rows)
        self._wake()

    async def close(self) -> None:
        """Hand over what was rung and let go of the connection."""
        if self._flusher is not None:
            await self._flusher
        await self._redis.aclose()

    def _ring(self, queue: str, task_id: str, name: str, args: tuple[object, ...], due: int) -> None:
        now = _now_ms()
        payload = serialize_job(name, args, {}, None, now, serializer=serialize)
        expires = max(due - now, 0) + expires_extra_ms
        self._rings.append((queue, (task_id, payload, expires, due)))
        self._wake()

    def _wake(self) -> None:
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.get_running_loop().create_task(self._flush())

    def _ring_for_rows(self) -> None:
        """Rows that several decisions owe within one turn of the loop share their tasks."""
        for later, rows in self._rows.items():
            due = _now_ms() + (LATER_MS if later else 0)
            for start in range(0, len(rows), ROWS_A_TASK):
                some = rows[start : start + ROWS_A_TASK]
                for queue in self._deliveries:
                    self._ring(queue, f"deliver:{uuid4().hex}", DELIVER, (some,), due)
            rows.clear()

    async def _flush(self) -> None:
        self._ring_for_rows()
        while self._rings:
            rings, self._rings = self._rings[:RINGS_A_CALL], self._rings[RINGS_A_CALL:]
            try:
                await self._send(rings)
            except (RedisError, OSError) as error:
                self._lost(error, len(rings) + len(self._rings))
                self._rings.clear()
            else:
                self._found()
            self._ring_for_rows()

    async def _send(self, rings: Sequence[tuple[str, Sequence[str | bytes | int]]]) -> None:
        for queue in (ESCALATION, *self._deliveries):  # what is urgent first
            arguments = [each for name, ring in rings if name == queue for each in ring]
            if arguments:
                await self._hand_over(keys=[queue], args=[_kept_from(queue), *arguments])

    def _lost(self, error: Exception, rings: int) -> None:
        if not self._down:
            _log.warning(
                "queue is down, the sweep takes over: %s", type(error).__name__, extra={"rings": rings}
            )
        self._down = True

    def _found(self) -> None:
        if self._down:
            _log.info("queue is back")
        self._down = False


def look_id(job_id: int, at: Micros) -> str:
    """The id of the task that rings for this job at that moment; jobs of one moment share it."""
    return f"look:{_due_ms(at)}:{job_id % SHARDS}"


def _due_ms(at: Micros) -> int:
    """Never early: the look would find nothing to do."""
    return -(-at // (MOMENT_MS * _MICROS)) * MOMENT_MS


def _url(where: str) -> str:
    return f"unix://{where}" if where.startswith("/") else where


def _kept_from(queue: str) -> int:
    """Since when what is due there stays, in milliseconds. Alarms all do: somebody always takes them."""
    return 0 if queue == ESCALATION else _now_ms() - KEPT_MS


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
