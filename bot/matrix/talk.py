"""Words from somebody to the handlers, and the reply back to them, always where they alone can read it.

Understands none of the words, and decides nothing about who may say them.
"""

from dataclasses import dataclass, replace

from bot import wording
from bot.matrix import enclosures
from bot.matrix.answers import LIMIT, Answers
from bot.matrix.choices import Choices
from bot.matrix.events import Event
from bot.matrix.gateway import MatrixGateway
from bot.matrix.members import Members
from bot.matrix.people import PLATFORM, People
from bot.matrix.rooms import NAME
from dispatch.geography import Point
from dispatch.people import Address
from dispatch.ports import Store
from dispatch.verbs import Verb
from handlers.messages import Card, Incoming, Reply, Stranger
from handlers.router import Router
from handlers.texts import Catalogs, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words, and where they come from. `private`: nobody else reads along there."""

    event: Event
    text: str
    private: bool
    about: int | None = None
    place: Point | None = None
    verb: Verb | None = None
    choice: str = ""
    meant: str = ""
    """The nonce of an earlier message whose words these are."""

    @property
    def message(self) -> str:
        """The message that they are, for an answer to reply to; empty where nothing was written."""
        return self.event.event_id if self.event.event_id.startswith("$") else ""

    @property
    def user_id(self) -> str:
        """Whose words they are."""
        return self.event.sender


def nonce(event_id: str) -> str:
    """The same for the same message, however often it arrives."""
    return f"matrix:{event_id}"


class Talk:
    """Has words handled, and says what comes of it."""

    def __init__(
        self,
        router: Router,
        people: People,
        members: Members,
        store: Store,
        gateway: MatrixGateway,
        answers: Answers,
        catalogs: Catalogs,
    ) -> None:
        self._router = router
        self._people = people
        self._members = members
        self._store = store
        self._gateway = gateway
        self._answers = answers
        self._catalogs = catalogs
        self._choices = Choices()

    async def act(self, said: Said, address: Address) -> Reply:
        """Have words of somebody we know handled; the reply to them is on its way."""
        reply = await self._router.handle(
            Incoming(
                address=address,
                text=said.text,
                verb=said.verb,
                job_id=None if said.verb is None else said.about,
                choice=said.choice,
                nonce=said.meant or nonce(said.event.event_id),
                receipt=said.event.receipt,
                about=None if said.verb is not None else said.about,
                place=said.place,
            )
        )
        await self._begin(said, reply, await self.texts(address), address)
        return reply

    async def aimed(self, said: Said, address: Address) -> tuple[Said, Address] | None:
        """Words of somebody of several committees, with the address that they come from; None where they are
        asked which one is meant."""
        words = self._choices.chosen(said.event.room_id, said.text)
        addresses = await self._people.heard(said.user_id)
        if len(addresses) < 2:
            return replace(said, text=words), address
        found = await self._router.several.aim(addresses, words, nonce(said.event.event_id))
        if found.asks is not None:
            await self._begin(said, found.asks, await self.texts(address), None)
            return None
        return replace(said, text=found.text, meant=found.nonce), found.address

    async def meet(self, said: Said) -> None:
        """Have words of somebody handled who is to be let in: the handlers know how."""
        stranger = await self._stranger(said.user_id)
        words = self._choices.chosen(said.event.room_id, said.text)
        reply = await self._router.meet(stranger, words, "", said.event.receipt)
        known = await self._people.of_words(said.user_id)  # an invitation lets them in at once
        texts = self._catalogs.texts(stranger.language) if known is None else await self.texts(known)
        await self._begin(said, reply, texts, known)

    async def tells(self, user_id: str) -> bool:
        """Somebody who is nobody of a committee is told here what was done for whom they care."""
        return await self._router.families.knows(await self._stranger(user_id))

    async def _stranger(self, user_id: str) -> Stranger:
        return Stranger(
            platform=PLATFORM,
            value=user_id,
            name=await self._members.name(user_id),
            language=await self._people.first_language(),
            shares_contact=False,
        )

    async def card(self, address: Address, job_id: int) -> Card:
        """A job's card as it is now, for whoever has the address. Raises what the router raises."""
        return await self._router.card(address, job_id)

    def tell(self, said: Said, text: str) -> None:
        """Say something back, at once, in the same room."""
        self._answers.say(said.event.room_id, text, said.event.receipt, reply_to=said.message)

    async def aside(self, address: Address, text: str, name: str) -> None:
        """Say something where the person alone reads it; nowhere else, whatever was not said then."""
        room = await self._gateway.alone(address)
        if room is not None:
            await self._answers.write(room, text, name)

    async def answer(self, address: Address, room: str, text: str, name: str, *, below: str) -> None:
        """Say something below a message of theirs, in the room in which they alone read; aside where others
        read along there by now."""
        if await self._gateway.shared(room, address.value):
            await self.aside(address, text, name)
        else:
            self._answers.say(room, text, name, reply_to=below)

    async def texts(self, address: Address | None) -> Texts:
        """In the person's language, or the room's; of somebody unknown in the first committee's."""
        language = await self._people.language(address) or await self._people.first_language()
        return self._catalogs.texts(language)

    async def _begin(self, said: Said, reply: Reply, texts: Texts, address: Address | None) -> None:
        """Send the reply on its way. Others may have been let in while the words were handled, and no news
        are read meanwhile: so the room is asked for once more. Not beside the rest: what else is said to
        these words follows the reply."""
        if said.private and await self._gateway.shared(said.event.room_id, said.user_id):
            said = replace(said, private=False)
        self._answers.beside.begin(self._reply(said, reply, texts, address))

    async def _reply(self, said: Said, reply: Reply, texts: Texts, address: Address | None) -> None:
        """The job's own card is the outbox's to send; only cards that were asked for are shown here."""
        room = await self._where(said, address)
        if room is None:
            self.tell(said, texts.say("I answer in private, and have no private room with you: write to me."))
            return
        choices = self._choices.offer(room, reply.buttons or reply.offers, texts)
        elsewhere = await self._elsewhere(said, room, reply, texts)
        unread = ""
        if enclosures.unread(said.event):
            unread = texts.say("Only your words were read; nothing else was kept.")
        parts = (texts.sentences(reply.text, unread), reply.offered, choices, elsewhere)
        text = "\n".join(part for part in parts if part)
        receipt, answers = said.event.receipt, said.message if said.private else ""
        for number, part in enumerate(wording.parts(text, LIMIT) if text else ()):
            await self._answers.write(
                room, part, f"{receipt}:{number}" if number else receipt, reply_to="" if number else answers
            )
        if address is not None:
            await self._show(address, reply)

    async def _elsewhere(self, said: Said, room: str, reply: Reply, texts: Texts) -> str:
        """Where the cards are, for somebody who has more than one room with us: they stay in the first."""
        kept = await self._store.matrix_room(said.user_id) if reply.cards else None
        if kept in (None, room):
            return ""
        return texts.say("The cards are in our other room, {room}.", room=NAME)

    async def _show(self, address: Address, reply: Reply) -> None:
        for card in reply.cards:
            await self._gateway.show(address, card)
        if reply.picture is not None:
            await self._gateway.bring(address, reply.picture)

    async def _where(self, said: Said, address: Address | None) -> str | None:
        """The room in which somebody alone reads; opened where there is none yet."""
        if said.private:
            return said.event.room_id
        return None if address is None else await self._gateway.alone(address)
