"""The bell on a real server: what it hands over are tasks that a stock ARQ worker runs."""

import logging
from pathlib import Path
from typing import Any

import pytest
from arq.connections import create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

from dispatch.moments import HOUR, MINUTE, Micros
from store.broker import Broker
from store.clock import WallClock
from store.queue import (
    DELIVER,
    DELIVERY,
    ESCALATION,
    KEPT_MS,
    LOOK,
    MOMENT_MS,
    ROWS_A_TASK,
    SHARDS,
    ArqBell,
    client,
    delivery_by,
    deserialize,
    look_id,
    redis_settings,
    serialize,
)

# arq 0.28 closes its pool by the name that redis-py 5 wants no more.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")


@pytest.fixture
async def where(broker: Broker) -> str:
    """An empty server."""
    redis = client(broker.url)
    await redis.flushall()
    await redis.aclose()
    return broker.url


def now() -> Micros:
    return WallClock().now()


async def a_worker(where: str, queue: str, task: WorkerCoroutine, *, burst: bool = True) -> Worker:
    """A stock worker that does `task` for whatever it is asked to do."""
    pool = await create_pool(redis_settings(where), job_serializer=serialize, job_deserializer=deserialize)
    return Worker(
        functions=[func(task, name=LOOK), func(task, name=DELIVER)],
        redis_pool=pool,
        queue_name=queue,
        burst=burst,
        poll_delay=0.01,
        keep_result=0,
        handle_signals=False,
        job_serializer=serialize,
        job_deserializer=deserialize,
    )


async def run(where: str, queue: str) -> list[tuple[Any, ...]]:
    """Let a stock worker run what is due on a queue; gives the arguments of its tasks, in order."""
    seen: list[tuple[Any, ...]] = []

    async def task(ctx: dict[Any, Any], *args: Any, **_options: Any) -> None:
        seen.append(args)

    worker = await a_worker(where, queue, task)
    await worker.main()
    await worker.close()
    return seen


async def test_a_look_that_is_due_is_run_once_however_often_it_rang(where: str) -> None:
    bell, at = ArqBell(where), now()
    for _ in range(3):
        bell.look(7, 42, at)
    bell.look(7, 43, at)
    await bell.close()
    bell = ArqBell(where)
    bell.look(7, 42 + SHARDS, at)  # another job of the same part and moment: the same task
    await bell.close()
    assert sorted(await run(where, ESCALATION)) == sorted([(42 % SHARDS,), (43 % SHARDS,)])


async def test_the_same_ring_after_it_was_answered_is_harmless(where: str) -> None:
    at = now()
    for _ in range(2):
        bell = ArqBell(where)
        bell.look(7, 42, at)
        await bell.close()
        assert await run(where, ESCALATION) == [(42 % SHARDS,)]
    assert await run(where, ESCALATION) == []


async def test_a_task_whose_words_are_gone_is_dropped_without_ado(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    bell, at = ArqBell(where), now()
    bell.look(7, 42, at)
    await bell.close()
    redis = client(where)
    await redis.delete(f"arq:job:{look_id(42, at)}")  # as where a server is emptied just then
    assert await run(where, ESCALATION) == []
    assert await redis.zcard(ESCALATION) == 0
    await redis.aclose()
    assert "expired" in caplog.text
    assert not any(record.exc_info for record in caplog.records)


async def test_a_look_is_set_for_its_time_and_never_before_it(where: str) -> None:
    bell, at = ArqBell(where), now() + HOUR + 1
    bell.look(7, 42, at)
    await bell.close()
    redis = client(where)
    score = await redis.zscore(ESCALATION, look_id(42, at))
    assert score is not None
    assert 0 <= score * 1000 - at < MOMENT_MS * 1000
    left = await redis.pttl(f"arq:job:{look_id(42, at)}")
    assert left > 24 * HOUR // 1000
    await redis.aclose()


async def test_a_worker_waits_for_a_look_that_is_ahead(where: str) -> None:
    bell, at = ArqBell(where), now() + 50_000
    bell.look(7, 42, at)
    await bell.close()
    moments: list[Micros] = []

    async def look(ctx: dict[Any, Any], *_args: Any, **_options: Any) -> None:
        moments.append(now())

    worker = await a_worker(where, ESCALATION, look)
    await worker.main()
    await worker.close()
    assert at <= moments[0] < at + 5 * MINUTE


async def test_rows_are_delivered_in_tasks_of_a_few(where: str) -> None:
    bell = ArqBell(where)
    bell.deliver(range(1, 2 * ROWS_A_TASK + 11))
    bell.deliver([])
    bell.deliver((500,))
    await bell.close()
    lists = [rows for (rows,) in await run(where, DELIVERY)]
    assert sorted(map(len, lists)) == [11, ROWS_A_TASK, ROWS_A_TASK]
    assert sorted(row for rows in lists for row in rows) == [*range(1, 2 * ROWS_A_TASK + 11), 500]


async def test_messages_and_alarms_do_not_stand_in_one_queue(where: str) -> None:
    bell = ArqBell(where)
    bell.deliver([1])
    bell.look(7, 42, now())
    await bell.close()
    assert await run(where, ESCALATION) == [(42 % SHARDS,)]
    assert await run(where, DELIVERY) == [([1],)]


async def test_many_rings_are_all_handed_over(where: str) -> None:
    bell, at = ArqBell(where), now()
    for job_id in range(1200):
        bell.look(7, job_id, at + job_id * MOMENT_MS * 1000)
    await bell.close()
    redis = client(where)
    assert await redis.zcard(ESCALATION) == 1200
    await redis.aclose()


async def test_a_server_that_is_down_is_said_once_and_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bell = ArqBell(f"unix://{tmp_path / 'nobody.sock'}")
    with caplog.at_level(logging.INFO, logger="store.queue"):
        for job_id in range(3):
            bell.look(7, job_id, now())
            await _handed_over(bell)
        bell.deliver([1, 2])
        await bell.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_the_bell_rings_again_when_its_server_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Broker(tmp_path)
    server.start()
    bell = ArqBell(server.url)
    with caplog.at_level(logging.INFO, logger="store.queue"):
        bell.look(7, 1, now())
        await _handed_over(bell)
        server.stop()
        bell.look(7, 2, now())
        await _handed_over(bell)
        server.start()
        bell.look(7, 3, now())
        await bell.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert sorted(await run(server.url, ESCALATION)) == [(1,), (3,)]
    server.stop()


def test_a_socket_may_be_named_by_its_path_alone() -> None:
    assert redis_settings("/run/v.sock").unix_socket_path == "/run/v.sock"
    assert redis_settings("unix:///run/v.sock").unix_socket_path == "/run/v.sock"
    assert redis_settings("redis://example.org:7000/2").database == 2


async def _handed_over(bell: ArqBell) -> None:
    assert bell._flusher is not None
    await bell._flusher


async def test_a_queue_that_nobody_takes_from_keeps_an_hour_and_no_more(where: str) -> None:
    orphan, at = delivery_by("matrix"), now()
    bell = ArqBell(where, (DELIVERY, orphan))
    bell.deliver([1])
    bell.look(7, 42, at)
    await bell.close()
    redis = client(where)
    try:
        for queue in (orphan, ESCALATION):
            ((task, due),) = await redis.zrange(queue, 0, -1, withscores=True)
            assert due > at / 1_000 - 1
            await redis.zadd(queue, {task: due - KEPT_MS})  # an hour has passed
            await redis.zadd(queue, {"young": due - KEPT_MS + MINUTE / 1_000})
        bell = ArqBell(where, (DELIVERY, orphan))
        bell.deliver([2])
        bell.look(7, 43, at)
        await bell.close()
        kept = [task.decode() for task in await redis.zrange(orphan, 0, -1)]
        assert (len(kept), kept[0]) == (2, "young")
        assert await redis.zcard(ESCALATION) == 3  # alarms stay: a worker takes them however late it comes
    finally:
        await redis.aclose()
