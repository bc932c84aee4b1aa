"""What comes in from Matrix: each event to the part that understands its kind.

What is meant by it stands in `reactions`, `words`, `invites` and `chats`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from bot.matrix import events
from bot.matrix.account import Account
from bot.matrix.answers import Answers
from bot.matrix.batch import Task, Work
from bot.matrix.cards import Cards
from bot.matrix.chats import Chats
from bot.matrix.events import Event, Json
from bot.matrix.fetching import Fetching
from bot.matrix.gateway import MatrixGateway
from bot.matrix.invites import Invites
from bot.matrix.members import Members
from bot.matrix.people import People
from bot.matrix.privacy import JOIN_RULES, VISIBILITY
from bot.matrix.reactions import Reactions
from bot.matrix.rooms import Rooms
from bot.matrix.talk import Talk
from bot.matrix.words import Words
from dispatch.ports import Clock, Store
from handlers.router import Router
from handlers.texts import Catalogs

LEAVE_S = 1.0
"""Seconds for answers that are under way when the program leaves, which has five for everything."""


class Updates:
    """The incoming half of Matrix. `cards` is what it knows of events; who syncs keeps that."""

    def __init__(
        self,
        router: Router,
        store: Store,
        account: Account,
        gateway: MatrixGateway,
        rooms: Rooms,
        catalogs: Catalogs,
        clock: Clock,
    ) -> None:
        self._user_id = account.user_id
        client = account.client
        self.cards = Cards(store, account.user_id)
        self._answers = Answers(gateway.writer)
        self._members = Members(client, rooms.privacy)
        people = People(store)
        talk = Talk(router, people, self._members, store, gateway, self._answers, catalogs)
        self.fetching = Fetching(router, store, gateway.media, talk, self._answers, clock)
        """Beside the events; `run` it as long as they are followed."""
        self._words = Words(
            store, people, self._members, self.cards, talk, self.fetching, self._answers, clock
        )
        self._reactions = Reactions(
            router, store, people, self._members, self.cards, gateway, self._answers, talk
        )
        self._chats = Chats(
            account, store, people, self._members, talk, gateway.clearing, self._answers, clock
        )
        self._changes: Mapping[str, Callable[[Event], Awaitable[None]]] = {
            "m.room.member": self._chats.member,
            JOIN_RULES: self._chats.opened,
            VISIBILITY: self._chats.opened,
            "m.room.power_levels": self._chats.levels,
            "m.room.tombstone": self._chats.moved,
        }
        """What is said of a person (`m.room.member`), and of the room itself."""
        self._invites = Invites(client, store, people, self._members, talk, self._answers, clock)

    @property
    def waiting(self) -> bool:
        """Something that was handed in is not done yet, though its work has ended."""
        return self._invites.waiting

    def seen(self, event: Event) -> None:
        """An event came by in the room's order, whoever's and whether anything is done about it or not."""
        self.cards.seen(event)
        self._members.seen(event)

    async def read(self, event: Event) -> Work | None:
        """What an event asks for, as things stand at its place in the room; None where that is nothing.

        Doing the work twice changes nothing more."""
        match event.kind:
            case "m.reaction":
                return await self._reactions.read(event)
            case "m.room.message":
                return await self._words.read(event)
            case "m.room.redaction" if event.redacts:
                return partial(self._reactions.undone, event)
        change = self._changes.get(event.kind)
        return None if change is None or not _holds(event) else partial(change, event)

    async def take(self, room_id: str, raw: Json) -> None:
        """Do at once what an event asks for, as it came over the wire; one that is none is passed over."""
        event = events.read(room_id, raw)
        if event is None:
            return
        self.seen(event)
        work = None if event.sender == self._user_id else await self.read(event)
        if work is not None:
            await work()

    async def invited(self, room_id: str, states: list[Json]) -> list[Task]:
        """What an invitation asks for."""
        return await self._invites.read(room_id, states)

    async def left(self, room_id: str, found: Sequence[Event]) -> list[Task]:
        """What is to be done about a room that we are not in any more; why is in its last events."""
        tasks = [
            Task(sender=event.sender, at=event.at, work=partial(self._chats.moved, event))
            for event in found
            if event.kind == "m.room.tombstone" and event.state_key == ""
        ]
        return [*tasks, Task(sender=self._user_id, at=0, work=partial(self._chats.put_out, room_id))]

    async def unreadable(self, event: Event) -> None:
        """A message could not be decrypted: whoever wrote it is told."""
        await self._words.unreadable(event)

    async def drain(self) -> None:
        """Wait until every answer that was begun is sent."""
        await self._answers.beside.drain()

    async def leave(self) -> None:
        """The same, for a moment: what is not sent then is lost, and nobody is owed it."""
        await self._answers.beside.leave(LEAVE_S)


def _holds(event: Event) -> bool:
    """It is state, and the one that counts: a room's own has no key, and servers heed no other."""
    return event.state_key is not None if event.kind == "m.room.member" else event.state_key == ""
