"""Being asked into rooms: by people of a committee, into rooms of a committee's file, and by anybody who
wants to join, to whom nothing else is open. All other invitations are declined.
"""

import asyncio
import logging

from mautrix.client import Client
from mautrix.errors import MatrixRequestError, MLimitExceeded
from mautrix.types import RoomID

from bot.matrix.answers import Answers
from bot.matrix.batch import Task
from bot.matrix.events import Event, Json, table, word
from bot.matrix.members import Members
from bot.matrix.patience import TROUBLE
from bot.matrix.people import PLATFORM, People
from bot.matrix.talk import Said, Talk
from dispatch.people import Address
from dispatch.ports import Clock, Store

_log = logging.getLogger(__name__)

AT_ONCE = 4
"""Rooms joined side by side: a join over federation takes seconds, and servers count joins."""

PAUSES_S = (1.0, 5.0, 15.0, 60.0)
"""Seconds between tries to join; then the invitation is let go, and may be given again."""

MOST_WAITING = 200
"""Invitations that wait for their turn. Whoever sends more than that in a minute wants no answer."""


class Invites:
    """Goes where we are wanted. `waiting` says that some invitations are not answered yet."""

    def __init__(
        self,
        client: Client,
        store: Store,
        people: People,
        members: Members,
        talk: Talk,
        answers: Answers,
        clock: Clock,
    ) -> None:
        self._client = client
        self._store = store
        self._people = people
        self._members = members
        self._talk = talk
        self._answers = answers
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting: dict[str, str] = {}
        """Rooms, with the stranger who is met there; empty for a room that no stranger comes in by."""

    @property
    def waiting(self) -> bool:
        """Some are not answered yet."""
        return bool(self._waiting)

    async def read(self, room_id: str, states: list[Json]) -> list[Task]:
        """What an invitation asks for."""
        for state in states:
            content = table(state.get("content"))
            ours = state.get("state_key") == self._client.mxid and content.get("membership") == "invite"
            sender = word(state.get("sender"))
            if state.get("type") == "m.room.member" and ours and sender:
                direct = content.get("is_direct") is True

                async def work() -> None:
                    await self._invited(room_id, sender, direct=direct)  # noqa: B023 - the loop ends here

                return [Task(sender=sender, at=0, work=work)]
        _log.warning("an invitation into room %s says not who gave it; it is left", room_id)
        return []

    async def _invited(self, room_id: str, inviter: str, *, direct: bool) -> None:
        """Decide now, go beside everything else: a join may take long."""
        named = [each for each in await self._store.revive(PLATFORM, room_id) if each.audience is not None]
        known = await self._people.of_words(inviter)
        if room_id in self._waiting or len(self._waiting) >= MOST_WAITING:
            return
        if named or known is not None:
            self._waiting[room_id], wanted = "", True
        else:
            # One at a time: that a stranger has a room with us is known only once we have come into it.
            wanted = direct and inviter not in self._waiting.values()
            self._waiting[room_id] = inviter if wanted else ""
        self._answers.beside.begin(self._answer(room_id, inviter, known, wanted=wanted, direct=direct))

    async def _first_room(self, stranger: str) -> bool:
        """They have none with us, or left the one they had."""
        kept = await self._store.matrix_room(stranger)
        return kept is None or not await self._members.inside(kept, stranger)

    async def _answer(
        self, room_id: str, inviter: str, known: Address | None, *, wanted: bool, direct: bool
    ) -> None:
        try:
            async with self._turns:
                if not wanted or (self._waiting[room_id] and not await self._first_room(inviter)):
                    _log.warning("an invitation by somebody unknown was declined, room %s", room_id)
                    await self._leave(room_id)
                elif await self._join(room_id):
                    await self._joined(room_id, inviter, known, direct=direct)
        finally:
            del self._waiting[room_id]

    async def _joined(self, room_id: str, inviter: str, known: Address | None, *, direct: bool) -> None:
        if await self._people.rooms(room_id):
            _log.info("the bot is in room %s, which is a committee's", room_id)
            return
        alone = await self._alone(room_id, inviter)
        if known is None and not alone:
            _log.warning("a room of many is no place to join by; room %s is left", room_id)
            await self._leave(room_id)
        elif alone and (direct or known is None):
            await self._in_private(room_id, inviter, known)
        elif known is not None and not direct:
            await self._explain(room_id, inviter, known)

    async def _in_private(self, room_id: str, inviter: str, known: Address | None) -> None:
        """From now on this is their room with us, unless they have one. A stranger's that they left is left:
        they may have any number one after the other."""
        before = await self._store.matrix_room(inviter)
        if known is None or await self._first_room(inviter):
            await self._store.keep_matrix_room(inviter, room_id)
        if known is None and before not in (None, room_id):
            await self._leave(str(before))
        said = Said(event=self._beginning(room_id, inviter), text="/start", private=True)
        if known is None:
            await self._talk.meet(said)
        else:
            await self._talk.act(said, known)

    async def _explain(self, room_id: str, inviter: str, known: Address) -> None:
        """Tell whoever may do something about it how the room becomes a committee's."""
        _log.info("the bot is in room %s, which is no committee's room yet", room_id)
        if not await self._people.posts(known):
            return
        kept = await self._store.matrix_room(inviter)
        texts = await self._talk.texts(known)
        said = texts.say(
            "I am in the group now. For jobs to be announced there, it belongs into the committee's "
            'file: [[rooms]] with chat = "{chat}".',
            chat=room_id,
        )
        calls = texts.say("Made a moderator there, I can call everybody in it when a life is in danger.")
        self._answers.say(kept or room_id, texts.sentences(said, calls), f"explained {room_id}")

    async def _join(self, room_id: str) -> bool:
        for pause in (*PAUSES_S, 0.0):
            try:
                await self._client.join_room_by_id(RoomID(room_id))
            except TROUBLE as error:
                _log.info("room %s is not joined yet (%s)", room_id, type(error).__name__)
                if _final(error):
                    break
                await self._clock.sleep(pause)
            else:
                return True
        _log.warning("room %s cannot be joined", room_id)
        return False

    async def _leave(self, room_id: str) -> None:
        try:
            await self._client.leave_room(RoomID(room_id))
        except TROUBLE as error:
            _log.info("room %s was not left (%s)", room_id, type(error).__name__)

    async def _alone(self, room_id: str, inviter: str) -> bool:
        try:
            return await self._members.private(room_id, inviter)
        except TROUBLE:
            return False

    def _beginning(self, room_id: str, inviter: str) -> Event:
        """Entering the room, as if the first word had been said."""
        return Event(
            room_id=room_id,
            event_id=f"entered {room_id}",
            sender=inviter,
            kind="m.room.message",
            at=self._clock.now(),
            content={},
        )


def _final(error: Exception) -> bool:
    """Refused, and no pause asked for: trying again is of no use."""
    refused = isinstance(error, MatrixRequestError) and 400 <= error.http_status < 500
    return refused and not isinstance(error, MLimitExceeded)
