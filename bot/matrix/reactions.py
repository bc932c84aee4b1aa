"""Taps: a reaction below a card is a verb, and taking it back undoes what was not begun.

Whoever reacted is the person. What a reaction means follows from the card that it is below, and which version
of it was seen from the order of the room. Whether it may be done is decided by the rules alone.
"""

import logging
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from bot.matrix import keys
from bot.matrix.answers import Answers
from bot.matrix.batch import Work
from bot.matrix.cards import Cards
from bot.matrix.events import ANNOTATION, Event
from bot.matrix.gateway import MatrixGateway
from bot.matrix.members import Members
from bot.matrix.outcomes import Outcome
from bot.matrix.pacing import Rank
from bot.matrix.people import PLATFORM, People
from bot.matrix.talk import Talk
from bot.matrix.threads import Threads
from dispatch.errors import DispatchError
from dispatch.people import Address, Audience
from dispatch.ports import Store, Trace
from dispatch.verbs import RELAYING, Verb, subject
from handlers.messages import Asks, Card, Incoming, Reply, Stranger, Tone
from handlers.router import Router

_log = logging.getLogger(__name__)

_SAID = frozenset({Verb.HELP, Verb.APPROVE, Verb.DECLINE, Verb.THANK, *RELAYING})
"""Verbs whose outcome is put into words even where the card shows it: what to do in danger, what was decided
about somebody, whom thanks reach, and whose the duty is."""


class Reactions:
    """Does what reactions ask for."""

    def __init__(
        self,
        router: Router,
        store: Store,
        people: People,
        members: Members,
        cards: Cards,
        gateway: MatrixGateway,
        answers: Answers,
        talk: Talk,
    ) -> None:
        self._router = router
        self._store = store
        self._people = people
        self._members = members
        self._cards = cards
        self._gateway = gateway
        self._answers = answers
        self._threads = Threads(answers)
        self._talk = talk

    async def read(self, event: Event) -> Work | None:
        """What a reaction asks for, by what its card showed up to here; None for one that is no tap."""
        relation = event.relation
        meant = keys.verbs(relation.key) if relation.kind == ANNOTATION else frozenset()
        card = await self._cards.card(event.room_id, relation.event_id) if meant else None
        if card is None:
            return None
        verb = next((each for each in meant if subject(each) is card.subject), None)
        return None if verb is None else partial(self._tapped, event, card, verb)

    async def undone(self, event: Event) -> None:
        """Give back what the reaction took that was taken back, unless it was begun."""
        took = await self._cards.taken(event)
        address = None if took is None else await self._people.of_job(event.sender, took.number)
        if took is None or address is None:
            return
        card = await self._router.card(address, took.number)
        reply = await self._router.handle(
            Incoming(
                address=address,
                verb=Verb.RELEASE if card.tone is Tone.MINE else Verb.REFUSE,
                job_id=took.number,
                version=took.version,
                receipt=event.receipt,
                taken_back=True,
            )
        )
        if reply.ok and card.tone is Tone.MINE:
            await self._aside(event, reply.text)

    async def _tapped(self, event: Event, card: Trace, verb: Verb) -> None:
        rooms = await self._people.rooms(event.room_id)
        address = await self._people.of_card(event.sender, card)
        if verb is Verb.ACKNOWLEDGE and any(each.audience is Audience.VOLUNTEERS for each in rooms):
            return  # people nod to each other below a card there; a leader answers on their own
        if verb in (Verb.FIND, Verb.THANK) and rooms:
            return  # and where many read they number things, and give flowers, for each other
        if address is None and verb is Verb.THANK and await self._from_family(event, card):
            return
        if address is None:
            _log.warning("a tap by an account that is nobody's was refused, receipt %s", event.receipt)
            self._below(event, card, rooms, "strangers")
            return
        if verb is Verb.FIND:
            await self._found(event, card, address)
            return
        reply = await self._router.handle(
            Incoming(
                address=address,
                verb=verb,
                job_id=card.number,
                version=card.version,
                receipt=event.receipt,
            )
        )
        if reply.card is not None and verb is Verb.CLAIM:
            self._cards.took(event, card.number, reply.card.version)
            if reply.ok and not _lost(verb, reply):
                here = [each for each in rooms if each.committee_id == address.committee_id]
                self._answers.beside.begin(self._taken(here, card.number))
        if rooms:
            await self._answer_in_room(event, card, verb, reply, rooms)
        else:
            await self._answer_in_private(event, verb, reply, address)

    async def _from_family(self, event: Event, card: Trace) -> bool:
        """Somebody who is nobody of a committee gives thanks for what they were told."""
        language = await self._people.first_language()
        stranger = Stranger(platform=PLATFORM, value=event.sender, name="", language=language)
        reply = await self._router.families.thanked(stranger, card.number, event.receipt)
        if reply is not None:
            await self._answer(event, reply.text, None)
        return reply is not None

    async def _found(self, event: Event, card: Trace, address: Address) -> None:
        """What was found, which its key says; one that is left of another step says nothing any more."""
        shown = await self._shown(card, address)
        asked = None if shown is None else keys.meant(event.relation.key, shown)
        reply = await self._router.handle(
            Incoming(
                address=address,
                verb=Verb.FIND,
                job_id=card.number,
                version=card.version,
                choice="" if asked is None else asked.choice,
                receipt=event.receipt,
            )
        )
        if reply.card is not None:
            self._gateway.tapped(address, reply.card)
        said = reply.text
        if asked is None and shown is not None and shown.step:
            texts = await self._talk.texts(address)
            asks = texts.say("Something else is asked by now: {step}", step=shown.step)
            said = "\n".join((*shown.found[-1:], asks))
        if not reply.ok or (asked is not None and asked.asks is Asks.TEXT):
            await self._answer(event, said, address)
        # The next step's numbers look alike: what stayed of this one would be taken for them.
        gone = self._gateway.writer.redact(event.room_id, event.event_id, Rank.ANSWER)
        self._answers.beside.begin(_tried(gone))

    async def _shown(self, card: Trace, address: Address) -> Card | None:
        try:
            return await self._router.card(address, card.number)
        except DispatchError:
            return None  # the tap is refused with its reason

    async def _answer_in_private(self, event: Event, verb: Verb, reply: Reply, address: Address) -> None:
        """The card itself shows what was done; words are for what was not, and for what weighs."""
        if reply.card is not None:
            self._gateway.tapped(address, reply.card)
        if reply.text and (not reply.ok or _lost(verb, reply) or verb in _SAID):
            await self._answer(event, reply.text, address)

    async def _answer_in_room(
        self, event: Event, card: Trace, verb: Verb, reply: Reply, rooms: Sequence[Address]
    ) -> None:
        """A room is told what concerns many, once; what concerns one is said in private."""
        if _lost(verb, reply):
            self._below(event, card, rooms, "lost")
        elif not reply.ok or verb in _SAID:
            told = await self._aside(event, reply.text)
            if not told and verb in (Verb.CLAIM, Verb.REFUSE):
                self._below(event, card, rooms, "refused")

    async def _taken(self, rooms: Sequence[Address], number: int) -> None:
        """A room sees at once that somebody has it: the sooner, the fewer tap for nothing."""
        for room in rooms:
            await self._gateway.refresh(room, await self._router.card(room, number))

    async def _answer(self, event: Event, text: str, address: Address | None) -> None:
        """Say something below the card; where others may read it by now, in a room of theirs again."""
        if await self._members.theirs(event.room_id, event.sender):
            self._answers.say(event.room_id, text, event.receipt, reply_to=event.relation.event_id)
        elif address is None:
            await self._aside(event, text)
        else:
            self._answers.beside.begin(self._talk.aside(address, text, event.receipt))

    async def _aside(self, event: Event, text: str) -> bool:
        """Say something in the person's private room; False where they have none yet."""
        room = await self._store.matrix_room(event.sender)
        if room is None or not await self._members.theirs(room, event.sender):
            return False
        self._answers.say(room, text, event.receipt)
        return True

    def _below(self, event: Event, card: Trace, rooms: Sequence[Address], about: str) -> None:
        if rooms:
            words = partial(self._words, rooms[0], card.number, about)
            self._threads.say(event.room_id, event.relation.event_id, about, words)

    async def _words(self, room: Address, number: int, about: str) -> str:
        """What all whom it concerns are told, as it is then."""
        texts = await self._talk.texts(room)
        if about == "strangers":
            return texts.say(
                "Some who tapped are not known to me yet, and nothing was changed for them. Write to me in "
                "private: /join, your name and your building."
            )
        if about == "refused":
            return texts.say(
                "Not everybody may do that. Write to me in private: /help, or ask the committee's staff."
            )
        card = await self._router.card(room, number)
        waits = texts.say("Whoever tapped later is on the waitlist.")
        return texts.sentences(card.state, "" if card.closed else waits)


async def _tried(done: Coroutine[Any, Any, Outcome | None]) -> None:
    """Done where the room lets us."""
    failed = await done
    if failed is not None:
        _log.debug("a reaction was left where it stood (%s)", failed.verdict)


def _lost(verb: Verb, reply: Reply) -> bool:
    """Wanted a job and has it not; who has it is said to them."""
    return verb is Verb.CLAIM and reply.card is not None and reply.card.tone is not Tone.MINE
