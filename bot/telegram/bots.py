"""The bots of this process: one for all committees, one a committee, or both.

They share one session to one Bot API server. A token that is wrong stops the start, since only somebody at
the console can mend it; a Telegram that is away does not: the program does its work without, and asks again.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods.base import Response
from aiogram.types import Message, User
from aiogram.utils.token import TokenValidationError
from pydantic import SecretStr

from bot.telegram.session import Session
from config.sections import Telegram
from config.settings import PREFIX
from dispatch.errors import DispatchError
from store.errors import StartError

log = logging.getLogger(__name__)

CONNECTIONS = 300
"""At once. With aiogram's 100, the slowest of 280 taps was answered after 0.9 s, with 300 after 0.5 s
(TECH_NOTES.md, Telegram)."""

READ = tuple(Response[kind] for kind in (bool, Message, Message | bool, User))  # type: ignore[valid-type]  # at run time
"""How answers are read. pydantic forgets a reader that nobody holds, and takes ten milliseconds to make it
anew: every other answer to a tap would wait for that."""

ASK_S = 5
"""Seconds that a start waits for Telegram to say who a bot is."""

_AGAIN_S = (2.0, 5.0, 15.0, 60.0)
"""Seconds until Telegram is asked again; the last one repeats."""


class BotTokenError(StartError):
    """Telegram does not know a token, or it is none."""

    key = "bot_token"
    sentence = "Telegram does not know the token {masked} of {setting}: take the present one from BotFather."


class SameBotError(StartError):
    """One bot in two settings would be fetched for twice."""

    key = "same_bot"
    sentence = "{setting} holds the same bot as {other}: give each committee a bot of its own, or one to all."


class NoBotError(DispatchError):
    """There is neither a bot of this committee nor one for all."""

    key = "no_bot"


class Bots:
    """To be entered before use; leaving closes the connections. Raises a `StartError` for a token that
    cannot be one, and when entered for one that Telegram refuses."""

    def __init__(self, telegram: Telegram) -> None:
        tokens = {key: each.token for key, each in telegram.bots.items()}
        self._session = Session(api=TelegramAPIServer.from_base(telegram.api_url), limit=CONNECTIONS)
        self._bots: dict[str | None, Bot] = {}
        if telegram.token is not None:
            self._bots[None] = self._bot(None, telegram.token)
        for key, token in tokens.items():
            self._bots[key] = self._bot(key, token)
        self._names: dict[int, str] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        try:
            await asyncio.gather(*(self._introduce(key, bot) for key, bot in self._bots.items()))
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()

    def all(self) -> Sequence[tuple[str | None, Bot]]:
        """Every bot with the key of its committee; None for the one for all, which comes first."""
        return tuple(self._bots.items())

    def for_committee(self, key: str) -> Bot:
        """The bot that speaks for a committee: its own, else the one for all. Raises `NoBotError`."""
        as_set = key.lower().replace("-", "_")  # names of settings have no capitals of their own, nor dashes
        bot = self._bots.get(key) or self._bots.get(as_set) or self._bots.get(None)
        if bot is None:
            raise NoBotError
        return bot

    async def find(self, committee: str) -> str:
        """How people find a committee's bot: asked of Telegram now, without entering; `close` afterwards.

        Empty where Telegram does not answer within `ASK_S`. Raises `NoBotError` and `BotTokenError`."""
        bot = self.for_committee(committee)
        key = next(key for key, each in self._bots.items() if each is bot)
        with suppress(TimeoutError):
            async with asyncio.timeout(ASK_S):
                await self._ask(key, bot)
        return self.username(bot)

    async def close(self) -> None:
        """Let go of the connections. Leaving does it, too."""
        await self._leave()

    def username(self, bot: Bot) -> str:
        """How people find the bot, without `@`; empty while Telegram has not said it yet."""
        return self._names.get(bot.id, "")

    def _bot(self, key: str | None, token: SecretStr) -> Bot:
        try:
            bot = Bot(token.get_secret_value(), session=self._session)
        except TokenValidationError:
            raise BotTokenError(masked=masked(token), setting=setting(key)) from None
        same = [other for other, each in self._bots.items() if each.id == bot.id]
        if same:
            raise SameBotError(setting=setting(key), other=setting(same[0]))
        return bot

    async def _introduce(self, key: str | None, bot: Bot) -> None:
        """Learn the bot's name; when Telegram is away, later."""
        if not await self._ask(key, bot):
            log.warning("Telegram cannot be reached; the program starts without, and goes on asking")
            task = asyncio.create_task(self._keep_asking(key, bot))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _keep_asking(self, key: str | None, bot: Bot) -> None:
        tries = 0
        while True:
            await asyncio.sleep(_AGAIN_S[min(tries, len(_AGAIN_S) - 1)])
            tries += 1
            try:
                if await self._ask(key, bot):
                    log.info("Telegram is back")
                    return
            except BotTokenError as error:
                log.error("%s", error)  # noqa: TRY400 - the sentence says it all
                return

    async def _ask(self, key: str | None, bot: Bot) -> bool:
        """Whether Telegram answered. Raises `BotTokenError`."""
        try:
            me = await bot.get_me(request_timeout=ASK_S)
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise BotTokenError(masked=masked(bot.token), setting=setting(key)) from None
        except AiogramError:
            return False
        self._names[bot.id] = me.username or ""
        return True

    async def _leave(self) -> None:
        for task in self._asking:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._asking, return_exceptions=True)
        await self._session.close()


def setting(key: str | None) -> str:
    """The setting that a bot's token comes from."""
    return f"{PREFIX}TELEGRAM__TOKEN" if key is None else f"{PREFIX}TELEGRAM__BOTS__{key.upper()}__TOKEN"


def masked(token: SecretStr | str) -> str:
    """The bot's number, which is public, and nothing of what proves that it is ours."""
    said = token.get_secret_value() if isinstance(token, SecretStr) else token
    number, _, rest = said.partition(":")
    return f"{number[:12]}:***" if rest and number.isdecimal() else "***"
