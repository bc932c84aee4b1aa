"""Messages on Telegram: who may say what to whom, and where the answer goes."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.platforms.telegram_house import DESK_ROOM, ROOM, TelegramHouse, unhurried
from tests.platforms.telegram_server import Seen, TgUser


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        yield made


@pytest.fixture
def passer(town: TelegramHouse) -> TgUser:
    """Somebody with a phone whom the committee does not know."""
    return town.server.user(7007, first_name="路人", language_code="zh-hans")


def said(town: TelegramHouse, who: TgUser) -> list[str]:
    """What the bot wrote to somebody in private."""
    return [each.text for each in who.sees(town.account)]


async def test_what_staff_write_in_private_is_a_job_and_they_are_told_its_number(town: TelegramHouse) -> None:
    job = await town.posts("3号楼502 敲门无应答")
    assert any(str(job) in text for text in said(town, town.phone("zhao")))
    assert "502" in (await town.home.store.private(town.home.committee_id, job)).unit


async def test_what_a_volunteer_writes_is_no_job_and_is_answered(town: TelegramHouse) -> None:
    await town.writes("wang", "3号楼502 敲门无应答")
    assert await town.jobs() == ()
    assert said(town, town.phone("wang"))


async def test_the_same_message_brought_twice_is_one_job(town: TelegramHouse) -> None:
    job = await town.posts()
    (update,) = [each for each in town.server.updates(town.account) if "message" in each]
    town.server.redeliver(town.account, update["update_id"])
    await town.settles()
    assert [each.id for each in await town.jobs()] == [job]


async def test_the_same_words_written_twice_are_two_jobs(town: TelegramHouse) -> None:
    first, second = await town.posts("搬米 3号楼"), await town.posts("搬米 3号楼")
    assert first != second


@pytest.mark.parametrize(
    "text", ["3号楼502 敲门无应答" + "！" * 4_000, "<script>alert(1)</script> 3号楼 👨‍👩‍👧 \u202e倒"]
)
async def test_long_and_odd_words_are_taken_as_words(town: TelegramHouse, text: str) -> None:
    await town.writes("zhao", text)
    answered = said(town, town.phone("zhao"))
    assert answered
    assert all("<b>" not in each for each in answered)


async def test_a_command_in_the_group_is_answered_in_private(town: TelegramHouse) -> None:
    zhao = town.phone("zhao")
    before = len(zhao.sees(town.desk_room))
    await zhao.writes(town.desk_room, f"/job@{town.account.username} 7号楼 搬米")
    await town.settles()
    (job,) = await town.jobs()
    assert any(str(job.id) in text for text in said(town, zhao))
    group = zhao.sees(town.desk_room)[before:]
    assert all(each.buttons or str(job.id) in each.text for each in group)


async def test_the_brief_is_never_told_in_a_group(town: TelegramHouse) -> None:
    zhao = town.phone("zhao")
    await zhao.writes(town.desk_room, f"/brief@{town.account.username}")
    await town.settles()
    assert any("过去24小时" in text for text in said(town, zhao))
    assert zhao.sees(town.desk_room) == []


async def test_where_the_private_chat_is_closed_the_group_is_told_to_press_start(town: TelegramHouse) -> None:
    zhao = town.phone("zhao")
    zhao.town.private(town.account, zhao.account).started = False
    await zhao.writes(town.desk_room, "/duty")
    await town.settles()
    told = zhao.sees(town.desk_room)[-1]
    assert "开始" in told.text
    await zhao.follows(told, "私聊")
    await town.settles()
    assert said(town, zhao)


async def test_a_command_for_another_bot_and_plain_talk_are_none_of_ours(town: TelegramHouse) -> None:
    zhao = town.phone("zhao")
    town.account.reads_all = True
    await zhao.writes(town.desk_room, "/job@another_bot 7号楼 搬米")
    await zhao.writes(town.desk_room, "7号楼 搬米")
    await town.settles()
    assert await town.jobs() == ()
    assert said(town, zhao) == []
    assert zhao.sees(town.desk_room) == []


async def test_a_stranger_in_the_group_is_answered_once_and_posts_nothing(
    town: TelegramHouse, passer: TgUser, caplog: pytest.LogCaptureFixture
) -> None:
    town.desk_room.adds(passer)
    await town.settles()
    before = len(passer.sees(town.desk_room))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await passer.writes(town.desk_room, "/job 3号楼502 敲门无应答")
            await town.settles()
    (told,) = passer.sees(town.desk_room)[before:]
    assert "/join" in told.text
    assert told.button("私聊").starts is not None
    assert await town.jobs() == ()
    assert "7007" in caplog.text
    assert "敲门" not in caplog.text


async def test_a_volunteer_in_the_staff_group_of_another_committee_is_a_stranger_there(
    town: TelegramHouse,
) -> None:
    await town.home.store.move_room("telegram", str(DESK_ROOM), "-5005")
    wang = town.phone("wang")
    town.desk_room.adds(wang)
    await town.settles()
    await wang.writes(town.desk_room, "/jobs")
    await town.settles()
    assert said(town, wang)  # no committee's room any more: the answer comes in private


@pytest.mark.parametrize(
    "sender",
    [
        {"sender_chat": {"id": DESK_ROOM, "type": "supergroup", "title": "居委"}},
        {"sender_chat": {"id": -1009, "type": "channel", "title": "频道"}},
        {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}},
    ],
)
async def test_a_command_without_a_person_behind_it_posts_nothing(
    town: TelegramHouse, sender: dict[str, object]
) -> None:
    chat = {"id": DESK_ROOM, "type": "supergroup", "title": "居委"}
    message = {"message_id": 77, "date": 1, "chat": chat, "text": "/job 3号楼 敲门无应答", **sender}
    town.server.inject(town.account, {"message": message})
    await town.settles()
    assert await town.jobs() == ()


async def test_a_stranger_in_private_is_told_how_to_come_in_and_can_apply(
    town: TelegramHouse, passer: TgUser
) -> None:
    await passer.starts(town.account)
    await town.settles()
    assert "加入" in said(town, passer)[-1]
    await passer.writes(town.account, "/join 王小明")
    await town.settles()
    asked = passer.sees(town.account)[-1]
    await passer.taps(asked, "3号楼")
    await town.settles()
    (application,) = await town.home.store.applications(town.home.committee_id)
    assert application.name == "王小明"
    assert passer.keys(town.account)


async def test_the_number_of_somebody_who_is_in_already_changes_nothing(town: TelegramHouse) -> None:
    await town.phone("wang").shares_contact(town.account, "13800138001")
    await town.settles()
    assert await town.home.store.applications(town.home.committee_id) == ()
    assert said(town, town.phone("wang"))


async def test_only_ones_own_number_is_taken(town: TelegramHouse, passer: TgUser) -> None:
    await passer.writes(town.account, "/join 王小明 3号楼")
    await town.settles()
    await passer.shares_contact(town.account, "13900000000", user_id=1001)
    await town.settles()
    (application,) = await town.home.store.applications(town.home.committee_id)
    assert application.phone == ""
    await passer.shares_contact(town.account, "13800138001")
    await town.settles()
    (application,) = await town.home.store.applications(town.home.committee_id)
    assert application.phone.endswith("13800138001")
    assert passer.keys(town.account) == []


async def test_a_changed_message_changes_nothing(town: TelegramHouse) -> None:
    zhao = town.phone("zhao")
    message = await zhao.writes(town.account, "3号楼502 敲门无应答")
    await town.settles()
    (job,) = await town.jobs()
    version = await town.version(job.id)
    await zhao.edits(message, "7号楼101 敲门无应答")
    await town.settles()
    assert await town.version(job.id) == version
    assert "回复" in said(town, zhao)[-1]


async def test_jobs_shows_the_cards_at_the_end_of_the_chat_and_once_each(town: TelegramHouse) -> None:
    await town.posts("搬米 3号楼")
    await town.posts("3号楼502 敲门无应答")
    await town.writes("zhao", "/jobs")
    cards = [each for each in town.phone("zhao").sees(town.account) if each.buttons]
    assert len(cards) == 2
    answer = next(each for each in reversed(town.phone("zhao").sees(town.account)) if not each.buttons)
    assert all(card.id > answer.id for card in cards)


async def test_a_card_whose_sending_was_never_confirmed_is_the_card_once_it_is_tapped(
    town: TelegramHouse,
) -> None:
    town.server.faults.drop_after("sendMessage", chat=1001)
    job = await town.posts()
    wang = town.phone("wang")
    await wang.taps(town.card("wang"), "我来接单")
    await town.settles()
    assert await town.holders(job) == ["wang"]
    (card,) = [each for each in wang.sees(town.account) if each.buttons]
    assert "502" in card.text


PASSED_OVER: list[dict[str, object]] = [
    {"message_reaction_count": {"chat": {"id": 1, "type": "private"}}},
    {"brand_new_kind": {"id": "1"}},
    {"message": {"message_id": "no number"}},
    {"message": {"date": 1}},
    {},
    {"poll": None},
    {"my_chat_member": {"chat": {"id": ROOM, "type": "group"}}},
]


async def test_updates_of_unknown_kinds_are_passed_over(town: TelegramHouse) -> None:
    for body in PASSED_OVER:
        town.server.inject(town.account, body)
    job = await town.posts()
    assert [each.id for each in await town.jobs()] == [job]


async def test_a_tap_that_cannot_be_read_is_answered_all_the_same(town: TelegramHouse) -> None:
    query = town.phone("wang").forges(await _any_card(town), "1dclaim.1.1.")
    await town.phone("wang").is_answered(query)
    town.server.inject(town.account, {"callback_query": {"id": query.id, "from": "nobody"}})
    await town.settles()
    assert len(query.answers) == 2


async def _any_card(town: TelegramHouse) -> Seen:
    await town.posts()
    return town.card("wang")
