"""From a card to Telegram's HTML: what must be known first stands first, whatever the length.

Everything that people wrote is inert here: no markup, no mention that rings somebody, no command, no line
that looks like one of ours. Decides nothing: who may see what is in the card already.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from bot import wording
from bot.wording import CUT, NOW, SIGNS, WAY
from handlers.messages import Call, Card, Fact

LIMIT = 4096
"""Telegram's limit of a message after its markup is read, counted in UTF-16 units."""

LEAST = 60
"""Units that a fact keeps when everything is too long: it is cut, and never gone."""

CALLS = 10
"""Numbers to ring: a committee has two or three."""

_HEAD, _LABEL = 600, 80
"""Units of what is never cut otherwise: far more than any title, sentence or label of ours; the names in
them are people's own."""

_JOINER = "\u2060"
"""Takes no room: what it parts is no mention and no command any more."""

_ACTIVE = re.compile(r"(?<![A-Za-z0-9_.])@(?=\w)|(?<![^\s([{<\"'“‘（【《，。、：；])/(?=\w)")
"""Where Telegram would begin a mention or a command."""

_TAGS = re.compile(r"<[^>]*>")

Block = list[str]
"""Lines of HTML that belong together."""


def text(card: Card) -> str:
    """The card as HTML, at most `LIMIT` long once its markup is read.

    What is too long keeps of its log the newest lines that there is room for, if any; then it loses notes
    and steps, from the last one on, then the ends of the longest facts. Numbers to ring, title and state
    stay (`_HEAD` long each).
    """
    head = _head(card)
    facts = [_fact(fact.label, _clean(fact.value)) for fact in card.facts]
    notes = (_escaped(_clean(note)) for note in card.notes)
    loose = [*_page(card), *_walk(card), *_numbered(card.steps), *notes]
    full = _joined(head, facts, loose, _quoted(card.log))
    return full if length(full) <= LIMIT else _shortened(card, head, loose)


def plain(markup: str) -> str:
    """HTML of `text` as it is read."""
    return html.unescape(_TAGS.sub("", markup))


def length(markup: str) -> int:
    """How long Telegram counts it."""
    return _units(plain(markup))


def _units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def _shortened(card: Card, head: Block, loose: Block) -> str:
    """The same, cut."""
    facts = _fitting(_cut_facts(card.facts, LIMIT - length(_joined(head)) - 2), [head])
    loose = _fitting(loose, [head, facts])
    room = LIMIT - length(_joined(head, facts, loose)) - len(f"\n\n{CUT}")
    return _joined(head, facts, loose, _quoted(_newest(card.log, room)))


def _newest(lines: Sequence[str], room: int) -> Block:
    """As many of the last lines as go into so many units, below a sign that there were more."""
    kept: Block = []
    for line in reversed(lines):
        room -= _units(_line(line, LIMIT)) + 1
        if room < 0:
            break
        kept.insert(0, line)
    return [CUT, *kept] if kept else []


def _fitting(lines: Block, above: Sequence[Block]) -> Block:
    """As many of the first lines as there is room for below what stands above; a sign if some are gone."""
    room = LIMIT - length(_joined(*above)) - len("\n\n")
    costs = [length(line) + 1 for line in lines]
    if sum(costs) <= room:
        return lines
    room -= len(CUT)
    kept: Block = []
    for line, cost in zip(lines, costs, strict=True):
        if cost > room:
            break
        room -= cost
        kept.append(line)
    return [*kept, CUT] if room >= 0 else []


def _cut_facts(facts: Sequence[Fact], room: int) -> Block:
    """The facts in so many units: the longest values are cut, so that the short ones stay whole."""
    values = [_clean(fact.value) for fact in facts]
    shares = [_units(value) for value in values]
    room -= sum(_units(_line(fact.label, _LABEL)) + 2 for fact in facts)
    while sum(shares) > room and max(shares) > LEAST:
        longest = shares.index(max(shares))
        shares[longest] = max(LEAST, shares[longest] - (sum(shares) - room))
    return [
        _fact(fact.label, _first(value, share))
        for fact, value, share in zip(facts, values, shares, strict=True)
    ]


def _first(words: str, units: int) -> str:
    """The beginning of a text, never half a character."""
    if _units(words) <= units:
        return words
    return words.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore") + CUT


def _head(card: Card) -> Block:
    """What is never left out: numbers to ring, title, badge, state."""
    title = f"{SIGNS[card.tone]} <b>{_escaped(_line(card.title, _HEAD))}</b>"
    badge = f" · {_escaped(_line(card.badge, _LABEL))}" if card.badge else ""
    state = [_escaped(_line(card.state, _HEAD))] if card.state else []
    return [*map(_call, card.calls[:CALLS]), f"{title}{badge}", *state]


def _call(call: Call) -> str:
    """`☎ Ambulance 120`, the number in a form that a touch copies."""
    label = _line(call.label.removesuffix(call.number), _LABEL)
    return f"☎ <b>{_escaped(label)}</b> <code>{_escaped(_line(call.number, _LABEL))}</code>"


def _fact(label: str, value: str) -> str:
    return f"<b>{_escaped(_line(label, _LABEL))}</b> {_escaped(value)}"


def _numbered(steps: Iterable[str]) -> Iterator[str]:
    return (f"{number}. {_escaped(_clean(step))}" for number, step in enumerate(steps, 1))


def _page(card: Card) -> Iterator[str]:
    """The way to the reader's own page, where there is one. No button: Telegram refuses a whole message for
    an address that it does not like, and of words only the link is lost then."""
    if card.page and card.ticking is not None:
        label = _escaped(_line(card.ticking.label, _LABEL))
        yield f'{WAY} <a href="{html.escape(card.page)}">{label}</a>'


def _walk(card: Card) -> Iterator[str]:
    """What is asked now, which is cut last of all this, and what was found before."""
    if card.step:
        yield f"{NOW} <b>{_escaped(_clean(card.step))}</b>"
    yield from (_escaped(_line(line, _HEAD)) for line in card.found)


def _quoted(lines: Iterable[str]) -> Block:
    """Folded until somebody wants to read it."""
    shown = "\n".join(_escaped(_line(line, LIMIT)) for line in lines)
    return [f"<blockquote expandable>{shown}</blockquote>"] if shown else []


def _joined(*blocks: Sequence[str]) -> str:
    """A blank line between blocks, none inside."""
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _line(words: str, limit: int) -> str:
    """One line, inert, of at most so many units."""
    return _first(_clean(" ".join(words.split())), limit)


def _clean(words: str) -> str:
    """What somebody wrote, as words and nothing else: no mention, no command."""
    return _ACTIVE.sub(rf"\g<0>{_JOINER}", wording.clean(words))


def _escaped(words: str) -> str:
    return html.escape(words, quote=False)
