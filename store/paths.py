"""How far it is on foot from building to building, as rows: reckoned by the load that changes the ground.

A row is one building's metres to all others, with the hash of the ground on which they were reckoned, so that
none is reckoned with twice. Every process reads what was reckoned once.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from dispatch import paths
from dispatch.entries import BuildingEntry, CommitteeEntry, GateEntry, RegisterFile, WallEntry
from dispatch.errors import BadFileError
from dispatch.geography import Point
from dispatch.ground import GATE_M, Flat, Gate, Ground, House, Wall
from dispatch.survey import Spot, survey
from dispatch.walls_file import BESIDE_M, off_the_houses, off_the_wall
from store import register_rows as wanted
from store.engine import Params, Row, Rows, Save, SaveMany
from store.words import pack, unpack

TABLE = "paths_of"
"""What a roster reads of them."""

ROWS = ("buildings_of", "walls_of", "gates_of", TABLE)
"""What is read to see whether the ground has changed."""

_VERSION = 1
"""Of the reckoning: raise it, and the next load reckons anew whatever it loads."""

_PARTS = 10
"""Lengths are kept in tenths of a metre, as whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """Lengths by the keys of buildings, on the ground of this hash."""

    mark: str
    lengths: paths.Lengths


def ground(file: RegisterFile, rows: Rows, prune: Collection[str]) -> Ground:
    """The ground as it will be after loading the file over the rows of `ROWS`, whose entries go of the tables
    in `prune`. Raises `BadFileError` for a wall beside all houses, and for a gate that is in no wall."""
    system = cast("CommitteeEntry", file.committee)["coordinates"]
    buildings: dict[str, Row | Params] = {row["key"]: row for row in rows["buildings_of"]}
    for building in cast("Sequence[BuildingEntry]", file.buildings):
        buildings[building["key"]] = wanted.building(building, system).open
    walls = _staying(file, "walls", rows, prune)
    for wall in cast("Sequence[WallEntry]", file.walls):
        walls[wall["key"]] = wanted.wall(wall, system).open
    gates = _staying(file, "gates", rows, prune)
    for gate in cast("Sequence[GateEntry]", file.gates):
        gates[gate["key"]] = wanted.gate(gate, system).open
    found = Ground(
        houses=_houses(buildings, cast("CommitteeEntry", file.committee)["scale"]),
        walls=tuple(Wall(key=key, line=_points(walls[key]["line"])) for key in sorted(walls)),
        gates=tuple(_gate(gates[key]) for key in sorted(gates)),
    )
    _check_walls(found, file)
    _check_gates(found, file)
    return found


def stale(ground: Ground, rows: Sequence[Row]) -> bool:
    """What is kept was reckoned on another ground; `rows` are those of `TABLE`."""
    return {row["mark"] for row in rows} != (set() if ground.bare else {_mark(ground)})


def reckon(ground: Ground) -> Reckoned:
    """Seconds of work where there are hundreds of buildings: not while anybody waits."""
    return Reckoned(mark=_mark(ground), lengths=paths.lengths(ground))


def fits(reckoned: Reckoned | None, ground: Ground) -> bool:
    """It was reckoned on this very ground."""
    return reckoned is not None and reckoned.mark == _mark(ground)


def kept(reckoned: Reckoned, ids: Mapping[str, int], committee_id: int) -> Sequence[Save | SaveMany]:
    """Keep what was reckoned instead of whatever was; `ids` are those of all buildings by key."""
    rows = [
        {
            "building_id": ids[key],
            "committee_id": committee_id,
            "mark": reckoned.mark,
            "metres": pack({ids[other]: round(metres * _PARTS) for other, metres in found.items()}),
        }
        for key, found in reckoned.lengths.items()
    ]
    clear = Save("clear_paths", {"committee_id": committee_id})
    return (clear, SaveMany("insert_paths", rows)) if rows else (clear,)


Known = Mapping[str, Mapping[int, float]]
"""Metres by the words in which they are kept."""


def read(rows: Rows, known: Known) -> Known:
    """The words of `TABLE` as what they mean; those that are `known` are not read anew."""
    words = {row["metres"] for row in rows[TABLE]}
    return {word: known[word] if word in known else _read(word) for word in words}


def by_building(rows: Rows, known: Known) -> Mapping[int, Mapping[int, float]]:
    """What a roster holds of them."""
    return {row["building_id"]: known[row["metres"]] for row in rows[TABLE]}


def _read(word: str) -> Mapping[int, float]:
    return {int(building): metres / _PARTS for building, metres in unpack(word).items()}


def _staying(file: RegisterFile, table: str, rows: Rows, prune: Collection[str]) -> dict[str, Row | Params]:
    """Rows that the load does not take away."""
    dropped = file.dropped.get(table, frozenset())
    return (
        {}
        if table in prune
        else {row["key"]: row for row in rows[f"{table}_of"] if row["key"] not in dropped}
    )


def _houses(buildings: Mapping[str, Row | Params], scale: float | None) -> tuple[House, ...]:
    """All that are placed, those that the plan places too, by key: the same ones are the same ground."""
    rows = [(key, buildings[key]) for key in sorted(buildings)]
    points = {key: _point(row) for key, row in rows if row["lat"] is not None}
    spots = {key: _on_plan(row) for key, row in rows if row["plan_x"] is not None}
    placed = survey(points, spots, scale).points
    return tuple(
        House(key=key, point=placed[key], outline=_points(row["outline"]))
        for key, row in rows
        if key in placed
    )


def _point(row: Row | Params) -> Point:
    return Point(lat=cast("float", row["lat"]), lon=cast("float", row["lon"]))


def _on_plan(row: Row | Params) -> Spot:
    return cast("float", row["plan_x"]), cast("float", row["plan_y"])


def _gate(row: Row | Params) -> Gate:
    return Gate(key=str(row["key"]), point=_point(row), shut=bool(row["closed"]))


def _points(packed: object) -> tuple[Point, ...]:
    return tuple(Point(lat=lat, lon=lon) for lat, lon in unpack(str(packed) or "[]"))


def _check_walls(ground: Ground, file: RegisterFile) -> None:
    for wall in ground.walls:
        flat = Flat(Ground(walls=(wall,)))
        off = min((flat.off_wall(house.point) for house in ground.houses), default=0.0)
        if off > BESIDE_M:
            table = _spot("walls", wall.key, file.walls)
            raise BadFileError(table=table, field="line", expected=off_the_houses(off))


def _check_gates(ground: Ground, file: RegisterFile) -> None:
    flat = Flat(ground)
    for gate in ground.gates:
        off = flat.off_wall(gate.point)
        if off > GATE_M:
            table = _spot("gates", gate.key, file.gates)
            raise BadFileError(table=table, field="lat", expected=off_the_wall(off))


def _spot(table: str, key: str, entries: Sequence[Mapping[str, object]]) -> str:
    """What to look for in the file; an entry that the register alone has is in none of its rows."""
    number = next((f" #{number}" for number, each in enumerate(entries, 1) if each["key"] == key), "")
    return f"{table}{number} ({key})"


def _mark(ground: Ground) -> str:
    return hashlib.sha256(f"{_VERSION} {ground!r}".encode()).hexdigest()
