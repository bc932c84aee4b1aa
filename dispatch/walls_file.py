"""The walls and gates of a committee's file, checked: nobody crosses a wall but by a gate that is in it.

Where houses, walls and gates say their positions in one system, they must lie together; between two systems
nothing is compared here (`store.paths` does, once they are one).
"""

from collections.abc import Mapping, Sequence

from dispatch import fields
from dispatch.buildings_file import COORDINATES, on_the_map, position, undeclared
from dispatch.entries import BuildingEntry, GateEntry, WallEntry
from dispatch.geography import Point
from dispatch.ground import GATE_M, Flat, Ground, Wall
from dispatch.plan import MOST_CORNERS
from dispatch.tables import Table, refuse_twice

FEWEST = 2
"""Corners of a wall."""

BESIDE_M = 300.0
"""Metres of a wall from the nearest building: less than two systems lie apart, and wider than any green."""

LINE_SAID = f"{FEWEST} to {MOST_CORNERS} corners of two numbers each, latitude first"
GATE_SAID = f"a position on a wall, within {GATE_M:.0f} m of it"


def walls(
    top: Table, committee: Table, system: str | None, buildings: Sequence[BuildingEntry]
) -> Sequence[WallEntry]:
    """All of them; `system` is the committee's. Raises `BadFileError`."""
    tables = top.tables("walls", label="key")
    found = [_wall(table, committee, system) for table in tables]
    refuse_twice(tables, "key", [wall["key"] for wall in found], "key")
    for table, wall in zip(tables, found, strict=True):
        _near_the_houses(table, wall, buildings)
    return found


def gates(
    top: Table, committee: Table, system: str | None, walls: Sequence[WallEntry]
) -> Sequence[GateEntry]:
    """All of them, each in one of the walls. Raises `BadFileError`."""
    tables = top.tables("gates", label="key")
    found = [_gate(table, committee, system) for table in tables]
    refuse_twice(tables, "key", [gate["key"] for gate in found], "key")
    for table, gate in zip(tables, found, strict=True):
        if not walls:
            table.fail("lat", f"{GATE_SAID}; there are no walls")
        same = [wall for wall in walls if _same(wall, gate)]
        if len(same) == len(walls):
            _in_a_wall(table, gate, same)
    return found


def off_the_wall(metres: float) -> str:
    """What is expected of a gate that lies so far from the nearest wall."""
    systems = ", as two systems of coordinates are" if metres > BESIDE_M else ""
    return f"{GATE_SAID}; this one is {metres:.0f} m from the nearest{systems}"


def off_the_houses(metres: float) -> str:
    """What is expected of a wall that lies so far from the nearest building."""
    near = f"a line within {BESIDE_M:.0f} m of a building; this one is {metres:.0f} m from the nearest"
    return f"{near}, as two systems of coordinates are"


def _wall(table: Table, committee: Table, system: str | None) -> WallEntry:
    table.only(*WallEntry.__annotations__)
    key, own = fields.key(table), _system(table, system)
    line = table.pairs("line", LINE_SAID)
    if not FEWEST <= len(line) <= MOST_CORNERS:
        table.fail("line", LINE_SAID)
    for corner in line:
        on_the_map(table, ("line", "line"), corner, own)
    if len(set(line)) < FEWEST:
        table.fail("line", f"{LINE_SAID}, not one of them again and again")
    if own is None:
        undeclared(committee)
    return {"key": key, "name": _name(table, key), "line": line, "coordinates": own}


def _gate(table: Table, committee: Table, system: str | None) -> GateEntry:
    table.only(*GateEntry.__annotations__)
    key, own = fields.key(table), _system(table, system)
    lat, lon = position(table, own)
    if lat is None or lon is None:
        table.fail("lat", f"{GATE_SAID}; it is missing")
    if own is None:
        undeclared(committee)
    return {
        "key": key,
        "name": _name(table, key),
        "lat": lat,
        "lon": lon,
        "coordinates": own,
        "closed": table.flag("closed", default=False),
    }


def _system(table: Table, system: str | None) -> str | None:
    return table.choice("coordinates", COORDINATES) if table.has("coordinates") else system


def _name(table: Table, key: str) -> str:
    return table.text("name", key, longest=fields.LONGEST_NAME) or key


def _same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return one["coordinates"] == other["coordinates"]


def _near_the_houses(table: Table, wall: WallEntry, buildings: Sequence[BuildingEntry]) -> None:
    if any(each["lat"] is None and each["spot"] is not None for each in buildings):
        return  # one of them may stand beside it: `store.paths` knows where the plan has them
    houses = [
        Point(lat=each["lat"], lon=each["lon"])
        for each in buildings
        if _same(each, wall) and each["lat"] is not None and each["lon"] is not None
    ]
    if not houses:
        return
    flat = Flat(Ground(walls=(_drawn(wall),)))
    off = min(map(flat.off_wall, houses))
    if off > BESIDE_M:
        table.fail("line", off_the_houses(off))


def _in_a_wall(table: Table, gate: GateEntry, walls: Sequence[WallEntry]) -> None:
    flat = Flat(Ground(walls=tuple(map(_drawn, walls))))
    off = flat.off_wall(Point(lat=gate["lat"], lon=gate["lon"]))
    if off > GATE_M:
        table.fail("lat", off_the_wall(off))


def _drawn(wall: WallEntry) -> Wall:
    return Wall(key=wall["key"], line=tuple(Point(lat=lat, lon=lon) for lat, lon in wall["line"]))
