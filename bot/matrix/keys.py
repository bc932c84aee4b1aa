"""The reactions that are taps, and the numbers of what is said in words instead.

A reaction carries an emoji and nothing else: which verb it means follows from what the card offers. Knows
cards, no events.
"""

from collections.abc import Iterable, Iterator, Mapping
from zlib import crc32

from dispatch.verbs import Verb
from dispatch.walking import BETWEEN
from handlers.messages import Action, Asks, Card

_SELECTOR = "\ufe0f"
"""Asks for the coloured form of a sign; some clients add it to a reaction and some do not."""

_TONES = ("\U0001f3fb", "\U0001f3fc", "\U0001f3fd", "\U0001f3fe", "\U0001f3ff")
"""Skin tones: a phone adds the one that was chosen there once to every hand and walker."""

_SAME = str.maketrans(dict.fromkeys((_SELECTOR, *_TONES), ""))

KEYS: Mapping[Verb, str] = {
    Verb.CLAIM: "✅",
    Verb.APPROVE: "✅",
    Verb.REFUSE: "❌",
    Verb.DECLINE: "❌",
    Verb.START: "🚶",
    Verb.ARRIVE: "📍",
    Verb.FINISH: "🏁",
    Verb.RELEASE: "↩️",
    Verb.HELP: "🆘",
    Verb.ACKNOWLEDGE: "👍",
    Verb.HERE: "🙋",
    Verb.TAKE_OVER: "✅",
    Verb.TURN_DOWN: "❌",
}
"""The reaction that is a verb's tap. Emoji only: long keys are cut on phones."""

WORDLESS: Mapping[Verb, str] = {Verb.THANK: "💐"}
"""The same of verbs that have a number, on a card where they need no words; no sign that people nod to each
other with."""

FINDINGS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣")
"""What may be found now, in the card's order; no step asks for more (`dispatch.instructions_file`)."""

_STAMPS, _STAMP = ("\u200b", "\u200c", "\u2060"), 10
"""Signs that take no room, and how many of them stand behind such a number: 59,049 stamps. A card is edited
from step to step, and a reaction says nothing of what stood there when it was tapped, perhaps on a phone
without a network. So each step has numbers of its own, which look alike and are others."""

NUMBERS: Mapping[Verb, int] = {
    Verb.ASSIGN: 1,
    Verb.COMPLETE: 2,
    Verb.SETTLE: 3,
    Verb.RAISE: 4,
    Verb.CORRECT: 5,
    Verb.NOTE: 6,
    Verb.CANCEL: 9,
    Verb.HAND_OVER: 10,
    Verb.THANK: 12,
    Verb.SAY: 13,
}
"""The number of a verb that is said in words. It never changes: a number read on an old card must not mean
something else on a new one. What cannot be undone stands apart."""

OTHERS: Mapping[Verb, int] = {Verb.ARRIVE: 7, Verb.FINISH: 8, Verb.RELEASE: 0, Verb.FIND: 11}
"""The same for what the desk says of somebody else: on one's own card these are reactions."""


def plain(key: str) -> str:
    """The reaction as it is compared."""
    return key.translate(_SAME)


_MEANT: Mapping[str, frozenset[Verb]] = {
    **{plain(key): frozenset(verb for verb, other in KEYS.items() if other == key) for key in KEYS.values()},
    **{plain(key): frozenset({Verb.FIND}) for key in FINDINGS},
    **{plain(key): frozenset({verb}) for verb, key in WORDLESS.items()},
}


def verbs(key: str) -> frozenset[Verb]:
    """What a reaction may mean; nothing for one that is no tap."""
    return _MEANT.get(plain(key).rstrip("".join(_STAMPS)), frozenset())


def meant(key: str, card: Card) -> Action | None:
    """The action of this card that a reaction taps; None where the card offers it not, or no longer."""
    keyed = (*_keyed(card.actions), *_keyed(card.more))
    return next((action for each, action in keyed if plain(each) == plain(key)), None)


def numbered(number: int, card: Card) -> Action | None:
    """The action of this card that a number means, as the card's last line lists them."""
    return next((action for action in _every(card) if number_of(action) == number), None)


def number_of(action: Action) -> int | None:
    """The number that an action is answered with; None for one that is a reaction."""
    others = OTHERS.get(action.verb) if action.asks is Asks.PERSON else None
    return None if _reaction(action) else NUMBERS.get(action.verb, others)


def offered(card: Card) -> tuple[str, ...]:
    """The reactions that stand under the card for everybody to tap, in order; none under a closed one."""
    if card.closed:
        return ()
    return tuple(dict.fromkeys(key for key, _ in _keyed(card.actions)))


def named(card: Card) -> tuple[tuple[str, str], ...]:
    """The reactions under the card with what each does."""
    return tuple(_named(card.actions))


def rarer(card: Card) -> tuple[tuple[str, str], ...]:
    """What else can be done, for one quiet line: a number to answer with, or a reaction to add, and what it
    does."""
    numbers = ((number_of(action), action.label) for action in _every(card))
    words = sorted((number, label) for number, label in numbers if number is not None)
    return (*_named(card.more), *((str(number), label) for number, label in words))


def found(card: Card) -> tuple[Action, ...]:
    """What may be found now, by a number below the card."""
    return tuple(action for action in card.actions if _finds(action))


def _named(actions: Iterable[Action]) -> Iterator[tuple[str, str]]:
    return ((key, action.label) for key, action in _keyed(actions))


def _keyed(actions: Iterable[Action]) -> Iterator[tuple[str, Action]]:
    """Those that are a reaction, with it."""
    left = iter(FINDINGS)
    for action in actions:
        if _finds(action):
            if key := next(left, ""):
                yield f"{key}{_stamp(action)}", action
        elif key := _reaction(action):
            yield key, action


def _reaction(action: Action) -> str:
    """The reaction that taps it; empty for what is said in words."""
    if action.asks is Asks.PERSON:
        return ""
    wordless = WORDLESS.get(action.verb, "") if action.asks is Asks.NOTHING else ""
    return KEYS.get(action.verb, wordless)


def _stamp(action: Action) -> str:
    """By the step, so that a step that comes back has its numbers again."""
    rest = crc32(action.choice.partition(BETWEEN)[0].encode())
    signs = ""
    for _ in range(_STAMP):
        rest, sign = divmod(rest, len(_STAMPS))
        signs += _STAMPS[sign]
    return signs


def _finds(action: Action) -> bool:
    """One thing that may be found, and no list of them."""
    return action.verb is Verb.FIND and action.asks is not Asks.PERSON


def _every(card: Card) -> tuple[Action, ...]:
    return (*card.actions, *card.more)
