"""The ground between the houses: what stands on it, and how it lies on a flat map.

A committee may draw its walls, and the gates in them; houses have outlines of their own. What follows for
somebody on foot is said in `dispatch.paths`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.geography import Plane, Point, centre
from dispatch.shapes import THICK_M, XY, Ring, along, bar

OPEN_M = 1.5
"""Half the width of a gate, in metres: as wide as a car, and wide enough for how well anybody knows where
it is."""

GATE_M = 5.0
"""Metres of a gate from the wall that it is in: what a phone's position is good for under a free sky."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A building as it stands on the ground; `key` is unique on it."""

    key: str
    point: Point
    outline: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A line that nobody crosses but through a gate: two corners or more, a ring where the last is the
    first. What it encloses is no part of it."""

    key: str
    line: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An opening in a wall, or in every wall within `OPEN_M` of it. One that is `shut` opens nothing."""

    key: str
    point: Point
    shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything that is known of it."""

    houses: tuple[House, ...] = ()
    walls: tuple[Wall, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def bare(self) -> bool:
        """Nobody drew anything: there is nothing to go round."""
        return not self.walls and not any(house.outline for house in self.houses)

    @property
    def drawn(self) -> bool:
        """The houses have outlines, or most of them: going round them is part of a way, and no estimate."""
        return 2 * sum(bool(house.outline) for house in self.houses) >= max(1, len(self.houses))


class Flat:
    """The ground laid flat: points as metres to the east and the north of a middle. A compound is small, so
    the earth is flat here."""

    def __init__(self, ground: Ground) -> None:
        self._at = Plane(_middle(ground)).laid
        self.spots = {house.key: self._at(house.point) for house in ground.houses}
        self.outlines: Mapping[str, Ring] = {
            house.key: self._ring(house.outline) for house in ground.houses if house.outline
        }
        self._lines = [self._ring(wall.line) for wall in ground.walls]
        self._open = [self._at(gate.point) for gate in ground.gates if not gate.shut]

    def off_wall(self, point: Point) -> float:
        """Metres of a point from the nearest wall; infinite where there is none."""
        spot = self._at(point)
        return min((_away(spot, *side)[0] for side in self._sides()), default=math.inf)

    def bars(self) -> list[Ring]:
        """The walls as shapes, one for each straight piece that the gates leave of them."""
        holes = [hole for gate in self._open if (hole := self._hole(gate)) is not None]
        pieces = list(self._sides())
        for hole in holes:
            pieces = [rest for piece in pieces for rest in _without(piece, hole)]
        return [bar(start, end) for start, end in pieces]

    def _hole(self, gate: XY) -> XY | None:
        """The middle of the opening: where the gate is, moved onto the nearest wall."""
        found = min((_away(gate, *side) for side in self._sides()), default=None)
        return None if found is None or found[0] > GATE_M else found[1]

    def _sides(self) -> Sequence[tuple[XY, XY]]:
        sides = (side for line in self._lines for side in pairwise(line))
        return [(start, end) for start, end in sides if start != end]

    def _ring(self, points: Sequence[Point]) -> Ring:
        return tuple(map(self._at, points))


def _middle(ground: Ground) -> Point:
    points = [house.point for house in ground.houses] or [each for wall in ground.walls for each in wall.line]
    return centre(points) if points else Point(lat=0.0, lon=0.0)


def _away(spot: XY, start: XY, end: XY) -> tuple[float, XY]:
    """How far a spot is from a straight line between two others, and the line's nearest spot."""
    long = math.dist(start, end)
    part = 0.0 if not long else min(1.0, max(0.0, along(spot, start, end) / long))
    nearest = (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
    return math.dist(spot, nearest), nearest


def _without(piece: tuple[XY, XY], hole: XY) -> list[tuple[XY, XY]]:
    """What is left of a straight piece of wall beside an opening around `hole`, none, one or two pieces."""
    start, end = piece
    long = math.dist(start, end)
    off, _ = _away(hole, start, end)
    if off >= OPEN_M:
        return [piece]
    middle, half = along(hole, start, end), math.sqrt(OPEN_M**2 - off**2)
    east, north = (end[0] - start[0]) / long, (end[1] - start[1]) / long
    spans = ((0.0, min(long, middle - half)), (max(0.0, middle + half), long))
    return [
        ((start[0] + since * east, start[1] + since * north), (start[0] + to * east, start[1] + to * north))
        for since, to in spans
        if to - since > 2 * THICK_M
    ]
