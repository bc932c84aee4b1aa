"""What a bench found, as a table for people and as JSON for machines. It measures nothing itself."""

import json
import math
import statistics
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HEADINGS = ("figure", "ours", "bare", "ratio", "aim", "ok?")

MISSED = "MISSED"
"""What stands in the last column, in capitals: nobody must have to look for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a figure should be: the measured one, or (`of_ratio`) its ratio to the bare reference."""

    sign: Literal["≤", "≥", "="]
    limit: float
    of_ratio: bool = False

    def __str__(self) -> str:
        return f"{'ratio ' if self.of_ratio else ''}{self.sign} {_number(self.limit)}"

    def met(self, value: float) -> bool:
        """Whether a value is good enough."""
        return {"≤": value <= self.limit, "≥": value >= self.limit, "=": value == self.limit}[self.sign]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. Without `bare` there is no ratio, without `aim` nothing to miss.

    `paired` is the ratio where it is more than one quotient: the median of those of several rounds."""

    name: str
    ours: float
    bare: float | None = None
    aim: Aim | None = None
    paired: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours to the bare reference's."""
        if self.paired is not None:
            return self.paired
        return self.ours / self.bare if self.bare else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None when there is none."""
        if self.aim is None:
            return None
        value = self.ratio if self.aim.of_ratio else self.ours
        return value is not None and self.aim.met(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one bench found; `values` are the keys of its part of the JSON."""

    figures: Sequence[Figure]
    values: Mapping[str, float]


def median(values: Sequence[float]) -> float:
    """The middle one of several runs."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not exceed (nearest rank: always one that was measured)."""
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]


def table(outcomes: Mapping[str, Outcome]) -> str:
    """One table of all benches."""
    lines = [
        _cells(f"{name}: {figure.name}", figure)
        for name, outcome in outcomes.items()
        for figure in outcome.figures
    ]
    widths = [max(_width(line[column]) for line in (HEADINGS, *lines)) for column in range(len(HEADINGS))]
    rows = [_row(line, widths) for line in (HEADINGS, *lines)]
    return "\n".join((rows[0], "  ".join("-" * width for width in widths), *rows[1:]))


def verdict(outcomes: Mapping[str, Outcome]) -> str:
    """One line: which aims were missed, if any."""
    missed = [
        f"{name}: {figure.name}"
        for name, outcome in outcomes.items()
        for figure in outcome.figures
        if figure.met is False
    ]
    return f"{MISSED}: {'; '.join(missed)}" if missed else "Every aim is met."


def write(path: Path, machine: Mapping[str, str], outcomes: Mapping[str, Outcome]) -> None:
    """Write the JSON: a part a bench, and the machine. What stood there before is replaced."""
    found: dict[str, object] = {"machine": dict(machine)}
    for name, outcome in outcomes.items():
        found[name] = {key: _rounded(value) for key, value in outcome.values.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _cells(name: str, figure: Figure) -> tuple[str, ...]:
    verdict = {None: "", True: "yes", False: MISSED}[figure.met]
    numbers = (figure.ours, figure.bare, figure.ratio)
    cells = ("" if number is None else _number(number) for number in numbers)
    return (name, *cells, "" if figure.aim is None else str(figure.aim), verdict)


def _number(value: float) -> str:
    if value == int(value) and value < 1000:
        return f"{value:.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else round(value, 3)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = list(zip(cells, widths, strict=True))
    first, *numbers, aim, last = (
        cell + " " * (width - _width(cell)) if place in (0, 4, 5) else " " * (width - _width(cell)) + cell
        for place, (cell, width) in enumerate(pairs)
    )
    return "  ".join((first, *numbers, aim, last)).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
