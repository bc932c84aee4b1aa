"""The bots of a process: a wrong token stops the start, a Telegram that is away does not."""

import asyncio
import logging

import pytest

from bot.telegram import bots as module
from bot.telegram.bots import Bots, BotTokenError, NoBotError, SameBotError
from config.sections import Telegram
from store.errors import StartError
from tests.platforms.telegram_server import TelegramServer

NOBODY = "http://127.0.0.1:9"
"""The port of the discard protocol, on which nothing listens here."""


def settings(url: str, token: str | None = None, **bots: str) -> Telegram:
    committees = {key: {"token": each} for key, each in bots.items()}
    return Telegram.model_validate({"token": token, "bots": committees, "api_url": url})


async def test_each_committee_speaks_through_its_own_bot_and_the_others_through_the_one_for_all() -> None:
    async with TelegramServer() as server:
        general, own = server.bot(), server.bot(username="wutong_bot")
        async with Bots(settings(server.url, general.token, wutongli=own.token)) as bots:
            assert bots.for_committee("wutongli").id == own.id
            assert bots.for_committee("Wutongli").id == own.id
            assert bots.for_committee("elsewhere").id == general.id
            assert [key for key, _ in bots.all()] == [None, "wutongli"]
            assert bots.username(bots.for_committee("wutongli")) == "wutong_bot"


async def test_without_a_bot_for_all_other_committees_have_none() -> None:
    bots = Bots(settings(NOBODY, wutongli="123456:own"))
    with pytest.raises(NoBotError):
        bots.for_committee("elsewhere")


@pytest.mark.parametrize("secret", ["AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc", ""])
async def test_a_token_that_telegram_does_not_know_stops_the_start_without_being_shown(secret: str) -> None:
    async with TelegramServer() as server:
        with pytest.raises(StartError) as refused:
            async with Bots(settings(server.url, f"123456:{secret}")):
                raise AssertionError
    assert "SUIDAO_TELEGRAM__TOKEN" in str(refused.value)
    assert not secret or secret not in f"{refused.value!s}{refused.value!r}"


async def test_a_token_that_is_none_names_its_setting() -> None:
    with pytest.raises(BotTokenError) as refused:
        Bots(settings(NOBODY, wutongli="not a token"))
    assert "SUIDAO_TELEGRAM__BOTS__WUTONGLI__TOKEN" in str(refused.value)
    assert "not a token" not in repr(refused.value)


async def test_one_bot_in_two_settings_stops_the_start() -> None:
    with pytest.raises(SameBotError):
        Bots(settings(NOBODY, "123456:first", wutongli="123456:second"))


async def test_the_program_starts_without_telegram(caplog: pytest.LogCaptureFixture) -> None:
    secret = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"  # noqa: S105 - nobody's
    with caplog.at_level(logging.DEBUG):
        async with Bots(settings(NOBODY, f"123456:{secret}")) as bots:
            ((_, bot),) = bots.all()
            assert bots.username(bot) == ""
    assert "goes on asking" in caplog.text
    assert secret not in caplog.text


async def test_the_name_is_learnt_when_telegram_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_S", (0.01,))
    async with TelegramServer() as server:
        account = server.bot(username="suidao_bot")
        server.faults.drop_before("getMe", times=2)
        async with Bots(settings(server.url, account.token)) as bots:
            ((_, bot),) = bots.all()
            assert await server.until(lambda: bots.username(bot) == "suidao_bot")


async def test_leaving_ends_what_still_asks() -> None:
    before = asyncio.all_tasks()
    async with Bots(settings(NOBODY, "123456:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc")):
        assert asyncio.all_tasks() - before
    assert asyncio.all_tasks() == before
