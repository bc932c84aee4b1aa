"""The requests that put a card into a chat: one message, its edits, its pin on the map, its end.

Every method says how it went as a value; nothing Telegram can answer raises. Whether now is the time for a
request, and what follows from its outcome, is for the gateway.
"""

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import (
    DeleteMessage,
    EditMessageMedia,
    EditMessageText,
    SendMessage,
    SendPhoto,
    SendVenue,
)
from aiogram.methods.base import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)

from bot.telegram import keyboards, render
from bot.telegram.outcomes import Outcome, Verdict, judge
from bot.telegram.refs import Ref
from dispatch.geography import Point
from handlers.messages import Card, Shown

T = TypeVar("T")

REQUEST_S = 15
"""Seconds until a request counts as unanswered. Telegram takes 0.1 s, seconds on a bad day; a deliverer
waits a minute for everything."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""An address that somebody wrote is not to be fetched, nor to fill the screen."""


_BLANK = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000200000002001000000005b0147590000000f4944415478da63f80f040c"
    "83970000dae97f8126f2fa630000000049454e44ae426082"
)
"""A white square of 32 pixels, as a PNG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A card as Telegram takes it."""

    html: str
    markup: InlineKeyboardMarkup | None

    @property
    def digest(self) -> bytes:
        """Equal for equal pages."""
        markup = "" if self.markup is None else self.markup.model_dump_json(exclude_none=True)
        return hashlib.blake2b(f"{self.html}\0{markup}".encode(), digest_size=8).digest()


def page(card: Card) -> Page:
    """The card, rendered."""
    return Page(html=render.text(card), markup=keyboards.of_card(card))


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One bot in one chat; `topic` is None outside forums."""

    bot: Bot
    chat: int
    topic: int | None = None

    @property
    def _protected(self) -> bool:
        """Whatever goes to one person. It cannot be said later, and an edit may bring somebody's door."""
        return self.chat > 0

    async def send(self, shown: Page, *, silent: bool) -> Ref | Outcome:
        """A new message."""
        method = SendMessage(
            chat_id=self.chat,
            message_thread_id=self.topic,
            text=shown.html,
            parse_mode="HTML",
            link_preview_options=_NO_PREVIEW,
            disable_notification=silent,
            protect_content=self._protected,
            reply_markup=shown.markup,
        )
        sent = await self._ask(method, edit=False)
        return sent if isinstance(sent, Outcome) else Ref(chat=self.chat, message=sent.message_id)

    async def edit(self, message: int, shown: Page) -> Outcome | None:
        """The same message, as it is to be now; None when it is. Repeating is safe."""
        method = EditMessageText(
            chat_id=self.chat,
            message_id=message,
            text=shown.html,
            parse_mode="HTML",
            link_preview_options=_NO_PREVIEW,
            reply_markup=shown.markup,
        )
        done = await self._ask(method, edit=True)
        same = isinstance(done, Outcome) and done.verdict is Verdict.SAME
        return done if isinstance(done, Outcome) and not same else None

    async def pin(self, card: Card, place: Point, message: int) -> int | Outcome:
        """Where it is, on a map, below the card's message; the number of the pin's own message."""
        method = SendVenue(
            chat_id=self.chat,
            message_thread_id=self.topic,
            latitude=place.lat,
            longitude=place.lon,
            title=card.title,
            address=f"#{card.job_id}",
            disable_notification=True,
            protect_content=self._protected,
            reply_parameters=ReplyParameters(message_id=message, allow_sending_without_reply=True),
        )
        sent = await self._ask(method, edit=False)
        return sent if isinstance(sent, Outcome) else sent.message_id

    async def photo(self, shown: Shown, card: int | None) -> Ref | Outcome:
        """A picture, below the card's message; it says whose it is by the job's number."""
        reply = None
        if card is not None:
            reply = ReplyParameters(message_id=card, allow_sending_without_reply=True)
        method = SendPhoto(
            chat_id=self.chat,
            photo=BufferedInputFile(shown.data, shown.file),
            caption=shown.caption,
            disable_notification=shown.silent,
            protect_content=True,
            reply_parameters=reply,
        )
        sent = await self._ask(method, edit=False)
        return sent if isinstance(sent, Outcome) else Ref(chat=self.chat, message=sent.message_id)

    async def take_back(self, message: int) -> Outcome | None:
        """Take a picture away; one that cannot be taken away any more (after 48 hours) becomes a blank. None
        when it is gone. Repeating is safe."""
        done = await self._ask(DeleteMessage(chat_id=self.chat, message_id=message), edit=True)
        if not isinstance(done, Outcome) or done.verdict is not Verdict.GONE:
            return done if isinstance(done, Outcome) else None
        blank = InputMediaPhoto(media=BufferedInputFile(_BLANK, "blank.png"))
        method = EditMessageMedia(chat_id=self.chat, message_id=message, media=blank)
        left = await self._ask(method, edit=True)
        gone = not isinstance(left, Outcome) or left.verdict in (Verdict.SAME, Verdict.GONE)
        return None if gone else left if isinstance(left, Outcome) else None

    async def remove(self, message: int, stub: Page) -> bool:
        """Take a message away; where that cannot be done any more, make it the `stub`. Repeating is safe."""
        done = await self._ask(DeleteMessage(chat_id=self.chat, message_id=message), edit=True)
        if not isinstance(done, Outcome):
            return True
        if done.verdict is not Verdict.GONE:
            return done.verdict is Verdict.UNREACHABLE  # nobody is there to see it
        left = await self.edit(message, stub)
        return left is None or left.verdict in (Verdict.GONE, Verdict.UNREACHABLE)

    async def _ask(self, method: TelegramMethod[T], *, edit: bool) -> T | Outcome:
        try:
            return await self.bot(method, request_timeout=REQUEST_S)
        except AiogramError as error:
            return judge(error, edit=edit)
