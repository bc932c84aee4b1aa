"""`kill -9`, at the worst moments: nothing is lost, nothing happens twice (CONFORMANCE.md 3 and 5)."""

import os
import signal
import time

import pytest

from store import queue
from tests.chaos import drills
from tests.chaos.ledgers import assert_whole, entries, kept, owed, steps
from tests.chaos.patience import until
from tests.chaos.runs import Run

SECOND = 1_000_000


@pytest.mark.parametrize("valkey_too", [False, True], ids=["program", "program_and_valkey"])
def test_after_a_kill_every_job_claim_waitlist_and_due_time_is_as_it_was(
    run: Run, *, valkey_too: bool
) -> None:
    medicine = run.posted("7-502 胰岛素用完 中山医院")
    welfare = run.posted("3号楼502 敲门无应答 80岁独居")
    run.posted("东门 搬米 10人")
    assert run.phone("ana").taps("claim", medicine).good
    assert run.phone("ben").taps("claim", medicine).good  # too late: the waitlist
    assert run.phone("lin").taps("acknowledge", welfare).good
    until(lambda: not _due_soon(run), "all that is due now is done")
    valkey = run.valkey
    if valkey_too:
        os.kill(valkey, signal.SIGKILL)
    run.kill()
    before = kept(run)
    assert [len(before[table]) for table in ("jobs", "claims", "waiting")] == [3, 1, 1]

    run.start()
    assert kept(run) == before
    assert run.valkey != valkey
    assert run.phone("ana").taps("start", medicine).good
    until(lambda: owed(run) == 0, "everything owed is delivered")


def test_a_killed_program_leaves_no_valkey_behind(run: Run) -> None:
    run.kill()
    until(lambda: not run.place.valkeys(), "the Valkey is gone with its program")


def test_conformance_03_steps_missed_while_dead_are_decided_once_each_on_return_and_told_in_one_message(
    run: Run,
) -> None:
    job = run.posted(f"3号楼502 {drills.LADDER}")
    until(lambda: steps(run, job), "the volunteers are asked")
    run.kill()
    (posted_at,) = run.rows("SELECT posted_at FROM jobs WHERE id = ?", job)[0]
    seen = len(entries(run, job))
    until(lambda: time.time_ns() // 1000 > posted_at + 3.5 * SECOND, "three due times go by")

    run.start()
    until(lambda: len(steps(run, job)) >= len(drills.LADDER_STEPS), "the missed steps are taken", within=5)
    assert steps(run, job) == list(drills.LADDER_STEPS)
    assert_whole(run, job)
    missed = entries(run, job)[seen:]
    assert missed
    messages = run.rows(
        "SELECT address_id, count(*) FROM outbox WHERE kind = 'alert' AND job_id = ? GROUP BY address_id", job
    )
    assert len(messages) == 3
    assert all(count == 1 for _, count in messages)


def test_conformance_05_what_was_committed_but_never_rung_for_is_done_within_five_seconds_of_being_back(
    run: Run,
) -> None:
    run.phone("lin")
    frozen = run.valkey
    os.kill(
        frozen, signal.SIGSTOP
    )  # from here on it takes nothing, says nothing, and does not end when asked
    job = run.posted(f"3号楼502 {drills.ONE_STEP}")
    run.kill()
    assert not _was_rung_for(run, job)

    run.start()
    assert run.valkey != frozen
    until(lambda: "called duty" in steps(run, job), "the sweep calls the secretary", within=5)
    assert steps(run, job) == ["asked group", "called duty"]
    assert_whole(run, job)
    until(lambda: owed(run) == 0, "everything owed is delivered", within=5)


def test_ten_kills_while_a_job_escalates_lose_no_step_and_repeat_none(run: Run) -> None:
    job = run.posted(f"3号楼502 {drills.STORM}")
    for _ in range(10):
        _await_a_further_step(run, job)
        run.kill()  # between its commit and what follows from it
        assert_whole(run, job)
        run.start()
    until(lambda: "called_again" in steps(run, job), "the whole ladder is used up", within=20)
    assert_whole(run, job)
    taken = steps(run, job)
    assert tuple(taken[: len(drills.STORM_STEPS)]) == drills.STORM_STEPS
    assert set(taken[len(drills.STORM_STEPS) :]) == {"called_again"}
    assert "Traceback" not in run.log


def _due_soon(run: Run) -> bool:
    half_a_minute_on = time.time_ns() // 1000 + 30 * SECOND
    return bool(run.rows("SELECT id FROM jobs WHERE look_at < ?", half_a_minute_on))


def _await_a_further_step(run: Run, job: int) -> None:
    known = len(entries(run, job))
    until(lambda: len(entries(run, job)) > known, "a further step is decided")


def _was_rung_for(run: Run, job: int) -> bool:
    """The queue's own file knows of an alarm for the job's next look."""
    ((due,),) = run.rows("SELECT look_at FROM jobs WHERE id = ?", job)
    files = (run.place.data / "valkey" / "appendonlydir").iterdir()
    return any(queue.look_id(job, due).encode() in file.read_bytes() for file in files)
