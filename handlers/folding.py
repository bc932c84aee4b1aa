"""Text as typed, folded into what rules can read, with the way back to every original character.

People type full-width digits, typographic dashes and invisible marks; the rules should not care, and
nothing of the original may get lost over it. Knows characters, not meanings.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

READ_LIMIT = 10_000
"""Characters that are looked at. The page's own limit is the same; what lies beyond is kept, not read."""

BLANK = "\x00"
"""Stands for something already understood; `fold` never leaves one, and no rule reads across it."""

_DASHES = frozenset("‐‑‒–—―−⁃﹣－")
_KEPT_CONTROLS = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` after folding; `origin[i]` is where its character `i` stood in the original."""

    text: str
    origin: tuple[int, ...]

    def without(self, spans: Iterable[tuple[int, int]]) -> "Folded":
        """The same, with stretches blanked: no rule will read them again."""
        chars = list(self.text)
        for start, end in spans:
            chars[start:end] = BLANK * (end - start)
        return Folded("".join(chars), self.origin)


def fold(text: str) -> Folded:
    """Fold the first `READ_LIMIT` characters of `text`. Never raises."""
    chars: list[str] = []
    origin: list[int] = []
    for position, raw in enumerate(text[:READ_LIMIT]):
        folded = _fold_char(raw)
        chars.append(folded)
        origin.extend([position] * len(folded))
    return Folded("".join(chars), tuple(origin))


def _fold_char(raw: str) -> str:
    """One character: dashes become `-`, invisible marks vanish, compatibility forms become plain ones."""
    if raw.isascii() and raw.isprintable():
        return raw
    if raw in _DASHES:
        return "-"
    category = unicodedata.category(raw)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category.startswith("C"):
        return raw if raw in _KEPT_CONTROLS else " "
    plain = unicodedata.normalize("NFKC", raw)
    return plain if len(plain) == 1 else raw
