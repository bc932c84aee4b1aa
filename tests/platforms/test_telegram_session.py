"""The short way by which taps are answered: what arrives, and what is raised, is as by aiogram's own."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery

from tests.platforms.telegram_clients import CLAIM, OurLoopbackSession
from tests.platforms.telegram_server import Query, TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as made:
        yield made
        assert made.violations == []


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    account = server.bot()
    async with OurLoopbackSession(api=TelegramAPIServer.from_base(server.url)) as session:
        yield Bot(account.token, session=session)


async def tapped(server: TelegramServer, bot: Bot) -> Query:
    """Somebody taps a button of this bot's."""
    wang = server.user(1001)
    (account,) = server.town.bots.values()
    await wang.starts(account)
    await bot.send_message(1001, "谁去？", reply_markup=CLAIM)
    return wang.tap(wang.sees(account)[-1], "接单")


async def test_an_answer_arrives_as_it_was_meant(server: TelegramServer, bot: Bot) -> None:
    query = await tapped(server, bot)
    assert await bot(AnswerCallbackQuery(callback_query_id=query.id, text="王阿姨 <接了>", show_alert=True))
    assert query.answer is not None
    assert (query.answer.text, query.answer.show_alert) == ("王阿姨 <接了>", True)


async def test_an_answer_without_words_only_stops_the_clock(server: TelegramServer, bot: Bot) -> None:
    query = await tapped(server, bot)
    assert await bot(AnswerCallbackQuery(callback_query_id=query.id))
    assert query.answer is not None
    assert (query.answer.text, query.answer.show_alert) == ("", False)


async def test_a_tap_that_is_too_old_is_a_bad_request(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot(AnswerCallbackQuery(callback_query_id="1"))


async def test_a_broken_connection_is_a_network_error(server: TelegramServer, bot: Bot) -> None:
    server.faults.drop_before("answerCallbackQuery")
    with pytest.raises(TelegramNetworkError):
        await bot(AnswerCallbackQuery(callback_query_id="1"))


async def test_a_server_that_takes_too_long_is_a_network_error(server: TelegramServer, bot: Bot) -> None:
    server.faults.slow(30.0, "answerCallbackQuery")
    bot.session.timeout = 0.05
    with pytest.raises(TelegramNetworkError):
        await bot(AnswerCallbackQuery(callback_query_id="1"))


@pytest.mark.parametrize(
    ("code", "raised"), [(502, TelegramServerError), (429, TelegramRetryAfter), (418, AiogramError)]
)
async def test_other_refusals_are_what_aiogram_makes_of_them(
    server: TelegramServer, bot: Bot, code: int, raised: type[AiogramError]
) -> None:
    if code == 429:
        server.faults.flood(3)
    else:
        server.faults.fail(code, "Bad Gateway", "answerCallbackQuery")
    with pytest.raises(raised):
        await bot(AnswerCallbackQuery(callback_query_id="1"))
