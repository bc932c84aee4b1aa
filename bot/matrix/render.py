"""From a card to the two texts of a Matrix message: plain words that read well alone, and the same as HTML.

The plain text is what phones, old clients and edits fall back to. Decides nothing: who may see what is in the
card. How the lines are laid out is in `sheet`.
"""

import hashlib
from dataclasses import dataclass, replace

from bot.matrix.sheet import Room, Sheet
from dispatch.verbs import Verb
from handlers.messages import Card
from handlers.texts import Texts

LIMIT = 12_000
"""Bytes of the longer text. An event holds 65,536: an edit repeats the text three times, and encryption makes
four bytes of three."""

ROOMS = (
    Room(fact=2_000, loose=40, log=30),
    Room(fact=600, loose=20, log=8),
    Room(fact=300, loose=8, log=3),
    Room(fact=80, loose=3, log=0, head=300, label=40),
    Room(fact=40, loose=1, log=0, head=120, label=20),
)
"""How much is shown: tried in turn until it fits. What committees write fits into the first; the last is for
malice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: in which language, and whom the message calls by name (account and name), if anybody."""

    texts: Texts
    called: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A card as Matrix takes it."""

    body: str
    html: str

    @property
    def digest(self) -> bytes:
        """Equal for equal pages."""
        return hashlib.blake2b(f"{self.body}\0{self.html}".encode(), digest_size=8).digest()

    @property
    def fits(self) -> bool:
        """An event has room for it, whatever becomes of it."""
        return max(len(self.html.encode()), len(self.body.encode())) <= LIMIT


def public(card: Card) -> Card:
    """The card with nothing that must not reach a notification or a room: what is shown while it rings."""
    if not card.private and card.place is None:
        return card
    facts = tuple(fact for fact in card.facts if not fact.private)
    return replace(
        card, facts=facts, place=None, pictures=0, page="", found=(), step="", steps=(), notes=(), log=()
    )


def page(card: Card, reader: Reader) -> Page:
    """The card, rendered; shortened until it fits. Numbers to ring, title and state stay."""
    for room in ROOMS[:-1]:
        made = _laid_out(card, reader, room)
        if made.fits:
            return made
    return _laid_out(card, reader, ROOMS[-1])


def unreacted(card: Card, texts: Texts) -> str:
    """What is said below a card where no reactions of ours may be: how it is answered all the same."""
    takes = any(action.verb is Verb.CLAIM for action in card.actions)
    return texts.sentences(
        texts.say(
            "I may not add reactions in this room, so there are none here to tap. Whoever looks after the "
            "room can let me."
        ),
        texts.say("To take it, write /claim {job}.", job=card.job_id) if takes else "",
    )


def _laid_out(card: Card, reader: Reader, room: Room) -> Page:
    sheet = Sheet(card, reader.texts, reader.called, room)
    return Page(body=sheet.plain, html=sheet.html)
