"""What stands in a cell of a spreadsheet, as the field that its column is.

A spreadsheet knows no whole numbers, makes dates of doors and powers of ten of phones: what can be told
apart is put right, and the rest is refused with a word on how to format the column. No
error repeats what stood there.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from dispatch.headings import Column, Kind, fold
from dispatch.residents import ContactKind

EXACT = 2**53
"""Above this a spreadsheet's numbers have lost digits."""

AS_TEXT = "text: format the column as text, and type it again"
"""What helps where a spreadsheet took something for what it is not."""

YES, NO = "是 yes", "否 no"
"""How a flag is written."""

_YES = frozenset(map(fold, ("true", "yes", "y", "1", "是", "有", "√", "✓", "对")))
_NO = frozenset(map(fold, ("false", "no", "n", "0", "否", "无", "没有", "×", "不")))
_BETWEEN = re.compile(r"[,，、;；\n]+")
_LINES = re.compile(r"\n+")
_ENTRIES = re.compile(r"[;；]+")
_NUMBERS = re.compile(r"[\s,，]+")
_CONTACT = re.compile(r"(?P<name>.*?)[\s:：,，]*(?P<phone>\+?[0-9][0-9 ()-]*)")
_KEYHOLDER = re.compile(
    r"(?P<name>.+?)\s*[(（]\s*(?:有?钥匙|邻居|key ?holder|钥匙 key|key|neighbou?r)\s*[)）]", re.IGNORECASE
)
"""How a key holder is told from family in one cell: `王阿姨（钥匙）`."""
_HOLDS_KEY = "（钥匙 key）"
_POWER = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+")


class CellError(Exception):
    """A cell holds something else than its column; `expected` says what belongs there."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def empty(value: object) -> bool:
    """Nothing stands there that anybody could see."""
    return value is None or (isinstance(value, str) and not value.strip())


def field(value: object, column: Column) -> object:
    """The cell as a committee's file would say it; None for an empty one. Raises `CellError`."""
    if empty(value):
        return None
    return _READ[column.kind](value, column)


def text(value: object, _column: Column | None = None) -> str:
    """Text; a whole number is its digits. Raises `CellError`."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellError(AS_TEXT)
    if not math.isfinite(value) or value != int(value):
        raise CellError(AS_TEXT)
    if abs(value) >= EXACT:
        raise CellError(f"{AS_TEXT}; digits were lost")
    return str(int(value))


def _phone(value: object, column: Column) -> str:
    found = text(value)
    if _POWER.fullmatch(found):
        raise CellError(f"{column.notes[0]}: digits are lost where it is shown as a power of ten; {AS_TEXT}")
    return found


def _choice(value: object, column: Column) -> str:
    return _known(text(value), column)


def _known(word: str, column: Column) -> str:
    """The file's own word for one of the column's, in whichever language it was typed, or in both."""
    named = {fold(each): name for name, chinese in (column.choices or {}).items() for each in (name, chinese)}
    parts = word.split()
    meant = {named.get(fold(part), part) for part in parts} if len(parts) > 1 else set()
    meant |= {named[fold(word)]} if fold(word) in named else set()
    return meant.pop() if len(meant) == 1 else word


def _flag(value: object, column: Column) -> bool:
    word = str(int(value)) if isinstance(value, bool) else text(value)
    words = set(map(fold, word.split()))
    if words and words <= _YES:
        return True
    if words and words <= _NO:
        return False
    raise CellError(column.notes[0])


def _whole(value: object, column: Column) -> int:
    found = text(value)
    if not (found.isascii() and found.isdigit()):
        raise CellError(f"a whole number ({column.notes[0]})")
    return int(found)


def _number(value: object, column: Column) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return float(text(value))
    except ValueError:
        raise CellError(f"a number ({column.notes[0]})") from None


def _words(value: object, column: Column) -> list[str]:
    parts = (part.strip() for part in _BETWEEN.split(text(value)))
    return [_known(part, column) for part in parts if part]


def _day(value: object, column: Column) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(text(value).replace("/", "-"))
    except ValueError:
        raise CellError(f"a day such as 2026-11-02 ({column.notes[0]})") from None


def _pair(value: object, column: Column) -> list[float]:
    parts = [part for part in _NUMBERS.split(text(value)) if part]
    if len(parts) != 2:
        raise CellError(f"two numbers ({column.notes[0]})")
    return [_number(part, column) for part in parts]


def _pairs(value: object, column: Column) -> list[list[float]]:
    return [_pair(part, column) for part in re.split(r"[;；\n]+", text(value)) if part.strip()]


def _contacts(value: object, column: Column) -> list[dict[str, str]]:
    found = []
    for entry in _entries(value):
        name, colon, phone = entry.replace("：", ":").rpartition(":")
        if not colon:
            match = _CONTACT.fullmatch(entry)
            name, phone = (match["name"], match["phone"]) if match else ("", "")
        holder = _KEYHOLDER.fullmatch(name.strip())
        if not name.strip() or not (phone.strip() or (colon and holder is None)):
            raise CellError(f"a name and a phone number each ({column.notes[0]})")
        kind = {} if holder is None else {"kind": ContactKind.KEYHOLDER.value}
        name = name.strip() if holder is None else holder["name"]
        found.append({"name": name, "phone": phone.strip(), **kind})
    return found


def _entries(value: object) -> list[str]:
    """A line each; one line alone may hold several, with semicolons, unless a line break follows it."""
    whole = value.replace("\r\n", "\n") if isinstance(value, str) else text(value)
    between = _LINES if "\n" in whole else _ENTRIES
    return [part.strip() for part in between.split(whole) if part.strip()]


def _ways(value: object, _column: Column) -> list[dict[str, str]]:
    found = []
    for entry in _LINES.split(text(value)):
        to, _, hours = entry.strip().partition(" ")
        if to:
            found.append({"to": to, "hours": hours.strip()} if hours.strip() else {"to": to})
    return found


_READ: Mapping[Kind, Callable[[object, Column], object]] = {
    Kind.TEXT: text,
    Kind.PHONE: _phone,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.WORDS: _words,
    Kind.DAY: _day,
    Kind.PAIR: _pair,
    Kind.PAIRS: _pairs,
    Kind.CONTACTS: _contacts,
    Kind.WAYS: _ways,
}


def shown(value: object, column: Column) -> object:
    """What is written into a cell for a field, so that `field` reads the same back; None for nothing."""
    if value is None or value in ("", [], {}):
        return None
    match column.kind:
        case Kind.FLAG:
            return YES if value else NO
        case Kind.NUMBER | Kind.WHOLE | Kind.DAY:
            return value
        case Kind.CHOICE:
            return named(str(value), column)
        case Kind.WORDS:
            return ", ".join(named(str(each), column) for each in _listed(value))
        case _:
            return _TOLD.get(column.kind, str)(value)


def named(word: str, column: Column) -> str:
    """A word that may stand in a column, in both languages."""
    chinese = (column.choices or {}).get(word, word)
    return word if chinese == word else f"{chinese} {word}"


def _listed(value: object) -> "list[object]":
    return list(value) if isinstance(value, list | tuple) else [value]


def _told_pair(value: object) -> str:
    return " ".join(repr(float(number)) for number in value) if isinstance(value, list | tuple) else ""


def _told_pairs(value: object) -> str:
    return "; ".join(map(_told_pair, value)) if isinstance(value, list | tuple) else ""


def _told_contacts(value: object) -> str:
    lines = list(map(_told_contact, value)) if isinstance(value, list | tuple) else []
    alone = len(lines) == 1 and bool(_ENTRIES.search(lines[0]))
    return "\n".join(lines) + "\n" * alone


def _told_contact(contact: Mapping[str, str]) -> str:
    holder = contact.get("kind") == ContactKind.KEYHOLDER.value
    return f"{contact['name']}{_HOLDS_KEY if holder else ''}: {contact['phone']}".rstrip()


def _told_ways(value: object) -> str:
    if not isinstance(value, list | tuple):
        return ""
    return "\n".join(f"{each['to']} {each.get('hours', '')}".strip() for each in value)


_TOLD: Mapping[Kind, Callable[[object], str]] = {
    Kind.PAIR: _told_pair,
    Kind.PAIRS: _told_pairs,
    Kind.CONTACTS: _told_contacts,
    Kind.WAYS: _told_ways,
}
