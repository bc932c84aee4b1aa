"""What each platform can do, as its gateway declares it: the table in the README is made of it.

Run as `python -m bot.platforms` (`make platforms`). Imports every platform: nothing of the program uses it.
"""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from bot.matrix import gateway as matrix
from bot.telegram import gateway as telegram
from bot.web import gateway as web
from handlers.gateways import Abilities

PLATFORMS: Mapping[str, Abilities] = {
    "Web page": web.ABILITIES,
    "Telegram": telegram.ABILITIES,
    "Matrix": matrix.ABILITIES,
}

COLUMNS: Mapping[str, str] = {
    "buttons": "one tap claims",
    "edits": "cards are edited",
    "private_cards": "private cards",
    "encryption": "encryption end to end",
    "calls_by_name": "calls by name",
    "copies_text": "numbers copied by touch",
    "lasting": "cards stay in the chat",
}
"""Every ability, in words for the head of its column."""

BEGIN, END = "<!-- platforms -->\n", "<!-- /platforms -->\n"
README = Path(__file__).parent.parent / "README.md"


def table() -> str:
    """The table, as Markdown."""
    names = [field.name for field in fields(Abilities)]
    head = f"| | {' | '.join(COLUMNS[name] for name in names)} |\n|---|{':-:|' * len(names)}\n"
    rows = (
        f"| {platform} | {' | '.join('yes' if getattr(able, name) else '–' for name in names)} |\n"
        for platform, able in PLATFORMS.items()
    )
    return head + "".join(rows)


def written(page: str) -> str:
    """The page with the table as it is now between its two marks. Raises `ValueError` without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the marks of the table are missing")
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
