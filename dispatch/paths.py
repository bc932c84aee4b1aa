"""How far it is from house to house for somebody on foot: round the houses, and through walls only by a gate.

The shortest way among shapes is straight from corner to corner of them. So the corners that see each other
make a net, and from each house the shortest ways through the net are followed (Dijkstra). A house is left and
entered anywhere, straight towards its point: nobody drew its doors. Ways are exact then: one more wall never
makes one shorter, and one more gate none longer.

It is reckoned when the register changes and kept (`store.paths`), never while somebody waits.
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from dispatch.geography import DETOUR
from dispatch.ground import Flat, Ground
from dispatch.shapes import TOUCH, XY, Shape, crossings

MOST = 1_500
"""Houses and corners for which it is reckoned: two hundred buildings have two thirds of them, and they
take six seconds of a processor, which grows with the square. Beyond that the straight line has to do."""

Lengths = Mapping[str, Mapping[str, float]]
"""Metres by the keys of two houses, either way round."""

Key = TypeVar("Key")


def lengths(ground: Ground) -> Lengths:
    """Metres of the shortest way between every two houses. A pair without any way is absent, and all are
    where nothing was drawn, or more than `MOST`. Ways round houses without outlines are estimated."""
    if ground.bare:
        return {}
    net = _Net(ground)
    if len(net.spots) + len(net.houses) > MOST:
        return {}
    net.connect()
    factor = 1.0 if ground.drawn else DETOUR
    found: dict[str, dict[str, float]] = {house.key: {} for house in net.houses}
    for number, house in enumerate(net.houses):
        reached = net.reached(house)
        for other in net.houses[number + 1 :]:
            metres = min((reached[spot] + rest for spot, rest in other.seen.items()), default=math.inf)
            metres = min(metres, net.straight(house, other))
            if metres < math.inf:
                found[house.key][other.key] = found[other.key][house.key] = metres * factor
    return found


def cut_off(found: Mapping[Key, Mapping[Key, float]]) -> tuple[Key, ...]:
    """The houses to which no way leads from most of the others."""
    left, parts = dict.fromkeys(found), list[dict[Key, None]]()
    while left:
        part, ahead = dict[Key, None](), [next(iter(left))]
        while ahead:
            key = ahead.pop()
            if key in left:
                del left[key]
                part[key] = None
                ahead += found[key]
        parts.append(part)
    most = max(parts, key=len, default={})
    return tuple(key for key in found if key not in most)


@dataclass(slots=True, kw_only=True)
class _House:
    """`own` is its shape, where its point is inside one: that never stands in its way. `seen` are the corners
    straight ahead, by number, and how far they are."""

    key: str
    spot: XY
    own: Shape | None = None
    seen: dict[int, float] = field(default_factory=dict)

    def leaves(self, towards: XY) -> float:
        """After how many metres somebody has left the house who walks straight to that spot."""
        long = math.dist(self.spot, towards)
        if self.own is None or not long:
            return 0.0
        met = self.own.meets(self.spot, towards)
        return min(long, max((each for each in met if 0 <= each <= long + TOUCH), default=long))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A corner that a way may bend round, with its neighbours; without any it may bend as it likes."""

    at: XY
    beside: tuple[XY, ...] = ()

    def touched(self, other: XY) -> bool:
        """A straight way from there only touches the corner: any other is not the shortest."""
        if not self.beside:
            return True
        (x, y), (u, v) = self.at, other
        east, north = x - u, y - v
        (x1, y1), (x2, y2) = self.beside
        before, after = east * (y1 - y) - north * (x1 - x), east * (y2 - y) - north * (x2 - x)
        return (before >= -TOUCH and after >= -TOUCH) or (before <= TOUCH and after <= TOUCH)


class _Net:
    """Houses, corners, and what sees what."""

    def __init__(self, ground: Ground) -> None:
        flat = Flat(ground)
        drawn = {key: Shape(ring) for key, ring in flat.outlines.items()}
        self.shapes = [*drawn.values(), *map(Shape, flat.bars())]
        self.houses = [_house(key, spot, drawn.get(key)) for key, spot in flat.spots.items()]
        self.spots = [spot for spot in _spots(self.shapes, len(drawn)) if not self._within(spot.at)]
        self._ways: list[list[tuple[int, float]]] = [[] for _ in self.spots]

    def connect(self) -> None:
        """Find out what sees what."""
        for number, spot in enumerate(self.spots):
            view = _View(spot.at, self.shapes)
            for other in range(number + 1, len(self.spots)):
                there = self.spots[other]
                if spot.touched(there.at) and there.touched(spot.at) and view.sees(there.at):
                    metres = math.dist(spot.at, there.at)
                    self._ways[number].append((other, metres))
                    self._ways[other].append((number, metres))
        for house in self.houses:
            view = _View(house.spot, [each for each in self.shapes if each is not house.own])
            for number, spot in enumerate(self.spots):
                if spot.touched(house.spot) and view.sees(spot.at, house.leaves(spot.at)):
                    house.seen[number] = math.dist(house.spot, spot.at)

    def reached(self, house: _House) -> list[float]:
        """How far every corner is from a house; infinite where no way leads."""
        far = [house.seen.get(number, math.inf) for number in range(len(self.spots))]
        ahead = [(metres, spot) for spot, metres in house.seen.items()]
        heapq.heapify(ahead)
        while ahead:
            metres, spot = heapq.heappop(ahead)
            if metres > far[spot]:
                continue  # a shorter way was found meanwhile
            for other, step in self._ways[spot]:
                if (there := metres + step) < far[other]:
                    far[other] = there
                    heapq.heappush(ahead, (there, other))
        return far

    def straight(self, house: _House, other: _House) -> float:
        """Metres of the straight way between two houses; infinite where something is in it."""
        long = math.dist(house.spot, other.spot)
        if not long:
            return 0.0
        left, entered = house.leaves(other.spot), long - other.leaves(house.spot)
        start, end = (_on(house.spot, other.spot, each / long) for each in (left, entered))
        between = left < entered and any(
            shape.cuts(start, end) for shape in self.shapes if shape not in (house.own, other.own)
        )
        return math.inf if between else long

    def _within(self, spot: XY) -> bool:
        return any(shape.holds(spot) for shape in self.shapes)


class _View:
    """What somebody sees from one spot: what stands around it, the nearest first."""

    def __init__(self, spot: XY, shapes: Sequence[Shape]) -> None:
        self._spot = spot
        self._around = sorted(
            ((shape.off(spot), *_span(spot, shape), shape) for shape in shapes), key=lambda each: each[0]
        )
        self._last: Shape | None = None

    def sees(self, there: XY, since: float = 0.0) -> bool:
        """Nothing is between; what is nearer than `since` metres does not count."""
        x, y = there[0] - self._spot[0], there[1] - self._spot[1]
        long = math.hypot(x, y)
        start = _on(self._spot, there, since / long) if since else self._spot
        if self._last is not None and self._last.cuts(start, there):
            return False  # what hid the last corner often hides the next one too
        towards = math.atan2(y, x)
        for off, middle, half, shape in self._around:
            if off > long:
                break
            aside = abs(towards - middle)
            if min(aside, 2 * math.pi - aside) <= half and shape.cuts(start, there):
                self._last = shape
                return False
        return True


def _house(key: str, spot: XY, own: Shape | None) -> _House:
    return _House(key=key, spot=spot, own=own if own is not None and own.holds(spot) else None)


def _spots(shapes: Sequence[Shape], houses: int) -> list[_Spot]:
    """Corners that point outwards; and where something stands against a house, since it is left and entered
    right beside it."""
    found = [
        _Spot(at, () if _leans(at, number, shapes, houses) else (before, after))
        for number, shape in enumerate(shapes)
        for at, before, after in shape.corners()
    ]
    against = (
        crossing
        for number, house in enumerate(shapes[:houses])
        for other in shapes[number + 1 :]
        if _meet(house, other)
        for crossing in crossings(house.ring, other.ring)
    )
    return [*found, *map(_Spot, against)]


def _leans(corner: XY, of: int, shapes: Sequence[Shape], houses: int) -> bool:
    """The corner of that shape is on the edge of another, and one of the two is a house."""
    others = shapes if of < houses else shapes[:houses]
    return any(other.edges(corner) for number, other in enumerate(others) if number != of)


def _meet(one: Shape, other: Shape) -> bool:
    """The boxes around two shapes have something in common."""
    beside = one.west > other.east or other.west > one.east
    return not beside and one.south <= other.north and other.south <= one.north


def _span(spot: XY, shape: Shape) -> tuple[float, float]:
    """The direction in which a shape stands, and how far to either side of it, in radians."""
    if not shape.off(spot):
        return 0.0, math.pi
    middle = math.atan2((shape.south + shape.north) / 2 - spot[1], (shape.west + shape.east) / 2 - spot[0])
    asides = (abs(math.atan2(y - spot[1], x - spot[0]) - middle) for x, y in shape.ring)
    return middle, max(min(aside, 2 * math.pi - aside) for aside in asides) + TOUCH


def _on(start: XY, end: XY, part: float) -> XY:
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])
