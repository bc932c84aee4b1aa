"""How a spreadsheet calls tables and fields of a committee's file, in both languages, and what stands there.

A sheet is a table and a column is a field. Nothing here reads a cell.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    PHONE = "phone"
    CHOICE = "choice"
    FLAG = "flag"
    WHOLE = "whole"
    NUMBER = "number"
    WORDS = "words"
    DAY = "day"
    PAIR = "pair"
    PAIRS = "pairs"
    CONTACTS = "contacts"
    WAYS = "ways"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field as a column. `into` is the table inside the entry that it belongs to; `chinese` are its
    headings, the first of which is written; `notes` say in English and Chinese what stands there."""

    field: str
    chinese: tuple[str, ...]
    notes: tuple[str, str]
    kind: Kind = Kind.TEXT
    into: str = ""
    choices: Mapping[str, str] | None = None
    """Words that may stand there, with their Chinese names, which are understood as well."""
    width: int = 14
    """Characters that it is wide when it is written."""

    @property
    def heading(self) -> str:
        """As it is written: in both languages."""
        return f"{self.chinese[0]}\n{self.field}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as a sheet."""

    table: str
    chinese: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """As it is written: in both languages."""
        return f"{self.chinese[0]} {self.table}"

    def column(self, heading: str) -> Column | None:
        """The column that a heading stands for, in either language or in both."""
        words = words_of(heading)
        return next((each for each in self.columns if not words.isdisjoint(_called(each))), None)

    def of(self, field: str, inner: str = "") -> Column | None:
        """The column of a field as an error names it; `inner` is the table inside the entry that has it."""
        last = field.rpartition(".")[2]
        if not inner:
            return next((each for each in self.columns if last in {each.field, each.into}), None)
        found = (
            each for each in self.columns if inner == each.field or (inner, last) == (each.into, each.field)
        )
        return next(found, None)


def fold(text: str) -> str:
    """A word however it was typed: full-width letters, capitals and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("-", "_")


def words_of(heading: str) -> frozenset[str]:
    """The heading as a whole, and what it consists of: `电话 phone`, `电话（必填）`."""
    parts = re.split(r"[\s/()（）*:：]+", heading)
    return _folded((heading, *parts)) - {""}


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, words))


def _called(column: Column) -> frozenset[str]:
    return _folded((column.field, *column.chinese))
