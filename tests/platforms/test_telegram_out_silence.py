"""The alert of whoever is on duty: loud where life is at stake, without a sound for an ordinary job at
night."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.jobs import Priority
from dispatch.moments import HOUR, SECOND
from handlers.cards import at_night
from tests.platforms.telegram_house import TelegramHouse, unhurried
from tests.platforms.telegram_server import RealClock, Seen

ON_IT, GIVE = "我来处理", "派给…"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path, RealClock()) as made:
        yield made


async def asleep(town: TelegramHouse) -> bool:
    roster = await town.home.store.roster(town.home.committee_id)
    return at_night(roster.committee, town.home.clock.now())


async def alarmed(town: TelegramHouse, text: str, priority: Priority) -> Seen:
    """The alert on the secretary's phone for a job that nobody took."""
    job = await town.posts(text)
    assert (await town.state(job)).job.priority is priority
    for _ in range(40):
        found = [each for each in town.phone("qian").sees(town.account) if _alerts(each)]
        if found:
            return found[-1]
        await town.passes(1)
    raise AssertionError("whoever is on duty was never called")


def _alerts(seen: Seen) -> bool:
    """Whoever is called answers first; everybody else of the desk has that button among many."""
    verbs = [label for label in seen.labels if label in (ON_IT, GIVE)]
    return verbs[:1] == [ON_IT]


async def test_an_ordinary_job_wakes_no_secretary_at_night(town: TelegramHouse) -> None:
    assert await asleep(town)
    alert = await alarmed(town, "3号楼 帮忙搬一袋大米", Priority.NORMAL)
    assert await asleep(town)
    assert alert.silent


async def test_the_same_job_rings_by_day(town: TelegramHouse) -> None:
    town.home.clock.forward(12 * HOUR / SECOND)
    assert not await asleep(town)
    alert = await alarmed(town, "3号楼 帮忙搬一袋大米", Priority.NORMAL)
    assert not await asleep(town)
    assert not alert.silent


async def test_a_life_at_stake_rings_at_night(town: TelegramHouse) -> None:
    assert await asleep(town)
    alert = await alarmed(town, "3号楼502 敲门无应答", Priority.LIFE)
    assert not alert.silent
