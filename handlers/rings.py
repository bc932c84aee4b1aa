"""What a service rings with, and what a drill says: public words alone, since they stand on a locked phone
and pass through somebody else's server.

The kind of job, the building and how urgent it is; never a door, a name or a number, and no link that signs
anybody in. One answers on one's own page, or in the chat.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.events import NoticeKind
from dispatch.people import Roster
from dispatch.waking import RINGING
from handlers.cards import NORMAL_RANK
from handlers.messages import Card, Tone
from handlers.texts import Texts, mark

REASONS: Mapping[NoticeKind, str] = {
    NoticeKind.HELP: mark("Somebody at work on it needs help. Please answer now."),
    NoticeKind.ALERT: mark("You are called. Please answer now."),
    NoticeKind.URGE: mark("You said that you deal with it. Are you still on it? Please answer now."),
    NoticeKind.DRILL: mark("This is a test: nothing has happened, and nothing is to be done."),
}
"""Why a phone rings: a line for each of `RINGING`, and for a drill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A title, and what stands below it."""

    title: str
    body: str


def ring(card: Card, kind: NoticeKind, texts: Texts, page: str) -> Ring:
    """The words for a kind of `REASONS`; `page` is where the reader answers, the same for everybody."""
    title = f"{card.badge} · {card.title}" if card.badge else card.title
    lines = [texts.say(REASONS[kind])]
    if kind in RINGING:
        lines.append(texts.say("Your page: {url}", url=page))
    return Ring(title=title, body="\n".join(lines))


def drill(number: int, roster: Roster, texts: Texts) -> Card:
    """A test as a card, for chats: it asks nothing, and is never edited."""
    return Card(
        job_id=0,
        version=1,
        tone=Tone.NORMAL,
        title=texts.say("Test · {committee}", committee=roster.committee.name),
        badge="",
        state=texts.say(REASONS[NoticeKind.DRILL]),
        notes=(texts.say("You read this, so this way to reach you works."),),
        rank=NORMAL_RANK,
        drill=number,
    )
