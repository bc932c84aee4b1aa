"""The whole demo with its crowd: it comes in, posts, takes jobs and does them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from bot import app, cli, welcome
from bot.app import Program
from bot.crowd.crowd import PLATFORM
from bot.gateways import SPARED
from bot.invite import Invitation
from config import settings
from dispatch.jobs import JobStatus
from tests.ports import free_port

# arq 0.28 closes redis-py 5 by the name it had before.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")

FAST = cli.SPEEDS[1]
A_JOB, A_CLAIM = re.compile('<li class="job '), re.compile(r'<section class="claims".*?<li>', re.DOTALL)
A_STEP = re.compile(r'<p class="steps">\s*<span class="past">')
PATIENCE_S = 60.0
"""Far longer than it takes: what is tested is that it happens, not when."""


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await happened():  # noqa: ASYNC110 - nothing tells: it is looked at as from outside
            await asyncio.sleep(0.1)


async def test_a_newcomer_sees_the_whole_system_on_the_board_at_the_usual_speed(tmp_path: Path) -> None:
    chosen = settings.read({"SUIDAO_WEB__PORT": str(free_port()), "SUIDAO_DATA_DIR": str(tmp_path)})
    async with (
        app.running(chosen, tmp_path, demo=True, crowd=cli.SPEED) as program,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as me,
    ):
        assert program.pace == cli.SPEED
        await sign_in(me, await welcome._visit(program))

        async def seen() -> bool:
            async with me.get(f"{program.base_url}/board") as answer:
                page = await answer.text()
            return all(shown.search(page) for shown in (A_JOB, A_CLAIM, A_STEP))

        await until(seen)


async def test_the_crowd_comes_by_invitation_and_does_its_jobs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At the highest speed, since a job takes minutes."""
    chosen = settings.read({"SUIDAO_WEB__PORT": "0", "SUIDAO_DATA_DIR": str(tmp_path)})
    async with app.running(chosen, tmp_path, demo=True, crowd=FAST) as program:
        await welcome._visit(program)
        (committee,) = await program.store.committees()

        async def done() -> bool:
            return bool(await program.store.closed_since(committee.id, 0))

        await until(done)
        await everybody_came_by_invitation(program, committee.id)
    assert [each for each in caplog.records if "simulated tap failed" in each.message] == []


async def sign_in(me: ClientSession, invitations: Sequence[Invitation]) -> None:
    """Open the staff's link, as the words on the terminal say."""
    (staff,) = [each for each in invitations if each.role == "staff"]
    async with me.get(staff.url) as answer:
        assert answer.status == 200


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
