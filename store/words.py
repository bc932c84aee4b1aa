"""Small values as columns: sets of plain words, JSON, yes and no."""

import json
from collections.abc import Iterable
from typing import Any


def join(words: Iterable[str]) -> str:
    """Words without spaces as one text, in a fixed order."""
    return " ".join(sorted(words))


def split(text: str) -> frozenset[str]:
    """The words of `join`."""
    return frozenset(text.split())


def pack(value: object) -> str:
    """A value as short, canonical JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpack(text: str) -> Any:
    """The value of `pack`."""
    return json.loads(text)
