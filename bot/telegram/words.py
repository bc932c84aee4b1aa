"""Messages that people write to the bot: who says what, about which card.

It opens the envelope and understands none of the words, but for `/start`, which is Telegram's own.
"""

import logging
import re
from dataclasses import replace

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import Message, User

from bot.telegram import enclosures, menu
from bot.telegram.answers import Answers
from bot.telegram.fetching import Fetching
from bot.telegram.groups import Groups
from bot.telegram.people import Known, People
from bot.telegram.subjects import Subjects
from bot.telegram.talk import START_HERE, START_JOB, Said, Talk
from dispatch.errors import DispatchError
from dispatch.whereabouts import Shared
from handlers import sentences
from handlers.texts import Catalogs

_log = logging.getLogger(__name__)

_START = re.compile(r"/start(?:@\w+)?(?:\s+(\S+))?\s*")
_JOB = re.compile(rf"{START_JOB}([0-9]{{1,18}})")


class Words:
    """Listens."""

    def __init__(
        self,
        people: People,
        talk: Talk,
        groups: Groups,
        subjects: Subjects,
        fetching: Fetching,
        answers: Answers,
        catalogs: Catalogs,
    ) -> None:
        self._people = people
        self._talk = talk
        self._groups = groups
        self._subjects = subjects
        self._fetching = fetching
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
        if user is None or message.chat.type != ChatType.PRIVATE:
            return
        place = enclosures.shared(message)
        if place is not None:
            await self._moved(Said(bot=bot, user=user, text="", receipt="", message=message), place)
        if not message.text:
            return
        known = await self._people.of_words(bot, user)
        if known is not None:
            texts = await self._talk.texts(known, user)
            said = texts.say("A changed message changes nothing here. Reply to the card with what is right.")
            self._answers.say(bot, user.id, said, reply_to=message.message_id)

    async def _moved(self, said: Said, place: Shared) -> None:
        try:
            await self._talk.shares(said, place)
        except DispatchError as error:
            _log.warning("a place was not kept (%s)", error.key)

    async def _in_private(self, bot: Bot, user: User, message: Message, receipt: str) -> None:
        said = Said(
            bot=bot,
            user=user,
            text=message.text or message.caption or enclosures.place_name(message),
            receipt=receipt,
            message=message,
            phone=_own_number(message),
            about=await self._subjects.job(bot, message),
            place=enclosures.place(message),
        )
        texts = self._talk.tongue(user)
        if message.contact is not None and not said.phone:
            self._talk.tell(said, texts.say("Please share your own number, by the button below."))
        elif (start := _START.fullmatch(said.text)) is not None:
            await self._started(said, start.group(1) or "")
        elif (live := enclosures.shared(message)) is not None and await self._talk.shares(said, live):
            return
        elif said.text or said.phone or said.place is not None:
            await self._answer(said)
        elif enclosures.picture(message) is not None:
            await self._pictured(said)
        elif message.media_group_id is None:  # an album is many messages, and its caption was answered
            can = texts.say("I can only read words, photos and places. Please write where and what.")
            self._talk.tell(said, can)

    async def _answer(self, said: Said) -> None:
        known = await self._known(said)
        if known is None:
            await self._talk.meet(said)
            if enclosures.picture(said.message) is not None:
                self._talk.tell(said, self._talk.tongue(said.user).say("The picture was not kept."))
            return
        if said.about is None and said.place is None:
            aimed = await self._talk.aimed(said, known)
            if aimed is None:
                if enclosures.picture(said.message) is not None:
                    self._talk.tell(said, self._talk.tongue(said.user).say("The picture was not kept."))
                return
            said, known = aimed
        if said.place is not None and said.about is None and said.message is not None:
            said = replace(said, about=await self._subjects.posted(known.address, said.message))
        reply = await self._talk.act(said, known)
        await self._fetching.take(said, known, reply)

    async def _pictured(self, said: Said) -> None:
        """A picture without words: it belongs to what it replies to, or to the rest of its album."""
        known = await self._known(said)
        if known is not None:
            await self._fetching.take(said, known)
            return
        unknown = self._talk.tongue(said.user).say(
            "I do not know you yet, so the picture was not kept. Write to me: /join, your name and your "
            "building."
        )
        self._talk.tell(said, unknown)

    async def _known(self, said: Said) -> Known | None:
        bot, user, about = said.bot, said.user, said.about
        return await (
            self._people.of_words(bot, user) if about is None else self._people.of_job(bot, user, about)
        )

    async def _started(self, said: Said, parameter: str) -> None:
        """Start was pressed: from now on this chat can be written to. A parameter is a card to look at, or
        an invitation."""
        if parameter == START_HERE:
            said, parameter = replace(said, text="/start"), ""
        found = await self._people.heard(said.bot, said.user.id)
        if any([await self._people.posts(address) for address in found]):
            self._answers.beside.begin(menu.publish_desk(said.bot, self._catalogs, said.user.id))
        if found and (job := _JOB.fullmatch(parameter)) is not None:
            await self._talk.show(said, int(job.group(1)))
        elif parameter or not found:
            await self._talk.meet(said)
        else:
            await self._answer(said)


def _own_number(message: Message) -> str:
    """The number in a shared contact, if it is the sender's own: another's is not theirs to give."""
    contact, user = message.contact, message.from_user
    if contact is None or user is None or contact.user_id != user.id:
        return ""
    return contact.phone_number
