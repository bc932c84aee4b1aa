"""Updates reach a bot by polling or by webhook, in order, until they are acknowledged."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.platforms.telegram_clients import client
from tests.platforms.telegram_server import HandClock, NoAnswerError, TelegramServer, TgBot, TgUser

CLAIM = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="接单", callback_data="claim:1")]])
Handler = Callable[[web.Request], Awaitable[web.Response]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def server(clock: HandClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=clock) as made:
        made.limits.on = False
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


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """A webhook on loopback."""
    app = web.Application()
    app.router.add_post("/hook", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/hook"
    finally:
        await runner.cleanup()


# Polling


async def test_what_is_not_acknowledged_is_delivered_again(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await wang.writes(account, "x")
    first = await bot.get_updates()
    assert [each.message and each.message.text for each in first] == ["/start", "x"]
    assert await bot.get_updates() == first
    assert first[1].update_id == first[0].update_id + 1
    assert await bot.get_updates(offset=first[1].update_id) == first[1:]
    assert await bot.get_updates(offset=first[1].update_id + 1) == []
    assert await bot.get_updates() == []


async def test_a_long_poll_ends_when_something_comes(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    (start,) = await bot.get_updates()
    poll = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=30))
    assert await server.until(lambda: not server.town.mailboxes[account.id].waiting)
    await wang.writes(account, "x")
    (update,) = await asyncio.wait_for(poll, 5)
    assert update.message is not None
    assert update.message.text == "x"


async def test_a_second_poll_ends_the_first(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    (start,) = await bot.get_updates()
    offset = start.update_id + 1
    first = asyncio.create_task(bot.get_updates(offset=offset, timeout=30))
    assert await server.until(lambda: not server.town.mailboxes[account.id].waiting)
    assert await bot.get_updates(offset=offset) == []
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
        await asyncio.wait_for(first, 5)


async def test_a_webhook_forbids_polling(server: TelegramServer, bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_updates_are_forgotten_after_a_day(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser, clock: HandClock
) -> None:
    clock.forward(24 * 3600 + 1)
    await wang.writes(account, "x")
    assert [each.message and each.message.text for each in await bot.get_updates()] == ["x"]


async def test_only_the_kinds_asked_for_come(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    (start,) = await bot.get_updates(allowed_updates=["callback_query"])
    await bot.send_message(wang.id, "x", reply_markup=CLAIM)
    wang.tap(wang.sees(account)[0], "接单")
    await wang.writes(account, "y")
    (tap,) = await bot.get_updates(offset=start.update_id + 1)
    assert tap.callback_query is not None


async def test_an_old_update_comes_back_once(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    (start,) = await bot.get_updates()
    offset = start.update_id + 1
    assert await bot.get_updates(offset=offset) == []
    server.redeliver(account, start.update_id)
    assert await bot.get_updates(offset=offset) == [start]
    assert await bot.get_updates(offset=offset) == []


async def test_what_nobody_took_is_not_settled(server: TelegramServer, wang: TgUser) -> None:
    with pytest.raises(TimeoutError, match="1 updates wait"):
        await server.settled(0.01)


async def test_any_update_can_be_made(server: TelegramServer, bot: Bot, account: TgBot) -> None:
    number = server.inject(account, {"telepathy": {"from": 5}})
    (strange,) = await bot.get_updates()
    assert strange.update_id == number


async def test_aiograms_own_polling_takes_and_answers(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def greet(message: Message) -> None:
        await message.answer(f"<b>{message.text}</b>", parse_mode="HTML", reply_markup=CLAIM)

    @dispatcher.callback_query()
    async def claim(tap: CallbackQuery) -> None:
        await tap.answer("归你了")

    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    card = await wang.hears(account, "/start")
    assert (await wang.taps(card, "接单")).text == "归你了"
    await server.settled()
    await dispatcher.stop_polling()
    await polling
    assert server.unanswered == []
    assert server.violations == []


# Webhook


def aiogram_app(bot: Bot, dispatcher: Dispatcher, secret: str) -> Handler:
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=secret)
    return handler.handle


async def test_the_answer_to_a_tap_rides_in_the_reply(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def claim(tap: CallbackQuery) -> AnswerCallbackQuery:
        return tap.answer("归你了", show_alert=True)

    await bot.get_updates()
    await bot.send_message(wang.id, "x", reply_markup=CLAIM)
    async with listening(aiogram_app(bot, dispatcher, "s3cret_-")) as url:
        await bot.set_webhook(url, secret_token="s3cret_-")
        answer = await wang.taps(wang.sees(account)[0], "接单")
        await server.settled()
    assert (answer.text, answer.show_alert) == ("归你了", True)
    assert server.count("answerCallbackQuery") == 1
    assert (await bot.get_webhook_info()).pending_update_count == 0
    assert server.violations == []


async def test_a_wrong_secret_is_the_bots_to_refuse(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    async with listening(aiogram_app(bot, Dispatcher(), "right")) as url:
        await bot.set_webhook(url, secret_token="wrong")
        hook = server.town.mailboxes[account.id].webhook
        assert hook is not None
        assert await server.until(lambda: hook.error is not None)
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 401"
    assert info.pending_update_count == 1
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:1/", secret_token="no spaces")


async def test_a_webhook_is_tried_again_until_it_succeeds(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    heard: list[int] = []

    async def flaky(request: web.Request) -> web.Response:
        heard.append((await request.json())["update_id"])
        return web.Response(status=500 if len(heard) < 3 else 200)

    async with listening(flaky) as url:
        await bot.set_webhook(url)
        await server.settled()
        assert len(heard) == 3
        assert len(set(heard)) == 1
        server.redeliver(account, heard[0])
        await server.settled()
    assert len(heard) == 4


async def test_one_persons_updates_come_one_after_the_other(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    li = server.user(1002)
    gate, inside, order = asyncio.Event(), set[int](), list[str]()

    async def slow(request: web.Request) -> web.Response:
        message = (await request.json())["message"]
        assert message["from"]["id"] not in inside
        inside.add(message["from"]["id"])
        await gate.wait()
        order.append(message["text"])
        inside.discard(message["from"]["id"])
        return web.Response()

    for number in range(3):
        await wang.writes(account, f"w{number}")
        await li.writes(account, f"l{number}")
    async with listening(slow) as url:
        await bot.set_webhook(url)
        assert await server.until(lambda: len(inside) == 2)
        gate.set()
        await server.settled()
    assert [each for each in order if each.startswith("w")] == ["w0", "w1", "w2"]
    assert [each for each in order if each.startswith("l")] == ["l0", "l1", "l2"]


async def test_no_more_connections_than_the_bot_asked_for(
    server: TelegramServer, bot: Bot, account: TgBot
) -> None:
    at_once: list[int] = []
    inside = 0

    async def counting(_: web.Request) -> web.Response:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        await asyncio.sleep(0)
        inside -= 1
        return web.Response()

    for number in range(30):
        await server.user(2000 + number).writes(account, "x")
    async with listening(counting) as url:
        await bot.set_webhook(url, max_connections=3)
        await server.settled(5.0)
    assert len(at_once) == 30
    assert max(at_once) <= 3


async def test_nothing_is_pushed_while_the_service_is_away(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    heard: list[str] = []

    async def hook(request: web.Request) -> web.Response:
        heard.append((await request.json())["message"]["text"])
        return web.Response()

    async with listening(hook) as url:
        await bot.set_webhook(url)
        await server.settled()
        server.faults.down = True
        await wang.writes(account, "x")
        assert not await server.until(lambda: heard[-1:] == ["x"], 0.1)
        server.faults.clear()
        await server.settled()
    assert heard == ["/start", "x"]


async def test_a_tap_that_nobody_answers_is_noticed(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    server.patience = 0.05
    await bot.send_message(wang.id, "x", reply_markup=CLAIM)
    with pytest.raises(NoAnswerError):
        await wang.taps(wang.sees(account)[0], "接单")
    assert len(server.unanswered) == 1


async def test_280_taps_have_280_answers_and_wait_their_turn(
    server: TelegramServer, bot: Bot, account: TgBot
) -> None:
    people = [server.user(3000 + number) for number in range(280)]
    group = server.group(-100123, "志愿者", [*people, account])
    await bot.send_message(group.id, "x", reply_markup=CLAIM)
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def claim(tap: CallbackQuery) -> AnswerCallbackQuery:
        return tap.answer("已有人接")

    card = people[0].sees(group)[0]
    async with listening(aiogram_app(bot, dispatcher, "s")) as url:
        await bot.set_webhook(url, secret_token="s", max_connections=100)
        server.patience = 30.0
        answers = await asyncio.gather(*(person.taps(card, "接单") for person in people))
        await server.settled()
    assert [each.text for each in answers] == ["已有人接"] * 280
    assert [len(each.answers) for each in server.queries] == [1] * 280
