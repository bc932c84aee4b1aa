"""A room as a good client shows it: edits applied, reactions counted, what was redacted gone.

Follows the specification where a test would else be fooled: an edit counts only from the message's own sender
and with `m.new_content`, a redacted reaction or edit counts no longer, the same event twice counts once.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.platforms.matrix_server.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it stands now."""

    event_id: str
    sender: str
    kind: str
    """`m.text`, `m.notice`, `m.image`, ...; empty where it was redacted or could not be decrypted."""
    body: str
    html: str = ""
    edits: int = 0
    redacted: bool = False
    encrypted: bool = False
    """It came encrypted, and this phone has no keys."""
    thread: str | None = None
    """The event at the root of its thread."""
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    fallback: str = ""
    """What a client shows that knows no edits: the body of the newest edit event, with its mark."""
    reactions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Who reacted, by key."""
    content: Json = field(default_factory=dict, repr=False)
    """The content as it was sent, of the newest edit if there is one."""


class Room:
    """One room as the phone knows it: its events in order, and the state."""

    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self.events: list[Json] = []
        self.state: dict[tuple[str, str], Json] = {}
        self.highlights = 0
        """How often the server says that its owner was called by name and has not read it. A server that is
        `sparing` says never."""
        self._seen: set[str] = set()
        self._redacted: set[str] = set()

    @property
    def name(self) -> str:
        """The room's name; empty where it has none."""
        return str(self.state.get(("m.room.name", ""), {}).get("name", ""))

    @property
    def encrypted(self) -> bool:
        """Messages in it are encrypted."""
        return ("m.room.encryption", "") in self.state

    @property
    def members(self) -> frozenset[str]:
        """Who has joined."""
        return self._with("join")

    @property
    def invited(self) -> frozenset[str]:
        """Who was invited and has not joined."""
        return self._with("invite")

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message in the room, oldest first, as it stands now; edits and reactions are folded in."""
        edits, reactions = self._edits(), self._reactions()
        return tuple(
            self._shown(event, edits[event["event_id"]], reactions[event["event_id"]])
            for event in self.events
            if event["type"] in ("m.room.message", "m.room.encrypted") and not _is_edit(event)
        )

    @property
    def standing(self) -> tuple[Message, ...]:
        """The messages that were not redacted."""
        return tuple(message for message in self.messages if not message.redacted)

    def message(self, event_id: str) -> Message:
        """The message of this event. Raises `KeyError` for one that this phone has not seen."""
        for message in self.messages:
            if message.event_id == event_id:
                return message
        raise KeyError(event_id)

    def thread(self, root: str) -> tuple[Message, ...]:
        """The messages in the thread under this one."""
        return tuple(message for message in self.standing if message.thread == root)

    def take(self, events: list[Json], *, state: bool = False) -> None:
        """Take in events, oldest first. One that is known changes nothing."""
        for event in events:
            if "state_key" in event:
                self.state[event["type"], event["state_key"]] = event["content"]
            if state or event["event_id"] in self._seen:
                continue
            self._seen.add(event["event_id"])
            self.events.append(event)
            if event["type"] == "m.room.redaction":
                self._redacted.add(event["content"].get("redacts") or event.get("redacts", ""))

    def knows(self, event_id: str) -> bool:
        """This phone has seen the event."""
        return event_id in self._seen

    def _with(self, membership: str) -> frozenset[str]:
        return frozenset(
            key
            for (kind, key), content in self.state.items()
            if kind == "m.room.member" and content.get("membership") == membership
        )

    def _stands(self, event: Json) -> bool:
        return event["event_id"] not in self._redacted and bool(event["content"])

    def _edits(self) -> Mapping[str, list[Json]]:
        found: dict[str, list[Json]] = defaultdict(list)
        for event in self.events:
            if _is_edit(event) and self._stands(event) and "m.new_content" in event["content"]:
                found[_relation(event)["event_id"]].append(event)
        return found

    def _reactions(self) -> Mapping[str, dict[str, set[str]]]:
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for event in self.events:
            relation = _relation(event)
            if (
                event["type"] == "m.reaction"
                and self._stands(event)
                and relation.get("rel_type") == "m.annotation"
            ):
                found[relation["event_id"]][relation["key"]].add(event["sender"])
        return found

    def _shown(self, event: Json, edits: list[Json], reactions: dict[str, set[str]]) -> Message:
        message = Message(
            event_id=event["event_id"],
            sender=event["sender"],
            kind="",
            body="",
            reactions={key: frozenset(people) for key, people in reactions.items()},
        )
        if not self._stands(event):
            return replace(message, redacted=True)
        if event["type"] == "m.room.encrypted":
            return replace(message, encrypted=True, **_relations(event))
        own = [edit for edit in edits if edit["sender"] == event["sender"]]
        newest = max(own, key=lambda edit: (edit["origin_server_ts"], edit["event_id"]), default=None)
        content = event["content"] if newest is None else newest["content"]["m.new_content"]
        return replace(
            message,
            kind=content.get("msgtype", ""),
            body=content.get("body", ""),
            html=content.get("formatted_body", ""),
            edits=len(own),
            mentions=tuple(content.get("m.mentions", {}).get("user_ids", ())),
            fallback=(newest or event)["content"].get("body", ""),
            content=content,
            **_relations(event),
        )


def _relation(event: Json) -> Json:
    found = event["content"].get("m.relates_to", {})
    return found if isinstance(found, dict) else {}


def _relations(event: Json) -> Json:
    relation = _relation(event)
    reply = relation.get("m.in_reply_to", {}).get("event_id")
    if relation.get("rel_type") != "m.thread":
        return {"reply_to": reply}
    # Inside a thread the reply is often only for clients that know no threads.
    return {
        "thread": relation["event_id"],
        "reply_to": None if relation.get("is_falling_back") else reply,
    }


def _is_edit(event: Json) -> bool:
    return _relation(event).get("rel_type") == "m.replace"
