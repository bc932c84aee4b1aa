"""Real aiogram bots that talk to the tests' own Bot API server, and things for them to send."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

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


@asynccontextmanager
async def client(server: TelegramServer, bot: TgBot) -> AsyncIterator[Bot]:
    """An aiogram bot with this bot's token."""
    api = TelegramAPIServer.from_base(server.url)
    async with LoopbackSession(api=api) as session:
        yield Bot(bot.token, session=session)


def one(**fields: object) -> InlineKeyboardMarkup:
    """A keyboard of one button."""
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton.model_validate(fields)]])
