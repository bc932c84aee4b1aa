"""Looks at jobs, rung for through a real queue and done by real workers (CONFORMANCE.md 9 and 10)."""

import asyncio
import json
from contextlib import suppress

import pytest
from arq.connections import RedisSettings
from arq.worker import Worker

import store
from dispatch.service import Service
from dispatch.verbs import Verb
from store import queue
from store.crypto import Vault
from store.maps import Geodesic
from store.queue import ArqBell
from tests.workers.office import MEDICINE, MINUTE, PRIVATE, Office, burst, until
from workers import alarms, settings

OUTAGE_S = 0.5
"""Seconds without a server: twenty-five looks at the queue fail in it."""


async def test_a_due_wave_is_fired_once_and_a_second_burst_changes_nothing(office: Office) -> None:
    job = await office.posted()
    due = await office.look_at(job)
    await office.rung(queue.ESCALATION, queue.look_id(job, due))
    before = await office.events(job)
    office.clock.set(due)

    assert await burst(office.escalation()) >= 1
    assert await office.events(job) == [*before, "asked"]
    assert await office.look_at(job) > due
    after = await office.state(job)
    await burst(office.escalation())
    assert await office.state(job) == after
    assert await office.waiting(queue.ESCALATION) == []


async def test_an_alarm_that_comes_before_its_time_does_nothing(office: Office) -> None:
    job = await office.posted()
    await office.rung(queue.ESCALATION, queue.look_id(job, await office.look_at(job)))
    before = await office.state(job)
    assert await burst(office.escalation()) >= 1  # due for the queue's clock, not for the job's
    assert await office.state(job) == before


async def test_conformance_10_an_alarm_of_an_older_state_does_nothing(office: Office) -> None:
    job = await office.posted()
    due = await office.look_at(job)
    await office.rung(queue.ESCALATION, queue.look_id(job, due))
    await office.says("v7", verb=Verb.CLAIM, job_id=job, version=await office.version(job))
    claimed = await office.state(job)
    office.clock.set(due)
    assert await burst(office.escalation()) >= 1
    assert await office.state(job) == claimed


async def test_a_task_rings_for_what_is_due_beyond_what_it_looks_at(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "AT_ONCE", 1)
    jobs = [await office.posted() for _ in range(2 * queue.SHARDS)]
    before = {job: len(await office.events(job)) for job in jobs}
    due = max([await office.look_at(job) for job in jobs])
    office.clock.set(due)
    for shard in range(queue.SHARDS):
        await alarms.look_due(office.service, shard, queue.SHARDS)
    left = [job for job in jobs if len(await office.events(job)) == before[job]]
    assert len(left) == queue.SHARDS  # there is no sweep here
    for job in left:
        await office.rung(queue.ESCALATION, queue.look_id(job, due))
    assert await burst(office.escalation()) >= queue.SHARDS
    assert all([len(await office.events(job)) > before[job] for job in jobs])


async def test_two_workers_on_one_due_job_advance_it_once(office: Office) -> None:
    jobs = [await office.posted() for _ in range(8)]
    due = [await office.look_at(job) for job in jobs]
    before = [len(await office.events(job)) for job in jobs]
    office.clock.set(max(due))
    second = await store.open_store(office.data, Vault.open(office.data, None), office.clock)
    bell = ArqBell(office.broker.url)
    try:
        for job, moment in zip(jobs, due, strict=True):
            bell.look(office.committee, job, moment - MINUTE // 60)  # a second task for the same step
            await office.rung(queue.ESCALATION, queue.look_id(job, moment - MINUTE // 60))
        other = Service(second, bell, office.clock, Geodesic(), office.service.playbooks)
        rival = settings.escalation(office.redis, other, burst=True)
        done = await asyncio.gather(burst(office.escalation()), burst(rival))
    finally:
        await bell.close()
        await second.close()
    assert sum(done) >= 2 * len({job % queue.SHARDS for job in jobs})
    assert [len(await office.events(job)) for job in jobs] == [count + 1 for count in before]


async def test_an_alarm_for_a_job_that_is_not_there_or_not_the_committees_harms_nobody(
    office: Office,
) -> None:
    job = await office.posted()
    due = await office.look_at(job)
    office.clock.set(due)
    before = len(await office.events(job))
    office.service.bell.look(office.committee, 999_999, due - MINUTE // 60)
    office.service.bell.look(office.committee + 1, job, due - MINUTE // 60)
    await office.rung(queue.ESCALATION, queue.look_id(999_999, due - MINUTE // 60))
    await office.rung(queue.ESCALATION, queue.look_id(job, due - MINUTE // 60))
    assert await burst(office.escalation()) >= 3
    assert len(await office.events(job)) == before + 1


async def test_tasks_are_json_and_carry_ids_only(office: Office) -> None:
    await office.posted()
    await office.rung(queue.ESCALATION)
    await office.rung(queue.DELIVERY)
    async with office.client() as client:
        keys = [key for key in await client.keys("*") if await client.type(key) == b"string"]
        tasks = [json.loads(await client.get(key)) for key in keys]
    assert {task["f"] for task in tasks} == {queue.LOOK, queue.DELIVER}
    for task in tasks:
        assert not task["k"]
        assert all(isinstance(value, int) for value in _flat(task["a"]))
    files = [path for path in (office.data / "valkey").rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    assert b"look" in kept
    assert [word for word in PRIVATE[1:] if word.encode() in kept] == []


@pytest.mark.parametrize("patient", [True, False], ids=["waiting_for_it", "ended_by_it"])
async def test_the_workers_survive_an_outage_of_valkey(office: Office, *, patient: bool) -> None:
    """`patient` is how the program sets its workers up; the other worker ends when its server does,
    and another one has to be started."""
    where = office.redis if patient else RedisSettings(unix_socket_path=str(office.broker.socket))
    starts = 0

    def make() -> Worker:
        nonlocal starts
        starts += 1
        return settings.escalation(where, office.service)

    running = asyncio.create_task(settings.keep_running(make))
    try:
        await _worked_through(office)
        office.broker.stop()
        await asyncio.sleep(OUTAGE_S)
        office.broker.start()
        await _worked_through(office)
        assert starts > 1 or patient
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def test_the_queues_are_apart_and_nothing_in_them_waits_or_is_kept_for_long(office: Office) -> None:
    alarms, deliveries = office.escalation(), office.delivery()
    assert alarms.queue_name != deliveries.queue_name
    assert alarms.health_check_key != deliveries.health_check_key
    assert alarms.job_timeout_s <= 5
    assert all((task.timeout_s or 0) <= 5 for task in alarms.functions.values())
    for worker in (alarms, deliveries):
        assert worker.keep_result_s == 0
        assert worker.poll_delay_s <= 0.05
        assert worker.health_check_interval <= 10
        assert worker.max_tries > 1000  # every deploy in mid-task is a try


async def _worked_through(office: Office) -> None:
    """Post a job that is due already for the next wave, and see a worker fire it: there is no sweep here."""
    job = await office.posted(MEDICINE)
    before = len(await office.events(job))
    office.clock.set(await office.look_at(job) + MINUTE // 60)
    await until(lambda: _looked_at(office, job, before), "a worker has fired the wave", within=30)


async def _looked_at(office: Office, job: int, before: int) -> bool:
    found = len(await office.events(job)) > before
    if not found:
        # The alarm may have been taken before our clock moved: ring for the same step again.
        office.service.bell.look(office.committee, job, await office.look_at(job))
    return found


def _flat(value: object) -> list[object]:
    return [each for part in value for each in _flat(part)] if isinstance(value, list) else [value]
