"""How much room words take where every letter has its column, and where a line of them may break.

A Chinese character takes two columns, a Latin letter one. It is what a terminal shows, and near enough to
what a phone's screen and a drawing do. Knows no language.
"""

import re
import unicodedata
from collections.abc import Iterator

_WIDE = frozenset("WF")
_NEVER_FIRST = frozenset("，。、；：？！）」』”’》…,.;:?!)")
"""What never begins a line."""


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(map(_columns, text))


def wrapped(text: str, columns: int) -> tuple[str, ...]:
    """The text in lines of at most so many columns, more where a mark would begin a line. Breaks at blanks
    and between Chinese characters, and within a word only where it alone is too long. An empty text is one
    empty line."""
    lines = [""]
    for piece in _pieces(text, columns):
        joined = lines[-1] + piece
        if width(joined.rstrip()) <= columns or (len(piece) == 1 and piece in _NEVER_FIRST):
            lines[-1] = joined
        else:
            lines.append(piece.lstrip())
    return tuple(line.strip() for line in lines)


def behind(before: str, text: str, columns: int) -> Iterator[str]:
    """The text in lines of at most so many columns, the first behind `before`, the others below it."""
    first, *others = wrapped(text, columns - width(before))
    yield before + first
    yield from (" " * width(before) + line for line in others)


def padded(text: str, columns: int) -> str:
    """The text with blanks behind it, up to so many columns."""
    return text + " " * max(0, columns - width(text))


def _pieces(text: str, columns: int) -> Iterator[str]:
    """What may stand on a line of its own: a word with the blanks behind it, a Chinese character, a mark."""
    for word in re.findall(r"\s+|\S+", text):
        if word.isspace():
            yield " "
            continue
        rest = ""
        for letter in word:
            alone = unicodedata.east_asian_width(letter) in _WIDE
            if rest and (alone or width(rest) >= columns):
                yield rest
                rest = ""
            if alone:
                yield letter
            else:
                rest += letter
        if rest:
            yield rest


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
