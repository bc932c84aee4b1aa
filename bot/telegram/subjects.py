"""Which job a message is about, by what it replies to."""

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup, Message

from bot.telegram.callbacks import unpack
from bot.telegram.carrying import PLATFORM
from dispatch.errors import MalformedError
from dispatch.people import Address
from dispatch.ports import Store
from dispatch.verbs import Subject, subject
from handlers import posting


class Subjects:
    """Looks messages up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def job(self, bot: Bot, message: Message) -> int | None:
        """The job whose card the message replies to. A card that we are not sure to have sent is known by
        its buttons: only the bot itself can have put them there."""
        card = message.reply_to_message
        if card is None or card.from_user is None or card.from_user.id != bot.id:
            return None
        found = await self._store.job_of_ref(PLATFORM, f"{card.chat.id}:{card.message_id}")
        return found if found is not None else job_of_buttons(card.reply_markup)

    async def posted(self, address: Address, message: Message) -> int | None:
        """The job that the message replied to has posted, where its sender replies to their own words."""
        words, user = message.reply_to_message, message.from_user
        if words is None or words.from_user is None or user is None or words.from_user.id != user.id:
            return None
        return await self._store.posted_by(address.committee_id, posting.nonce(address, nonce(words)))


def nonce(message: Message) -> str:
    """The same for the same message, however often it arrives."""
    return f"tg:{message.chat.id}:{message.message_id}"


def job_of_buttons(markup: InlineKeyboardMarkup | None) -> int | None:
    """The job that a message's own buttons are about: only the bot itself can have put them there."""
    for row in () if markup is None else markup.inline_keyboard:
        for button in row:
            try:
                tap = unpack(button.callback_data or "")
            except MalformedError:
                continue
            if tap.verb is not None:
                return tap.job_id if subject(tap.verb) is Subject.JOB else None
    return None
