"""arq wiring: two queues, two workers, no logic.

Escalation has a queue of its own, so that no delivery ever stands before an alarm. A worker that loses
its Redis is started again with back-off; the sweep covers the time in between.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from arq.connections import RedisSettings
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.asyncio import Redis
from redis.exceptions import RedisError

from dispatch.errors import DispatchError
from dispatch.service import Service
from store import queue
from workers import alarms
from workers.beside import DRAIN_S
from workers.deliver import Deliverer

log = logging.getLogger(__name__)

POLL_S = 0.02
"""Seconds between two looks at the queue: p99 lateness 22 ms for 3 % of a core (TECH_NOTES.md, arq)."""

ALARMS_AT_ONCE = 100
"""At 10, two thousand alarms due at one instant took 10 s; at 100, 1.4 s (TECH_NOTES.md, arq)."""

DELIVERIES_AT_ONCE = 10
"""Tasks that look up what is owed and are over: the deliverer decides how many cards are on their way.
With a hundred, two thousand alarms of one instant waited for each other's cards: 4.3 s instead of 2."""

ALARM_TIMEOUT_S = 5
"""A worker killed in mid-task blocks that task for this long plus 10 s (TECH_NOTES.md, arq)."""

DELIVERY_TIMEOUT_S = 60
"""Far more than a look into the store takes; what is not sent by then is swept up."""

TRIES = 1_000_000
"""Every start counts as a try, a deploy's SIGTERM included; a bell must never run out of them."""

HEALTH_EVERY_S = 5
"""The default says *well* for an hour after death (TECH_NOTES.md, arq)."""

_BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds until the next worker is started; the last one repeats."""

STEADY_S = 30.0
"""Seconds of life after which the next failure counts as a first one again, as for the server itself."""

CANCEL_S = 0.5
"""Seconds for tasks that were cancelled to say so to the queue, before its connections are closed."""


def escalation(redis: RedisSettings, service: Service, *, burst: bool = False) -> Worker:
    """The worker that looks at jobs when their time has come."""

    async def look(_ctx: dict[str, Any], shard: int) -> None:
        with _mended_later():
            await alarms.look_due(service, shard, queue.SHARDS)

    task = func(cast("WorkerCoroutine", look), name=queue.LOOK, timeout=ALARM_TIMEOUT_S, max_tries=TRIES)
    return _worker(redis, task, queue.ESCALATION, ALARMS_AT_ONCE, ALARM_TIMEOUT_S, burst=burst)


def delivery(
    redis: RedisSettings, deliverer: Deliverer, *, name: str = queue.DELIVERY, burst: bool = False
) -> Worker:
    """The worker that delivers what is owed. Its tasks begin; wait with `Deliverer.drain`."""

    async def deliver(_ctx: dict[str, Any], rows: list[int]) -> None:
        with _mended_later():
            await deliverer.begin(rows)

    task = func(
        cast("WorkerCoroutine", deliver), name=queue.DELIVER, timeout=DELIVERY_TIMEOUT_S, max_tries=TRIES
    )
    return _worker(redis, task, name, DELIVERIES_AT_ONCE, DELIVERY_TIMEOUT_S, burst=burst)


@contextmanager
def _mended_later() -> Iterator[None]:
    """A database that is away is nobody's fault in here: the sweep makes good what a task could not do."""
    try:
        yield
    except DispatchError as error:
        log.warning("a task could not be done (%s %s); the sweep makes it good", error.key, error.params)


async def deliveries(redis: RedisSettings, deliverer: Deliverer, name: str = queue.DELIVERY) -> None:
    """Deliver what the queue of this name rings for until cancelled; what is under way then gets a moment to
    arrive."""
    try:
        await keep_running(lambda: delivery(redis, deliverer, name=name))
    finally:
        await deliverer.leave(DRAIN_S)


async def keep_running(make: Callable[[], Worker]) -> None:
    """Run a worker until cancelled; when Redis takes it down, start another one."""
    failures = 0
    while True:
        worker, started = make(), time.monotonic()
        running = asyncio.create_task(worker.async_run())
        try:
            await asyncio.shield(running)  # `_leave` ends it, between two looks at the queue
        except (RedisError, OSError) as error:
            if time.monotonic() - started > STEADY_S:
                failures = 0
            wait = _BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)]
            failures += 1
            log.warning("the queue is away (%s); trying again in %.1f s", type(error).__name__, wait)
            await asyncio.sleep(wait)
        finally:
            await _leave(worker, running)


async def _leave(worker: Worker, running: asyncio.Task[None]) -> None:
    """Let tasks that are running end first: they are short, and half a delivery helps nobody.

    Not by arq's own `close`: that asks a server that may be away once more, for as long as it retries,
    and leaves its connections open when a task was cancelled.
    """
    worker.allow_pick_jobs = False
    for task in worker.tasks.values():  # arq asks them only as long as it runs
        task.add_done_callback(_heard)
    # Cancelled in the middle of a look, arq would leave the connection of that look open.
    await asyncio.wait((running,), timeout=2 * POLL_S)
    if worker.tasks:
        _, late = await asyncio.wait(worker.tasks.values(), timeout=DRAIN_S)
        for task in late:
            task.cancel()
        if late:  # arq still marks each as to be run again, and would open a new connection for it
            await asyncio.wait(late, timeout=CANCEL_S)
    running.cancel()
    await asyncio.wait((running,), timeout=CANCEL_S)
    pool: Redis | None = worker.pool  # None where it never got as far as connecting
    if pool is not None:
        with suppress(RedisError, OSError):
            await pool.aclose(close_connection_pool=True)


def _heard(task: asyncio.Task[Any]) -> None:
    """Its queue went away under it: whoever keeps the worker running has said so."""
    if not task.cancelled():
        task.exception()


def _worker(
    redis: RedisSettings, task: Any, queue_name: str, at_once: int, timeout: int, *, burst: bool
) -> Worker:
    return Worker(
        functions=[task],
        queue_name=queue_name,
        redis_settings=redis,
        burst=burst,
        handle_signals=False,
        max_jobs=at_once,
        job_timeout=timeout,
        keep_result=0,  # a task's id stays blocked while its result is kept
        poll_delay=POLL_S,
        max_tries=TRIES,
        health_check_interval=HEALTH_EVERY_S,
        job_serializer=queue.serialize,
        job_deserializer=queue.deserialize,
        log_results=False,
    )
