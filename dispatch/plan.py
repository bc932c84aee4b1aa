"""The compound's own plan: a picture, and the outlines of its buildings in the picture's units.

Outlines come as GeoJSON whose positions are units of the picture and not degrees: x to the right and y down,
from its upper left corner. It knows neither files nor screens.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dispatch.tables import Table, refuse_twice

Ring: TypeAlias = tuple[tuple[float, float], ...]
"""The corners of an outline, x and y each."""

FEWEST_CORNERS = 3
MOST_CORNERS = 500
"""Of one building: a screen shows no more, and a slip of an export (a whole city) is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`outlines` are by the buildings' keys; `kind` is the picture's MIME type."""

    width: int
    height: int
    outlines: Mapping[str, Ring]
    image: bytes = field(repr=False)
    kind: str

    def spot(self, building: str) -> tuple[float, float] | None:
        """The middle of a building as it is drawn; None where it is not, or beside the picture."""
        if building not in self.outlines:
            return None
        x, y = middle(self.outlines[building])
        return (x, y) if 0 <= x <= self.width and 0 <= y <= self.height else None


def middle(corners: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Of the box around an outline."""
    ones, others = [one for one, _ in corners], [other for _, other in corners]
    return (min(ones) + max(ones)) / 2, (min(others) + max(others)) / 2


def outlines(file: str, data: object, buildings: Collection[str]) -> Mapping[str, Ring]:
    """The outlines of a GeoJSON document: a feature a building, its key in the property `building`.

    Raises `BadFileError` for the first thing that is wrong; `file` is only named there."""
    top = Table(file, "", data)
    top.choice("type", ("FeatureCollection",))
    features = top.tables("features")
    keys = [_key(each, buildings) for each in features]
    refuse_twice(features, "properties.building", keys, "building")
    return {key: _ring(each) for key, each in zip(keys, features, strict=True)}


def _key(feature: Table, buildings: Collection[str]) -> str:
    properties = feature.table("properties")
    key = properties.text("building", expected="the key of a building")
    if key not in buildings:
        properties.fail("building", "the key of a building of the committee's file")
    return key


def _ring(feature: Table) -> Ring:
    geometry = feature.table("geometry")
    geometry.choice("type", ("Polygon",))
    expected = "a list of rings, the outer one first"
    rings = geometry.value("coordinates", expected)
    outer = rings[0] if isinstance(rings, Sequence) and rings else None
    if not isinstance(outer, Sequence) or isinstance(outer, str):
        geometry.fail("coordinates", expected)
    corners = tuple(_corner(geometry, each) for each in outer)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if not FEWEST_CORNERS <= len(corners) <= MOST_CORNERS:
        geometry.fail("coordinates", f"{FEWEST_CORNERS} to {MOST_CORNERS} corners")
    return corners


def _corner(geometry: Table, value: object) -> tuple[float, float]:
    x, y = (value[0], value[1]) if isinstance(value, Sequence) and len(value) > 1 else (None, None)
    if not (isinstance(x, int | float) and isinstance(y, int | float) and abs(x) + abs(y) < math.inf):
        geometry.fail("coordinates", "corners of two numbers each")
    return float(x), float(y)
