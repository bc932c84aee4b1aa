"""Where a table stands in a spreadsheet, so that what is wrong is named as the spreadsheet shows it.

A cell is named by its sheet, its row as the spreadsheet counts it, and its column's letter and heading; with
what was expected, and never with what stood there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from dispatch.errors import BadFileError
from dispatch.headings import Column, Sheet

LONGEST_NAME = 30
"""Characters of a sheet's name or of a heading that are repeated in an error."""

_PLACE = re.compile(r"(?P<table>\w+)(?: #(?P<number>\d+))?(?: \(.*\))?(?:\.(?P<inner>\w+)(?: #\d+)?)?")
_SAME = re.compile(r"\w+ #(\d+)(?: \(\S*\))?(?= has the same)")
_QUOTES = re.compile(r", (?:in|without) quotes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A table's sheet, its columns by field, and the row of each entry, counted from 1."""

    file: str
    sheet: Sheet
    name: str
    columns: Mapping[str, int]
    rows: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Every column that there can be is there."""
        return all(each.field in self.columns for each in self.sheet.columns)

    def refuse(self, row: int, column: Column | None, expected: str, field: str = "") -> NoReturn:
        """Name a cell as the one that is wrong; without a `column` the `field` is one that no column has."""
        index = None if column is None else self.columns.get(column.field)
        letter = "" if index is None else letters(index)
        heading = field if column is None else f"{column.chinese[0]} {column.field}"
        where = f"column {letter} ({heading})" if letter else heading and f"a column {heading}"
        raise BadFileError(
            file=self.file,
            table=f"sheet {short(self.name)}, row {row}",
            field=where,
            expected=expected,
            kind=self.sheet.table,
            sheet=short(self.name),
            row=row,
            column=letter,
            heading=field if column is None else column.field,
        )

    def filled(self, rows: tuple[int, ...]) -> "Placed":
        """The same with the rows of its entries."""
        return replace(self, rows=rows)


@dataclass(frozen=True, slots=True)
class Mistake:
    """An error about an entry of a file, as it was raised: its table, number, inner table and field.
    The number is 0 where it did not say which entry."""

    error: BadFileError
    table: str
    number: int
    inner: str
    field: str

    @classmethod
    def of(cls, error: BadFileError) -> "Mistake":
        """What the error says of its place."""
        match = _PLACE.fullmatch(str(error.params.get("table", "")))
        found = match.groupdict(default="") if match else {"table": "", "number": "", "inner": ""}
        field = str(error.params.get("field", ""))
        return cls(error, found["table"], int(found["number"] or 0), found["inner"], field)

    def raise_in(self, placed: Placed | None, before: int) -> NoReturn:
        """Raise it anew, by its place in the spreadsheet; `before` is how many entries of the table
        stand before the spreadsheet's own. An error about anything else is raised as it is."""
        number = self.number - before
        if placed is None or not 1 <= number <= len(placed.rows):
            raise self.error
        column = placed.sheet.of(self.field, self.inner)
        expected = _retold(str(self.error.params["expected"]), placed, before)
        placed.refuse(placed.rows[number - 1], column, expected, self.field)


def _retold(expected: str, placed: Placed, before: int) -> str:
    def row(match: "re.Match[str]") -> str:
        number = int(match[1]) - before
        return f"row {placed.rows[number - 1]}" if 1 <= number <= len(placed.rows) else "an entry"

    said = _QUOTES.sub("", _SAME.sub(row, expected))
    return said.replace("of this file", "of the register")


def short(text: str) -> str:
    """Text in one line, cut where it is long."""
    return " ".join(text.split())[:LONGEST_NAME]


def letters(index: int) -> str:
    """A column's letters, counted from 0: A, Z, AA."""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
