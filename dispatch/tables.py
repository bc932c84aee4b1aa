"""A table of somebody's file, read field by field: the first thing that is not as expected is named.

The file's format (TOML, a spreadsheet) is somebody else's business; this module sees plain mappings. An
error says where and what was expected, never what stood there: that may be a door or a phone number.
"""

import difflib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

from dispatch.errors import BadFileError

LONGEST_TEXT = 2_000
"""Characters in one field: a page of care notes. More is a slip, such as a whole document pasted in."""


def nearest(name: str, known: Collection[str]) -> str:
    """A hint naming the known word that `name` was probably meant to be; empty when none is close."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


class Table:
    """One table of a file. `name` is what a person looks for there: `committee`, or `people #3 (wang)`.

    Asking for a field gives its value in the right type or raises `BadFileError`. A field that is absent
    gives the default; without one it is required.
    """

    def __init__(self, file: str, name: str, data: object) -> None:
        self.file = file
        self.name = name
        if not isinstance(data, Mapping):
            self.fail("", "a table")
        self._data: Mapping[str, object] = data

    def fail(self, field: str, expected: str) -> NoReturn:
        """Name this field as the one that is wrong."""
        raise BadFileError(file=self.file, table=self.name, field=field, expected=expected)

    def only(self, *known: str) -> None:
        """Refuse every field but these."""
        for field in self._data:
            if field not in known:
                self.fail(field, f"one of: {', '.join(known)}{nearest(field, known)}")

    def has(self, field: str) -> bool:
        """The field is there, whatever it holds."""
        return field in self._data

    def fields(self) -> tuple[str, ...]:
        """The fields that are there, in the file's order."""
        return tuple(self._data)

    def text(
        self,
        field: str,
        default: str | None = None,
        *,
        pattern: str = "",
        expected: str = "text",
        longest: int = LONGEST_TEXT,
    ) -> str:
        """Text without blanks around it; required text may not be empty. `pattern` must match all of it."""
        value = self._get(field, default, expected)
        if not isinstance(value, str):
            self.fail(field, f"{expected}, in quotes")
        value = value.strip()
        if not value and default is None:
            self.fail(field, f"{expected}, not empty")
        if len(value) > longest:
            self.fail(field, f"{expected}, at most {longest} characters")
        if value and pattern and not re.fullmatch(pattern, value):
            self.fail(field, expected)
        return value

    def choice(self, field: str, known: Collection[str], default: str | None = None) -> str:
        """One of the known words."""
        expected = f"one of: {', '.join(known)}"
        value = self.text(field, default, expected=expected)
        if value not in known:
            self.fail(field, expected + nearest(value, known))
        return value

    def flag(self, field: str, default: bool) -> bool:  # noqa: FBT001 - the default is the value itself
        """`true` or `false`."""
        value = self._data.get(field, default)
        if not isinstance(value, bool):
            self.fail(field, "true or false, without quotes")
        return value

    def whole(self, field: str, default: int | None = None, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        expected = f"a whole number from {low} to {high}, without quotes"
        value = self._get(field, default, expected)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(field, expected)
        return value

    def number(self, field: str, expected: str) -> float | None:
        """A finite number; None when it is absent."""
        value = self._data.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fail(field, f"{expected}, without quotes")
        return float(value)

    def pairs(self, field: str, expected: str, *, single: bool = False) -> tuple[tuple[float, float], ...]:
        """A list of pairs of finite numbers; `single`: one pair alone, given as the only one."""
        value = self._get(field, None, expected)
        listed = [value] if single else value
        if not isinstance(listed, Sequence) or isinstance(listed, str):
            self.fail(field, expected)
        return tuple(self._pair(field, each, expected) for each in listed)

    def words(
        self, field: str, *, known: Collection[str] = (), pattern: str = "", expected: str = ""
    ) -> tuple[str, ...]:
        """A list of texts, none twice; absent is empty. Each is one of `known` or matches `pattern`."""
        expected = expected or (f"a list with any of: {', '.join(known)}" if known else "a list of texts")
        value = self._data.get(field, [])
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.fail(field, expected)
        for number, word in enumerate(value, 1):
            if not isinstance(word, str) or not word.strip() or (pattern and not re.fullmatch(pattern, word)):
                self.fail(field, expected)
            if known and word not in known:
                self.fail(field, f"{expected}; number {number} is none of them{nearest(word, known)}")
        if len(set(value)) != len(value):
            self.fail(field, f"{expected}, each only once")
        return tuple(value)

    def table(self, field: str) -> "Table":
        """The table inside this one; required."""
        return Table(self.file, self._inside(field), self._get(field, None, "a table"))

    def tables(self, field: str, *, label: str = "") -> tuple["Table", ...]:
        """A list of tables, counted from 1; absent is empty. `label` is the field that names each one."""
        value = self._data.get(field, [])
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.fail(field, "a list of tables")
        return tuple(
            Table(self.file, f"{self._inside(field)} #{number}{_label(data, label)}", data)
            for number, data in enumerate(value, 1)
        )

    def value(self, field: str, expected: str) -> object:
        """Whatever stands there, for whoever reads deeper; required."""
        return self._get(field, None, expected)

    def _pair(self, field: str, value: object, expected: str) -> tuple[float, float]:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            self.fail(field, expected)
        for number in value:
            wrong = isinstance(number, bool) or not isinstance(number, int | float)
            if wrong or not math.isfinite(number):
                self.fail(field, expected)
        return float(value[0]), float(value[1])

    def _get(self, field: str, default: object, expected: str) -> object:
        value = self._data.get(field, default)
        if value is None:
            self.fail(field, f"{expected}; it is missing")
        return value

    def _inside(self, field: str) -> str:
        return f"{self.name}.{field}" if self.name else field


def _label(data: object, field: str) -> str:
    value = data.get(field) if field and isinstance(data, Mapping) else None
    return f" ({value})" if isinstance(value, str) and value else ""


def refuse_twice(tables: Sequence[Table], field: str, values: Sequence[object], thing: str) -> None:
    """Refuse a value that an earlier table has already; `thing` says what it is: *key*, *address*."""
    first: dict[object, Table] = {}
    for table, value in zip(tables, values, strict=True):
        if value in first:
            table.fail(field, f"a {thing} of its own; {first[value].name} has the same")
        first[value] = table
