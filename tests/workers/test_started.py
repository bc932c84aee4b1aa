"""A started program has what happens by itself: the drill of the week, the synthetic job, and what other
systems are told."""

import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import app, parts
from bot.ground import Ground, stand
from bot.parts import Part
from config import settings
from dispatch import register
from dispatch.jobs import Draft, Priority
from dispatch.moments import Micros, from_datetime
from store import open_store
from store.clock import WallClock
from store.crypto import KEY_FILE, Vault
from store.schema import DATABASE
from tests.platforms.api_house import SECRET, listening
from tests.ports import free_port
from tests.stories.committee import tables
from tests.workers.office import addressed, until

WEDNESDAY = from_datetime(datetime(2026, 11, 25, 10, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai")))

PACE = 60
"""A minute is a second: the first synthetic job, two minutes after the start, comes in two."""


class HurriedClock(WallClock):
    """A clock of ours, so many times as fast as the wall's."""

    def __init__(self, begins: Micros = WEDNESDAY) -> None:
        self._begins = begins
        self._since = time.monotonic()

    def now(self) -> Micros:
        return self._begins + round((time.monotonic() - self._since) * PACE * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / PACE)


def rows(data: Path, sql: str) -> list[Any]:
    """The first column of what the database holds."""
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        return [row[0] for row in connection.execute(sql)]


@pytest.fixture
async def data(empty: Path, tmp_path: Path) -> Path:
    """A folder of a committee of whom one leader has listed a way."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    for name in (KEY_FILE, DATABASE):
        shutil.copy2(empty / name, folder / name)
    file = addressed()
    people = [
        {**each, "ways": [{"to": "chat"}]} if each["key"] == "sun" else each
        for each in tables(file, "people")
    ]
    store = await open_store(folder, Vault.open(folder, None))
    await store.load(register.parse("c.toml", {**file, "people": people}), prune=False, demo=False)
    await store.close()
    return folder


@asynccontextmanager
async def started(data: Path, part: Part) -> AsyncIterator[Ground]:
    """The program, or one of its parts as it runs beside others."""
    found = settings.read({"SUIDAO_DATA_DIR": str(data), "SUIDAO_WEB__PORT": str(free_port())})
    async with stand(found, data, demo=False, pace=1) as ground:
        front = app._front(ground, None)
        alone = partial(parts.alone, ground, front, demo=False, crowd=None)
        async with alone() if part is Part.ALL else parts.together(ground, front, part):
            yield ground


@pytest.mark.parametrize("part", [Part.ALL, Part.WORK], ids=["run", "worker"])
async def test_a_started_program_holds_the_drill_and_sends_a_job_round_by_itself(
    data: Path, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ground.WallClock", HurriedClock)
    held = "SELECT name FROM drills WHERE name LIKE 'week %'"
    closed = "SELECT count(*) FROM ledger WHERE kind = 'closed'"  # of the only job there ever was
    async with started(data, part):
        await until(lambda: rows(data, held), "the drill is held")
        await until(lambda: rows(data, closed) == [1], "a synthetic job goes round", within=30)
    assert rows(data, held) == ["week 2026-11-25"]
    assert rows(data, "SELECT kind FROM ledger ORDER BY version") == [
        "posted",
        "asked",
        "claimed",
        "finished",
        "closed",
    ]


async def test_a_worker_beside_others_tells_another_system_of_its_job(data: Path) -> None:
    async with listening() as hook, started(data, Part.WORK) as ground:
        (committee,) = await ground.store.committees()
        await ground.store.add_source(
            committee.id, "hotline", token="t", webhook=hook.url, secret=SECRET, now=ground.clock.now()
        )
        source = await ground.store.source("t")
        assert source is not None
        await ground.service.post_from(
            source,
            Draft(
                committee_id=committee.id,
                kind="welfare_check",
                priority=Priority.URGENT,
                text="敲门",
                nonce="n",
            ),
        )
        await until(lambda: hook.told, "the other system is told")
    assert hook.told[0] == "posted"
