"""What comes in from Telegram: each update to the part that understands its kind.

The one promise kept here: whatever an update holds and whatever fails, nobody else's update suffers, and
a tap is answered. What is meant by it stands in `taps`, `words` and `chats`.
"""

import logging
from collections.abc import Mapping

from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update
from pydantic import ValidationError

from bot.telegram.answers import Answers, popup
from bot.telegram.bots import Bots
from bot.telegram.chats import Chats
from bot.telegram.fetching import Fetching
from bot.telegram.gateway import TelegramGateway
from bot.telegram.groups import Groups
from bot.telegram.people import People
from bot.telegram.subjects import Subjects
from bot.telegram.talk import Talk
from bot.telegram.taps import Taps
from bot.telegram.words import Words
from dispatch.errors import DispatchError
from dispatch.ports import Clock, Store
from handlers import sentences
from handlers.router import Router
from handlers.texts import FALLBACK, Catalogs
from workers import faults

_log = logging.getLogger(__name__)

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What Telegram is asked for. Anything else that arrives is passed over."""


ASIDE_S = 0.005
"""Seconds by which answers that are requests of their own are put off: the next hundred taps are asked for
first, and are on their way while these are answered."""

LEAVE_S = 1.0
"""Seconds for answers that are under way when the program leaves, which has five for everything."""

_OF_A_CARD = ("message_id", "date", "chat", "message_thread_id", "is_topic_message", "reply_markup")
"""All that is wanted of the message below which somebody tapped. Reading the whole card took half of the time
that the reading of a tap took."""


class Updates:
    """The incoming half of Telegram, the same behind a webhook and behind polling."""

    def __init__(
        self,
        router: Router,
        store: Store,
        bots: Bots,
        gateway: TelegramGateway,
        catalogs: Catalogs,
        clock: Clock,
    ) -> None:
        self._catalogs = catalogs
        people = People(store, bots)
        self._answers = Answers(gateway.pace, clock)
        talk = Talk(router, people, bots, gateway, self._answers, catalogs)
        subjects = Subjects(store)
        self.fetching = Fetching(router, store, bots, talk, subjects, self._answers, clock)
        groups = Groups(talk, people, bots, subjects, self.fetching, self._answers, catalogs, clock)
        self._words = Words(people, talk, groups, subjects, self.fetching, self._answers, catalogs)
        self._taps = Taps(router, store, people, talk, self._words, gateway, self._answers, catalogs)
        self._chats = Chats(store, people, self._answers, catalogs)

    async def take(self, bot: Bot, raw: Mapping[str, object]) -> AnswerCallbackQuery | None:
        """`handle` for an update as it came over the wire. One that cannot be read is passed over, but a
        tap is answered even then."""
        try:
            update = Update.model_validate(_lean(raw))
        except (ValidationError, RecursionError):
            _log.warning(
                "update %s of bot %d cannot be read; it is passed over", raw.get("update_id"), bot.id
            )
            return self._apology(raw)
        return await self.handle(bot, update)

    async def handle(self, bot: Bot, update: Update) -> AnswerCallbackQuery | None:
        """Do what the update asks for. When this returns, its effect is stored; what is returned answers a
        tap and is to be sent at once, by whatever way is fastest. Never raises; repeating is safe."""
        receipt = f"telegram:{bot.id}:{update.update_id}"
        try:
            return await self._handle(bot, update, receipt)
        except Exception as error:  # noqa: BLE001 - it is told without its text
            # A fault with one update must not keep the others from being handled, nor come back for ever.
            faults.tell(_log, error, "update %d was not handled", update.update_id)
        query = update.callback_query
        if query is None:
            return None
        texts = self._catalogs.texts(query.from_user.language_code or FALLBACK)
        return popup(query.id, sentences.refusal(DispatchError(), texts), alert=True)

    def later(self, bot: Bot, answer: AnswerCallbackQuery) -> None:
        """Send the answer to a tap without waiting for it."""
        self._answers.call(bot, answer, after=ASIDE_S)

    async def drain(self) -> None:
        """Wait until every answer that was begun is sent."""
        await self._answers.beside.drain()

    async def leave(self) -> None:
        """The same within `LEAVE_S`: what is not sent by then, as a card that waits for its turn in a chat,
        is the outbox's to bring after the next start."""
        await self._answers.beside.leave(LEAVE_S)

    async def _handle(self, bot: Bot, update: Update, receipt: str) -> AnswerCallbackQuery | None:
        if update.callback_query is not None:
            return await self._taps.answered(bot, update.callback_query, receipt)
        if update.message is not None:
            moved = await self._chats.moved(update.message)
            if not moved:
                await self._words.heard(bot, update.message, receipt)
        elif update.edited_message is not None:
            await self._words.edited(bot, update.edited_message)
        elif update.my_chat_member is not None:
            await self._chats.changed(bot, update.my_chat_member)
        else:
            _log.debug("update %d is of a kind that nothing is done about", update.update_id)
        return None

    def _apology(self, raw: Mapping[str, object]) -> AnswerCallbackQuery | None:
        query = raw.get("callback_query")
        number = query.get("id") if isinstance(query, dict) else None
        if not isinstance(number, str):
            return None
        return popup(number, sentences.refusal(DispatchError(), self._catalogs.texts(FALLBACK)), alert=True)


def _lean(raw: Mapping[str, object]) -> Mapping[str, object]:
    """The update, a tap without the text of its card."""
    query = raw.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    if not isinstance(query, dict) or not isinstance(message, dict):
        return raw
    kept = {name: message[name] for name in _OF_A_CARD if name in message}
    return {**raw, "callback_query": {**query, "message": kept}}


def sender(raw: Mapping[str, object]) -> object:
    """Whose doing an update is: one person's updates are handled in the order in which they came.

    None for what has no sender."""
    for event in raw.values():
        whose = event.get("from") if isinstance(event, dict) else None
        if isinstance(whose, dict) and isinstance(whose.get("id"), int):
            return whose["id"]
    return None
