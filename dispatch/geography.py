"""Where things are: points on the earth (WGS-84) and the buildings of a compound.

Other coordinate systems are turned into WGS-84 before anything reaches this module.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_008.8
"""Mean earth radius in metres (IUGG R1); the haversine on it stays within 0.32 % of the geodesic
(TECH_NOTES.md, Distances)."""

DETOUR = 1.3
"""A way on foot is so much longer than the straight line, where nobody drew what one goes round (Recipe A of
docs/matching.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A position in degrees, WGS-84."""

    lat: float
    lon: float

    @property
    def on_earth(self) -> bool:
        """There is such a place: latitude within 90 degrees, longitude within 180."""
        return -90 <= self.lat <= 90 and -180 <= self.lon <= 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One building of the compound; `key` is unique in its committee and is what people type."""

    id: int
    committee_id: int
    key: str
    name: str
    point: Point | None = None
    outline: tuple[Point, ...] = ()
    """Its corners, in order; empty where nobody drew it."""
    spot: tuple[float, float] | None = None
    """Where it stands on the compound's own plan, in units of the picture: x to the right, y down."""


@dataclass(frozen=True, slots=True)
class Plane:
    """The earth laid flat around a point: places as metres to the east and the north of it. A compound is
    small, so nothing is lost by it."""

    middle: Point

    def laid(self, point: Point) -> tuple[float, float]:
        """Metres to the east and to the north."""
        east = math.radians(point.lon - self.middle.lon) * self._narrower
        return EARTH_RADIUS_M * east, EARTH_RADIUS_M * math.radians(point.lat - self.middle.lat)

    def lifted(self, east: float, north: float) -> Point:
        """The point that lies so many metres away."""
        lat = self.middle.lat + math.degrees(north / EARTH_RADIUS_M)
        return Point(lat=lat, lon=self.middle.lon + math.degrees(east / EARTH_RADIUS_M / self._narrower))

    @property
    def _narrower(self) -> float:
        return math.cos(math.radians(self.middle.lat))


def centre(points: Sequence[Point]) -> Point:
    """The mean of some points, of one at least."""
    lats, lons = [each.lat for each in points], [each.lon for each in points]
    return Point(lat=sum(lats) / len(lats), lon=sum(lons) / len(lons))


def flat(a: Point, b: Point) -> float:
    """Metres as on a flat map: near enough to sort by within a city."""
    squeeze = math.cos(math.radians(a.lat))
    return EARTH_RADIUS_M * math.hypot(math.radians(b.lat - a.lat), math.radians(b.lon - a.lon) * squeeze)


def haversine(a: Point, b: Point) -> float:
    """Great-circle distance in metres: good for sorting, geodesic is for the finalists."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))
