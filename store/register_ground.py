"""The ground of a committee's file on its way into the store: buildings, walls and gates, and the paths that
follow from them.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from dispatch.entries import BuildingEntry, CommitteeEntry, GateEntry, RegisterFile, WallEntry
from dispatch.ground import Ground
from store import paths
from store import register_rows as wanted
from store.engine import Query, Rows
from store.register_writing import Entry, Writing, named

_Steps: TypeAlias = Generator[Sequence[Query], Rows, Any]

TABLES = ("walls_of", "gates_of", paths.TABLE)
"""What is read of it beside the buildings."""


def buildings(file: RegisterFile, writing: Writing, rows: Rows) -> _Steps:
    """Write the buildings; gives the id of every key there is."""
    entries, system = cast("Sequence[BuildingEntry]", file.buildings), _system(file)
    made = [
        Entry(key=each["key"], name=each["name"], number=number, want=wanted.building(each, system))
        for number, each in enumerate(entries, 1)
    ]
    return (yield from writing.keyed("buildings", "save_building", rows["buildings_of"], made))


def walls(file: RegisterFile, writing: Writing, rows: Rows) -> _Steps:
    """Write walls and gates; those that go are deleted."""
    drawn, gates = cast("Sequence[WallEntry]", file.walls), cast("Sequence[GateEntry]", file.gates)
    system = _system(file)
    tables = (
        ("walls", "wall", [wanted.wall(each, system) for each in drawn]),
        ("gates", "gate", [wanted.gate(each, system) for each in gates]),
    )
    for table, one, wants in tables:
        made = [
            Entry(key=str(want.open["key"]), name=str(want.open["name"]), number=number, want=want)
            for number, want in enumerate(wants, 1)
        ]
        known = rows[f"{table}_of"]
        yield from writing.keyed(table, f"save_{one}", known, made)
        for row in writing.gone(table, known, "key", named(file, table, [want.open for want in wants])):
            writing.revised = True
            writing.left_out(table, row["key"], row["name"])
            writing.deactivate(f"drop_{one}", row)


def keep_paths(
    ground: Ground,
    writing: Writing,
    rows: Rows,
    buildings: Mapping[str, int],
    reckoned: paths.Reckoned | None,
) -> None:
    """Keep the paths where the ground is another than before; `reckoned` is what was reckoned ahead, where it
    was."""
    kept = rows[paths.TABLE]
    if not paths.stale(ground, kept):
        return
    fits = reckoned if paths.fits(reckoned, ground) else None
    found = fits or paths.reckon(ground)
    if kept or found.lengths:
        writing.revised = True
        writing.saves += paths.kept(found, buildings, writing.committee_id)


def _system(file: RegisterFile) -> str | None:
    return cast("CommitteeEntry", file.committee)["coordinates"]
