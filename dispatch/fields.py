"""Fields that several tables of a committee's file have: keys, names, phones, a building.

What is expected is said in words; what stood there never is.
"""

from collections.abc import Collection
from datetime import date, datetime

from dispatch.tables import Table

KEY = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
KEY_SAID = "a key of letters, digits, - _ or . (it becomes part of links)"

PHONE = r"\+?[0-9][0-9 ()-]{1,24}"
PHONE_SAID = "a phone number of digits, with + and country code if it is not local"

LONGEST_NAME = 100
"""Characters: names longer than that do not fit a button."""

LONGEST_UNIT = 40
"""Characters of a door's number."""

UNIT_SAID = "a door such as 502"
DAY_SAID = "a day such as 2026-11-02"


def key(table: Table) -> str:
    """What the entry is called."""
    return table.text("key", pattern=KEY, expected=KEY_SAID)


def name(table: Table) -> str:
    """A name as people read it."""
    return table.text("name", longest=LONGEST_NAME)


def phone(table: Table, default: str | None = "") -> str:
    """A phone number as people write it; without a `default` it is required."""
    return table.text("phone", default, pattern=PHONE, expected=PHONE_SAID)


def unit(table: Table) -> str:
    """A door; empty where none is given."""
    return table.text("unit", "", longest=LONGEST_UNIT, expected=UNIT_SAID)


def building(table: Table, buildings: Collection[str]) -> str | None:
    """The key of one of the file's buildings; None where none is given."""
    if not table.has("building"):
        return None
    found = table.text("building", expected="the key of a building")
    if found not in buildings:
        table.fail("building", "the key of a building of this file")
    return found


def day(table: Table, field: str) -> date:
    """A day, also as text; a moment is none."""
    value = table.value(field, DAY_SAID)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            table.fail(field, DAY_SAID)
    if not isinstance(value, date) or isinstance(value, datetime):
        table.fail(field, DAY_SAID)
    return value
