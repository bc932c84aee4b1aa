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


def outside(card: Card) -> Ring:
    """A card as it may stand on a locked phone: what is about a job bears no name; what is about somebody is
    told without them."""
    if card.application:
        return Ring(title="随到 Suidao", body="")
    if card.relay:
        return Ring(title=card.badge, body="")
    return Ring(title=card.title, body=card.badge)


def ring(card: Card, kind: NoticeKind, texts: Texts, page: str) -> Ring:
    """The words for a kind of `REASONS`; `page` is where the reader answers, the same for everybody."""
    told = outside(card)
    title = f"{told.body} · {told.title}" if told.body else told.title
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
