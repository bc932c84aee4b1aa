"""Winners in the group to whom the bot has never written: the way into their private chat is one tap."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch import register
from tests.platforms.telegram_house import TelegramHouse, committee, unhurried
from tests.platforms.telegram_server import RealClock, Seen, TgUser

CLAIM = "我来接单"
SUN = 1009


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path, RealClock()) as made:
        yield made


async def newcomer(town: TelegramHouse) -> TgUser:
    """Somebody whom the committee's file lists since this minute: in the group, and never in the chat."""
    people = committee()["people"]
    assert isinstance(people, list)
    sun = people[0] | {"key": "sun", "name": "孙叔叔", "addresses": {"telegram": str(SUN)}}
    file = register.parse("later.toml", committee() | {"people": [*people, sun]})
    await town.home.store.load(file, prune=False, demo=False)
    phone = town.server.user(SUN, first_name="孙叔叔", language_code="zh-hans")
    town.room.adds(phone)
    return phone


def alone(phone: TgUser, town: TelegramHouse) -> list[Seen]:
    return [each for each in phone.sees(town.room) if each.alone]


async def test_a_winner_whom_nothing_was_ever_sent_to_is_one_tap_from_door_and_phone(
    town: TelegramHouse,
) -> None:
    job, card = await town.announced()
    sun = await newcomer(town)
    assert len(await town.addresses(SUN)) == 1
    answer = await sun.taps(card, CLAIM)
    assert "接单成功" in answer.text
    assert answer.show_alert
    assert await town.holders(job) == ["sun"]
    (door,) = alone(sun, town)
    assert "接单成功" in door.text
    await sun.follows(door, "私聊")
    await town.settles()
    (shown,) = [each for each in sun.sees(town.account) if each.buttons]
    assert "502" in shown.text


async def test_where_nothing_can_be_said_to_one_alone_the_answer_itself_leads_to_the_chat(
    town: TelegramHouse,
) -> None:
    job, card = await town.announced()
    sun = await newcomer(town)
    town.server.faults.fail(400, "Bad Request: not supported here", "sendMessage", town.room.id)
    answer = await sun.taps(card, CLAIM)
    assert answer.url == f"https://t.me/{town.account.username}?start=job{job}"
    assert alone(sun, town) == []
    assert await town.holders(job) == ["sun"]


async def test_a_winner_who_was_written_to_before_is_simply_told_so(town: TelegramHouse) -> None:
    _job, card = await town.announced()
    wang = town.phone("wang")
    answer = await wang.taps(card, CLAIM)
    assert "接单成功" in answer.text
    assert answer.url is None
    assert not answer.show_alert
    assert alone(wang, town) == []


async def test_whoever_lost_in_the_group_is_led_nowhere(town: TelegramHouse) -> None:
    _job, card = await town.announced()
    sun = await newcomer(town)
    await town.phone("wang").taps(card, CLAIM)
    answer = await sun.taps(card, CLAIM)
    assert "王阿姨" in answer.text
    assert answer.url is None
    assert alone(sun, town) == []
