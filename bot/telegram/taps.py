"""Taps on a card's buttons: a verb for the handlers, or a menu that unfolds below the card.

Whoever tapped is the person, in a group too, never the chat. The data of a button can be forged and so
authorises nothing: it names a verb and a job, and the access table decides.
"""

import asyncio
import logging
from dataclasses import dataclass

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from bot.telegram import unfolding
from bot.telegram.answers import Answers, popup
from bot.telegram.callbacks import Menu, Tap, unpack
from bot.telegram.carrying import PLATFORM
from bot.telegram.gateway import TelegramGateway
from bot.telegram.people import Known, People
from bot.telegram.recognising import Recognising
from bot.telegram.talk import START_JOB, Talk
from bot.telegram.words import Words
from dispatch.errors import DispatchError, MalformedError
from dispatch.people import Address
from dispatch.ports import Store
from dispatch.verbs import ADMITTING, RELAYING, Subject, Verb, subject
from handlers import sentences
from handlers.messages import Card, Incoming, MessageRef, Reply
from handlers.router import Router
from handlers.texts import FALLBACK, Catalogs, Texts

_log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 1.5
"""A tap has its answer within two seconds, the way to Telegram included; what takes longer goes on behind."""

_IN_WORDS = frozenset({Verb.CORRECT, Verb.NOTE, Verb.SAY})
"""Verbs that need words: the tap only says where to write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tapped:
    """A tap with everything that was found out about it."""

    bot: Bot
    query: CallbackQuery
    tap: Tap
    known: Known

    @property
    def address(self) -> Address:
        return self.known.address

    @property
    def private(self) -> bool:
        """In the person's own chat with the bot."""
        return _private(self.query)

    @property
    def ref(self) -> MessageRef | None:
        """The message below which the button was."""
        message = self.query.message
        return None if message is None else MessageRef(value=f"{message.chat.id}:{message.message_id}")


class Taps:
    """Answers every tap, truthfully and soon."""

    def __init__(
        self,
        router: Router,
        store: Store,
        people: People,
        talk: Talk,
        words: Words,
        gateway: TelegramGateway,
        answers: Answers,
        catalogs: Catalogs,
    ) -> None:
        self._router = router
        self._store = store
        self._people = people
        self._talk = talk
        self._words = words
        self._gateway = gateway
        self._answers = answers
        self._catalogs = catalogs
        self._recognising = Recognising(router, store, gateway)

    async def answered(self, bot: Bot, query: CallbackQuery, receipt: str) -> AnswerCallbackQuery | None:
        """The answer; None when it took so long that a provisional one was sent already. What was tapped
        is stored when this returns. Never raises a `DispatchError`."""
        reassured = False

        def reassure() -> None:
            nonlocal reassured
            reassured = True
            self._reassure(bot, query)

        late = asyncio.get_running_loop().call_later(ANSWER_WITHIN_S, reassure)
        with self._gateway.rush.tap():
            try:
                answer = await self._truth(bot, query, receipt)
            finally:
                late.cancel()
        return None if reassured else answer

    def _reassure(self, bot: Bot, query: CallbackQuery) -> None:
        """Answer for the time being; what the tap began goes on."""
        texts = self._catalogs.texts(query.from_user.language_code or FALLBACK)
        said = texts.say("This takes longer than usual. The card will show what came of it.")
        self._answers.call(bot, popup(query.id, said, alert=True))

    async def _truth(self, bot: Bot, query: CallbackQuery, receipt: str) -> AnswerCallbackQuery:
        known: Known | None = None
        try:
            tap = unpack(query.data or "")
            if tap.verb is None:
                return await self._said(bot, query, tap, receipt)
            known = await self._people.of_tap(bot, query.from_user, tap)
            if known is None:
                return await self._from_family(bot, query, tap, receipt) or self._unknown(query)
            return await self._do(_Tapped(bot=bot, query=query, tap=tap, known=known), receipt)
        except DispatchError as error:
            _log.warning("a tap was refused (%s), bot %d, receipt %s", error.key, bot.id, receipt)
            return popup(query.id, _refusal(error, await self._texts(known, query)), alert=True)

    async def _texts(self, known: Known | None, query: CallbackQuery) -> Texts:
        """In the language of whoever tapped."""
        return self._catalogs.texts(await self._people.language(known, query.from_user) or FALLBACK)

    async def _do(self, tapped: _Tapped, receipt: str) -> AnswerCallbackQuery:
        tap = tapped.tap
        if tap.menu is not Menu.DO:
            return await self._menu(tapped)
        if tap.verb in _IN_WORDS:
            return await self._words_wanted(tapped)
        reply = await self._router.handle(
            Incoming(
                address=tapped.address,
                verb=tap.verb,
                job_id=tap.job_id,
                version=tap.version,
                choice=tap.choice,
                receipt=receipt,
                wants_card=tapped.private,
            )
        )
        if tapped.private:
            if reply.card is not None:
                self._gateway.tapped(tapped.address, reply.card)
            self._answers.beside.begin(self._redraw(tapped, reply))
        elif subject(tap.verb) is Subject.JOB:
            self._answers.beside.begin(self._recognising.in_room(tapped.query, tap))
        if not tapped.private and _won(tap, reply) and await self._may_be_closed(tapped.known):
            return await self._beckon(tapped, reply)
        return popup(tapped.query.id, reply.text, alert=not reply.ok or _weighty(tap, reply))

    async def _redraw(self, tapped: _Tapped, reply: Reply) -> None:
        """The tapper sees the new state at once; the outbox brings it to everybody, them included. A message
        that we did not know of (its sending was never confirmed) is the card from now on."""
        ref, message, tap = tapped.ref, tapped.query.message, tapped.tap
        if ref is None or message is None:
            return
        await self._gateway.rush.over()
        unknown = (
            subject(tap.verb) is Subject.JOB and tap.verb is not Verb.THANK
        )  # that stands below others, too
        if unknown and await self._store.job_of_ref(PLATFORM, ref.value) is None:
            await self._gateway.adopt(tapped.address, tap.job_id, message.chat.id, message.message_id)
        unfolded = unfolding.stands_below(message)
        if reply.card is not None:
            await self._gateway.refresh(tapped.address, reply.card, ref, unfolded=unfolded)
        elif unfolded:
            await self._gateway.refresh(tapped.address, await self._card(tapped), ref, unfolded=True)

    async def _menu(self, tapped: _Tapped) -> AnswerCallbackQuery:
        """Unfold or fold the buttons below the card; the job is not touched.

        Only in private: a list of people does not belong into a group."""
        message, tap = tapped.query.message, tapped.tap
        if not tapped.private or message is None:
            raise MalformedError
        markup, hint = unfolding.menu(await self._card(tapped), tap)
        self._answers.mark(tapped.bot, message.chat.id, message.message_id, markup)
        return popup(tapped.query.id, hint)

    async def _said(self, bot: Bot, query: CallbackQuery, tap: Tap, receipt: str) -> AnswerCallbackQuery:
        """A button that stands for words; they are answered in the chat. Also of those who are not in yet."""
        if not _private(query) or tap.menu is not Menu.DO or not tap.choice:
            raise MalformedError
        await self._words.chosen(bot, query.from_user, tap.choice, receipt)
        return popup(query.id)

    async def _words_wanted(self, tapped: _Tapped) -> AnswerCallbackQuery:
        """Tell how to say it. Nothing is remembered: the reply itself names the card."""
        hint = unfolding.offered(await self._card(tapped), tapped.tap.verb).hint
        texts = await self._texts(tapped.known, tapped.query)
        how = {
            Verb.NOTE: texts.say("Reply to this card and begin with the word note."),
            Verb.SAY: texts.say("Reply to this card and begin with the word say."),
        }.get(tapped.tap.verb or Verb.CORRECT, texts.say("Reply to this card with what is right."))
        return popup(tapped.query.id, texts.sentences(how, hint), alert=True)

    async def _may_be_closed(self, known: Known) -> bool:
        """Whether the winner's private card may not arrive: their chat was given up, or nothing of ours ever
        came there, as with somebody who never pressed Start. One who did but was never asked is led there."""
        return known.returned or not await self._store.has_card(known.address)

    async def _beckon(self, tapped: _Tapped, reply: Reply) -> AnswerCallbackQuery:
        """A winner in a group who never pressed Start: their private chat is one tap away.

        A message for their eyes alone where the group allows it, else the answer itself leads there."""
        query, texts = tapped.query, await self._texts(tapped.known, tapped.query)
        door = self._talk.door(tapped.bot, texts, f"{START_JOB}{tapped.tap.job_id}")
        if door is None:
            return popup(query.id, reply.text, alert=True)
        there = texts.say("Press Start in our private chat: door and phone are there.")
        text = texts.sentences(reply.text, there)
        if await self._answers.whisper(tapped.bot, query, text, door):
            return popup(query.id, text, alert=True)
        return AnswerCallbackQuery(callback_query_id=query.id, url=door.inline_keyboard[0][0].url)

    async def _card(self, tapped: _Tapped) -> Card:
        """As it is now, for whoever tapped. Raises `DispatchError`."""
        tap = tapped.tap
        if tap.verb in ADMITTING:
            return await self._router.application_card(tapped.address, tap.job_id)
        if tap.verb in RELAYING:
            return await self._router.relay_card(tapped.address, tap.job_id)
        return await self._router.card(tapped.address, tap.job_id)

    async def _from_family(
        self, bot: Bot, query: CallbackQuery, tap: Tap, receipt: str
    ) -> AnswerCallbackQuery | None:
        """Somebody who is nobody of a committee gives thanks for what they were told."""
        if tap.verb is not Verb.THANK or not _private(query):
            return None
        stranger = self._people.stranger(bot, query.from_user)
        reply = await self._router.families.thanked(stranger, tap.job_id, receipt)
        return None if reply is None else popup(query.id, reply.text, alert=True)

    def _unknown(self, query: CallbackQuery) -> AnswerCallbackQuery:
        texts = self._catalogs.texts(query.from_user.language_code or FALLBACK)
        _log.warning("a tap by account %d, which is nobody's, was refused", query.from_user.id)
        said = texts.say(
            "I do not know you yet, and nothing was changed. Write to me in private: /join, your name and "
            "your building."
        )
        return popup(query.id, said, alert=True)


def _refusal(error: DispatchError, texts: Texts) -> str:
    """Here there is no page that could be loaded again."""
    if isinstance(error, MalformedError):
        return texts.say("This button is out of date. Write /jobs to see how things stand.")
    return sentences.refusal(error, texts)


def _private(query: CallbackQuery) -> bool:
    return query.message is not None and query.message.chat.type == ChatType.PRIVATE


def _won(tap: Tap, reply: Reply) -> bool:
    return tap.verb is Verb.CLAIM and reply.holds


def _weighty(tap: Tap, reply: Reply) -> bool:
    """Losing is not to be overlooked, nor what to do in danger."""
    return (tap.verb is Verb.CLAIM and not _won(tap, reply)) or tap.verb is Verb.HELP
