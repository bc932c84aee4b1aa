"""The private room of each person: found or opened when something is owed to them, and kept.

A room is opened once, whatever dies in between: its alias says whose it is and what it takes the place of.
Somebody who left is asked in once more; who declines, or lets an invitation lie, counts as not reached until
they are heard from. Cards are not known here.
"""

import asyncio
import hashlib
import logging
from enum import Enum
from weakref import WeakValueDictionary

from mautrix.api import Method, Path
from mautrix.errors import MatrixRequestError, MRoomInUse
from mautrix.types import RoomAlias, RoomCreatePreset, UserID

from bot.matrix import events
from bot.matrix.account import Account
from bot.matrix.contents import Json
from bot.matrix.outcomes import TROUBLE, Outcome, Verdict, judge
from bot.matrix.people import People
from bot.matrix.privacy import Member, Privacy
from dispatch.moments import MINUTE, Micros
from dispatch.people import Address
from dispatch.ports import Store
from dispatch.reach import Reason

log = logging.getLogger(__name__)

NAME = "随到 Suidao"
"""The name of every private room: it shows in the list of chats before anything is read."""

ANSWERED_WITHIN: Micros = 10 * MINUTE
"""An invitation rings by itself, once. Whoever has not come in for so long is not reached here."""

REQUEST_S = 30.0
"""Seconds until a request counts as unanswered: Synapse opens a room in one, in ten when it is busy."""

_LONGEST = 255
_ENCRYPTION: Json = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}
_POWERS: Json = {
    "users_default": 0,
    "events_default": 0,
    "events": {"m.reaction": 0, "m.room.redaction": 0, "m.room.message": 0},
    "invite": 50,
}
"""The person may write, react and take back what is their own; asking others into the room is the bot's."""


class Presence(Enum):
    """Where somebody is, as seen from their private room."""

    HERE = "here"
    INVITED = "invited"
    """Just now; the phone rang for it, and what is sent waits for them."""


class Rooms:
    """Finds the room for an address."""

    def __init__(self, account: Account, store: Store) -> None:
        self._account = account
        self._store = store
        self.privacy = Privacy(People(store), account.user_id)
        """Whose a room is; asked by whatever else is said in one."""
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, address: Address) -> str | Outcome:
        """The room of an address: the room itself, or the person's private one, opened if there is none."""
        if address.audience is not None:
            return address.value
        lock = self._opening.setdefault(address.value, asyncio.Lock())
        async with lock:
            kept = await self._store.matrix_room(address.value)
            return kept if kept is not None else await self._quietly(address.value, "")

    async def again(self, address: Address, gone: str) -> str | Outcome:
        """The room `gone` cannot be used any more: another one, opened if nobody did that meanwhile."""
        lock = self._opening.setdefault(address.value, asyncio.Lock())
        async with lock:
            kept = await self._store.matrix_room(address.value)
            if kept not in (None, gone):
                return str(kept)
            log.warning(
                "the private room of address %d cannot be used any more; another is opened", address.id
            )
            return await self._quietly(address.value, gone)

    async def alone_in(self, room: str, user_id: str) -> bool | Outcome:
        """Whether it is this person's and ours alone, as the server has it now."""
        api = self._account.wire
        try:
            async with asyncio.timeout(REQUEST_S):
                inside = await self.privacy.look(api, room)
                return await self.privacy.holds(api, room, inside, user_id)
        except TROUBLE as error:
            return judge(error)

    async def presence(self, address: Address, room: str) -> Presence | Outcome:
        """Whether the person is in their room; asks them in where that is to be done. `Verdict.UNREACHABLE`
        where nothing more can be done, `Verdict.NOT_IN` where the room is not theirs alone."""
        try:
            async with asyncio.timeout(REQUEST_S):
                return await self._presence(address.value, room)
        except TROUBLE as error:
            outcome = judge(error)
            if outcome.verdict is Verdict.NO_POWER:  # somebody else's room, who must be asked in again
                return Outcome(verdict=Verdict.NOT_IN, said=outcome.said)
            return _refused(outcome) if outcome.verdict is Verdict.FORBIDDEN else outcome

    async def _presence(self, user_id: str, room: str) -> Presence | Outcome:
        inside = await self.privacy.look(self._account.wire, room)
        if not await self.privacy.holds(self._account.wire, room, inside, user_id):
            return Outcome(verdict=Verdict.NOT_IN, said="the room is not theirs and ours alone")
        found = inside.members.get(user_id, Member(now=""))
        if found.now == "join":
            return Presence.HERE
        if found.now == "invite":
            if found.age < ANSWERED_WITHIN:
                return Presence.INVITED
            return Outcome(verdict=Verdict.UNREACHABLE, reason=Reason.NOT_STARTED, said="invited in vain")
        if found.now == "ban" or await self._before(room, found) == "invite":
            return Outcome(verdict=Verdict.UNREACHABLE, reason=Reason.BLOCKED, said="declined")
        await self._account.ask_in(user_id, room)
        return Presence.INVITED

    async def _before(self, room: str, left: Member) -> str:
        """What somebody was in the room before they were out of it."""
        if not left.replaces:
            return ""
        request = self._account.wire.request
        earlier = events.read(room, await request(Method.GET, Path.v3.rooms[room].event[left.replaces]))
        return "" if earlier is None else earlier.membership

    async def _quietly(self, user_id: str, gone: str) -> str | Outcome:
        if not (user_id.startswith("@") and ":" in user_id and len(user_id.encode()) <= _LONGEST):
            return Outcome(verdict=Verdict.UNREACHABLE, reason=Reason.NO_CHAT, said="no account's name")
        try:
            async with asyncio.timeout(REQUEST_S):
                room = await self._open(user_id, gone)
        except TROUBLE as error:
            return _unopened(error)
        await self._store.keep_matrix_room(user_id, room)
        return room

    async def _open(self, user_id: str, gone: str) -> str:
        alias = self._alias(user_id, gone)
        await self._account.hasty.get_profile(UserID(user_id))
        try:
            room = await self._account.hasty.create_room(
                alias_localpart=alias,
                preset=RoomCreatePreset.PRIVATE,
                name=NAME,
                is_direct=True,
                invitees=[UserID(user_id)],
                initial_state=[_ENCRYPTION] if self._account.settings.encrypted_rooms else [],
                power_level_override=dict(_POWERS),
            )
        except MRoomInUse:  # opened before, and the answer never arrived
            server = self._account.user_id.partition(":")[2]
            found = await self._account.hasty.resolve_room_alias(RoomAlias(f"#{alias}:{server}"))
            return str(found.room_id)
        return str(room)

    def _alias(self, user_id: str, gone: str) -> str:
        told = f"room\0{user_id}\0{gone}".encode()
        return f"suidao-{hashlib.blake2b(told, digest_size=12, key=self._account.secret[:64]).hexdigest()}"


def _unopened(error: Exception) -> Outcome:
    """Why no room could be opened for somebody."""
    if isinstance(error, MatrixRequestError) and error.http_status == 404:
        return Outcome(verdict=Verdict.UNREACHABLE, reason=Reason.ACCOUNT_GONE, said="no such account")
    outcome = judge(error)
    bad = isinstance(error, MatrixRequestError) and error.http_status == 400
    refused = outcome.verdict in (Verdict.FORBIDDEN, Verdict.NO_POWER)
    return _refused(outcome) if bad or refused else outcome


def _refused(outcome: Outcome) -> Outcome:
    """The server does not let us talk to this person."""
    return Outcome(verdict=Verdict.UNREACHABLE, reason=Reason.NO_CHAT, said=outcome.said)
