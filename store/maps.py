"""Where things are: coordinates as Chinese maps give them, turned into WGS-84, and how far it is.

A source says which system it uses; it is never guessed from the place (Seoul would be shifted, too).
"""

import math
from collections.abc import Callable
from functools import lru_cache

from dispatch.geography import Point

_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943_23
"""The ellipsoid of Krasovsky 1940, on which GCJ-02 reckons its shift."""

_BD_LAT, _BD_LON = 0.0060, 0.0065
"""What BD-09 adds to GCJ-02, in degrees, besides a small rotation."""

_CLOSE = 1e-9
"""Degrees, about 0.1 mm: far below what any of these maps is good for."""

_ROUNDS = 12
"""Rounds of the inversion at most; each gains two to three digits, so six are enough."""

_Shift = Callable[[Point], Point]


def to_wgs84(point: Point, system: str) -> Point:
    """The point in WGS-84. `system` is `wgs84`, `gcj02` or `bd09`; another raises `KeyError`."""
    shift = _SHIFTS[system]
    return point if shift is None else _undo(shift, point)


def from_wgs84(point: Point, system: str) -> Point:
    """The point as a map of that system shows it."""
    shift = _SHIFTS[system]
    return point if shift is None else shift(point)


PAIRS = 65_536
"""Pairs of places whose distance is remembered: all of a compound of 125 buildings, four times over. One
costs 0.1 ms to reckon, and a wave wants ten."""


class Geodesic:
    """`dispatch.ports.Distances` on the ellipsoid, by geopy."""

    def meters(self, a: Point, b: Point) -> float:
        """Geodesic distance in metres."""
        return _meters(a, b)


@lru_cache(maxsize=PAIRS)
def _meters(a: Point, b: Point) -> float:
    # Half a second to import, and only a committee that places its buildings needs it.
    from geopy.distance import geodesic  # noqa: PLC0415

    return float(geodesic((a.lat, a.lon), (b.lat, b.lon)).meters)


def _undo(shift: _Shift, shown: Point) -> Point:
    """The point that `shift` moves to `shown`: guess, see how far it misses, correct by as much."""
    guess = shown
    for _ in range(_ROUNDS):
        miss = shift(guess)
        lat, lon = miss.lat - shown.lat, miss.lon - shown.lon
        guess = Point(lat=guess.lat - lat, lon=guess.lon - lon)
        if math.hypot(lat, lon) < _CLOSE:
            break
    return guess


def _gcj02(point: Point) -> Point:
    """WGS-84 to GCJ-02. The formula is public knowledge (PRCoords, CC0; eviltransform, MIT)."""
    x, y = point.lon - 105.0, point.lat - 35.0
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += _waves(((2, x, 6), (2, x, 2), (2, y, 1), (4, y, 1 / 3), (16, y, 1 / 12), (32, y, 1 / 30)))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += _waves(((2, x, 6), (2, x, 2), (2, x, 1), (4, x, 1 / 3), (15, x, 1 / 12), (30, x, 1 / 30)))
    latitude = math.radians(point.lat)
    flat = 1 - _ECCENTRICITY_2 * math.sin(latitude) ** 2
    meters_a_lat = math.radians(_AXIS_M * (1 - _ECCENTRICITY_2) / flat**1.5)
    meters_a_lon = math.radians(_AXIS_M * math.cos(latitude) / math.sqrt(flat))
    return Point(lat=point.lat + north / meters_a_lat, lon=point.lon + east / meters_a_lon)


def _waves(terms: tuple[tuple[float, float, float], ...]) -> float:
    return sum(height * math.sin(at * turns * math.pi) for height, at, turns in terms) * 20 / 3


def _bd09(point: Point) -> Point:
    """WGS-84 to BD-09, by way of GCJ-02."""
    gcj = _gcj02(point)
    radius = math.hypot(gcj.lat, gcj.lon) + 0.00002 * math.sin(math.radians(gcj.lat) * 3000)
    angle = math.atan2(gcj.lat, gcj.lon) + 0.000003 * math.cos(math.radians(gcj.lon) * 3000)
    return Point(lat=radius * math.sin(angle) + _BD_LAT, lon=radius * math.cos(angle) + _BD_LON)


_SHIFTS: dict[str, _Shift | None] = {"wgs84": None, "gcj02": _gcj02, "bd09": _bd09}
