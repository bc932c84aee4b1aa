"""Words from somebody to the handlers, and the reply back to them, always in their private chat: a group
can be read by everybody.

Understands none of the words, and decides nothing about who may say them.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyKeyboardRemove, User

from bot import wording
from bot.telegram import enclosures, keyboards, subjects
from bot.telegram.answers import MESSAGE_LIMIT, Answers, Markup
from bot.telegram.bots import Bots
from bot.telegram.gateway import TelegramGateway
from bot.telegram.people import Known, People
from dispatch.geography import Point
from dispatch.people import Address
from dispatch.whereabouts import Shared
from handlers.messages import Incoming, Reply
from handlers.router import Router
from handlers.texts import FALLBACK, Catalogs, Texts

START_JOB = "job"
"""The beginning of a deep link's parameter that leads to a card: `/start job42`."""

START_HERE = "hello"
"""A deep link's parameter that only opens the private chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words, and where they come from. `message` is None for a button that stands for words."""

    bot: Bot
    user: User
    text: str
    receipt: str
    message: Message | None = None
    phone: str = ""
    about: int | None = None
    place: Point | None = None
    meant: str = ""
    """The nonce of an earlier message whose words these are."""

    @property
    def private(self) -> bool:
        """Said in the person's own chat with the bot."""
        return self.message is None or self.message.chat.type == ChatType.PRIVATE

    @property
    def nonce(self) -> str:
        """The same for the same words, however often they arrive."""
        message = self.message
        return self.meant or (self.receipt if message is None else subjects.nonce(message))


class Talk:
    """Has words handled, and says what comes of it."""

    def __init__(
        self,
        router: Router,
        people: People,
        bots: Bots,
        gateway: TelegramGateway,
        answers: Answers,
        catalogs: Catalogs,
    ) -> None:
        self._router = router
        self._people = people
        self._bots = bots
        self._gateway = gateway
        self._answers = answers
        self._catalogs = catalogs

    async def act(self, said: Said, known: Known, *, otherwise: Callable[[], None] | None = None) -> Reply:
        """Have words of somebody we know handled, and say what came of it, which is returned. `otherwise` is
        called if their own chat is closed."""
        incoming = Incoming(
            address=known.address,
            text=said.text,
            nonce=said.nonce,
            receipt=said.receipt,
            about=said.about,
            phone=said.phone,
            place=said.place,
            committee=self._people.committee(said.bot),
        )
        reply = await self._router.handle(incoming)
        self._reply(said, reply, await self.texts(known, said.user), known.address, otherwise)
        return reply

    async def aimed(self, said: Said, known: Known) -> tuple[Said, Known] | None:
        """Words of somebody of several committees, with the address that they come from; None where they are
        asked which one is meant."""
        addresses = await self._people.addresses(said.bot, said.user.id)
        if len(addresses) < 2:
            return said, known
        found = await self._router.several.aim(addresses, said.text, said.nonce)
        if found.asks is not None:
            self._reply(said, found.asks, await self.texts(known, said.user), None, None)
            return None
        return replace(said, text=found.text, meant=found.nonce), replace(known, address=found.address)

    async def meet(self, said: Said) -> None:
        """Have words of somebody handled who is to be let in: the handlers know how."""
        stranger = self._people.stranger(said.bot, said.user)
        reply = await self._router.meet(stranger, said.text, said.phone, said.receipt)
        self._reply(said, reply, self.tongue(said.user), None, None)

    async def shares(self, said: Said, place: Shared) -> bool:
        """Have it handled that somebody says where they are, in every committee that asks them; True where
        one does. An edit is answered where it is the end: phones send one every few seconds."""
        found = await self._people.addresses(said.bot, said.user.id)
        people = [(each, await self._people.person(each)) for each in found]
        asking = [(each, person) for each, person in people if person is not None and person.may_be_asked]
        for address, person in asking:
            reply = await self._router.shares(address, place)
            if place.stopped or said.message is None or said.message.edit_date is None:
                self._reply(said, reply, self._catalogs.texts(person.language), address, None)
        return bool(asking)

    async def show(self, said: Said, job_id: int) -> None:
        """Show the card of a job as it is now. Raises what the router raises."""
        known = await self._people.of_job(said.bot, said.user, job_id)
        if known is not None:
            card = await self._router.card(known.address, job_id)
            self._answers.beside.begin(self._gateway.show(known.address, card))

    def tell(self, said: Said, text: str, markup: Markup | None = None) -> None:
        """Say something in private."""
        if text:
            self._answers.say(said.bot, said.user.id, text, markup)

    async def texts(self, known: Known | None, user: User) -> Texts:
        """In the person's language."""
        return self._catalogs.texts(await self._people.language(known, user) or FALLBACK)

    async def texts_of(self, address: Address) -> Texts:
        """In the language of whoever reads this address."""
        person = await self._people.person(address)
        return self._catalogs.texts(FALLBACK if person is None else person.language)

    def tongue(self, user: User) -> Texts:
        """In what their Telegram speaks."""
        return self._catalogs.texts(user.language_code or FALLBACK)

    def door(self, bot: Bot, texts: Texts, parameter: str) -> InlineKeyboardMarkup | None:
        """A button that leads to the private chat, and there presses Start with this parameter. None while
        the bot's name is not known yet."""
        name = self._bots.username(bot)
        if not name:
            return None
        label, link = texts.say("Open the private chat"), f"https://t.me/{name}?start={parameter}"
        return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=label, url=link)]])

    def _reply(
        self,
        said: Said,
        reply: Reply,
        texts: Texts,
        address: Address | None,
        otherwise: Callable[[], None] | None,
    ) -> None:
        """The job's own card is the outbox's to send; only cards that were asked for are shown here."""
        text = reply.text
        if enclosures.unread(said.message):
            text = texts.sentences(text, texts.say("Only your words were read; nothing else was kept."))
        markup = _markup(said, reply, texts)
        if reply.offers and not reply.ask_contact:
            text = f"{text}\n{reply.offered}"
        if text:
            words = self._words(said, wording.parts(text, MESSAGE_LIMIT), markup, otherwise)
            if reply.offers and reply.ask_contact:
                words = self._offered(said, reply, words)
            self._answers.beside.begin(self._after(words, address, reply))

    async def _words(
        self, said: Said, parts: Sequence[str], markup: Markup | None, otherwise: Callable[[], None] | None
    ) -> None:
        """One message after the other; what can be tapped stands below the last one."""
        for number, part in enumerate(parts, 1):
            below = markup if number == len(parts) else None
            closed = otherwise if number == 1 else None
            await self._answers.write(said.bot, said.user.id, part, below, otherwise=closed)

    async def _offered(self, said: Said, reply: Reply, words: Coroutine[Any, Any, None]) -> None:
        """What may be answered besides, in a message of its own: the other one's keyboard is a contact's."""
        below = keyboards.of_offers(reply)
        await self._answers.write(said.bot, said.user.id, reply.offered, below, otherwise=None)
        await words

    async def _after(self, words: Coroutine[Any, Any, None], address: Address | None, reply: Reply) -> None:
        """The words first, then the cards in their order, or a picture."""
        await words
        if address is None:
            return
        for card in reply.cards:
            await self._gateway.show(address, card)
        if reply.picture is not None:
            await self._gateway.bring(address, reply.picture)


def _markup(said: Said, reply: Reply, texts: Texts) -> Markup | None:
    if reply.buttons:
        return keyboards.of_reply(reply)
    if reply.ask_contact:
        return keyboards.contact(texts)
    if reply.offers:
        return keyboards.of_offers(reply)
    return ReplyKeyboardRemove() if said.phone else None
