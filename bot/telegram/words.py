"""Messages that people write to the bot: who says what, about which card.

It opens the envelope and understands none of the words, but for `/start`, which is Telegram's own.
"""

import logging
import re
from dataclasses import replace

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import InlineKeyboardMarkup, Location, Message, User

from bot.telegram import menu
from bot.telegram.answers import Answers
from bot.telegram.callbacks import unpack
from bot.telegram.carrying import PLATFORM
from bot.telegram.groups import Groups
from bot.telegram.people import People
from bot.telegram.talk import START_HERE, START_JOB, Said, Talk
from dispatch.errors import DispatchError, MalformedError
from dispatch.ports import Store
from handlers import sentences
from handlers.texts import Catalogs

_log = logging.getLogger(__name__)

_START = re.compile(r"/start(?:@\w+)?(?:\s+(\S+))?\s*")
_JOB = re.compile(rf"{START_JOB}([0-9]{{1,18}})")

_PLACE = "note 📍 {place}"
"""A place sent as a reply to a card, as the words that keep it with the job."""


class Words:
    """Listens."""

    def __init__(
        self,
        store: Store,
        people: People,
        talk: Talk,
        groups: Groups,
        answers: Answers,
        catalogs: Catalogs,
    ) -> None:
        self._store = store
        self._people = people
        self._talk = talk
        self._groups = groups
        self._answers = answers
        self._catalogs = catalogs

    async def heard(self, bot: Bot, message: Message, receipt: str) -> None:
        """Do what a message asks for and answer it; what it does is stored when this returns."""
        user, chat = message.from_user, message.chat.type
        if chat == ChatType.CHANNEL:
            return
        if user is None or user.is_bot or message.sender_chat is not None:
            self._groups.faceless(bot, message)
            return
        try:
            if chat == ChatType.PRIVATE:
                await self._in_private(bot, user, message, receipt)
            else:
                await self._groups.heard(bot, user, message, receipt)
        except DispatchError as error:
            _log.warning("a message was refused (%s), receipt %s", error.key, receipt)
            self._answers.say(bot, user.id, sentences.refusal(error, self._talk.tongue(user)))

    async def chosen(self, bot: Bot, user: User, text: str, receipt: str) -> None:
        """A button of ours that stands for words, tapped in private. Raises `DispatchError`."""
        await self._answer(Said(bot=bot, user=user, text=text, receipt=receipt))

    async def edited(self, bot: Bot, message: Message) -> None:
        """Changing a message changes no job; whoever does it in private is told so."""
        user = message.from_user
        if user is None or message.chat.type != ChatType.PRIVATE or not message.text:
            return
        known = await self._people.of_words(bot, user)
        if known is not None:
            texts = await self._talk.texts(known, user)
            said = texts.say("A changed message changes nothing here. Reply to the card with what is right.")
            self._answers.say(bot, user.id, said, reply_to=message.message_id)

    async def _in_private(self, bot: Bot, user: User, message: Message, receipt: str) -> None:
        about = await self._about(bot, message)
        said = Said(
            bot=bot,
            user=user,
            text=_text(message, about),
            receipt=receipt,
            message=message,
            phone=_own_number(message),
            about=about,
        )
        texts = self._talk.tongue(user)
        if message.contact is not None and not said.phone:
            self._talk.tell(said, texts.say("Please share your own number, by the button below."))
        elif (start := _START.fullmatch(said.text)) is not None:
            await self._started(said, start.group(1) or "")
        elif said.text or said.phone:
            await self._answer(said)
        elif message.media_group_id is None:  # an album is many messages, and its caption was answered
            self._talk.tell(said, texts.say("I can only read words. Please write where and what."))

    async def _answer(self, said: Said) -> None:
        bot, user, about = said.bot, said.user, said.about
        people = self._people
        known = await (people.of_words(bot, user) if about is None else people.of_job(bot, user, about))
        if known is None:
            await self._talk.meet(said)
        else:
            await self._talk.act(said, known)

    async def _started(self, said: Said, parameter: str) -> None:
        """Start was pressed: from now on this chat can be written to. A parameter is a card to look at, or
        an invitation."""
        if parameter == START_HERE:
            said, parameter = replace(said, text="/start"), ""
        found = await self._people.heard(said.bot, said.user.id)
        if any([await self._people.posts(address) for address in found]):
            self._answers.begin(menu.publish_desk(said.bot, self._catalogs, said.user.id))
        if found and (job := _JOB.fullmatch(parameter)) is not None:
            await self._talk.show(said, int(job.group(1)))
        elif parameter or not found:
            await self._talk.meet(said)
        else:
            await self._answer(said)

    async def _about(self, bot: Bot, message: Message) -> int | None:
        """The job whose card the message replies to. A card that we are not sure to have sent is known by
        its buttons: only the bot itself can have put them there."""
        card = message.reply_to_message
        if card is None or card.from_user is None or card.from_user.id != bot.id:
            return None
        found = await self._store.job_of_ref(PLATFORM, f"{card.chat.id}:{card.message_id}")
        return found if found is not None else _job_of_buttons(card.reply_markup)


def _text(message: Message, about: int | None) -> str:
    text = message.text or message.caption or ""
    if not text and message.location is not None and about is not None:
        return _PLACE.format(place=_written(message.location))
    return text


def _written(location: Location) -> str:
    """Five decimals: one metre."""
    return f"{location.latitude:.5f}, {location.longitude:.5f}"


def _own_number(message: Message) -> str:
    """The number in a shared contact, if it is the sender's own: another's is not theirs to give."""
    contact, user = message.contact, message.from_user
    if contact is None or user is None or contact.user_id != user.id:
        return ""
    return contact.phone_number


def _job_of_buttons(markup: InlineKeyboardMarkup | None) -> int | None:
    for row in () if markup is None else markup.inline_keyboard:
        for button in row:
            try:
                tap = unpack(button.callback_data or "")
            except MalformedError:
                continue
            if tap.verb is not None:
                return tap.job_id
    return None
