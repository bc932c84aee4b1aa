"""What happens to rooms: we are put out or silenced, one moves elsewhere, a private one is opened to others.

It keeps the addresses and the private rooms true, and touches no job.
"""

import logging
from collections.abc import Sequence

from mautrix.errors import MatrixRequestError, MLimitExceeded
from mautrix.types import RoomID

from bot.matrix.account import Account
from bot.matrix.answers import Answers
from bot.matrix.clearing import Clearing
from bot.matrix.contents import ENCRYPTED, MESSAGE
from bot.matrix.events import Event, Json, table, word
from bot.matrix.members import Members
from bot.matrix.patience import TROUBLE
from bot.matrix.people import PLATFORM, People
from bot.matrix.talk import Talk
from dispatch.people import Address
from dispatch.ports import Clock, Store
from dispatch.reach import Reason

_log = logging.getLogger(__name__)

PAUSES_S = (1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds between tries to follow a room that moved; then it counts as gone, and staff see that."""


_COMING = ("join", "invite")
"""Memberships of somebody who is there, or is to be."""


class Chats:
    """Keeps up with where the bot may write."""

    def __init__(
        self,
        account: Account,
        store: Store,
        people: People,
        members: Members,
        talk: Talk,
        clearing: Clearing,
        answers: Answers,
        clock: Clock,
    ) -> None:
        self._account = account
        self._store = store
        self._people = people
        self._members = members
        self._talk = talk
        self._clearing = clearing
        self._answers = answers
        self._clock = clock
        self._moving: set[str] = set()
        """Rooms that are followed elsewhere just now."""

    async def put_out(self, room_id: str) -> None:
        """We are not in the room any more: nothing sent there arrives, until somebody asks us in again."""
        await self._store.drop_matrix_room(room_id)
        for address in await self._people.rooms(room_id):
            await self._store.address_failed(address, Reason.PUT_OUT.value)
            _log.warning("the bot was put out of room %d", address.id)

    async def member(self, event: Event) -> None:
        """Somebody came or went: whose room it is, is reached there or not; and a private room in which a
        third one reads along is none any more."""
        owner = await self._store.matrix_person(event.room_id)
        comes, before = event.membership in _COMING, word(event.before.get("membership"))
        if event.state_key == self._account.user_id:
            return
        if owner is None or event.state_key != owner:
            if comes and event.membership != before and (owner is not None or await self._open(event)):
                await self._shared(event, owner)
        elif not comes:
            await self._gone(event, owner, left=before == "join" and event.sender == owner)
        elif event.membership == "join" and before != "join":
            await self._store.revive(PLATFORM, owner)

    async def opened(self, event: Event) -> None:
        """Who may come in or read there was changed: a private room that is open to others is none. Where
        that cannot be learnt just now nothing goes: it is asked anew before anything private is sent."""
        if await self._open(event):
            await self._shared(event, await self._store.matrix_person(event.room_id))

    async def _open(self, event: Event) -> bool:
        """It was meant for one person and us, and is not theirs alone."""
        return await self._members.shared(event.room_id)

    async def _shared(self, event: Event, owner: str | None) -> None:
        """Others are in a room, or may come. Without an owner it is a further chat of somebody, who has
        answers there: of such a one no store knows. From a committee's room nothing goes."""
        if owner is not None:
            await self._store.drop_matrix_room(event.room_id)
        if await self._people.rooms(event.room_id):
            return
        _log.warning("room %s is not private any more; nothing of that kind goes there", event.room_id)
        self._clearing.begin(event.room_id)
        if owner is not None:
            self._answers.beside.begin(self._tell(event, owner))

    async def _tell(self, event: Event, owner: str) -> None:
        """Where what they had from us is now: in a room of their own again."""
        address = await self._people.of_words(owner)
        if address is not None:
            texts = await self._talk.texts(address)
            said = texts.say(
                "Others were let into our other room, so what I wrote there is taken away. From now on I "
                "write here; what you have in hand: /me"
            )
            await self._talk.aside(address, said, f"{event.receipt}:not alone")

    async def _gone(self, event: Event, owner: str, *, left: bool) -> None:
        """Nothing that is sent there arrives, until they are heard from. Whoever left is asked in once more,
        so that a slip of the thumb can be undone; who declines is left alone."""
        for address in await self._store.addresses(PLATFORM, owner):
            if address.person_id is not None:
                await self._store.address_failed(address, Reason.BLOCKED.value)
                _log.warning("address %d left its room with the bot, or declined it", address.id)
        if left:
            self._answers.beside.begin(self._ask_in(event.room_id, owner))

    async def _ask_in(self, room_id: str, owner: str) -> None:
        try:
            await self._account.ask_in(owner, room_id)
        except TROUBLE as error:
            _log.info("room %s: its person was not asked in again (%s)", room_id, type(error).__name__)

    async def levels(self, event: Event) -> None:
        """Who may do what was changed: where we may not write, nothing arrives. A room that moves is
        closed to everybody, which says nothing of where it goes."""
        if event.room_id in self._moving:
            return
        rooms = await self._people.rooms(event.room_id)
        if may_write(event.content, self._account.user_id, await self._kind(event.room_id)):
            await self._store.revive(PLATFORM, event.room_id)
            return
        for address in rooms:
            await self._store.address_failed(address, Reason.REFUSED.value)
            _log.warning("the bot may not write in room %d any more: it needs a higher level", address.id)

    async def _kind(self, room_id: str) -> str:
        """Of what kind all that is said there is; plain where that cannot be learnt."""
        try:
            return ENCRYPTED if await self._account.is_encrypted(room_id) else MESSAGE
        except TROUBLE:
            return MESSAGE

    async def moved(self, event: Event) -> None:
        """The room was replaced by another one: the next cards go there."""
        new = word(event.content.get("replacement_room"))
        owner = await self._store.matrix_person(event.room_id)
        rooms = await self._people.rooms(event.room_id)
        if new and new != event.room_id and (rooms or owner is not None):
            self._moving.add(event.room_id)
            self._answers.beside.begin(self._follow(event, new, owner, rooms))

    async def _follow(self, event: Event, new: str, owner: str | None, rooms: Sequence[Address]) -> None:
        try:
            await self._moved(event, new, owner, rooms)
        finally:
            self._moving.discard(event.room_id)

    async def _moved(self, event: Event, new: str, owner: str | None, rooms: Sequence[Address]) -> None:
        if not await self._join(new, [event.sender.partition(":")[2], new.partition(":")[2]]):
            await self._lost(event.room_id, rooms)
            return
        if owner is not None:
            await self._store.drop_matrix_room(event.room_id)  # the next card opens one
        if rooms and not await self._people.rooms(new):
            await self._store.move_room(PLATFORM, event.room_id, new)
            await self._store.revive(PLATFORM, new)  # somebody else may have closed the old one meanwhile
            _log.info("room %s is room %s now", event.room_id, new)
        elif rooms:
            await self._lost(event.room_id, rooms)

    async def _lost(self, room_id: str, rooms: Sequence[Address]) -> None:
        await self._store.drop_matrix_room(room_id)
        for address in rooms:
            await self._store.address_failed(address, Reason.ROOM_GONE.value)
            _log.warning("room %d moved to where the bot cannot follow", address.id)

    async def _join(self, room_id: str, servers: Sequence[str]) -> bool:
        via = [server for server in dict.fromkeys(servers) if server]
        for pause in (*PAUSES_S, 0.0):
            try:
                await self._account.client.join_room(RoomID(room_id), servers=via, max_retries=0)
            except TROUBLE as error:
                refused = isinstance(error, MatrixRequestError) and not isinstance(error, MLimitExceeded)
                _log.info("room %s is not joined yet (%s)", room_id, type(error).__name__)
                if refused and pause > PAUSES_S[2]:
                    return False  # who moves a room asks its members in within a minute, if they do
                await self._clock.sleep(pause)
            else:
                return True
        return False


def may_write(levels: Json, user_id: str, kind: str) -> bool:
    """Whether these power levels let somebody send what is of this kind, as all that is said in an encrypted
    room is `ENCRYPTED`."""
    own = table(levels.get("users")).get(user_id, levels.get("users_default", 0))
    needed = table(levels.get("events")).get(kind, levels.get("events_default", 0))
    return _level(own) >= _level(needed)


def _level(value: object) -> int:
    """A level; old rooms hold them as text, and what is none counts as the lowest."""
    try:
        return int(value) if isinstance(value, int | str) else 0
    except ValueError:
        return 0
