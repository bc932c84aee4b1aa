"""A bare aiogram bot: it puts one button into a group when it is written to, and answers whoever taps it.

`python -m bench.telegram_bare API_URL TOKEN ROOM [PORT]`, until SIGTERM; with a port by webhook, without
one by polling. It runs on the program's loop, with as many connections, and keeps nothing.
"""

import asyncio
import sys
from contextlib import suppress
from hmac import compare_digest
from signal import SIGTERM
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import AnswerCallbackQuery
from aiogram.methods.base import TelegramMethod
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiohttp import web

from bench.processes import HOST
from bot.telegram import bots, webhook

SECRET = "bare"  # noqa: S105 - both ends are ours
PATH = "/telegram"
BUTTON = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="接单", callback_data="claim")]])
SAID = "王阿姨已经接了，谢谢。你排在候补第 12 位。"
"""About as long as what the program says to whoever came too late."""


def dispatcher(room: int) -> Dispatcher:
    """What it does, by webhook and by polling."""
    made = Dispatcher()

    @made.message()
    async def put(message: Message, bot: Bot) -> None:
        await bot.send_message(room, message.text or "", reply_markup=BUTTON)

    @made.callback_query()
    async def answer(query: CallbackQuery) -> AnswerCallbackQuery:
        return query.answer(SAID, show_alert=True)

    return made


async def main(api_url: str, token: str, room: int, port: int | None) -> None:
    """Run until told to leave."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api_url), limit=bots.CONNECTIONS)
    loop = asyncio.get_running_loop()
    async with Bot(token, session=session) as bot:
        serving = _poll(bot, room) if port is None else _serve(bot, room, port)
        task = loop.create_task(serving)
        loop.add_signal_handler(SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task


async def _poll(bot: Bot, room: int) -> None:
    await dispatcher(room).start_polling(bot, handle_signals=False, close_bot_session=False)


async def _serve(bot: Bot, room: int, port: int) -> None:
    """Answers ride in the replies, as JSON: aiogram's own multipart costs whoever reads it much more."""
    made = dispatcher(room)

    async def bring(request: web.Request) -> web.Response:
        shown = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not compare_digest(shown.encode(), SECRET.encode()):
            return web.Response(status=401)
        answer: TelegramMethod[Any] | None = await made.feed_webhook_update(bot, await request.json())
        if answer is None:
            return web.Response()
        fields = answer.model_dump(mode="json", exclude_none=True)
        return web.json_response({"method": answer.__api_method__, **fields})

    app = web.Application()
    app.router.add_post(PATH, bring)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        await bot.set_webhook(
            f"http://{HOST}:{port}{PATH}", secret_token=SECRET, max_connections=webhook.CONNECTIONS
        )
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _run(api_url: str, token: str, room: str, port: str | None = None) -> None:
    try:
        import uvloop  # noqa: PLC0415 - not everywhere, as in the program itself
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main(api_url, token, int(room), None if port is None else int(port)))


if __name__ == "__main__":
    _run(*sys.argv[1:])
