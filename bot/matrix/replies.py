"""Replies to a card: the numbers of its last line, and a few words, as the taps that they stand for.

All other words are the handlers' to understand. Nothing is done that the card does not offer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.matrix import keys
from dispatch.verbs import Verb
from handlers.messages import Action, Asks, Card, Choice
from handlers.texts import Texts

LISTED = 12
"""Names in one answer."""

_NUMBERED = re.compile(r"\s*(?P<number>1[0-3]|[0-9])(?:[\s.、:：)）]+(?P<rest>.*))?", re.DOTALL)
_BUILDINGS = "号楼弄幢栋室单座层"
"""What follows the number of a building and never the number of a verb."""

_WORDS: Mapping[str, Verb] = {
    "raise": Verb.RAISE,
    "加急": Verb.RAISE,
    "assign": Verb.ASSIGN,
    "派给": Verb.ASSIGN,
    "交给": Verb.ASSIGN,
}
_SPOKEN = re.compile(
    rf"\s*[!！/]?(?P<word>{'|'.join(_WORDS)})(?![A-Za-z])[\s:：]*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_PARTS = " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a reply stands for: a verb with what it needs, or (`asks`) what is to be asked back."""

    verb: Verb
    choice: str = ""
    text: str = ""
    asks: str = ""


def read(text: str, card: Card, texts: Texts) -> Meant | None:
    """The tap that a reply to this card stands for; None where it is other words."""
    if (counted := _counted(text, card, texts)) is not None:
        return counted
    action, rest = _numbered(text, card) or _spoken(text, card) or (None, "")
    if action is None:
        return None
    match action.asks:
        case Asks.PERSON:
            return _person(action, rest, texts)
        case Asks.TEXT:
            hint = action.hint or texts.say("Write it behind the number.")
            enough = rest or action.verb is Verb.THANK  # thanks need no words
            return Meant(verb=action.verb, text=rest) if enough else Meant(verb=action.verb, asks=hint)
        case _:
            # "2 nobody is there" is a remark, and closes no job.
            return None if rest else Meant(verb=action.verb)


def _counted(text: str, card: Card, texts: Texts) -> Meant | None:
    """A number alone below a card that asks what was found. It may have been written to an earlier step, by
    somebody without a network, so it is asked back: words can only mean one."""
    number, rest = _number(text) or (0, "")
    found = keys.found(card)
    if rest or not 1 <= number <= len(found):
        return None
    words = found[number - 1].label
    how = texts.say(
        "Tap the number below the card, or answer the card in words, such as: {words}", words=words
    )
    return Meant(verb=Verb.FIND, asks=how)


def _numbered(text: str, card: Card) -> tuple[Action, str] | None:
    number, rest = _number(text) or (-1, "")
    action = keys.numbered(number, card)
    return None if action is None else (action, rest)


def _number(text: str) -> tuple[int, str] | None:
    """The number that a reply begins with, and the words behind it; None for a building's, and for none."""
    found = _NUMBERED.fullmatch(text)
    rest = "" if found is None else (found["rest"] or "").strip()
    return None if found is None or rest.startswith(tuple(_BUILDINGS)) else (int(found["number"]), rest)


def _spoken(text: str, card: Card) -> tuple[Action, str] | None:
    found = _SPOKEN.fullmatch(text)
    if found is None:
        return None
    verb = _WORDS[found["word"].lower()]
    action = next((each for each in (*card.actions, *card.more) if each.verb is verb), None)
    return None if action is None else (action, found["rest"].strip())


def _person(action: Action, name: str, texts: Texts) -> Meant:
    """By name, whole or in part, where it is one person's alone."""
    wanted = name.casefold()
    named = [each for each in action.choices if wanted and _name(each).casefold() == wanted]
    alike = named or [each for each in action.choices if wanted and wanted in _name(each).casefold()]
    if len(alike) == 1:
        return Meant(verb=action.verb, choice=alike[0].value)
    return Meant(verb=action.verb, asks=_whom(action, alike or action.choices, texts))


def _whom(action: Action, choices: Sequence[Choice], texts: Texts) -> str:
    lines = [f"• {choice.label}" for choice in choices[:LISTED]]
    how = texts.say(
        "Reply to the card once more, with the name: {number} {person}",
        number=keys.number_of(action),
        person=_name(choices[0]),
    )
    return "\n".join([action.hint, *lines, how])


def _name(choice: Choice) -> str:
    return choice.label.split(_PARTS)[0]
