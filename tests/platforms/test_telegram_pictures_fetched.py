"""Photos on Telegram are fetched once and kept once, whatever dies or does not answer meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.moments import HOUR
from tests.buckets.server import Gate, Shelf
from tests.photos import looks_left_and_right, photo
from tests.platforms.photographing import claims, contents, kept, photos, posts, said, sends
from tests.platforms.telegram_house import TelegramHouse, unhurried


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        yield made


async def test_the_same_photo_brought_twice_is_one_picture(town: TelegramHouse) -> None:
    job = await posts(town)
    before = said(town, "zhao")
    (update,) = [each for each in town.server.updates(town.account) if "message" in each]
    town.server.redeliver(town.account, update["update_id"])
    await town.settles()
    assert await kept(town, job) == 1
    assert sum("图片已加到" in text for text in said(town, "zhao")) == sum(
        "图片已加到" in text for text in before
    )


async def test_a_picture_noted_by_a_process_that_died_is_fetched_by_the_next(town: TelegramHouse) -> None:
    town.server.faults.fail(500, "Internal Server Error", "getFile", times=1)
    job = await posts(town)
    assert await kept(town, job) == 0
    town.home.clock.forward(6)
    (left,) = await town.home.store.wanted_pictures("telegram", town.home.clock.now(), 10)
    await town.updates.fetching._fetch(left)
    await town.settles()
    assert await kept(town, job) == 1
    assert await town.home.store.wanted_pictures("telegram", town.home.clock.now() + HOUR, 10) == ()


async def test_a_picture_that_never_comes_is_given_up_and_that_is_said(town: TelegramHouse) -> None:
    town.server.faults.fail(500, "Internal Server Error", "getFile", times=100)
    job = await posts(town)
    for _ in range(6):
        town.home.clock.forward(700)
        for left in await town.home.store.wanted_pictures("telegram", town.home.clock.now(), 10):
            await town.updates.fetching._fetch(left)
    await town.settles()
    assert await kept(town, job) == 0
    assert "取不到" in said(town, "zhao")[-1]


async def tried_again(town: TelegramHouse, seconds: float) -> int:
    """So much later what is due is fetched, as the sweep does it; how many there were."""
    town.home.clock.forward(seconds)
    due = await town.home.store.wanted_pictures("telegram", town.home.clock.now(), 10)
    for each in due:
        await town.updates.fetching._fetch(each)
    await town.settles()
    return len(due)


@pytest.fixture
async def gate(town: TelegramHouse, shelf: Shelf) -> AsyncIterator[Gate]:
    """The way to the bucket in which the committee's pictures lie; it is shut."""
    made = Gate(shelf)
    town.home.store._bucket = made.opened()
    yield made
    await made.shut()


async def test_a_photo_that_the_bucket_does_not_take_is_tried_again_and_lands_once(
    town: TelegramHouse, gate: Gate, shelf: Shelf
) -> None:
    job = await posts(town)
    before = said(town, "zhao")
    assert await tried_again(town, 4) == 0
    assert await tried_again(town, 2) == 1
    assert (await kept(town, job), shelf.objects(), said(town, "zhao")) == (0, {}, before)
    await gate.open()
    (left,) = await town.home.store.wanted_pictures("telegram", town.home.clock.now() + HOUR, 10)
    assert await tried_again(town, 31) == 1
    assert (await kept(town, job), len(shelf.objects())) == (1, 1)
    assert [f"图片已加到任务 {job}" in each for each in said(town, "zhao")[len(before) :]] == [True]
    await town.updates.fetching._fetch(left)  # by a process that read the row a moment before
    assert await tried_again(town, 3600) == 0
    assert (await kept(town, job), len(said(town, "zhao"))) == (1, len(before) + 1)
    await claims(town)
    (seen,) = photos(town, "wang")
    assert looks_left_and_right(contents(town, seen)) == ("red", "green")


async def test_whoever_sent_a_photo_that_the_bucket_never_took_is_told_within_a_quarter_of_an_hour(
    town: TelegramHouse, gate: Gate, shelf: Shelf
) -> None:
    job = await posts(town)
    before, told = said(town, "zhao"), list[int]()
    for minute in range(1, 20):
        await tried_again(town, 60)
        told += [minute for _ in said(town, "zhao")[len(before) + len(told) :]]
    assert len(told) == 1, "once"
    assert 10 <= told[0] <= 15
    assert "图片没有保存" in said(town, "zhao")[-1]
    await gate.open()
    assert await tried_again(town, 3600) == 0
    assert (await kept(town, job), shelf.objects()) == (0, {})
    await sends(town, "zhao", photo(), reply_to=town.card("zhao"))
    assert (await kept(town, job), len(shelf.objects())) == (1, 1)
