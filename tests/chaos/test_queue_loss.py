"""The queue is only a bell: killed, emptied or kept from coming back, it costs lateness and no fact
(CONFORMANCE.md 6)."""

import os
import signal
from contextlib import closing

from store import queue
from tests.chaos import drills
from tests.chaos.ledgers import assert_whole, owed, steps
from tests.chaos.patience import until
from tests.chaos.runs import Run


def test_a_killed_valkey_comes_back_and_posts_succeed_while_it_is_away(run: Run) -> None:
    run.phone("lin")
    dead = set()
    jobs = []
    for _ in range(3):  # the pause before a restart doubles each time: it is away for longer and longer
        until(run.place.valkeys, "there is a Valkey")
        dead.add(run.valkey)
        os.kill(run.valkey, signal.SIGKILL)
        until(lambda: not run.place.valkeys(), "it is dead")
        jobs.append(run.posted(f"3号楼502 {drills.LADDER}"))
    until(run.place.valkeys, "it comes back by itself")
    assert run.valkey not in dead
    until(lambda: all("called director" in steps(run, job) for job in jobs), "all are called")
    for job in jobs:
        assert steps(run, job) == list(drills.LADDER_STEPS)
        assert_whole(run, job)
    until(lambda: owed(run) == 0, "everything owed is delivered")


def test_after_valkey_came_back_the_workers_and_the_bell_use_it_again(run: Run) -> None:
    os.kill(run.valkey, signal.SIGKILL)
    until(lambda: not run.place.valkeys(), "it is dead")
    until(run.place.valkeys, "it comes back by itself")
    until(run.ready, "the program is ready again")
    job = run.posted(f"3号楼502 {drills.ONE_STEP}")
    until(lambda: _alarms(run, job), "the next look is rung for")
    (alarm,) = _alarms(run, job)
    # Only a worker takes an alarm out of the queue; the sweep, which knows no queue, leaves it there.
    until(lambda: alarm not in _alarms(run, job), "a worker has taken the alarm", within=20)
    until(lambda: not _waiting(run, "suidao:delivery"), "a worker has taken the deliveries", within=20)
    assert steps(run, job) == ["asked group", "called duty"]


def test_conformance_06_an_emptied_queue_loses_nothing(run: Run) -> None:
    job = run.posted(f"3号楼502 {drills.LADDER}")
    until(lambda: _alarms(run, job), "the next look is rung for")
    with closing(run.queue()) as queue:
        queue.flushall()
    until(lambda: "called director" in steps(run, job), "all are called")
    assert steps(run, job) == list(drills.LADDER_STEPS)
    assert_whole(run, job)
    until(lambda: owed(run) == 0, "everything owed is delivered")


def test_posting_does_not_wait_for_a_queue_that_hangs(run: Run) -> None:
    run.phone("lin")
    hanging = run.valkey
    os.kill(hanging, signal.SIGSTOP)
    try:
        job = run.posted(f"3号楼502 {drills.ONE_STEP}")
        until(lambda: "called duty" in steps(run, job), "the sweep calls the secretary", within=5)
    finally:
        os.kill(hanging, signal.SIGCONT)
    assert_whole(run, job)


def _alarms(run: Run, job: int) -> list[bytes]:
    """What rings for the job's part at the moment of its next look, or rang for the one before."""
    part = f":{job % queue.SHARDS}".encode()
    return [task for task in _waiting(run, queue.ESCALATION) if task.endswith(part)]


def _waiting(run: Run, queue: str) -> list[bytes]:
    with closing(run.queue()) as client:
        tasks = client.zrange(queue, 0, -1)
    assert isinstance(tasks, list)
    return tasks
