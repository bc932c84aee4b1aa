"""Commands in groups, and pictures and places that reply to a card there: only what is addressed to us, and
only from people whom we know.

Nothing private is ever written into a group; what is, is short and rare, for a group's twenty messages a
minute are for jobs.
"""

import logging
import re
from collections import OrderedDict
from dataclasses import replace

from aiogram import Bot
from aiogram.types import Message, User

from bot.telegram import enclosures
from bot.telegram.answers import Answers
from bot.telegram.bots import Bots
from bot.telegram.fetching import Fetching
from bot.telegram.people import People
from bot.telegram.subjects import Subjects
from bot.telegram.talk import START_HERE, Said, Talk
from dispatch.moments import MINUTE, Micros
from dispatch.ports import Clock
from handlers.texts import FALLBACK, Catalogs

_log = logging.getLogger(__name__)

QUIET: Micros = 10 * MINUTE
"""Until the same person is answered in a group again."""

REMEMBERED = 1_000
"""Those who were answered lately; one that falls out is merely answered once more."""

NOBODY = 0
"""Stands for whoever writes without a face; no account has this number."""

_COMMAND = re.compile(r"/\w+(?:@(\w+))?(?=\s|$)")


class Groups:
    """Listens in groups."""

    def __init__(
        self,
        talk: Talk,
        people: People,
        bots: Bots,
        subjects: Subjects,
        fetching: Fetching,
        answers: Answers,
        catalogs: Catalogs,
        clock: Clock,
    ) -> None:
        self._talk = talk
        self._subjects = subjects
        self._fetching = fetching
        self._people = people
        self._bots = bots
        self._answers = answers
        self._catalogs = catalogs
        self._clock = clock
        self._answered: OrderedDict[tuple[int, int], Micros] = OrderedDict()

    async def heard(self, bot: Bot, user: User, message: Message, receipt: str) -> None:
        """Do what a command asks for, or keep a picture or place that replies to a card, and answer in
        private. All else in a group is not ours to read."""
        said = await self._meant_for_us(bot, user, message, receipt)
        if said is None:
            return
        known = await self._people.of_room(bot, user, message.chat)
        if known is None and said.about is None and not said.text:
            return  # a part of somebody's album
        if known is None:
            _log.warning("a command by account %d, which is nobody's here, was refused", user.id)
            texts = self._talk.tongue(user)
            refused = texts.say("I do not know you yet. Please write to me in private: /join")
            self._answer(bot, message, user.id, refused)
            return
        texts = await self._talk.texts(known, user)
        closed = texts.say("I answer in private. Please press Start there first.")
        reply = None
        if said.text or said.place is not None:
            reply = await self._talk.act(
                said, known, otherwise=lambda: self._answer(bot, message, user.id, closed)
            )
        await self._fetching.take(said, known, reply)

    async def _meant_for_us(self, bot: Bot, user: User, message: Message, receipt: str) -> Said | None:
        """A command; or a picture or place below one of our cards; or part of an album, which may turn out to
        be one whose words are a command."""
        said = Said(bot=bot, user=user, text=message.text or message.caption or "", receipt=receipt)
        said = replace(said, message=message, place=enclosures.place(message))
        if self._addressed(bot, said.text):
            return said
        pictured = enclosures.picture(message) is not None
        if not pictured and said.place is None:
            return None
        about = await self._subjects.job(bot, message)
        if about is not None:
            return replace(said, about=about)
        return replace(said, text="") if pictured and message.media_group_id is not None else None

    def faceless(self, bot: Bot, message: Message) -> None:
        """A channel, an anonymous administrator, another bot: nobody who could be asked who they are."""
        if self._addressed(bot, message.text or message.caption or ""):
            _log.warning("a command without a person behind it was refused, bot %d", bot.id)
            said = self._catalogs.texts(FALLBACK).say("Please write as yourself, not as the group.")
            self._answer(bot, message, NOBODY, said)

    def _addressed(self, bot: Bot, text: str) -> bool:
        """A command, and not one that names another bot."""
        found = _COMMAND.match(text)
        if found is None:
            return False
        name = found.group(1)
        return name is None or name.lower() == (self._bots.username(bot) or "").lower()

    def _answer(self, bot: Bot, message: Message, user: int, text: str) -> None:
        """One short answer below the command, with the way to the private chat; then silence for a while."""
        if not self._in_turn(message.chat.id, user):
            return
        language = None if message.from_user is None else message.from_user.language_code
        self._answers.say(
            bot,
            message.chat.id,
            text,
            self._talk.door(bot, self._catalogs.texts(language or FALLBACK), START_HERE),
            reply_to=message.message_id,
            topic=message.message_thread_id if message.is_topic_message else None,
        )

    def _in_turn(self, chat: int, user: int) -> bool:
        now, last = self._clock.now(), self._answered.get((chat, user))
        if last is not None and now - last < QUIET:
            return False
        self._answered[chat, user] = now
        self._answered.move_to_end((chat, user))
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return True
