"""Closed shapes on a flat map, in metres, and whether somebody on foot would walk through one.

Pure geometry: what the shapes are is said elsewhere.
"""

import math
from itertools import pairwise
from typing import TypeAlias

XY: TypeAlias = tuple[float, float]
"""Metres to the east and to the north."""

Ring: TypeAlias = tuple[XY, ...]
"""The corners of a shape, in order; the last side leads back to the first."""

TOUCH = 1e-6
"""Metres. Nearer than that is touching, which is allowed: far above what numbers lose on a kilometre, and far
below anything that anybody could measure."""

THICK_M = 0.15
"""Half the thickness of a wall, in metres: with none at all one could slip through where two sides meet."""


class Shape:
    """One of them, with what is asked of it again and again. The ring is turned against the clock, and has no
    corner twice in a row."""

    __slots__ = ("east", "north", "ring", "south", "west")

    def __init__(self, ring: Ring) -> None:
        before = (ring[-1], *ring[:-1])
        apart = tuple(each for each, last in zip(ring, before, strict=True) if math.dist(each, last) > TOUCH)
        ring = apart or ring[:1]  # somebody gave one corner again and again: a spot, which hides nothing
        self.ring = ring if _area(ring) > 0 else tuple(reversed(ring))
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        self.west, self.east, self.south, self.north = min(xs), max(xs), min(ys), max(ys)

    def off(self, spot: XY) -> float:
        """Metres of a spot from the box around it, which is never more than from the shape itself."""
        x, y = spot
        return math.hypot(max(self.west - x, x - self.east, 0.0), max(self.south - y, y - self.north, 0.0))

    def holds(self, spot: XY) -> bool:
        """The spot is inside, and not only on the edge."""
        x, y = spot
        if not (self.west < x < self.east and self.south < y < self.north):
            return False
        inside, (px, py) = False, self.ring[-1]
        for qx, qy in self.ring:
            if (py > y) != (qy > y) and x < px + (y - py) / (qy - py) * (qx - px):
                inside = not inside
            px, py = qx, qy
        return inside and not self._on_edge(spot)

    def edges(self, spot: XY) -> bool:
        """The spot is on the edge."""
        return self.off(spot) <= TOUCH and self._on_edge(spot)

    def cuts(self, start: XY, end: XY) -> bool:
        """The straight way between two spots leads through the inside of it."""
        (x, y), (u, v) = start, end
        if (x <= self.west and u <= self.west) or (x >= self.east and u >= self.east):
            return False
        if (y <= self.south and v <= self.south) or (y >= self.north and v >= self.north):
            return False
        long = math.dist(start, end)
        if long <= TOUCH:
            return False
        stops = [0.0, *sorted(each for each in self.meets(start, end) if 0.0 < each < long), long]
        east, north = (u - x) / long, (v - y) / long
        for since, to in pairwise(stops):
            half = (since + to) / 2
            if to - since > TOUCH and self.holds((x + half * east, y + half * north)):
                return True
        return False

    def meets(self, start: XY, end: XY) -> list[float]:
        """Where the straight line through two spots meets the edge, in metres from the first of them; before
        it or beyond the other as well. Of a side on the line, where it begins and ends."""
        long = math.dist(start, end)
        east, north = (end[0] - start[0]) / long, (end[1] - start[1]) / long
        found: list[float] = []
        x, y = self.ring[-1][0] - start[0], self.ring[-1][1] - start[1]
        beside, ahead = east * y - north * x, east * x + north * y
        for qx, qy in self.ring:
            x, y = qx - start[0], qy - start[1]
            was_beside, was_ahead = beside, ahead
            beside, ahead = east * y - north * x, east * x + north * y
            if (beside > TOUCH and was_beside > TOUCH) or (beside < -TOUCH and was_beside < -TOUCH):
                continue
            if abs(beside - was_beside) <= 2 * TOUCH:
                found += (was_ahead, ahead)
                continue
            part = min(1.0, max(0.0, was_beside / (was_beside - beside)))
            found.append(was_ahead + part * (ahead - was_ahead))
        return found

    def corners(self) -> list[tuple[XY, XY, XY]]:
        """Corners round which a way may bend, each with its neighbours: those that point outwards."""
        ring = self.ring
        trios = zip((ring[-1], *ring[:-1]), ring, (*ring[1:], ring[0]), strict=True)
        return [(corner, before, after) for before, corner, after in trios if turn(before, corner, after) > 0]

    def _on_edge(self, spot: XY) -> bool:
        return any(_beside(spot, start, end) for start, end in _sides(self.ring))


def turn(a: XY, b: XY, c: XY) -> float:
    """Above zero where the way from `a` by `b` to `c` turns left, below zero where it turns right."""
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def along(spot: XY, start: XY, end: XY) -> float:
    """How far along the line from `start` to `end` a spot is, in metres; the two are apart."""
    east, north = end[0] - start[0], end[1] - start[1]
    return ((spot[0] - start[0]) * east + (spot[1] - start[1]) * north) / math.hypot(east, north)


def crossings(one: Ring, other: Ring) -> list[XY]:
    """Where the edges of two shapes cross."""
    return [
        spot
        for start, end in _sides(one)
        for p, q in _sides(other)
        if (spot := _crossing(start, end, p, q)) is not None
    ]


def bar(start: XY, end: XY) -> Ring:
    """A straight piece of wall as a shape. It reaches half its thickness beyond its ends: pieces that follow
    each other leave no gap."""
    long = math.dist(start, end)
    east, north = (end[0] - start[0]) / long * THICK_M, (end[1] - start[1]) / long * THICK_M
    (x, y), (u, v) = (start[0] - east, start[1] - north), (end[0] + east, end[1] + north)
    return ((x + north, y - east), (u + north, v - east), (u - north, v + east), (x - north, y + east))


def _area(ring: Ring) -> float:
    """Above zero against the clock."""
    return sum(p[0] * q[1] - p[1] * q[0] for p, q in _sides(ring))


def _sides(ring: Ring) -> list[tuple[XY, XY]]:
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def _crossing(a: XY, b: XY, p: XY, q: XY) -> XY | None:
    before, after = turn(a, b, p), turn(a, b, q)
    if before * after >= 0 or turn(p, q, a) * turn(p, q, b) >= 0:
        return None
    part = before / (before - after)
    return p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])


def _beside(spot: XY, start: XY, end: XY) -> bool:
    """The spot is on the straight side between two corners."""
    long = math.dist(start, end)
    if long <= TOUCH:
        return math.dist(spot, start) <= TOUCH
    far = along(spot, start, end)
    off = abs(turn(start, end, spot)) / long
    return off <= TOUCH and -TOUCH <= far <= long + TOUCH
