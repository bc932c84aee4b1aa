"""What a person does with a thumb in a Matrix client: write, answer, react, take it back, ask others in.

Says what was done by its event; what came of it is seen on the phone.
"""

import time
from collections.abc import Iterable
from itertools import count

from tests.platforms.matrix_server.accounts import Member
from tests.platforms.matrix_server.wire import Json, Wire, path


class Thumb:
    """The doing half of a phone."""

    def __init__(self, url: str, member: Member) -> None:
        self.member = member
        self.user_id = member.user_id
        self.wire = Wire(url, member.access_token)
        self._turns = count(time.time_ns())

    async def invite(self, room_id: str, user_id: str) -> None:
        """Ask somebody in."""
        await self.wire.call("POST", path("rooms", room_id, "invite"), {"user_id": user_id})

    async def kick(self, room_id: str, user_id: str, *, ban: bool = False) -> None:
        """Put somebody out, for good with `ban`."""
        await self.wire.call("POST", path("rooms", room_id, "ban" if ban else "kick"), {"user_id": user_id})

    async def say(self, room_id: str, text: str, *, html: str = "", mentions: Iterable[str] = ()) -> str:
        """Write a message; returns its event."""
        return await self.send(room_id, "m.room.message", _text(text, html, mentions))

    async def reply(self, room_id: str, event_id: str, text: str) -> str:
        """Answer a message, as clients of today do: without quoting it in the text."""
        return await self.send(
            room_id,
            "m.room.message",
            _text(text) | {"m.relates_to": {"m.in_reply_to": {"event_id": event_id}}},
        )

    async def say_in_thread(self, room_id: str, root: str, text: str) -> str:
        """Write in the thread under a message."""
        relation = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        return await self.send(room_id, "m.room.message", _text(text) | {"m.relates_to": relation})

    async def edit(self, room_id: str, event_id: str, text: str) -> str:
        """Change a message; one of somebody else's too, which the server lets through and no client shows."""
        relation = {"rel_type": "m.replace", "event_id": event_id}
        content = _text(f"* {text}") | {"m.new_content": _text(text), "m.relates_to": relation}
        return await self.send(room_id, "m.room.message", content)

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        """Tap a reaction. Raises `MatrixError` (M_DUPLICATE_ANNOTATION) where this one stands already."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send(room_id, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room_id: str, event_id: str, reason: str = "") -> str:
        """Take back a message or a reaction."""
        body: Json = {"reason": reason} if reason else {}
        where = path("rooms", room_id, "redact", event_id, self._turn())
        return str((await self.wire.call("PUT", where, body))["event_id"])

    async def send(self, room_id: str, kind: str, content: Json, turn: str = "") -> str:
        """Send any event, malformed ones too; the same `turn` again is the same event."""
        where = path("rooms", room_id, "send", kind, turn or self._turn())
        return str((await self.wire.call("PUT", where, content))["event_id"])

    async def set_state(self, room_id: str, kind: str, content: Json, key: str = "") -> str:
        """Change the room's state."""
        parts = ("rooms", room_id, "state", kind, key) if key else ("rooms", room_id, "state", kind)
        return str((await self.wire.call("PUT", path(*parts), content))["event_id"])

    async def encrypt(self, room_id: str) -> None:
        """Switch the room to encryption, for good."""
        await self.set_state(room_id, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})

    async def allow(self, room_id: str, user_id: str, level: int) -> None:
        """Give somebody this power level: 100 may do all, 50 moderates, below 0 may not even write."""
        levels = await self.wire.call("GET", path("rooms", room_id, "state", "m.room.power_levels"))
        levels.setdefault("users", {})[user_id] = level
        await self.set_state(room_id, "m.room.power_levels", levels)

    async def need(self, room_id: str, kind: str, level: int) -> None:
        """Let only those of this power level send events of that kind."""
        levels = await self.wire.call("GET", path("rooms", room_id, "state", "m.room.power_levels"))
        levels.setdefault("events", {})[kind] = level
        await self.set_state(room_id, "m.room.power_levels", levels)

    def _turn(self) -> str:
        return f"phone-{next(self._turns)}"


def _text(text: str, html: str = "", mentions: Iterable[str] = ()) -> Json:
    content: Json = {"msgtype": "m.text", "body": text}
    if html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    if named := list(mentions):
        content["m.mentions"] = {"user_ids": named}
    return content
