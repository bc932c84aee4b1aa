"""The contents of events, as the specification wants them: a message, its edit, a reaction, an aside.

Knows no room and sends nothing. Two of our own fields go along, readable by anybody in the room: which state
of the card a message shows, and why it was sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.matrix.render import Page
from dispatch.verbs import Subject
from handlers.messages import Shown

Json = dict[str, Any]

MESSAGE, REACTION, ENCRYPTED = "m.room.message", "m.reaction", "m.room.encrypted"
"""Kinds of events."""

MARK = "suidao.card"
"""The field of our own."""

RINGS, SILENT = "m.text", "m.notice"
"""Kinds of messages, by what every client's own rules make of them: the one rings, the other never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Which state of which card a message shows, and the kind of notice that it was sent for. `number` is
    that of its `subject`."""

    number: int
    version: int
    kind: str = ""
    subject: Subject = Subject.JOB

    @property
    def field(self) -> Json:
        """As it stands in an event."""
        return {self.subject.value: self.number, "version": self.version, "kind": self.kind}


def marked(content: Mapping[str, Any]) -> Mark | None:
    """The mark of a message; None where there is none. Whoever wrote the message wrote the mark, so it is
    believed of our own alone."""
    field = content.get(MARK)
    if not isinstance(field, dict):
        return None
    subject = next((each for each in Subject if each.value in field), Subject.JOB)
    about, version, kind = field.get(subject.value), field.get("version"), field.get("kind")
    if type(about) is not int or type(version) is not int or not isinstance(kind, str):
        return None
    return Mark(number=about, version=version, kind=kind, subject=subject)


def message(
    page: Page, mark: Mark, *, rings: bool, people: Sequence[str] = (), everybody: bool = False
) -> Json:
    """A new message. It mentions `people` by their accounts, or `everybody` in the room; whom it does not
    name is not mentioned, whatever the words."""
    return {
        **_text(page, RINGS if rings else SILENT),
        "m.mentions": _mentions(people, everybody=everybody),
        MARK: mark.field,
    }


def edit(event: str, page: Page, mark: Mark, people: Sequence[str] = ()) -> Json:
    """The same message, as it is to be now. A client that knows no edits shows the plain text as one more
    message; of a kind that rings nowhere, for nothing new has to be heard."""
    return {
        "msgtype": SILENT,
        "body": f"* {page.body}",
        "m.mentions": {},
        "m.new_content": {
            **_text(page, RINGS),
            "m.mentions": _mentions(people, everybody=False),
            MARK: mark.field,
        },
        "m.relates_to": {"rel_type": "m.replace", "event_id": event},
        MARK: mark.field,
    }


def reaction(event: str, key: str) -> Json:
    """A reaction below a message."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}


def picture(shown: Shown, file: Json, card: str) -> Json:
    """A picture whose file is encrypted, as a reply to the `card` unless that is empty. Its words hold the
    job's number and nothing else, for a locked phone shows them."""
    content: Json = {
        "msgtype": "m.image",
        "body": shown.caption,
        "filename": shown.file,
        "file": file,
        "info": {"mimetype": shown.kind, "size": len(shown.data), "w": shown.width, "h": shown.height},
        "m.mentions": {},
    }
    return content | ({"m.relates_to": {"m.in_reply_to": {"event_id": card}}} if card else {})


def aside(text: str, html: str = "", *, thread: str = "", reply_to: str = "") -> Json:
    """Words beside the cards: never rings, and other bots leave it unanswered. In the `thread` under a
    message, or as a reply to one, or neither."""
    content: Json = {"msgtype": SILENT, "body": text, "m.mentions": {}}
    if html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    if thread:
        content["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": not reply_to,
            "m.in_reply_to": {"event_id": reply_to or thread},
        }
    elif reply_to:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    return content


def _text(page: Page, kind: str) -> Json:
    return {
        "msgtype": kind,
        "body": page.body,
        "format": "org.matrix.custom.html",
        "formatted_body": page.html,
    }


def _mentions(people: Sequence[str], *, everybody: bool) -> Json:
    named: Json = {"user_ids": list(people)} if people else {}
    return {**named, "room": True} if everybody else named
