"""Real aiogram bots that talk to the tests' own Bot API server, and things for them to send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from unittest import mock

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.telegram import bots as our_bots
from bot.telegram.bots import Bots
from bot.telegram.polling import Polling
from bot.telegram.session import Session
from bot.telegram.updates import Updates
from config.sections import Telegram
from tests.platforms.telegram_server import TelegramServer, TgBot

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
CLAIM = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="接单", callback_data="claim:1", style="success"),
            InlineKeyboardButton(text="地图", url="https://example.org/map"),
        ],
        [InlineKeyboardButton(text="电话", copy_text=CopyTextButton(text="13800138000"))],
    ]
)


class LoopbackSession(AiohttpSession):
    """Closes at once: aiogram's quarter of a second is for TLS, which loopback does not speak."""

    async def close(self) -> None:
        if self._session is not None and not self._session.closed:
            await self._session.close()


class OurLoopbackSession(LoopbackSession, Session):
    """The program's own session, which closes at once as well."""


@asynccontextmanager
async def client(server: TelegramServer, bot: TgBot) -> AsyncIterator[Bot]:
    """An aiogram bot with this bot's token."""
    api = TelegramAPIServer.from_base(server.url)
    async with LoopbackSession(api=api) as session:
        yield Bot(bot.token, session=session)


def one(**fields: object) -> InlineKeyboardMarkup:
    """A keyboard of one button."""
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton.model_validate(fields)]])


@asynccontextmanager
async def introduced(settings: Telegram) -> AsyncIterator[Bots]:
    """Our own bots, which have asked who they are; they leave at once."""
    with mock.patch.object(our_bots, "Session", OurLoopbackSession):
        made = Bots(settings)
    async with made as bots:
        yield bots


@asynccontextmanager
async def fetching(bots: Bots, updates: Updates) -> AsyncIterator[asyncio.Task[None]]:
    """Somebody fetches the updates of these bots, and handles them."""
    task = asyncio.create_task(Polling(bots, updates, wait_s=5).run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
