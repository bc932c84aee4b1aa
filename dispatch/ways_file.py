"""The list `ways` of a person in a committee's file, checked: how they want to be woken, first come first.

A service's address is a secret, so a mistake is named by table, number and field, as everywhere, and never by
what stood there. Whether a service of that name exists is not known here: `suidao doctor` says so.
"""

from collections.abc import Sequence

from dispatch.entries import WayEntry
from dispatch.tables import Table, refuse_twice
from dispatch.ways import CHAT, hours_of

MOST = 12
"""Entries of one list: four ways by day, evening and night."""

LONGEST_ADDRESS = 1_000
"""Characters: addresses with two tokens and some options have three hundred."""

_TO = rf"{CHAT}|[A-Za-z][A-Za-z0-9+.-]{{0,19}}://\S+"
_TO_SAID = '"chat", or the address of a service, such as bark://KEY@HOST (docs/waking.md)'
_HOURS = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS_SAID = "hours of the day such as 22:00-07:00, from one time to another"


def ways(person: Table, *, leads: bool) -> Sequence[WayEntry]:
    """The list of one person; empty where there is none. `leads`: they hold a role that is called. Raises
    `BadFileError`."""
    tables = person.tables("ways")
    if tables and not leads:
        person.fail(
            "ways", "none: only whoever may be on the ladder (leader, staff, secretary, office) is woken"
        )
    if len(tables) > MOST:
        person.fail("ways", f"at most {MOST} entries")
    found = [_way(table) for table in tables]
    refuse_twice(tables, "to", [(way["to"], way["hours"]) for way in found], "way and hours")
    return found


def hours(table: Table, default: str | None = None) -> str:
    """The field `hours` of a table, as it is written: `22:00-07:00`. Raises `BadFileError`."""
    text = table.text("hours", default, pattern=_HOURS, expected=_HOURS_SAID)
    since, _, until = text.partition("-")
    if text and since == until:
        table.fail("hours", f"{_HOURS_SAID}; without hours it is always")
    return text


def _way(table: Table) -> WayEntry:
    table.only("to", "hours")
    to = table.text("to", pattern=_TO, expected=_TO_SAID, longest=LONGEST_ADDRESS)
    return {"to": to, "hours": hours_of(hours(table)) if table.has("hours") else None}
