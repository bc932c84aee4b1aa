"""What the cards of every chat share: signs instead of colours, and people's words made inert.

Knows no markup: how a platform writes bold, and what it would take for a command, is its own.
"""

import unicodedata

from handlers.messages import Tone

SIGNS = {
    Tone.ALARM: "🚨",
    Tone.LIFE: "🔴",
    Tone.URGENT: "🟠",
    Tone.NORMAL: "🔵",
    Tone.MINE: "🟢",
    Tone.DONE: "⚪",
}
"""A card's colour, for a platform whose messages have none."""

CUT = "…"
"""Stands where something was left out."""

NOW = "👉"
"""Stands before what is asked now."""

WAY = "🔗"
"""Stands before the way to a page."""


def clean(words: str) -> str:
    """What somebody wrote, as words and nothing else. Line breaks stay, indented, so that no line of theirs
    begins where ours do."""
    kept = "".join(sign for sign in words if sign.isspace() or not _is_control(sign))
    lines = [line for line in (" ".join(each.split()) for each in kept.split("\n")) if line]
    return "\n   ".join(lines)


def parts(text: str, limit: int) -> list[str]:
    """The text in messages of at most `limit` UTF-16 units each, parted between blocks of lines where it can
    be, else between lines. A single line that is longer stays whole: cutting it is the platform's."""
    found: list[str] = []
    for block in text.split("\n\n"):
        if found and _units(f"{found[-1]}\n\n{block}") <= limit:
            found[-1] += f"\n\n{block}"
        elif _units(block) <= limit:
            found.append(block)
        else:
            found += _in_lines(block, limit)
    return found


def _in_lines(block: str, limit: int) -> list[str]:
    found: list[str] = []
    for line in block.split("\n"):
        if found and _units(f"{found[-1]}\n{line}") <= limit:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _units(words: str) -> int:
    """As Telegram counts, and never fewer than the characters that others count."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _is_control(sign: str) -> bool:
    """Control characters, halves of characters, and those that turn the direction of what follows."""
    kind = unicodedata.category(sign)
    return kind in ("Cc", "Cs") or "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"
