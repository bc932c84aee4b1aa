"""A spreadsheet as the contents of a committee's file, and the contents of one as rows of a spreadsheet.

How its bytes are read and written is somebody else's business; here are sheets of cells. What may stand in a
field is said where the file is checked (`dispatch.register`): an error from there is led back to the cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from dispatch import cells
from dispatch.cells import CellError
from dispatch.errors import BadFileError
from dispatch.headings import Column, Sheet
from dispatch.placing import Mistake, Placed, letters, short
from dispatch.sheets import SHEETS, sheet
from dispatch.tables import nearest

TITLES = 5
"""Rows in which headings are looked for: there may be a title, an empty row, a remark above them."""

SINGLE = frozenset({"committee"})
"""Tables of one entry."""

PLACED = ("buildings", "walls", "gates")
"""Tables whose entries say where they are."""

CLEARED: Mapping[str, object] = {"speaks": [], "hours": "", "daily": 0, "gear": False, "born": 0}
"""What an empty cell says of fields that a file else leaves as they are (`dispatch.people_file.OWN`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A sheet as it was read: `rows` of cells from the first row on, and the cells that hold formulas, by row
    and column counted from 0."""

    name: str
    rows: Sequence[Sequence[object]]
    formulas: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a spreadsheet says. `tables` are lists of entries by table; a field None was left empty."""

    tables: Mapping[str, Sequence[Mapping[str, object]]]
    places: Mapping[str, Placed] = field(default_factory=dict)

    def fail(self, error: BadFileError, before: Mapping[str, int]) -> NoReturn:
        """Raise the error again, its place as the spreadsheet shows it. `before` says how many entries of
        each table were put before this file's own."""
        found = Mistake.of(error)
        ahead = before.get(found.table, 0)
        if (found.table, found.field) == ("committee", "coordinates") and "committee" not in self.places:
            table, number = self._unplaced()
            found, ahead = replace(found, table=table, number=number), 0
        elif found.table == "ladder":
            rungs = [each.get("rung") for each in self.tables.get("ladder", ())]
            number = rungs.index(found.field) + 1 if found.field in rungs else 0
            found = replace(found, number=number, field="people")
        elif found.table == "committee":
            found = replace(found, number=1)  # there is one
        found.raise_in(self.places.get(found.table), ahead)

    def _unplaced(self) -> tuple[str, int]:
        """The first entry of which nobody said how its position is given; 0: there is none."""
        for table in PLACED:
            for number, each in enumerate(self.tables.get(table, ()), 1):
                given = any(each.get(name) is not None for name in ("lat", "lon", "outline", "line"))
                if given and each.get("coordinates") is None:
                    return table, number
        return PLACED[0], 0


def read(file: str, raws: Sequence[Raw], only: str | None = None) -> Reading:
    """The tables of a spreadsheet. `only` is the table that a file of a single one holds, whatever its sheet
    is called. Raises `BadFileError` for the first cell that is wrong."""
    tables: dict[str, Sequence[Mapping[str, object]]] = {}
    places: dict[str, Placed] = {}
    for raw in raws:
        if all(cells.empty(value) for row in raw.rows for value in row):
            continue
        known = sheet(only or raw.name)
        if known is None:
            names = [each.name for each in SHEETS]
            _fail(file, raw, "", f"a name out of: {', '.join(names)}{nearest(raw.name, names)}")
        if known.table in tables:
            _fail(file, raw, "", f"no second sheet of {known.name}")
        tables[known.table], places[known.table] = _table(file, known, raw)
    if not any(tables.values()):
        raise BadFileError(
            file=file, table="", field="", expected="headings, and at least one row below them"
        )
    return Reading(tables=tables, places=places)


def _table(file: str, known: Sheet, raw: Raw) -> tuple[Sequence[Mapping[str, object]], Placed]:
    top = _headings(file, known, raw)
    columns = _columns(file, known, raw, top)
    by_field = {column.field: index for index, column in columns.items()}
    placed = Placed(file=file, sheet=known, name=raw.name, columns=by_field)
    filled = [
        index
        for index in range(top + 1, len(raw.rows))
        if not all(cells.empty(value) for value in raw.rows[index])
    ]
    entries = [_entry(placed, columns, raw, index) for index in filled]
    if known.table in SINGLE and len(entries) > 1:
        _fail(file, raw, "", "one row below the headings")
    if known.table == "ladder":
        _check_rungs(placed, entries, filled)
    return entries, placed.filled(tuple(index + 1 for index in filled))


def _headings(file: str, known: Sheet, raw: Raw) -> int:
    """The row that holds the headings: the one with the most that are known."""
    counts = [
        sum(isinstance(value, str) and known.column(value) is not None for value in row)
        for row in raw.rows[:TITLES]
    ]
    if not any(counts):
        wanted = ", ".join(column.field for column in known.columns)
        _fail(file, raw, "", f"headings in one of its first {TITLES} rows: {wanted}")
    return counts.index(max(counts))


def _columns(file: str, known: Sheet, raw: Raw, top: int) -> Mapping[int, Column]:
    found: dict[int, Column] = {}
    below = raw.rows[top:]
    for index in range(max(map(len, below))):
        heading = _cell(raw, top, index)
        if cells.empty(heading):
            if any(index < len(row) and not cells.empty(row[index]) for row in below):
                _fail(
                    file, raw, f"row {top + 1}, column {letters(index)}", "a heading above what stands there"
                )
            continue
        column = known.column(str(heading))
        if column is None or column in found.values():
            others = [each.field for each in known.columns if each not in found.values()]
            place = f"row {top + 1}, column {letters(index)} ({short(str(heading))})"
            _fail(file, raw, place, f"one of: {', '.join(others)}{nearest(str(heading), others)}")
        found[index] = column
    return found


def _entry(placed: Placed, columns: Mapping[int, Column], raw: Raw, row: int) -> Mapping[str, object]:
    entry: dict[str, object] = {}
    inner: dict[str, dict[str, object]] = {}
    for index, column in columns.items():
        if (row, index) in raw.formulas:
            said = "a value and no formula: copy the column and paste it as values"
            placed.refuse(row + 1, column, said)
        try:
            value = cells.field(_cell(raw, row, index), column)
        except CellError as error:
            placed.refuse(row + 1, column, error.expected)
        if column.into:
            inner.setdefault(column.into, {})[column.field] = value
        elif value is None and placed.sheet.table == "people":
            entry[column.field] = CLEARED.get(column.field)
        else:
            entry[column.field] = value
    return {**entry, **inner}


def _check_rungs(placed: Placed, entries: Sequence[Mapping[str, object]], rows: Sequence[int]) -> None:
    """Rungs become fields of one table: a stranger, or the same one twice, would be lost or misread."""
    column = placed.sheet.of("rung")
    known = (column.choices or {}) if column else {}
    rungs = [each.get("rung") for each in entries]
    for number, rung in enumerate(rungs):
        if rung not in known or rung in rungs[:number]:
            placed.refuse(rows[number] + 1, column, f"one of: {', '.join(known)}, each only once")


def _cell(raw: Raw, row: int, index: int) -> object:
    return raw.rows[row][index] if index < len(raw.rows[row]) else None


def _fail(file: str, raw: Raw, place: str, expected: str) -> NoReturn:
    name = short(raw.name)
    raise BadFileError(file=file, table=f"sheet {name}", field=place, expected=expected, sheet=name)


def rows_of(contents: Mapping[str, object], known: Sheet) -> Iterator[Sequence[object]]:
    """A table of a file as rows of cells, in the order of its columns: `read` reads the same back."""
    for entry in entries_of(contents, known.table):
        yield [cells.shown(_inside(entry, column).get(column.field), column) for column in known.columns]


def entries_of(contents: Mapping[str, object], table: str) -> Sequence[Mapping[str, object]]:
    """A table's entries as a spreadsheet has them: one for the committee, a rung of the ladder each."""
    found = contents.get(table, [])
    if isinstance(found, Mapping):
        if table != "ladder":
            return [found]
        return [{"rung": rung, "people": people} for rung, people in found.items()]
    return list(found) if isinstance(found, Sequence) else []


def _inside(entry: Mapping[str, object], column: Column) -> Mapping[str, object]:
    inner = entry.get(column.into, {}) if column.into else entry
    return inner if isinstance(inner, Mapping) else {}
