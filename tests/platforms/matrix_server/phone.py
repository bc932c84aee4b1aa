"""Somebody's phone with a Matrix client: it follows its rooms by sync, edits, threads and reactions applied.

It has no keys: what is encrypted it sees as encrypted. For that there is a client of others, in JavaScript.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from tests.platforms.matrix_server.accounts import Member
from tests.platforms.matrix_server.thumb import Thumb
from tests.platforms.matrix_server.timeline import Message, Room
from tests.platforms.matrix_server.wire import Json, path

T = TypeVar("T")

WITHIN_S = 30.0
"""Seconds that something may take to reach a phone while others use the machine; alone it takes 0.1."""

POLL_MS = 2_000
"""Milliseconds that one sync waits for news: an upper bound, news comes at once."""

PAGE = 100
"""Events a page: the most that the server gives."""

_FILTER = '{"room":{"timeline":{"limit":100}},"presence":{"not_types":["*"]}}'


class Phone(Thumb):
    """One account's phone. Use it as a context manager: it has synced once when the block begins.

    Rooms that it is invited to are joined by themselves unless `accepts` is false.
    """

    def __init__(self, url: str, member: Member, *, accepts: bool = True) -> None:
        super().__init__(url, member)
        self.accepts = accepts
        self.rooms: dict[str, Room] = {}
        """The rooms that it has joined."""
        self.invites: dict[str, str] = {}
        """Who invited it, by room."""
        self.left: set[str] = set()
        """Rooms that it left or was removed from."""
        self._since: str | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.sync()
        except BaseException:
            await self.wire.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.wire.close()

    # What it sees

    async def sync(self, wait_ms: int = 0) -> None:
        """Take in what is new, gaps filled; waits up to `wait_ms` for something to be."""
        query = {"filter": _FILTER, "timeout": str(wait_ms)}
        if self._since is not None:
            query["since"] = self._since
        news = await self.wire.call("GET", path("sync"), query=query)
        rooms: Json = news.get("rooms", {})
        for room_id, part in rooms.get("join", {}).items():
            await self._follow(room_id, part)
        for room_id, part in rooms.get("leave", {}).items():
            await self._lose(room_id, part)
        self._since = news["next_batch"]
        for room_id, part in rooms.get("invite", {}).items():
            self.invites[room_id] = _inviter(part, self.user_id)
            if self.accepts:
                await self.join(room_id)

    async def wait_for(self, look: Callable[[], T | None], what: str = "", within_s: float = WITHIN_S) -> T:
        """Sync until `look` finds something true, and return it.

        A `look` may stumble over what is not there yet. Fails with `what` after `within_s` seconds.
        """
        end = time.monotonic() + within_s
        while True:
            try:
                if found := look():
                    return found
            except (KeyError, IndexError, StopIteration, ValueError):
                pass
            left = end - time.monotonic()
            assert left > 0, (
                f"{self.member.name} did not see within {within_s} s: {what or look}\n{self.screen()}"
            )
            await self.sync(int(min(POLL_MS, left * 1000)))

    async def wait_for_message(
        self, holds: Callable[[Message], object], what: str = "", within_s: float = WITHIN_S
    ) -> tuple[Room, Message]:
        """Wait until some standing message in some room holds; the newest such, and its room."""
        return await self.wait_for(lambda: self._newest(holds), what, within_s)

    def room(self, room_id: str) -> Room:
        """A room that it has joined. Raises `KeyError`."""
        return self.rooms[room_id]

    def room_with(self, user_id: str) -> Room:
        """The one room of these two alone, joined or invited. Raises `StopIteration`."""
        pair = {self.user_id, user_id}
        return next(room for room in self.rooms.values() if room.members | room.invited == pair)

    def screen(self) -> str:
        """All rooms as text, for the message of a test that failed."""
        return "\n".join(
            f"{room.name or room.room_id} [{len(room.members)}]\n" + "\n".join(map(_line, room.messages))
            for room in self.rooms.values()
        )

    # Where it goes

    async def create_room(
        self,
        *,
        name: str = "",
        invite: Iterable[str] = (),
        direct: bool = False,
        encrypted: bool = False,
        public: bool = False,
        **more: object,
    ) -> str:
        """A new room; returns its id. `more` goes to the server as it is."""
        encryption = {
            "type": "m.room.encryption",
            "state_key": "",
            "content": {"algorithm": "m.megolm.v1.aes-sha2"},
        }
        body: Json = {
            "preset": "public_chat" if public else "trusted_private_chat" if direct else "private_chat",
            "invite": list(invite),
            "is_direct": direct,
            "initial_state": [encryption] if encrypted else [],
            **({"name": name} if name else {}),
            **more,
        }
        room_id = str((await self.wire.call("POST", path("createRoom"), body))["room_id"])
        await self.wait_for(lambda: self.rooms[room_id], "its own new room")
        return room_id

    async def join(self, room_id: str) -> None:
        """Join a room that is public or that it was invited to; the next sync shows it."""
        await self.wire.call("POST", path("join", room_id))
        self.invites.pop(room_id, None)

    async def leave(self, room_id: str) -> None:
        """Leave a room, or decline an invitation to it."""
        await self.wire.call("POST", path("rooms", room_id, "leave"))
        self.invites.pop(room_id, None)

    async def unreact(self, room_id: str, event_id: str, key: str) -> str:
        """Tap one's own reaction once more, which takes it back."""
        return await self.redact(room_id, self._own_reaction(room_id, event_id, key))

    # How

    def _newest(self, holds: Callable[[Message], object]) -> tuple[Room, Message] | None:
        for room in self.rooms.values():
            for message in reversed(room.standing):
                if holds(message):
                    return room, message
        return None

    def _own_reaction(self, room_id: str, event_id: str, key: str) -> str:
        for event in reversed(self.rooms[room_id].events):
            relation = event["content"].get("m.relates_to", {})
            own = event["type"] == "m.reaction" and event["sender"] == self.user_id
            if own and relation.get("event_id") == event_id and relation.get("key") == key:
                return str(event["event_id"])
        raise KeyError(key)

    async def _follow(self, room_id: str, part: Json) -> None:
        self.left.discard(room_id)
        self.invites.pop(room_id, None)
        room = self.rooms.setdefault(room_id, Room(room_id))
        timeline: Json = part["timeline"]
        if timeline.get("limited"):
            room.take(await self._missed(room, timeline["prev_batch"]))
        room.take(part.get("state", {}).get("events", []), state=True)
        room.take(timeline["events"])
        unread: Json = part.get("unread_notifications", {})
        room.highlights = unread.get("highlight_count", room.highlights)

    async def _missed(self, room: Room, before: str) -> list[Json]:
        """What lies between the last event that is known and this sync, oldest first."""
        found: list[Json] = []
        at: str | None = before
        while at is not None:
            query = {"dir": "b", "limit": str(PAGE), "from": at}
            page = await self.wire.call("GET", path("rooms", room.room_id, "messages"), query=query)
            for event in page["chunk"]:
                if room.knows(event["event_id"]):
                    return found[::-1]
                found.append(event)
            at = page.get("end") if page["chunk"] else None
        return found[::-1]

    async def _lose(self, room_id: str, part: Json) -> None:
        self.invites.pop(room_id, None)
        self.left.add(room_id)
        if (room := self.rooms.pop(room_id, None)) is not None:
            room.take(part.get("timeline", {}).get("events", []))


async def everybody(phones: Iterable[Phone]) -> None:
    """All of them take in what is new."""
    await asyncio.gather(*(phone.sync() for phone in phones))


def _inviter(part: Json, user_id: str) -> str:
    for event in part["invite_state"]["events"]:
        if event["type"] == "m.room.member" and event["state_key"] == user_id:
            return str(event["sender"])
    return ""


def _line(message: Message) -> str:
    reactions = " ".join(f"{key}{len(people)}" for key, people in message.reactions.items())
    thread = "  ↳ " if message.thread else "  "
    state = "(redacted)" if message.redacted else "(encrypted)" if message.encrypted else message.body
    return f"{thread}{message.sender.split(':')[0]}: {state} {reactions}"
