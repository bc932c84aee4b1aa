"""The whole demo with its crowd: it comes in, posts, takes jobs and does them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import app, cli, welcome
from bot.app import Program
from bot.crowd.crowd import PLATFORM
from bot.gateways import SPARED
from config import settings
from dispatch.jobs import JobStatus
from handlers.outlook import Lookout

# arq 0.28 closes redis-py 5 by the name it had before.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")

FAST = cli.SPEEDS[1]
PATIENCE_S = 60.0
"""Far longer than it takes: what is tested is that it happens, not when."""


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await happened():  # noqa: ASYNC110 - nothing tells: it is looked at as from outside
            await asyncio.sleep(0.1)


async def test_a_newcomer_sees_jobs_come_in_be_claimed_and_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = settings.read({"SUIDAO_WEB__PORT": "0", "SUIDAO_DATA_DIR": str(tmp_path)})
    async with app.running(chosen, tmp_path, demo=True, crowd=FAST) as program:
        await welcome._visit(program)
        (committee,) = await program.store.committees()

        async def done() -> bool:
            return bool(await program.store.closed_since(committee.id, 0))

        await until(done)
        outlook = await Lookout(program.service, committee.id).look()
        assert outlook.claims
        await everybody_came_by_invitation(program, committee.id)
        assert program.pace == FAST
    assert [each for each in caplog.records if "simulated tap failed" in each.message] == []


async def everybody_came_by_invitation(program: Program, committee_id: int) -> None:
    roster = await program.service.roster(committee_id)
    joined = {
        roster.people[each.person_id].key
        for each in roster.addresses
        if each.platform == PLATFORM and each.person_id is not None
    }
    assert joined == {person.key for person in roster.people.values()} - SPARED
    jobs = await program.store.open_jobs(committee_id)
    assert all(job.status is not JobStatus.CLOSED for job in jobs)


@pytest.mark.parametrize("words", [["run", "--crowd"], ["run", "--demo", "--speed", "5"]])
def test_a_crowd_is_for_the_demo_and_a_speed_for_the_crowd(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path))
    assert cli.main(words) == cli.WRONG
    assert "only with" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "121", "fast", "-1"])
def test_a_speed_that_makes_no_sense_is_refused(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["run", "--demo", "--crowd", "--speed", speed])
    assert "from 1 to 120" in capsys.readouterr().err
