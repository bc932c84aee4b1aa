"""Where the bot may write: blocked and forgiven, put out and let in, moved (CONFORMANCE.md 23); and the menus
it offers."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram import menu
from dispatch import register
from tests.platforms.telegram_house import DESK_ROOM, ROOM, TelegramHouse, committee, unhurried


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        yield made


async def failed(town: TelegramHouse) -> set[str]:
    """Why addresses do not work now."""
    ways = await town.home.store.ways(town.home.committee_id)
    return {each.failed for each in ways if each.failed is not None}


async def test_whoever_blocks_the_bot_is_left_out_until_they_come_back(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    wang = town.phone("wang")
    with caplog.at_level(logging.WARNING):
        await wang.blocks(town.account)
        await town.settles()
    assert await town.addresses(wang.id) == ()
    assert await failed(town) == {"blocked"}
    assert "blocked" in caplog.text
    await wang.unblocks(town.account)
    await town.settles()
    assert len(await town.addresses(wang.id)) == 1
    assert await failed(town) == set()


async def test_pressing_start_brings_somebody_back(town: TelegramHouse) -> None:
    wang = town.phone("wang")
    await wang.blocks(town.account)
    await town.settles()
    wang.town.private(town.account, wang.account).blocked = False
    await wang.starts(town.account)
    await town.settles()
    assert len(await town.addresses(wang.id)) == 1
    assert wang.sees(town.account)


async def test_a_room_that_puts_the_bot_out_is_left_out_until_it_is_let_in_again(town: TelegramHouse) -> None:
    town.room.kicks(town.account)
    await town.settles()
    assert await town.addresses(ROOM) == ()
    assert await failed(town) == {"put_out"}
    town.room.adds(town.account)
    await town.settles()
    assert len(await town.addresses(ROOM)) == 1


async def test_a_group_that_becomes_a_supergroup_stays_a_room(town: TelegramHouse) -> None:
    moved = town.desk_room.migrates()
    await town.settles()
    assert await town.addresses(DESK_ROOM) == ()
    (room,) = await town.addresses(moved.id)
    assert room.committee_id == town.home.committee_id


async def test_whoever_takes_the_bot_into_a_new_group_learns_how_it_becomes_a_room(
    town: TelegramHouse,
) -> None:
    zhao = town.phone("zhao")
    group = town.server.group(-100777, "新群", [zhao])
    group.promotes(zhao)
    group.adds(town.account)
    await town.settles()
    assert "-100777" in zhao.sees(town.account)[-1].text
    assert zhao.sees(group) == [] or all("-100777" not in each.text for each in zhao.sees(group))


async def test_a_stranger_who_takes_the_bot_into_a_group_learns_nothing(town: TelegramHouse) -> None:
    passer = town.server.user(7007)
    await passer.starts(town.account)
    await town.settles()
    before = len(passer.sees(town.account))
    group = town.server.group(-100888, "别的群", [passer])
    group.adds(town.account)
    await town.settles()
    assert len(passer.sees(town.account)) == before


async def test_one_account_in_two_committees_is_each_for_its_own_jobs(town: TelegramHouse) -> None:
    theirs = committee("xinhua") | {"rooms": []}
    assert isinstance(theirs["people"], list)
    theirs["people"] = [each for each in theirs["people"] if each["key"] != "zhao"]
    await town.home.store.load(register.parse("other.toml", theirs), prune=False, demo=False)
    assert len(await town.addresses(1001)) == 2
    job = await town.posts()
    answer = await town.phone("wang").taps(town.card("wang"), "我来接单")
    await town.settles()
    assert "接单成功" in answer.text
    assert await town.holders(job) == ["wang"]


async def test_the_menu_speaks_chinese_to_chinese_clients_and_english_to_all_others(
    town: TelegramHouse,
) -> None:
    await menu.publish(town.bots, town.home.catalogs, town.home.store)
    listed = {
        (json.loads(scope)["type"], language): [each["command"] for each in commands]
        for (scope, language), commands in town.account.commands.items()
    }
    for language in ("", "zh"):
        assert "jobs" in listed["all_private_chats", language]
        assert "job" not in listed["all_private_chats", language]
        assert "job" in listed["all_group_chats", language]
        assert "cancel" in listed["chat", language]
    chinese = town.account.commands[json.dumps({"type": "default"}), "zh"]
    assert any(not each["description"].isascii() for each in chinese)


async def test_staff_who_press_start_later_get_their_menu_then(town: TelegramHouse) -> None:
    await town.phone("zhao").starts(town.account)
    await town.settles()
    scopes = [json.loads(scope) for scope, _ in town.account.commands]
    assert {"type": "chat", "chat_id": 2001} in scopes
    await town.phone("wang").starts(town.account)
    await town.settles()
    assert all(json.loads(scope).get("chat_id") != 1001 for scope, _ in town.account.commands)
