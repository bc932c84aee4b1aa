"""A file of the register in whatever shape it came, understood against the register as it is.

A workbook or a table says what it says over what is kept: columns and tables that are not there stay as
they are. What comes of it is the same checked file that a TOML file gives, so that there is one way to load
and one set of checks.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from bot import csv_table, workbook
from dispatch import register, spreadsheet
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from dispatch.overlay import overlaid
from dispatch.people import Committee
from dispatch.ports import Store
from dispatch.sheets import SHEETS, sheet
from dispatch.spreadsheet import PLACED, Raw, Reading
from store.calendar import RuleCalendar

WORKBOOK = ".xlsx"
TABLE = ".csv"

_WHOLE = ("buildings", "walls", "gates", "people", "groups", "ladder", "rota", "holidays")
"""Tables that the others lean on: they are there for every check, whatever the file holds."""

_OF_RESIDENTS = frozenset({"care", "medicines"})
"""Tables whose entries are each for a resident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is said beside a file: the table that a CSV file holds, where its name does not say so; how
    positions are given that say nothing of it; and whether entries go that the file leaves out."""

    table: str | None = None
    coordinates: str | None = None
    prune: bool = False


def is_spreadsheet(name: str) -> bool:
    """The file is one that this module reads."""
    return PurePath(name).suffix.lower() in {WORKBOOK, TABLE}


def read(name: str, data: bytes, wish: Wish) -> Reading:
    """The tables of a file, by the end of its name. Raises `BadFileError`; `name` is only named there."""
    if PurePath(name).suffix.lower() != TABLE:
        return spreadsheet.read(name, workbook.read(name, data))
    table = csv_table.read(name, data)
    called = wish.table or table.name
    if sheet(called) is None:
        known = ", ".join(each.table for each in SHEETS)
        raise BadFileError(
            file=name, table="", field="", expected=f"a file named as its table, or --table: one of {known}"
        )
    return spreadsheet.read(name, [_called(table, called)], only=called)


def _called(table: Raw, name: str) -> Raw:
    return Raw(name=name, rows=table.rows, formulas=table.formulas)


def check_committee(reading: Reading, key: str) -> None:
    """Raise `BadFileError`, at its cell, for a file of another committee than the one of that key."""
    placed, named = reading.places.get("committee"), committee_of(reading)
    if placed is not None and named not in {None, key}:
        placed.refuse(placed.rows[0], placed.sheet.of("key"), "the key of one's own committee")


def committee_of(reading: Reading) -> str | None:
    """The key of the committee that the file names; None where it has no sheet of that."""
    found = reading.tables.get("committee")
    return str(found[0].get("key") or "") if found else None


async def understood(
    name: str,
    reading: Reading,
    wish: Wish,
    store: Store,
    committee: Committee | None,
    kinds: Collection[str] | None = None,
) -> RegisterFile:
    """The checked file, of what the reading says alone. `committee` is whose register it is laid over; None
    for one that is not there yet. Without `kinds` of jobs care plans may be of any. Raises `BadFileError`,
    its place as the spreadsheet shows it."""
    base: Mapping[str, object] = {}
    if committee is not None:
        base = await store.contents(committee.id, _tables(reading), _keys(reading))
    whole = overlaid(base, _declared(reading, wish), prune=wish.prune)
    try:
        found = await asyncio.to_thread(checked, name, whole.contents, kinds)
    except BadFileError as error:
        reading.fail(error, whole.before)
    return replace(whole.part(found), places=reading.places)


def checked(name: str, contents: Mapping[str, object], kinds: Collection[str] | None = None) -> RegisterFile:
    """The register that these contents are. Raises `BadFileError`."""
    return register.parse(name, contents, RuleCalendar(), kinds)


def only_dropped(file: RegisterFile, dropped: Mapping[str, frozenset[str]]) -> RegisterFile:
    """A file that says nothing but that these entries go."""
    return RegisterFile(committee=file.committee, said=frozenset(), dropped=dropped)


def _declared(reading: Reading, wish: Wish) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """The tables, every position of which nobody said how it is given as the wish has it."""
    if wish.coordinates is None:
        return reading.tables
    found = {
        table: [
            each if each.get("coordinates") else {**each, "coordinates": wish.coordinates}
            for each in reading.tables[table]
        ]
        for table in PLACED
        if table in reading.tables
    }
    return {**reading.tables, **found}


def _tables(reading: Reading) -> Collection[str]:
    private = {"households", "residents"} if {"residents", *_OF_RESIDENTS} & reading.tables.keys() else set()
    return {*_WHOLE, *private, *reading.tables}


def _keys(reading: Reading) -> Mapping[str, Collection[str]]:
    """Of households and residents only those that the file is laid over, or that somebody of it lives in:
    there are thousands of them, and each is opened. A care plan or a medicine may be for any of them."""
    found: dict[str, Collection[str]] = {}
    if _OF_RESIDENTS & reading.tables.keys():
        return found
    if "residents" in reading.tables:
        whole = reading.places["residents"].whole
        found["residents"] = () if whole else _named(reading, "residents", "key")
        if whole:
            found["households"] = _named(reading, "residents", "household") | _laid(reading)
    elif "households" in reading.tables:
        found["households"] = _laid(reading)
    return found


def _laid(reading: Reading) -> frozenset[str]:
    placed = reading.places.get("households")
    return frozenset() if placed is None or placed.whole else _named(reading, "households", "key")


def _named(reading: Reading, table: str, field: str) -> frozenset[str]:
    return frozenset(str(each[field]) for each in reading.tables[table] if each.get(field))
