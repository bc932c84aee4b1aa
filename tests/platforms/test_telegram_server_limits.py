"""The limits that Telegram publishes, and the faults that a bot must live with."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from tests.platforms.telegram_clients import client
from tests.platforms.telegram_server import HandClock, TelegramServer, TgBot, TgUser


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def server(clock: HandClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=clock) as made:
        yield made


@pytest.fixture
def account(server: TelegramServer) -> TgBot:
    return server.bot()


@pytest.fixture
async def bot(server: TelegramServer, account: TgBot) -> AsyncIterator[Bot]:
    async with client(server, account) as made:
        yield made


@pytest.fixture
async def wang(server: TelegramServer, account: TgBot) -> TgUser:
    person = server.user(1001)
    await person.starts(account)
    return person


async def test_a_private_chat_takes_a_burst_and_then_one_a_second(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser, clock: HandClock
) -> None:
    for number in range(3):
        await bot.send_message(wang.id, str(number))
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(wang.id, "3")
    assert refused.value.retry_after == 1
    clock.forward(refused.value.retry_after)
    await bot.send_message(wang.id, "3")
    assert [each.text for each in wang.sees(account)] == ["0", "1", "2", "3"]
    assert server.refused_429 == 1
    assert server.violations == []


async def test_a_group_takes_twenty_a_minute_edits_and_topics_included(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser, clock: HandClock
) -> None:
    group = server.group(-100123, "梧桐里", [wang, account], forum=True)
    topic = group.topic("急事")
    sent = await bot.send_message(group.id, "0")
    for number in range(1, 20):
        clock.forward(1)
        if number % 2:
            await bot.edit_message_text(str(number), chat_id=group.id, message_id=sent.message_id)
        else:
            await bot.send_message(group.id, str(number), message_thread_id=topic)
    clock.forward(1)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(group.id, "20")
    assert refused.value.retry_after == 40
    clock.forward(40)
    await bot.send_message(group.id, "20")
    assert server.refused_429 == 1


async def test_a_bot_sends_thirty_a_second_to_all(
    server: TelegramServer, bot: Bot, account: TgBot, clock: HandClock
) -> None:
    people = [server.user(2000 + number) for number in range(31)]
    for person in people:
        await person.starts(account)
    for person in people[:30]:
        await bot.send_message(person.id, "x")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(people[30].id, "x")
    clock.forward(1)
    await bot.send_message(people[30].id, "x")


async def test_answers_to_taps_have_no_limit(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await bot.send_message(wang.id, "x")
    card = wang.sees(account)[0]
    for number in range(100):
        await bot.answer_callback_query(wang.forges(card, str(number)).id)
    assert server.refused_429 == 0
    assert server.unanswered == []


async def test_limits_can_be_switched_off(server: TelegramServer, bot: Bot, wang: TgUser) -> None:
    server.limits.on = False
    for number in range(40):
        await bot.send_message(wang.id, str(number))
    assert server.count("sendMessage") == 40


async def test_the_connection_breaks_after_the_deed(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    server.faults.drop_after("sendMessage")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(wang.id, "x")
    assert [each.text for each in wang.sees(account)] == ["x"]
    await bot.send_message(wang.id, "y")


async def test_the_connection_breaks_before_the_deed(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    server.faults.drop_before(chat=wang.id)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(wang.id, "x")
    assert wang.sees(account) == []
    assert server.calls == []


async def test_a_slow_answer_is_a_timeout_although_it_was_done(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    server.faults.slow(5.0, "sendMessage")
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(wang.id, "x", request_timeout=1)
    assert len(wang.sees(account)) == 1


async def test_the_whole_service_is_away_and_comes_back(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    server.faults.down = True
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(wang.id, "x")
    server.faults.clear()
    await bot.send_message(wang.id, "x")
    assert len(wang.sees(account)) == 1


async def test_refusals_of_any_kind_can_be_made(server: TelegramServer, bot: Bot, wang: TgUser) -> None:
    faults = server.faults
    faults.fail(502, "Bad Gateway")
    with pytest.raises(TelegramServerError):
        await bot.send_message(wang.id, "x")
    faults.fail(403, "Forbidden: something new")
    with pytest.raises(TelegramForbiddenError, match="something new"):
        await bot.send_message(wang.id, "x")
    faults.fail(400, "Bad Request: PEER_ID_STRANGE", chat=wang.id)
    with pytest.raises(TelegramBadRequest, match="STRANGE"):
        await bot.send_message(wang.id, "x")
    assert server.violations == []


async def test_a_flood_in_one_chat_is_no_flood_in_another(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    li = server.user(1002)
    await li.starts(account)
    server.faults.flood(17, chat=wang.id, times=None)
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(wang.id, "x")
        assert refused.value.retry_after == 17
    await bot.send_message(li.id, "x")
    assert server.refused_429 == 0
    server.faults.clear()
    await bot.send_message(wang.id, "x")


async def test_a_group_that_moved_names_its_new_id(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    group = server.group(-500, "志愿者", [wang, account])
    moved = group.migrates()
    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(group.id, "x")
    assert refused.value.migrate_to_chat_id == moved.id


async def test_a_round_trip_takes_its_time(server: TelegramServer, bot: Bot, wang: TgUser) -> None:
    server.faults.latency = 0.06
    loop = asyncio.get_running_loop()
    before = loop.time()
    await bot.send_message(wang.id, "x")
    assert loop.time() - before >= 0.06
