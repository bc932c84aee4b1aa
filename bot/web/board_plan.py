"""The compound as the board draws it: in units of its plan, or else in metres around where its buildings are.

Leaflet's `CRS.Simple` has y upwards, as on paper; plans count it downwards from their upper left corner.
"""

import math
from collections.abc import Sequence
from typing import TypedDict

from dispatch.geography import EARTH_RADIUS_M, Building, Point
from dispatch.plan import Plan, Ring, middle

HOUSE_M = (26.0, 11.0)
"""Half the width and depth of a building whose outline nobody drew: about that of a slab of six storeys."""

MARGIN_M = 40.0
"""Around the outermost buildings, so that no marker is cut off."""

STREET_M = 70.0
"""Between buildings of which nobody said where they are: they stand in rows below the others."""

A_SPOT = 0.02
"""Half the side of a building that is a spot on the plan, as a part of its width: a mark fits into it."""

A_ROW = 6
"""Of such buildings in one row."""


class Outline(TypedDict):
    """One building: its corners and its middle, as Leaflet wants them (y first)."""

    key: str
    name: str
    corners: list[tuple[float, float]]
    middle: tuple[float, float]


class Ground(TypedDict):
    """Everything that the board draws once. `size` is height and width; `image` is empty without a plan."""

    size: tuple[float, float]
    image: str
    buildings: list[Outline]


def drawn(plan: Plan, buildings: Sequence[Building], image: str) -> Ground:
    """The plan's own outlines; a building of which only the spot is known is a square there. Buildings that
    nobody drew are left out: their jobs stand in the list."""
    rings = [(building, _ring(plan, building)) for building in buildings]
    return {
        "size": (plan.height, plan.width),
        "image": image,
        "buildings": [_outline(building, ring, plan.height) for building, ring in rings if ring is not None],
    }


def _ring(plan: Plan, building: Building) -> Ring | None:
    if building.key in plan.outlines or building.spot is None:
        return plan.outlines.get(building.key)
    half, (x, y) = plan.width * A_SPOT, building.spot
    return _box(x, y, half, half)


def _box(x: float, y: float, half: float, deep: float) -> Ring:
    return ((x - half, y - deep), (x + half, y - deep), (x + half, y + deep), (x - half, y + deep))


def projected(buildings: Sequence[Building]) -> Ground:
    """Buildings without a plan, by their coordinates; those without coordinates in rows below."""
    placed = [(building, building.point) for building in buildings if building.point is not None]
    spots = _metres([point for _, point in placed])
    lost = [building for building in buildings if building.point is None]
    bottom = max((y for _, y in spots), default=-STREET_M)
    rows = [
        ((number % A_ROW) * STREET_M, bottom + STREET_M * (1 + number // A_ROW))
        for number in range(len(lost))
    ]
    return _around([building for building, _ in placed] + lost, spots + rows)


def _metres(points: Sequence[Point]) -> list[tuple[float, float]]:
    """East and south of the north-western corner. A compound is small: the earth is flat here."""
    if not points:
        return []
    north, west = max(point.lat for point in points), min(point.lon for point in points)
    degree = math.radians(EARTH_RADIUS_M)
    narrower = math.cos(math.radians(north))
    return [((point.lon - west) * degree * narrower, (north - point.lat) * degree) for point in points]


def _around(buildings: Sequence[Building], spots: Sequence[tuple[float, float]]) -> Ground:
    half, deep = HOUSE_M
    width = max((x for x, _ in spots), default=0.0) + 2 * (half + MARGIN_M)
    height = max((y for _, y in spots), default=0.0) + 2 * (deep + MARGIN_M)
    outlines: list[Outline] = []
    for building, (east, south) in zip(buildings, spots, strict=True):
        x, y = east + half + MARGIN_M, south + deep + MARGIN_M
        ring = tuple((x + right, y + down) for right, down in _shape(building))
        outlines.append(_outline(building, ring, height))
    return {"size": (height, width), "image": "", "buildings": outlines}


def _shape(building: Building) -> Ring:
    """Its corners, east and south of where it stands: as somebody drew it, or that of any building."""
    point = building.point
    if point is None or not building.outline:
        return _box(0.0, 0.0, *HOUSE_M)
    degree = math.radians(EARTH_RADIUS_M)
    narrower = math.cos(math.radians(point.lat))
    return tuple(
        ((corner.lon - point.lon) * degree * narrower, (point.lat - corner.lat) * degree)
        for corner in building.outline
    )


def _outline(building: Building, ring: Ring, height: float) -> Outline:
    return {
        "key": building.key,
        "name": building.name,
        "corners": [(round(height - y, 2), round(x, 2)) for x, y in ring],
        "middle": _middle(ring, height),
    }


def _middle(ring: Ring, height: float) -> tuple[float, float]:
    """Of the box around it."""
    x, y = middle(ring)
    return round(height - y, 2), round(x, 2)
