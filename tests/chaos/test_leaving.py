"""Told to leave: within five seconds, with exit code 0, with nothing left behind and nothing lost
(CONFORMANCE.md 27)."""

import os
import signal
from contextlib import closing

import pytest

from tests.chaos import drills
from tests.chaos.ledgers import assert_whole, steps
from tests.chaos.patience import until
from tests.chaos.runs import Run


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_within_five_seconds_while_a_page_is_open_and_a_job_escalates(
    run: Run, name: signal.Signals
) -> None:
    run.posted(f"3号楼502 {drills.STORM}")
    with closing(run.phone("ana").stays_on_the_page()):
        assert run.told(name) == 0
    assert not run.place.valkeys()
    assert "Traceback" not in run.log


def test_it_leaves_within_five_seconds_even_while_its_queue_hangs(run: Run) -> None:
    run.phone("lin")
    os.kill(run.valkey, signal.SIGSTOP)
    run.posted(f"3号楼502 {drills.STORM}")
    assert run.told(signal.SIGTERM) == 0
    assert not run.place.valkeys()
    assert "Traceback" not in run.log


def test_conformance_27_five_deploys_while_a_job_escalates_lose_no_step_and_no_tap_that_was_answered(
    run: Run,
) -> None:
    job = run.posted(f"3号楼502 {drills.STORM}")
    medicine = run.posted("7-502 胰岛素用完 中山医院")
    for number in range(5):
        answer = run.phone("ana").taps("claim" if number % 2 == 0 else "release", medicine)
        assert answer.good
        assert run.told(signal.SIGTERM) == 0
        run.start()
        (status,) = run.rows("SELECT status FROM claims WHERE job_id = ? ORDER BY number DESC", medicine)[0]
        assert status == ("claimed" if number % 2 == 0 else "released")
    until(lambda: "exhausted" in steps(run, job), "the whole ladder is used up", within=20)
    assert tuple(steps(run, job)[: len(drills.STORM_STEPS)]) == drills.STORM_STEPS
    assert_whole(run, job)
    assert_whole(run, medicine)
    assert "Traceback" not in run.log
