"""On the stand-in for Telegram people write, tap, block, join and leave, and bots see what they may see."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import (
    EphemeralMessageParameters,
    ReplyParameters,
)

from tests.platforms.telegram_clients import CLAIM, PNG, client, one
from tests.platforms.telegram_server import HandClock, Seen, TelegramServer, TgBot, TgUser
from tests.platforms.telegram_server.schema import Schema


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=HandClock(), patience=1.0) as made:
        made.limits.on = False
        yield made


@pytest.fixture
def account(server: TelegramServer) -> TgBot:
    return server.bot(username="suidao_bot")


@pytest.fixture
async def bot(server: TelegramServer, account: TgBot) -> AsyncIterator[Bot]:
    async with client(server, account) as made:
        yield made


@pytest.fixture
async def wang(server: TelegramServer, account: TgBot) -> TgUser:
    person = server.user(1001, first_name="王阿姨")
    await person.starts(account)
    return person


# Who may be written to


async def test_nobody_hears_from_a_bot_before_pressing_start(
    server: TelegramServer, bot: Bot, account: TgBot
) -> None:
    li = server.user(1002)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation with a user"):
        await bot.send_message(li.id, "x")
    await li.starts(account, "invite-1")
    await bot.send_message(li.id, "x")
    assert server.updates(account)[-1]["message"]["text"] == "/start invite-1"
    assert [each.text for each in li.sees(account)] == ["x"]


async def test_a_start_parameter_must_be_one_that_clients_hand_on(account: TgBot, wang: TgUser) -> None:
    with pytest.raises(ValueError, match="start parameter"):
        await wang.starts(account, "a b")


async def test_blocked_deactivated_and_unknown_are_told_apart(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await wang.blocks(account)
    assert server.updates(account)[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(wang.id, "x")
    await wang.unblocks(account)
    await bot.send_message(wang.id, "x")
    await wang.deletes_account()
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(wang.id, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(4242, "x")
    with pytest.raises(TelegramForbiddenError, match="bots can't send messages to bots"):
        await bot.send_message(account.id, "x")
    assert server.violations == []


async def test_two_bots_have_a_chat_each(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    other = server.bot()
    await bot.send_message(wang.id, "x")
    assert wang.sees(other) == []
    assert len(server.updates(other)) == 0
    async with client(server, other) as second:
        with pytest.raises(TelegramForbiddenError):
            await second.send_message(wang.id, "y")


# Edits and deletions


async def test_an_edit_shows_and_the_same_edit_again_is_refused(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    sent = await bot.send_message(wang.id, "敲门", reply_markup=CLAIM)
    await bot.edit_message_text("已接单", chat_id=wang.id, message_id=sent.message_id)
    (card,) = wang.sees(account)
    assert (card.text, card.buttons, card.edits) == ("已接单", (), 1)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("已接单", chat_id=wang.id, message_id=sent.message_id)
    await bot.edit_message_reply_markup(chat_id=wang.id, message_id=sent.message_id, reply_markup=CLAIM)
    assert len(wang.sees(account)[0].buttons) == 2
    assert server.violations == []


async def test_what_is_gone_or_somebody_elses_cannot_be_edited(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    own = await bot.send_message(wang.id, "x")
    hers = await wang.writes(account, "y")
    await bot.delete_message(wang.id, own.message_id)
    assert wang.sees(account) == []
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("z", chat_id=wang.id, message_id=own.message_id)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("z", chat_id=wang.id, message_id=hers.id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(wang.id, own.message_id)


async def test_after_two_days_a_message_stays(server: TelegramServer, bot: Bot, wang: TgUser) -> None:
    sent = await bot.send_message(wang.id, "x")
    assert isinstance(server.clock, HandClock)
    server.clock.forward(48 * 3600 + 1)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(wang.id, sent.message_id)


async def test_replies_show_what_they_answer(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    asked = await wang.writes(account, "有人吗")
    sent = await bot.send_message(wang.id, "有", reply_parameters=ReplyParameters(message_id=asked.id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "有人吗"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(wang.id, "有", reply_parameters=ReplyParameters(message_id=99))


# Groups


async def test_privacy_mode_leaves_a_bot_what_is_meant_for_it(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    group = server.group(-100123, "志愿者", [wang, account])
    before = len(server.updates(account))
    await wang.writes(group, "早上好")
    await wang.writes(group, "/job@other_bot x")
    assert len(server.updates(account)) == before
    await wang.writes(group, "/job@suidao_bot x")
    await wang.writes(group, "/job y")
    await bot.send_message(group.id, "z")
    await wang.writes(group, "好的", reply_to=wang.sees(group)[-1])
    texts = [each["message"]["text"] for each in server.updates(account)[before:]]
    assert texts == ["/job@suidao_bot x", "/job y", "好的"]
    account.reads_all = True
    await wang.writes(group, "晚上好")
    assert server.updates(account)[-1]["message"]["text"] == "晚上好"


async def test_a_group_that_moved_says_where_to(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    group = server.group(-500, "志愿者", [wang, account])
    moved = group.migrates()
    with pytest.raises(TelegramMigrateToChat):
        await bot.send_message(group.id, "x")
    told, arrived = [each["message"] for each in server.updates(account)[-2:]]
    assert (told["chat"]["id"], told["migrate_to_chat_id"]) == (-500, moved.id)
    assert (arrived["chat"]["id"], arrived["migrate_from_chat_id"]) == (moved.id, -500)
    await bot.send_message(moved.id, "x")
    assert [each.text for each in wang.sees(moved) if each.kind == "text"] == ["x"]


async def test_a_bot_that_was_thrown_out_is_told_so(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    group = server.group(-100123, "志愿者", [wang, account])
    group.kicks(account)
    assert server.updates(account)[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")
    group.adds(account)
    await bot.send_message(group.id, "x")
    group.removes(account)
    with pytest.raises(TelegramForbiddenError, match="not a member"):
        await bot.send_message(group.id, "x")


async def test_topics_keep_their_messages_apart(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    group = server.group(-100123, "梧桐里", [wang, account], forum=True)
    topic = group.topic("急事")
    sent = await bot.send_message(group.id, "x", message_thread_id=topic)
    assert (sent.message_thread_id, sent.is_topic_message) == (topic, True)
    await bot.send_message(group.id, "y")
    assert [each.text for each in wang.sees(group, topic=topic) if each.kind == "text"] == ["x"]
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=4711)
    group.closes(topic)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(group.id, "x", message_thread_id=topic)
    group.promotes(account, "can_manage_topics")
    await bot.send_message(group.id, "z", message_thread_id=topic)
    opened = await bot.create_forum_topic(group.id, "夜间")
    await bot.delete_forum_topic(group.id, opened.message_thread_id)
    assert server.violations == []


async def test_pins_and_foreign_messages_need_a_right(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    group = server.group(-100123, "志愿者", [wang, account])
    sent = await bot.send_message(group.id, "x")
    hers = await wang.writes(group, "/job 13800138000")
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.pin_chat_message(group.id, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="can't be deleted"):
        await bot.delete_message(group.id, hers.id)
    group.promotes(account)
    await bot.pin_chat_message(group.id, sent.message_id)
    await bot.delete_message(group.id, hers.id)
    assert [each.pinned for each in wang.sees(group) if each.kind == "text"] == [True]
    assert (await bot.get_chat_member(group.id, account.id)).status == "administrator"
    assert (await bot.get_chat_member(group.id, wang.id)).status == "member"
    assert server.violations == []


async def test_an_ephemeral_message_is_one_persons_alone(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    li = server.user(1002)
    group = server.group(-100123, "志愿者", [wang, li, account])
    await bot.send_message(group.id, "敲门", reply_markup=CLAIM)
    alone = EphemeralMessageParameters(receiver_user_id=wang.id)
    with pytest.raises(TelegramBadRequest, match="not enough rights to send ephemeral"):
        await bot.send_message(group.id, "归你", ephemeral_message_parameters=alone)
    tap = wang.tap(wang.sees(group)[-1], "接单")
    tapped = EphemeralMessageParameters(receiver_user_id=wang.id, callback_query_id=tap.id)
    sent = await bot.send_message(group.id, "归你", ephemeral_message_parameters=tapped)
    assert (sent.message_id, sent.ephemeral_message_id) == (0, 1)
    await bot.edit_ephemeral_message_text(group.id, wang.id, 1, "归你了")
    assert [each.text for each in wang.sees(group) if each.alone] == ["归你了"]
    assert [each.text for each in li.sees(group)] == ["敲门"]
    assert isinstance(server.clock, HandClock)
    server.clock.forward(16)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.send_message(group.id, "归你", ephemeral_message_parameters=tapped)
    await bot.delete_ephemeral_message(group.id, wang.id, 1)
    assert [each.alone for each in wang.sees(group)] == [False]


# Taps


@pytest.fixture
async def card(bot: Bot, account: TgBot, wang: TgUser) -> Seen:
    await bot.send_message(wang.id, "敲门", reply_markup=CLAIM)
    return wang.sees(account)[-1]


async def test_a_tap_shows_its_answer(server: TelegramServer, bot: Bot, wang: TgUser, card: Seen) -> None:
    tap = wang.tap(card, "接单")
    await bot.answer_callback_query(tap.id, "归你了", show_alert=True)
    await bot.answer_callback_query(tap.id, "再说一次")
    answer = await wang.is_answered(tap)
    assert (answer.text, answer.show_alert) == ("归你了", True)
    assert server.unanswered == []
    assert server.violations == []


async def test_a_tap_expires_after_150_seconds(
    server: TelegramServer, bot: Bot, wang: TgUser, card: Seen
) -> None:
    assert isinstance(server.clock, HandClock)
    tap = wang.tap(card, "接单")
    server.clock.forward(150)
    await bot.answer_callback_query(tap.id)
    late = wang.tap(card, "接单")
    server.clock.forward(151)
    with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired"):
        await bot.answer_callback_query(late.id)
    assert server.unanswered == [late]


async def test_an_answer_may_open_this_bot_only(
    server: TelegramServer, bot: Bot, wang: TgUser, card: Seen
) -> None:
    tap = wang.tap(card, "接单")
    with pytest.raises(TelegramBadRequest, match="URL_INVALID"):
        await bot.answer_callback_query(tap.id, url="https://example.org")
    await bot.answer_callback_query(tap.id, url="https://t.me/suidao_bot?start=job-1")
    assert (await wang.is_answered(tap)).url == "https://t.me/suidao_bot?start=job-1"
    with pytest.raises(TelegramBadRequest, match="0-200 characters"):
        await bot.answer_callback_query(tap.id, "字" * 201)


async def test_a_tap_on_a_card_that_is_gone_says_so(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser, card: Seen
) -> None:
    await bot.delete_message(wang.id, card.id)
    wang.tap(card, "接单")
    assert server.updates(account)[-1]["callback_query"]["message"]["date"] == 0
    wang.forges(card, "claim:999")
    assert server.updates(account)[-1]["callback_query"]["data"] == "claim:999"


async def test_a_deep_link_starts_the_bot(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    li = server.user(1002)
    group = server.group(-100123, "志愿者", [li, account])
    link = one(text="打开", url="https://t.me/suidao_bot?start=job-1")
    await bot.send_message(group.id, "x", reply_markup=link)
    await li.follows(li.sees(group)[-1], "打开")
    assert server.updates(account)[-1]["message"]["text"] == "/start job-1"
    await bot.send_message(li.id, "你好")
    assert (await li.hears(account, "你好")).text == "你好"


async def test_every_update_is_one_that_the_bot_api_knows(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser, card: Seen
) -> None:
    group = server.group(-500, "志愿者", [wang])
    group.adds(account)
    group.promotes(account)
    wang.tap(card, "接单")
    note = await wang.writes(account, "x", reply_to=card)
    await wang.edits(note, "y")
    await wang.shares_contact(account, "+8613800138000")
    await wang.sends_location(account, 31.2, 121.4)
    await wang.sends_photo(group, PNG)
    await wang.blocks(account)
    group.migrates().topic("急事")
    group.kicks(account)
    updates = server.updates(account)
    schema = Schema.load()
    for update in updates:
        assert schema.check_object("Update", update) == update
    assert {next(kind for kind in each if kind != "update_id") for each in updates} == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    }
