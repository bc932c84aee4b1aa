"""Households and people at risk of a file, as the rows that they are to be: sealed, all but their building.

Thousands of them come at once, so residents are written by one statement, and whatever is as it was is not
even opened.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from dispatch.entries import CareEntry, HouseholdEntry, MedicineEntry, RegisterFile, ResidentEntry
from dispatch.importing import Progress
from dispatch.moments import Micros
from store import care as plans
from store import register_numbers, supplies
from store import register_rows as wanted
from store.crypto import Vault
from store.engine import Params, Query, Row, Rows, Save, SaveMany
from store.register_writing import Entry, Named, Writing

_Steps: TypeAlias = Generator[Sequence[Query], Rows, Any]

_INDEX = "key_index"

ZONED = ("look_at_all_care", "look_at_all_supplies")
"""What is looked at anew where the committee's clock may show another hour than before."""


class Prepared:
    """Residents as rows, made before the transaction: hashing and sealing thousands takes half a second, in
    which nobody else could write. What does not fit any more by then is made anew."""

    def __init__(self) -> None:
        self._wants: dict[str, tuple[tuple[int | None, int | None], wanted.Wanted]] = {}
        self._columns: dict[int, Params] = {}

    @classmethod
    def of(cls, file: RegisterFile, rows: Rows, vault: Vault) -> "Prepared":
        """For a file and the rows of `ROWS` as they are now."""
        made = cls()
        buildings = {row["key"]: int(row["id"]) for row in rows["buildings_of"]}
        indexes = {row[_INDEX]: int(row["id"]) for row in rows["households_of"]}
        entries = cast("Sequence[ResidentEntry]", file.residents)
        lived_in = {each["household"] for each in entries if each["household"]}
        homes = {
            key: indexes[index] for key in lived_in if (index := vault.index("household", key)) in indexes
        }
        known = _known(rows["residents_of"])
        for each in entries:
            if _placed(each, buildings, homes):
                made.add(each, wanted.resident(each, buildings, homes, vault), known, vault)
        return made

    def add(self, entry: ResidentEntry, want: wanted.Wanted, known: Mapping[str, Row], vault: Vault) -> None:
        """Remember a row; sealed, where it is to be written."""
        self._wants[entry["key"]] = _ids(want), want
        row = known.get(str(want.open[_INDEX]))
        if row is None or want.differing(row, vault):
            self._columns[id(want)] = want.columns(vault)

    def want(
        self, entry: ResidentEntry, buildings: Mapping[str, int], homes: Mapping[str, int], vault: Vault
    ) -> wanted.Wanted:
        """The row of an entry."""
        ids, want = self._wants.get(entry["key"], ((None, None), None))
        here = buildings.get(entry["building"] or ""), homes.get(entry["household"] or "")
        return want if want and ids == here else wanted.resident(entry, buildings, homes, vault)

    def columns(self, want: wanted.Wanted, vault: Vault) -> Params:
        """The row as it is written."""
        return self._columns.get(id(want)) or want.columns(vault)


ROWS = ("buildings_of", "households_of", "residents_of")
"""What `Prepared` is made of."""


def _placed(entry: ResidentEntry, buildings: Mapping[str, int], homes: Mapping[str, int]) -> bool:
    """Everything that the entry points to is there already."""
    building, home = entry["building"], entry["household"]
    return (building is None or building in buildings) and (home is None or home in homes)


def _ids(want: wanted.Wanted) -> tuple[int | None, int | None]:
    building, home = want.open["building_id"], want.open["household_id"]
    return cast("int | None", building), cast("int | None", home)


def queries(file: RegisterFile, writing: Writing) -> tuple[Query, ...]:
    """What is read of them: nothing where the file says nothing of them."""
    tables = {
        "households": file.households or file.residents,
        "residents": file.residents or file.care or file.medicines,
        "care": file.care,
        "medicines": file.medicines,
    }
    gone = writing.prune | file.dropped.keys()
    named = [table for table, entries in tables.items() if entries or table in gone]
    return tuple(Query(f"{table}_of", writing.where) for table in named)


def households(file: RegisterFile, writing: Writing, rows: Rows, buildings: Mapping[str, int]) -> _Steps:
    """Write the households; gives the id of every one that somebody of the file lives in."""
    entries = cast("Sequence[HouseholdEntry]", file.households)
    known = _known(rows.get("households_of", ()))
    made = [
        Entry(
            key=each["key"],
            name=each["key"],
            number=number,
            want=wanted.household(each, buildings, writing.vault),
        )
        for number, each in enumerate(entries, 1)
    ]
    changed = [each for each in made if writing.differs("households", _row(known, each), each)]
    found = {index: int(row["id"]) for index, row in known.items()}
    if changed:
        written = yield [
            Query("save_household", {**each.want.columns(writing.vault), **writing.where}) for each in changed
        ]
        found.update((row[_INDEX], row["id"]) for row in written["save_household"])
    _leave_out(
        "households", rows.get("households_of", ()), _named(file, "households", made, writing), writing
    )
    lived_in = {each["household"] for each in cast("Sequence[ResidentEntry]", file.residents)}
    indexes = {key: str(writing.vault.index("household", key)) for key in lived_in if key}
    return {key: found[index] for key, index in indexes.items() if index in found}


def residents(
    file: RegisterFile,
    writing: Writing,
    rows: Rows,
    places: tuple[Mapping[str, int], Mapping[str, int]],
    prepared: "Prepared",
    progress: Progress | None,
) -> None:
    """Write the residents; `places` are the ids of buildings and of households by key. Raises `BadFileError`
    for a number of family that is a volunteer's own."""
    entries = cast("Sequence[ResidentEntry]", file.residents)
    known = _known(rows.get("residents_of", ()))
    made = [
        Entry(
            key=each["key"],
            name=each["name"],
            number=number,
            want=prepared.want(each, *places, writing.vault),
        )
        for number, each in enumerate(entries, 1)
    ]
    changed = []
    for done, (entry, each) in enumerate(zip(entries, made, strict=True), 1):
        row = _row(known, each)
        if writing.differs("residents", row, each):
            register_numbers.check(entry, each.number, row, writing.own_numbers, writing.vault)
            changed.append({**prepared.columns(each.want, writing.vault), **writing.where})
        if progress is not None:
            progress(done, len(made))
    if changed:
        writing.saves.append(SaveMany("save_resident", changed))
    _leave_out("residents", rows.get("residents_of", ()), _named(file, "residents", made, writing), writing)


def care(file: RegisterFile, writing: Writing, rows: Rows, people: Mapping[str, int], now: Micros) -> None:
    """Write the care plans, those of residents who are written with them, too."""
    entries, ids = plans.entries(file), _ids_of(file, writing, rows)
    wants = [plans.wanted(each, ids, people, writing.vault) for each in entries]
    for index, want, row in _needed("care", file, entries, wants, writing, rows):
        if row is not None and row["resident_id"] not in {None, want.open["resident_id"]}:
            writing.deactivate("drop_pictures_of_care", row)  # they show another home
        columns = plans.written(want, index, row, now, writing.vault)
        writing.saves.append(Save("save_care_plan", {**columns, **writing.where}))


def medicines(file: RegisterFile, writing: Writing, rows: Rows, now: Micros) -> None:
    """The same of the medicine that residents take all the time."""
    entries, ids = supplies.entries(file), _ids_of(file, writing, rows)
    wants = [supplies.wanted(each, ids, writing.vault) for each in entries]
    for index, want, row in _needed("medicines", file, entries, wants, writing, rows):
        columns = supplies.written(want, index, row, now, writing.vault)
        writing.saves.append(Save("save_supply", {**columns, **writing.where}))


def _needed(
    table: str,
    file: RegisterFile,
    entries: Sequence[CareEntry] | Sequence[MedicineEntry],
    wants: Sequence[wanted.Wanted],
    writing: Writing,
    rows: Rows,
) -> Sequence[tuple[str, wanted.Wanted, Row | None]]:
    """What residents need, as far as it is to be written: the hash of the resident's key, the row that it is
    to be, and the one that it was. What the file leaves out goes, where that is wished."""
    known = _known(rows.get(f"{table}_of", ()))
    made = [
        Entry(key=each["key"], name=each["key"], number=number, want=want)
        for number, (each, want) in enumerate(zip(entries, wants, strict=True), 1)
    ]
    _leave_out(table, rows.get(f"{table}_of", ()), _named(file, table, made, writing), writing)
    return [
        (str(writing.vault.index("resident", entry["resident"])), each.want, _row(known, each))
        for entry, each in zip(entries, made, strict=True)
        if writing.differs(table, _row(known, each), each)
    ]


def _ids_of(file: RegisterFile, writing: Writing, rows: Rows) -> Mapping[str, int | None]:
    """Residents by the hash of their key; None for those who are written first, with this file."""
    if not (file.care or file.medicines):
        return {}
    named = (each["key"] for each in cast("Sequence[ResidentEntry]", file.residents))
    fresh = {str(writing.vault.index("resident", key)): None for key in named}
    known = {row[_INDEX]: int(row["id"]) for row in rows.get("residents_of", ()) if row["active"]}
    return {**fresh, **known}


def _known(rows: Sequence[Row]) -> Mapping[str, Row]:
    return {row[_INDEX]: row for row in rows}


def _row(known: Mapping[str, Row], entry: Entry) -> Row | None:
    return known.get(str(entry.want.open[_INDEX]))


_WITH_RESIDENT = (
    "drop_pictures_of_care_of",
    "stop_care_of",
    "stop_medicines_of",
    "let_go_of_families",
    "end_families_of",
)
"""What ends when a resident has left."""


def _named(file: RegisterFile, table: str, made: Sequence[Entry], writing: Writing) -> Named:
    dropped = (writing.vault.index(table.removesuffix("s"), key) for key in file.dropped.get(table, ()))
    return frozenset(each.want.open[_INDEX] for each in made), frozenset(dropped)


def _leave_out(table: str, rows: Sequence[Row], named: Named, writing: Writing) -> None:
    for row in writing.gone(table, rows, _INDEX, named):
        key = writing.vault.unseal(row["key"])
        name = writing.vault.unseal(row["name"]) if table == "residents" else key
        writing.left_out(table, key, name)
        writing.deactivate(f"deactivate_{table.removesuffix('s')}", row)
        if table == "care":
            writing.deactivate("drop_pictures_of_care", row)
        if table == "residents":
            gone = {"resident_id": row["id"], **writing.where}
            writing.saves += [Save(name, gone) for name in _WITH_RESIDENT]
