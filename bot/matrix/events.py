"""An event as it came over the wire, opened with care: nothing in it can be trusted to be there, or to be of
its kind. What it means is not known here.
"""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dispatch.moments import Micros

Json: TypeAlias = dict[str, Any]

LONGEST_ID = 255
"""Bytes of an event's, a room's or an account's name (Matrix specification, size limits)."""

LATEST_MS = 2**53
"""The largest whole number that an event may hold (Matrix specification, canonical JSON)."""

ANNOTATION, REPLACE, THREAD = "m.annotation", "m.replace", "m.thread"

_QUOTED = re.compile(r"(?:> [^\n]*(?:\n|$))+\n?")
"""The lines by which older clients repeat what they answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What an event says it belongs to: `kind` and the event; a reaction's key; what is answered."""

    kind: str = ""
    event_id: str = ""
    key: str = ""
    answers: str = ""
    """The event that is replied to; empty where that is said for clients without threads alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in a room. `state_key` is None but for state."""

    room_id: str
    event_id: str
    sender: str
    kind: str
    at: Micros
    content: Json = field(repr=False)
    state_key: str | None = None
    redacts: str = ""
    before: Json = field(default_factory=dict, repr=False)
    """The content that this state had before."""

    @property
    def receipt(self) -> str:
        """What tells it from everything else that ever came in."""
        return f"matrix:{self.event_id}"

    @property
    def membership(self) -> str:
        """What it makes of the member that it is about; empty for all other events."""
        found = self.content.get("membership") if self.kind == "m.room.member" else None
        return found if isinstance(found, str) else ""

    @property
    def relation(self) -> Relation:
        """What it belongs to."""
        found = table(self.content.get("m.relates_to"))
        kind = word(found.get("rel_type"))
        answers = word(table(found.get("m.in_reply_to")).get("event_id"))
        if kind == THREAD and found.get("is_falling_back") is True:
            answers = ""
        return Relation(
            kind=kind, event_id=word(found.get("event_id")), key=word(found.get("key")), answers=answers
        )

    @property
    def text(self) -> str:
        """The words of a message, without what an older client repeats of the one that it answers."""
        found = self.content.get("body")
        body = found.encode("utf-8", "replace").decode() if isinstance(found, str) else ""
        quoted = _QUOTED.match(body) if "m.in_reply_to" in table(self.content.get("m.relates_to")) else None
        return body if quoted is None else body[quoted.end() :]


def read(room_id: str, raw: object) -> Event | None:
    """The event; None for what is none: it is passed over."""
    found = table(raw)
    event_id, sender, kind = (word(found.get(name)) for name in ("event_id", "sender", "type"))
    at, content, state_key = found.get("origin_server_ts"), found.get("content"), found.get("state_key")
    if not (event_id and sender and kind and isinstance(content, dict)):
        return None
    if type(at) is not int or not 0 <= at < LATEST_MS:
        return None
    return Event(
        room_id=room_id,
        event_id=event_id,
        sender=sender,
        kind=kind,
        at=at * 1000,
        content=content,
        state_key=state_key if isinstance(state_key, str) and (word(state_key) or not state_key) else None,
        # Inside the content since version 11 of rooms, beside it before.
        redacts=word(content.get("redacts")) or word(found.get("redacts")),
        before=table(table(found.get("unsigned")).get("prev_content")),
    )


def table(value: object) -> Json:
    """A JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[object]:
    """A JSON list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def word(value: object) -> str:
    """A name as ids are; empty for anything else, for what is too long to be one, and for halves of signs,
    which no database takes."""
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        return ""
    try:
        return value if len(value.encode()) <= LONGEST_ID else ""
    except UnicodeEncodeError:
        return ""
