"""What people write: who says what, about which card, and whether it is said to us at all.

In a private room everything is; in a room of many only commands are (bare ones where a job's number follows),
and replies to a card that are one. It opens the envelope, and understands of the words only what stands for a
tap (`replies`).
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.matrix import enclosures, replies
from bot.matrix.answers import Answers
from bot.matrix.batch import Work
from bot.matrix.cards import Cards
from bot.matrix.events import REPLACE, THREAD, Event, word
from bot.matrix.fetching import Fetching
from bot.matrix.members import Members
from bot.matrix.patience import TROUBLE
from bot.matrix.people import People
from bot.matrix.talk import Said, Talk
from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.geography import Point
from dispatch.moments import MINUTE, Micros
from dispatch.people import Address
from dispatch.ports import Clock, Store, Trace
from dispatch.verbs import Subject
from handlers import commands, sentences
from handlers.messages import Reply

_log = logging.getLogger(__name__)

QUIET: Micros = 10 * MINUTE
"""Until the same person is told again in a room of many that we do not know them, or cannot read them."""

REMEMBERED = 1_000
"""Those who were told lately; one that falls out is merely told once more."""

LOOKS, LOOK_AGAIN_S = 3, 0.5
"""Tries to learn who is in a room; then it counts as a room of many, where nothing private is said."""

_TEXT, _PLACE = "m.text", "m.location"
_PASSED_OVER = frozenset({"", "m.notice", "m.emote", "m.key.verification.request", "m.bad.encrypted"})
"""What other programs say, what people do, and what clients say to each other."""

_GEO = re.compile(r"geo:(-?\d{1,3}(?:\.\d{1,10})?),(-?\d{1,3}(?:\.\d{1,10})?)(?:[,;].*)?", re.IGNORECASE)
_COMMAND = re.compile(r"\s*[!！/]")


class Words:
    """Listens."""

    def __init__(
        self,
        store: Store,
        people: People,
        members: Members,
        cards: Cards,
        talk: Talk,
        fetching: Fetching,
        answers: Answers,
        clock: Clock,
    ) -> None:
        self._store = store
        self._people = people
        self._members = members
        self._cards = cards
        self._talk = talk
        self._fetching = fetching
        self._answers = answers
        self._clock = clock
        self._told: OrderedDict[tuple[str, str, str], Micros] = OrderedDict()

    async def read(self, event: Event) -> Work | None:
        """What a message asks for; None for what is said by no person, or to nobody."""
        kind = word(event.content.get("msgtype"))
        if kind in _PASSED_OVER:
            return None
        if event.relation.kind == REPLACE:
            return partial(self._edited, event)
        return partial(self._heard, event, kind)

    async def unreadable(self, event: Event) -> None:
        """A message could not be decrypted: whoever wrote it is told, once for a while; of one in a
        committee's room in private, for it may have been a command. Elsewhere it was hardly meant for us."""
        if rooms := await self._people.rooms(event.room_id):
            await self._unreadable_in_room(event, rooms)
        elif await self._private(event) and self._in_turn(event, "unreadable"):
            texts = await self._talk.texts(await self._people.of_words(event.sender))
            said = texts.say("I could not decrypt that, so nothing was done. Please write it once more.")
            self._answers.say(event.room_id, said, event.receipt, reply_to=event.event_id)

    async def _unreadable_in_room(self, event: Event, rooms: Sequence[Address]) -> None:
        address = await self._people.of_room(event.sender, rooms)
        if address is None or not self._in_turn(event, "unreadable"):
            return
        texts = await self._talk.texts(address)
        said = texts.say(
            "I could not decrypt what you wrote in the group. If it was for me: nothing was done, please "
            "write it once more, there or here."
        )
        self._answers.beside.begin(self._talk.aside(address, said, event.receipt))

    async def _heard(self, event: Event, kind: str) -> None:
        private = await self._private(event)
        card = await self._about(event)
        said = Said(
            event=event,
            text=event.text if kind == _TEXT else enclosures.caption(event),
            private=private,
            about=None if card is None or card.subject is not Subject.JOB else card.number,
            place=_place(event) if kind == _PLACE else None,
        )
        try:
            if not private:
                await self._in_room(said)
            elif said.text.strip() or said.place is not None:
                await self._in_private(said)
            elif enclosures.picture(event) is not None:
                await self._pictured(said)
            else:
                await self._only_words(said)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            _log.warning("a message was refused (%s), receipt %s", error.key, event.receipt)
            texts = await self._talk.texts(await self._people.of_words(event.sender))
            self._talk.tell(said, sentences.refusal(error, texts))

    async def _in_private(self, said: Said) -> None:
        address = await self._known(said)
        if address is None:
            await self._talk.meet(said)
            if await self._talk.tells(said.user_id):
                await self._settled(said)
            if enclosures.picture(said.event) is not None:
                texts = await self._talk.texts(None)
                self._below(said, texts.say("The picture was not kept."))
            return
        await self._settled(said)
        if said.about is None and said.place is None:
            aimed = await self._talk.aimed(said, address)
            if aimed is None:
                if enclosures.picture(said.event) is not None:
                    texts = await self._talk.texts(address)
                    self._below(said, texts.say("The picture was not kept."))
                return
            said, address = aimed
        await self._fetching.take(said, address, await self._act(said, address))

    async def _pictured(self, said: Said) -> None:
        """A picture without words: it belongs to what it replies to, or to the job posted just before."""
        address = await self._known(said)
        if address is not None:
            await self._settled(said)
            await self._fetching.take(said, address)
            return
        unknown = (await self._talk.texts(None)).say(
            "I do not know you yet, so the picture was not kept. Write to me: /join, your name and your "
            "building."
        )
        self._talk.tell(said, unknown)

    async def _settled(self, said: Said) -> None:
        """Where somebody writes from now on they are written to, unless they have a room with us already."""
        kept = await self._store.matrix_room(said.user_id)
        if kept is None or (
            kept != said.event.room_id and not await self._members.inside(kept, said.user_id)
        ):
            await self._store.keep_matrix_room(said.user_id, said.event.room_id)

    async def _act(self, said: Said, address: Address) -> Reply | None:
        """A reply to a card may stand for a tap; all else is the handlers'. None where something is asked."""
        if said.about is not None and said.text:
            card, texts = await self._talk.card(address, said.about), await self._talk.texts(address)
            meant = replies.read(said.text, card, texts)
            if meant is not None and meant.asks:
                self._talk.tell(said, meant.asks)
                return None
            if meant is not None:
                said = replace(said, verb=meant.verb, choice=meant.choice, text=meant.text)
        return await self._talk.act(said, address)

    async def _in_room(self, said: Said) -> None:
        """Only commands, and commands and pictures that reply to a card; the answer is private."""
        shown = _COMMAND.match(said.text) is not None
        meant = shown or said.about is not None
        typed = commands.read(said.text, about=said.about) if meant else commands.among_others(said.text)
        pictured = enclosures.picture(said.event) is not None and said.about is not None
        rooms = await self._people.rooms(said.event.room_id)
        if typed is None and not pictured:
            if not rooms:
                await self._no_chat(said)
            return
        address = await self._people.of_room(said.user_id, rooms) if rooms else await self._known(said)
        if address is None:
            _log.warning("a command by an account that is nobody's here was refused (%s)", said.event.receipt)
            await self._unknown(said, rooms)
            return
        reply = None if typed is None else await self._talk.act(said, address)
        await self._fetching.take(said, address, reply)

    async def _no_chat(self, said: Said) -> None:
        """Free words where nobody else has come, and the room was not meant for two: a client may have made
        it so that calls a group what its user took for a chat. They are told where they are read."""
        address = await self._known(said)
        if (
            address is None
            or not await self._members.two(said.event.room_id, said.user_id)
            or not self._in_turn(said.event, "no chat")
        ):
            return
        texts = await self._talk.texts(address)
        text = texts.say(
            "That room counts as a group, for it was not opened as a direct chat with me alone: only "
            "commands are heard there. What you write here is read."
        )
        self._answers.beside.begin(self._talk.aside(address, text, f"{said.event.receipt}:no chat"))

    async def _unknown(self, said: Said, rooms: Sequence[Address]) -> None:
        if self._in_turn(said.event, "unknown"):
            texts = await self._talk.texts(rooms[0] if rooms else None)
            self._talk.tell(said, texts.say("I do not know you yet. Please write to me in private: /join"))

    async def _edited(self, event: Event) -> None:
        """Changing a message changes no job; whoever does it in private is told so. Changing another's is a
        forgery that no client shows."""
        if not await self._private(event) or not self._in_turn(event, "edited"):
            return
        address = await self._people.of_words(event.sender)
        if address is not None:
            texts = await self._talk.texts(address)
            said = texts.say("A changed message changes nothing here. Reply to the card with what is right.")
            self._answers.say(event.room_id, said, event.receipt)

    async def _only_words(self, said: Said) -> None:
        if self._in_turn(said.event, "only words"):
            texts = await self._talk.texts(await self._people.of_words(said.user_id))
            can = texts.say("I can only read words, photos and places. Please write where and what.")
            self._talk.tell(said, can)

    def _below(self, said: Said, text: str) -> None:
        """Say something more about a message that is answered already."""
        name = f"{said.event.receipt}:picture"
        self._answers.say(said.event.room_id, text, name, reply_to=said.message)

    async def _known(self, said: Said) -> Address | None:
        if said.about is None:
            return await self._people.of_words(said.user_id)
        return await self._people.of_job(said.user_id, said.about)

    async def _about(self, event: Event) -> Trace | None:
        """The card that is replied to, or in whose thread something is written."""
        relation = event.relation
        root = relation.event_id if relation.kind == THREAD else ""
        for target in (relation.answers, root):
            if target and (card := await self._cards.card(event.room_id, target)) is not None:
                return card
        return None

    async def _private(self, event: Event) -> bool:
        """Nobody else reads along, or may soon. While that cannot be learnt it is not so."""
        if await self._people.rooms(event.room_id):
            return False
        for _ in range(LOOKS):
            try:
                return await self._members.private(event.room_id, event.sender)
            except TROUBLE as error:
                _log.info("who is in room %s is not known (%s)", event.room_id, type(error).__name__)
                await asyncio.sleep(LOOK_AGAIN_S)
        return False

    def _in_turn(self, event: Event, what: str) -> bool:
        key, now = (event.room_id, event.sender, what), self._clock.now()
        last = self._told.get(key)
        if last is not None and now - last < QUIET:
            return False
        self._told[key] = now
        self._told.move_to_end(key)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True


def _place(event: Event) -> Point | None:
    """Where it is: Matrix's places are WGS-84. Whether there is such a place is for the handlers to say."""
    found = event.content.get("geo_uri")
    match = _GEO.fullmatch(found) if isinstance(found, str) else None
    return None if match is None else Point(lat=float(match[1]), lon=float(match[2]))
