"""Which kind of job a message is about, by the words of the playbooks.

Chinese words count anywhere in the text, Western ones as whole words. The longest word wins, since it is
the most exact; of equally long ones the kind at which more is at stake.
"""

import re
from collections.abc import Mapping

from dispatch.jobs import Priority
from dispatch.playbook import Playbook
from handlers.folding import fold

FALLBACK = "general"
"""The kind of a message in which no word is recognised."""

_ORDER = list(Priority)


def fallback(playbooks: Mapping[str, Playbook]) -> str:
    """The kind for what nobody recognises: `general`, or else the least urgent kind there is."""
    if FALLBACK in playbooks or not playbooks:
        return FALLBACK
    calm = sorted(
        playbooks.values(), key=lambda each: (bool(each.recognise), -_ORDER.index(each.priority), each.kind)
    )
    return calm[0].kind


def recognise(text: str, playbooks: Mapping[str, Playbook]) -> str | None:
    """The kind whose word stands in the folded text, or None."""
    lowered = text.lower()
    found = [
        (-len(word), _ORDER.index(playbook.priority), playbook.kind)
        for playbook in playbooks.values()
        for word in words(playbook)
        if _stands_in(word, lowered)
    ]
    return min(found)[2] if found else None


def named(text: str, playbooks: Mapping[str, Playbook]) -> str | None:
    """The kind that a text consists of and nothing else: `氧气机`, `Oxygen refill`."""
    said = _bare(fold(text).text.lower())
    for playbook in playbooks.values():
        titles = {playbook.kind, *(title for title in playbook.title.values())}
        if said and said in {_bare(word.lower()) for word in (*words(playbook), *titles)}:
            return playbook.kind
    return None


def words(playbook: Playbook) -> tuple[str, ...]:
    """What means this kind: its words, and its titles. The fallback kind is never recognised."""
    if not playbook.recognise:
        return ()
    listed = (*playbook.recognise, *playbook.title.values())
    return tuple(word for each in listed if len(word := fold(each).text.lower().strip()) > 0)


def _stands_in(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not _letter(text, start - 1) and not _letter(text, end):
            return True
        start = text.find(word, start + 1)
    return False


def _letter(text: str, position: int) -> bool:
    return 0 <= position < len(text) and text[position].isascii() and text[position].isalnum()


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
