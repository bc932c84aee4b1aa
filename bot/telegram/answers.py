"""What is said back at once, outside the outbox: pop-ups, and short messages in a chat.

Nothing here is owed: the fact is stored already, and the card that follows it is the outbox's. So an answer
that is lost with the process loses nothing but politeness. Knows no job.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from aiogram.methods.base import TelegramMethod
from aiogram.types import (
    CallbackQuery,
    EphemeralMessageParameters,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from bot.telegram.pacing import Pace
from bot.telegram.patience import TROUBLE
from dispatch.ports import Clock
from workers.beside import Beside

_log = logging.getLogger(__name__)

POPUP_LIMIT = 200
"""Characters of a pop-up."""

MESSAGE_LIMIT = 4096
"""Characters of a message."""

WHISPER_S = 1.0
"""Seconds for a message to one person in a group: the answer to their tap waits for it."""

AGAIN_S = 0.2
"""Seconds until the answer to a tap is sent once more where the network failed: it is still waited for."""

_ENDS = "。！？.!?\n；;"

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def popup(query: str, text: str = "", *, alert: bool = False) -> AnswerCallbackQuery:
    """The answer to a tap. `alert` makes it stay until it is closed; else it is gone in a moment."""
    said = cut(text, POPUP_LIMIT)
    return AnswerCallbackQuery(callback_query_id=query, text=said or None, show_alert=alert or None)


def cut(text: str, limit: int) -> str:
    """The text, or as many whole sentences of it as fit; within a sentence only where the first is too long.

    Counted as Telegram counts, in UTF-16 units: an emoji is two."""
    if _length(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    end = max(kept.rfind(sign) for sign in _ENDS)
    return kept[: end + 1].strip() if end > 0 else f"{kept}…"


class Answers:
    """Says things beside the handling of updates; in each chat one after the other."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock
        self.beside = Beside("an answer was lost")
        """Whatever else is done meanwhile."""
        self._chats: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def call(self, bot: Bot, answer: AnswerCallbackQuery, *, after: float = 0.0) -> None:
        """Answer a tap, `after` so many seconds. Taps have no limit, so this waits for nothing else."""
        self.beside.begin(_call(bot, answer, after))

    def say(
        self,
        bot: Bot,
        chat: int,
        text: str,
        markup: Markup | None = None,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> None:
        """`write`, beside everything else."""
        self.beside.begin(self.write(bot, chat, text, markup, reply_to=reply_to, topic=topic))

    async def write(
        self,
        bot: Bot,
        chat: int,
        text: str,
        markup: Markup | None = None,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Write into a chat when its limits allow it; `otherwise` is called where the chat is closed to us.
        Plain text: nothing in it is markup. What Telegram refuses is told and lost."""
        message = SendMessage(
            chat_id=chat,
            text=cut(text, MESSAGE_LIMIT),
            parse_mode=None,
            reply_markup=markup,
            reply_parameters=_reply(reply_to),
            message_thread_id=topic,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        lock = self._chats.setdefault((bot.id, chat), asyncio.Lock())
        async with lock:
            try:
                await self._in_turn(bot, chat, message, urgent=False)
            except TelegramForbiddenError:
                if otherwise is not None:
                    otherwise()
            except TROUBLE as error:
                _log.info("an answer of bot %d was not sent (%s)", bot.id, type(error).__name__)

    def mark(self, bot: Bot, chat: int, message: int, markup: InlineKeyboardMarkup | None) -> None:
        """Put other buttons below a message; its words stay."""
        edit = EditMessageReplyMarkup(chat_id=chat, message_id=message, reply_markup=markup)
        self.beside.begin(self._mark(bot, chat, edit))

    async def whisper(self, bot: Bot, query: CallbackQuery, text: str, markup: InlineKeyboardMarkup) -> bool:
        """Write into a group for the eyes of whoever tapped alone. False where that did not work in time."""
        message = query.message
        if message is None:
            return False
        alone = EphemeralMessageParameters(receiver_user_id=query.from_user.id, callback_query_id=query.id)
        method = SendMessage(
            chat_id=message.chat.id,
            text=cut(text, MESSAGE_LIMIT),
            parse_mode=None,
            reply_markup=markup,
            ephemeral_message_parameters=alone,
        )
        try:
            async with asyncio.timeout(WHISPER_S):
                if await self._pace.turn(bot.id, message.chat.id, urgent=True) > 0:
                    return False
                await bot(method)
        except TROUBLE as error:
            _log.info("bot %d cannot write to one person in a group (%s)", bot.id, type(error).__name__)
            return False
        return True

    async def _mark(self, bot: Bot, chat: int, edit: EditMessageReplyMarkup) -> None:
        try:
            await self._in_turn(bot, chat, edit, urgent=True)
        except TROUBLE as error:  # "not modified", or the message is gone: either way there is nothing to do
            _log.debug("a menu of bot %d was not shown (%s)", bot.id, type(error).__name__)

    async def _in_turn(self, bot: Bot, chat: int, method: TelegramMethod[Any], *, urgent: bool) -> None:
        """Send within the limits; once more where Telegram's own count was stricter."""
        for last in (False, True):
            while (wait := await self._pace.turn(bot.id, chat, urgent=urgent)) > 0:
                await self._clock.sleep(wait)
            try:
                await bot(method)
            except TelegramRetryAfter as error:
                await self._pace.flooded(bot.id, chat, float(error.retry_after))
                if last:
                    raise
            else:
                return


async def _call(bot: Bot, answer: AnswerCallbackQuery, after: float) -> None:
    if after:
        await asyncio.sleep(after)
    for pause in (AGAIN_S, None):
        try:
            await bot(answer)
        except TelegramBadRequest:
            # "query is too old": whoever tapped has long stopped waiting. The card tells the truth.
            _log.debug("a tap was answered too late")
        except TROUBLE as error:
            if pause is not None:  # answering twice does no harm
                await asyncio.sleep(pause)
                continue
            _log.info("the answer to a tap was not sent by bot %d (%s)", bot.id, type(error).__name__)
        return


def _reply(message: int | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(message_id=message, allow_sending_without_reply=True)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
