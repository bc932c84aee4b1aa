"""A card's lines, laid out in so much room: each one as plain words and as HTML.

Everything that people wrote is inert here: no markup, no mention, no line that looks like one of ours.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bot.matrix import keys
from bot.wording import CUT, NOW, SIGNS, WAY, clean
from dispatch.geography import Point
from handlers import commands
from handlers.messages import Call, Card, Fact
from handlers.texts import Texts

CALLS, FACTS = 10, 12
"""Numbers to ring, and facts: a committee has three, a card seven."""

DIALLED = 40
"""Signs of a number that a link dials: the longest there are have 15 digits."""

UNREAD = 4
"""So many times what is shown is read of a text: the rest of ten megabytes is not even looked at."""

_NO_NUMBER = re.compile(r"[^\d+*#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of everything is shown: characters of a title or sentence, of a label and of a fact; how many
    steps and notes, and lines of the log, the newest ones."""

    fact: int
    loose: int
    log: int
    head: int = 600
    label: int = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One line, in both texts."""

    plain: str
    html: str


Block = Sequence[Line]
_MORE = Line(CUT, CUT)


class Sheet:
    """A card in so much room. `called` is whom it calls by name: account and name."""

    def __init__(self, card: Card, texts: Texts, called: tuple[str, str] | None, room: Room) -> None:
        self._card = card
        self._texts = texts
        self._called = called
        self._room = room
        self._blocks = [
            block
            for block in (self._calls(), self._head(), self._facts(), self._loose(), self._taps())
            if block
        ]
        self._log = self._newest()

    @property
    def plain(self) -> str:
        """A blank line between blocks, none inside."""
        blocks = (*self._blocks, self._log) if self._log else self._blocks
        return "\n\n".join("\n".join(line.plain for line in block) for block in blocks)

    @property
    def html(self) -> str:
        """A paragraph a block; the log set off as a quotation."""
        log = f"<blockquote>{_broken(self._log)}</blockquote>" if self._log else ""
        return "".join(f"<p>{_broken(block)}</p>" for block in self._blocks) + log

    def _calls(self) -> Block:
        return [self._call(call) for call in self._card.calls[:CALLS]]

    def _call(self, call: Call) -> Line:
        """`☎ Ambulance 120`: before everything else, and a link that dials where the client lets it."""
        label = _short(call.label.removesuffix(call.number), self._room.label)
        number = _short(call.number, self._room.label)
        return Line(f"☎ {label} {number}", f"☎ <strong>{_escaped(label)}</strong> {_link(number, number)}")

    def _head(self) -> Block:
        card, room = self._card, self._room
        sign, title, badge = SIGNS[card.tone], _short(card.title, room.head), _short(card.badge, room.label)
        tail = f" · {badge}" if badge else ""
        first = Line(f"{sign} {title}{tail}", f"{sign} <strong>{_escaped(title)}</strong>{_escaped(tail)}")
        state = _line(card.state, room.head)
        if self._called is not None:
            state = self._calling(*self._called, state)
        return [first, state] if state.plain else [first]

    def _calling(self, account: str, name: str, state: Line) -> Line:
        name = _short(name, self._room.label)
        pill = f'<a href="https://matrix.to/#/{_escaped(quote(account, safe="@:"))}">{_escaped(name)}</a>'
        return Line(f"@{name} {state.plain}".strip(), f"{pill} {state.html}".strip())

    def _facts(self) -> Block:
        shown = [self._fact(fact) for fact in self._card.facts[:FACTS]]
        return shown if self._card.place is None else [*shown, self._place(self._card.place)]

    def _fact(self, fact: Fact) -> Line:
        label, value = _short(fact.label, self._room.label), _line(fact.value, self._room.fact)
        shown = _link(value.plain, fact.phone) if fact.phone else value.html
        return Line(f"{label}: {value.plain}", f"<strong>{_escaped(label)}</strong> {shown}")

    def _place(self, place: Point) -> Line:
        """A link that opens the reader's own map; nobody else's server is asked for one."""
        where, label = f"geo:{place.lat:.6f},{place.lon:.6f}", self._texts.say("Map")
        return Line(f"{label}: {where}", f'<strong>{_escaped(label)}</strong> <a href="{where}">{where}</a>')

    def _loose(self) -> Block:
        card, room = self._card, self._room
        now = [f"{NOW} {card.step}"] if card.step else []
        steps = [f"{number}. {step}" for number, step in enumerate(card.steps, 1)]
        said = [*now, *card.found, *steps, *card.notes]
        shown = [_line(commands.shouted(words), room.head) for words in said[: room.loose]]
        return [*self._page(), *shown, _MORE] if len(said) > room.loose else [*self._page(), *shown]

    def _page(self) -> Block:
        """The way to the reader's own page, where there is one."""
        card = self._card
        if not card.page or card.ticking is None:
            return []
        label, where = _short(card.ticking.label, self._room.label), _escaped(card.page)
        return [Line(f"{WAY} {label}: {card.page}", f'{WAY} <a href="{where}">{_escaped(label)}</a>')]

    def _taps(self) -> Block:
        """What the reactions below do, and in one quiet line what else there is."""
        lines = []
        if below := self._joined(keys.named(self._card)):
            lines.append(Line(below, _escaped(below)))
        if rest := self._joined(keys.rarer(self._card)):
            said = self._texts.say("More, by an answer to this card or a reaction: {verbs}", verbs=rest)
            lines.append(Line(said, f"<em>{_escaped(said)}</em>"))
        return lines

    def _joined(self, offered: Sequence[tuple[str, str]]) -> str:
        return " · ".join(f"{sign} {_short(label, self._room.label)}" for sign, label in offered)

    def _newest(self) -> Block:
        """The last lines of the log, below a sign that there were more."""
        log, room = self._card.log, self._room
        kept = [_line(line, room.head) for line in log[-room.log :]] if room.log else []
        return [_MORE, *kept] if kept and len(kept) < len(log) else kept


def _broken(block: Block) -> str:
    return "<br>".join(line.html for line in block)


def _line(words: str, limit: int) -> Line:
    """What somebody wrote, perhaps on several lines."""
    shown = _cut(clean(words[: limit * UNREAD]), limit)
    return Line(shown, _escaped(shown).replace("\n", "<br>"))


def _short(words: str, limit: int) -> str:
    """One line of at most so many characters."""
    return _cut(clean(" ".join(words[: limit * UNREAD].split())), limit)


def _cut(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1] + CUT


def _link(words: str, number: str) -> str:
    """A number that a touch rings. Where a client knows no such links the words remain."""
    return f'<a href="tel:{_NO_NUMBER.sub("", number[:DIALLED])}">{_escaped(words)}</a>'


def _escaped(words: str) -> str:
    return html.escape(words, quote=True)
