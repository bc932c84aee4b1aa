"""Photos that go out on Telegram: to whoever takes the job, in private, once, and away again."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.pictures import developed
from dispatch.jobs import Correction
from dispatch.verbs import Command, Verb
from tests.photos import looks_left_and_right, opened, photo
from tests.platforms.photographing import (
    JOB,
    claims,
    contents,
    gives_back,
    kept,
    photos,
    posts,
    sends,
    swept,
)
from tests.platforms.telegram_house import TelegramHouse, unhurried
from tests.platforms.test_care_photos import opens, planned
from workers.pictures import LEASE


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        made.updates.fetching._patience_s = 0.2  # nobody of the tests waits five seconds for words
        yield made


async def test_the_picture_goes_away_with_the_claim_and_comes_again_for_the_next(town: TelegramHouse) -> None:
    await posts(town)
    await claims(town)
    await gives_back(town)
    assert photos(town, "wang") == []
    await claims(town, "li")
    (seen,) = photos(town, "li")
    assert looks_left_and_right(contents(town, seen)) == ("red", "green")
    for button in ("On my way", "Done"):
        await town.phone("li").taps(town.card("li"), button)
        await town.settles()
    assert photos(town, "li") == []


async def test_the_sheet_of_steps_goes_and_comes_with_the_kind_that_staff_correct(
    town: TelegramHouse,
) -> None:
    job, zhao = await town.posts("3号楼502 氧气机缺水"), await town.home.person("zhao")
    await claims(town)
    (sheet,) = photos(town, "wang")
    for kind, sheets in (("welfare_check", 0), ("oxygen_refill", 1)):
        command = Command(verb=Verb.CORRECT, actor=zhao.id, correction=Correction(kind=kind))
        await town.home.service.act(zhao, job, command)
        await town.settles()
        for _ in range(4):
            await swept(town)
        assert len(photos(town, "wang")) == sheets
    (again,) = photos(town, "wang")
    assert again.id != sheet.id
    assert contents(town, again) == contents(town, sheet)


async def test_pictures_of_a_care_plans_device_come_with_its_job_and_go_with_the_claim(
    town: TelegramHouse,
) -> None:
    home = town.home
    plan = await planned(home)
    made = developed(photo())
    zhao = await home.person("zhao")
    await home.store.add_care_pictures(home.committee_id, plan, (("a-1", made),), zhao.id, home.clock.now())
    await opens(home, plan)
    await town.settles()
    assert photos(town, "wang") == []
    await claims(town)
    own = [each for each in photos(town, "wang") if "(1)" in each.text]
    assert [looks_left_and_right(contents(town, each)) for each in own] == [("red", "green")]
    await gives_back(town)
    assert photos(town, "wang") == []


async def test_a_picture_that_cannot_be_deleted_any_more_becomes_a_blank_one(town: TelegramHouse) -> None:
    job = await posts(town)
    await claims(town)
    (seen,) = photos(town, "wang")
    town.server.town.clock.forward(49 * 3600)  # type: ignore[attr-defined]  # a HandClock
    await town.phone("zhao").writes(town.account, f"/cancel {job}")
    await town.settles()
    (left,) = photos(town, "wang")
    assert left.id == seen.id
    assert opened(contents(town, left)).size == (32, 32)
    assert left.text == ""


async def test_whoever_takes_it_in_the_group_gets_the_picture_in_private_below_their_card(
    town: TelegramHouse,
) -> None:
    job, offered = await town.announced("搬米 7号楼")
    await sends(town, "zhao", photo(), reply_to=town.card("zhao"))
    assert await kept(town, job) == 1
    await town.phone("wang").taps(offered, "我来接单")
    await town.settles()
    for _ in range(4):
        await swept(town)
    (seen,) = photos(town, "wang")
    assert seen.raw.reply_to is not None
    assert seen.raw.reply_to.id == town.card("wang").id
    assert not any(each.kind == "photo" for each in town.phone("wang").sees(town.room))


async def test_a_picture_added_later_reaches_whoever_has_the_job_and_rings(town: TelegramHouse) -> None:
    await town.posts(JOB)
    await claims(town)
    await sends(town, "zhao", photo(), reply_to=town.card("zhao"))
    (seen,) = photos(town, "wang")
    assert not seen.silent


async def test_each_picture_is_sent_once_a_claim_however_often_it_is_owed(town: TelegramHouse) -> None:
    await posts(town)
    await claims(town)
    for update in [each for each in town.server.updates(town.account) if "callback_query" in each]:
        town.server.redeliver(town.account, update["update_id"])
    await town.settles()
    for _ in range(3):
        await swept(town, 60.0)
    await town.phone("wang").taps(town.card("wang"), "我去")
    await town.settles()
    assert town.server.count("sendPhoto") == 1


async def test_a_send_of_which_nobody_knows_the_end_is_not_made_again(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Killed between sending and noting it: the picture may be there, so it is never sent for luck."""
    town.server.faults.drop_after("sendPhoto")
    await posts(town)
    await claims(town)
    assert len(photos(town, "wang")) == 1
    for _ in range(3):
        await swept(town, LEASE / 1e6)
    assert town.server.count("sendPhoto") + len(photos(town, "wang")) <= 2
    assert len(photos(town, "wang")) == 1


async def test_a_process_that_dies_while_sending_leaves_it_unknown(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    job = await posts(town)
    await claims(town)
    await sends(town, "zhao", photo(), reply_to=town.card("zhao"))
    store, now = town.home.store, town.home.clock.now()
    await gives_back(town)
    sent = town.server.count("sendPhoto")
    await town.phone("li").taps(town.card("li"), "I'll go")
    await town.server.settled()
    await town.updates.drain()
    rows, town.home.bell.rows = town.home.bell.rows, []
    owed = [row for row in await store.outbox(rows) if row.picture is not None]
    assert len(owed) == 2
    for row in owed:
        assert await store.begin_sends([row], now, now + LEASE)  # and here it died
    await town.deliverer.deliver(rows)
    assert town.server.count("sendPhoto") == sent, "somebody else may still be at it"
    with caplog.at_level(logging.WARNING):
        await swept(town, LEASE / 1e6 + 1)
    assert town.server.count("sendPhoto") == sent
    assert "nobody knows whether its picture arrived" in caplog.text
    assert await store.outbox([row.id for row in owed]) == ()
    assert await kept(town, job) == 2


async def test_a_picture_waits_for_a_platform_that_is_away(town: TelegramHouse) -> None:
    await posts(town)
    town.server.faults.fail(500, "Internal Server Error", "sendPhoto", times=2)
    await claims(town)
    assert photos(town, "wang") == []
    for _ in range(3):
        await swept(town, 10.0)
    assert len(photos(town, "wang")) == 1


async def test_a_picture_whose_claim_ended_meanwhile_is_not_sent(town: TelegramHouse) -> None:
    await posts(town)
    town.server.faults.fail(500, "Internal Server Error", "sendPhoto", times=1)
    await claims(town)
    await gives_back(town)
    for _ in range(3):
        await swept(town, 60.0)
    assert town.server.count("sendPhoto") == 0
    assert photos(town, "wang") == []


async def test_somebody_whom_nobody_vouched_for_never_gets_a_picture(town: TelegramHouse) -> None:
    """CONFORMANCE 35: not even if staff give them the job by hand."""
    job = await posts(town)
    zhao, new = await town.person("zhao"), await town.person("new")
    await town.home.service.act(zhao, job, Command(verb=Verb.ASSIGN, actor=zhao.id, person=new.id))
    await town.settles()
    await sends(town, "zhao", photo(), reply_to=town.card("zhao"))
    await swept(town, 60.0)
    assert photos(town, "new") == []
    assert town.server.count("sendPhoto") == 0
    assert not any("图片" in each.text for each in town.phone("new").sees(town.account))


async def test_how_it_is_done_comes_once_below_the_card_of_whoever_takes_it_and_goes_with_the_claim(
    town: TelegramHouse,
) -> None:
    await town.posts("7号楼301 制氧机要加水")
    await claims(town, "li")
    (seen,) = photos(town, "li")
    assert seen.raw.reply_to is not None
    assert seen.raw.reply_to.id == town.card("li").id
    assert opened(contents(town, seen)).width > 1_000
    await town.phone("li").taps(town.card("li"), "On my way")
    await town.settles()
    assert len(photos(town, "li")) == 1
    await town.phone("li").taps(town.card("li"), "Done")
    await town.settles()
    assert photos(town, "li") == []
