"""State as the library may be given it: who is in a room, and whether it is encrypted.

Anybody writes anything into an event, and the library takes a name that is an object for a name until its
database refuses it. So what is not needed is left out, and the rest is what it has to be. Keeps nothing.
"""

from collections.abc import Mapping
from typing import cast

from mautrix.types import (
    JSON,
    EncryptionAlgorithm,
    Member,
    Membership,
    MemberStateEventContent,
    RoomEncryptionStateEventContent,
    SerializerError,
    StateEvent,
    UserID,
)

from bot.matrix import events
from bot.matrix.events import Event, Json, rows

LONGEST_MS = 365 * 24 * 60 * 60 * 1000
"""For one key of a room, a year. A room may ask for any number, and the library reckons with it in dates,
which end; without a sensible one its own week holds."""

MOST_MESSAGES = 10_000
"""For one key of a room; the library's own measure is 100."""

_MEMBERSHIPS = frozenset(each.value for each in Membership)


def read(room_id: str, raw: object) -> StateEvent | None:
    """What an event says of members or encryption; None for all others, and for what says neither.

    Raises nothing."""
    event = events.read(room_id, raw)
    if event is None or event.state_key is None:
        return None
    if event.kind == "m.room.member" and event.membership in _MEMBERSHIPS and events.word(event.state_key):
        before = event.before.get("membership")
        earlier = {"membership": before} if isinstance(before, str) and before in _MEMBERSHIPS else {}
        return _made(event, {"membership": event.membership}, earlier)
    if event.kind == "m.room.encryption" and event.state_key == "":
        return _made(event, encryption(event.content), {})
    return None


def members(room_id: str, answer: Json) -> dict[UserID, Member | MemberStateEventContent]:
    """Who is in a room, or was, as the server lists it."""
    found = (read(room_id, raw) for raw in rows(answer.get("chunk")))
    return {
        UserID(each.state_key): each.content
        for each in found
        if each is not None and isinstance(each.content, MemberStateEventContent)
    }


def encryption(content: Mapping[str, object]) -> Json:
    """How a room is encrypted. A way that nobody knows stays one: nothing is sent there then."""
    found: Json = {"algorithm": events.word(content.get("algorithm")) or EncryptionAlgorithm.MEGOLM_V1.value}
    limits = (("rotation_period_ms", LONGEST_MS), ("rotation_period_msgs", MOST_MESSAGES))
    for name, most in limits:
        value = content.get(name)
        if type(value) is int and 0 < value <= most:
            found[name] = value
    return found


def info(content: Mapping[str, object]) -> RoomEncryptionStateEventContent:
    """The same as the library's own."""
    return RoomEncryptionStateEventContent.deserialize(cast("JSON", encryption(content)))


def _made(event: Event, content: Json, before: Json) -> StateEvent | None:
    made = {
        "room_id": event.room_id,
        "event_id": event.event_id,
        "sender": event.sender,
        "type": event.kind,
        "origin_server_ts": event.at // 1000,
        "state_key": event.state_key,
        "content": content,
        "unsigned": {"prev_content": before} if before else {},
    }
    try:
        return StateEvent.deserialize(cast("JSON", made))
    except SerializerError:
        return None
