"""What a chart shows, in words and numbers: who draws it knows colours and letters, and nobody's load.

Every text stands here twice, as the reader reads it and in Latin letters, for a machine that has no others.
"""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands around the bars: a title, a line below it, what the two bars of each row are, and what
    does not stand here."""

    title: str
    below: str
    first: str
    second: str
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Two bars, and whose they are; `plain` is the name in Latin letters, or its number in the list."""

    label: str
    plain: str
    first: int
    second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Rows of two bars, in the order in which they are drawn."""

    words: Words
    plain: Words
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A PNG and its size in pixels."""

    data: bytes = field(repr=False)
    width: int
    height: int


Draw = Callable[[Chart], Drawn]
"""Draws a chart; takes some tenths of a second, so beside the event loop."""
