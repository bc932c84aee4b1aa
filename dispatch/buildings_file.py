"""The buildings of a committee's file, checked: where they are and what shape they have.

The system of every position is declared and never guessed: taking one for another is 500 m to 1.1 km wrong.
Turning one into another is somebody else's business.
"""

from collections.abc import Sequence
from statistics import median
from typing import NoReturn

from dispatch import fields
from dispatch.entries import BuildingEntry
from dispatch.geography import Point, haversine
from dispatch.plan import FEWEST_CORNERS, MOST_CORNERS, middle
from dispatch.tables import Table, refuse_twice

COORDINATES = ("wgs84", "gcj02", "bd09")
"""Systems in which positions may be given."""

SHIFTED = ("gcj02", "bd09")
"""Systems that exist only inside `CHINA`."""

CHINA = ((0.8293, 55.8271), (72.004, 137.8347))
"""Latitudes and longitudes between which the shifted systems are defined (the box every published
conversion of GCJ-02 uses)."""

FARTHEST_M = 5_000
"""Metres of a building from the middle of all: the largest neighbourhoods are two kilometres wide."""

BESIDE_M = 200
"""Metres of a building's own point from the edge of its outline: less than two systems lie apart."""

WIDEST = 100_000
"""Units of a plan: a kilometre in centimetres; more is a slip."""

SCALES = (0.001, 100.0)
"""Metres of one unit of a plan: a millimetre is what drawing programs count in, and a compound of ten units
would be drawn with decimals."""

WIDE_M = (20.0, 2.0 * FARTHEST_M)
"""Metres of the whole plan: from one house to as far as buildings may lie from each other."""

_KEY = r"[^\s/]{1,20}"
_KEY_SAID = 'what people call it, such as "3" or "3A", without blanks'
_OUTLINE_SAID = f"{FEWEST_CORNERS} to {MOST_CORNERS} corners of two numbers each, latitude first"
_SPOT_SAID = "two numbers, x and y in units of the plan"


def buildings(
    top: Table, committee: Table, system: str | None, size: tuple[int, int] | None = None
) -> Sequence[BuildingEntry]:
    """All of them; `system` is the committee's, `size` its plan's width and height. Raises `BadFileError`."""
    tables = top.tables("buildings", label="key")
    found = [_building(table, committee, system, size) for table in tables]
    refuse_twice(tables, "key", [building["key"] for building in found], "key")
    _near_each_other(tables, found)
    return found


def scale(committee: Table, size: tuple[int, int] | None, found: Sequence[BuildingEntry]) -> float | None:
    """How many metres one unit of the plan is; None where nobody says it. Without a `size` of the plan the
    spots that were `found` on it must lie no farther apart than buildings do. Raises `BadFileError`."""
    low, high = SCALES
    expected = f"metres that one unit of the plan is, from {low} to {high:.0f}"
    metres = committee.number("scale", expected)
    if metres is None:
        return None
    if not low <= metres <= high:
        committee.fail("scale", expected)
    narrow, wide = WIDE_M
    across = metres * max(size or [part for each in found for part in each["spot"] or ()], default=0.0)
    if across > wide or (size is not None and across < narrow):
        committee.fail("scale", f"{expected}, that make the plan {narrow:.0f} m to {wide / 1000:.0f} km wide")
    return metres


def _building(
    table: Table, committee: Table, system: str | None, size: tuple[int, int] | None
) -> BuildingEntry:
    table.only(*BuildingEntry.__annotations__)
    key = table.text("key", pattern=_KEY, expected=_KEY_SAID)
    own = table.choice("coordinates", COORDINATES) if table.has("coordinates") else system
    outline = _outline(table, own) if table.has("outline") else ()
    lat, lon = position(table, own)
    if lat is not None and lon is not None and outline:
        _beside(table, Point(lat=lat, lon=lon), outline)
    elif outline:
        lat, lon = middle(outline)
    if lat is not None and own is None:
        undeclared(committee)
    return {
        "key": key,
        "name": table.text("name", key, longest=fields.LONGEST_NAME) or key,
        "lat": lat,
        "lon": lon,
        "coordinates": own if lat is not None else None,
        "outline": outline,
        "spot": _spot(table, size) if table.has("spot") else None,
    }


def undeclared(committee: Table) -> NoReturn:
    """Refuse positions of which nobody said in which system they are."""
    committee.fail("coordinates", f"how lat and lon are given: {', '.join(COORDINATES)}; it is never guessed")


def position(table: Table, system: str | None) -> tuple[float | None, float | None]:
    """The fields `lat` and `lon`, both or neither. Raises `BadFileError`."""
    lat = table.number("lat", "degrees of latitude")
    lon = table.number("lon", "degrees of longitude")
    if lat is None and lon is None:
        return None, None
    if lat is None or lon is None:
        table.fail("lon" if lon is None else "lat", "degrees: lat and lon only come together")
    on_the_map(table, ("lat", "lon"), (lat, lon), system)
    return lat, lon


def on_the_map(table: Table, names: tuple[str, str], pair: tuple[float, float], system: str | None) -> None:
    """Refuse a latitude and longitude that the system does not have; `names` are the fields they stand in."""
    lats, lons = CHINA if system in SHIFTED else ((-90.0, 90.0), (-180.0, 180.0))
    swapped = _within(pair[1], lats) and _within(pair[0], lons)
    for field, value, limits in zip(names, pair, (lats, lons), strict=True):
        if not _within(value, limits):
            hint = "; lat and lon look swapped" if swapped else ""
            inside = f" (where {system} exists)" if system in SHIFTED else ""
            table.fail(field, f"degrees from {limits[0]} to {limits[1]}{inside}{hint}")


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _outline(table: Table, system: str | None) -> Sequence[tuple[float, float]]:
    corners = table.pairs("outline", _OUTLINE_SAID)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if not FEWEST_CORNERS <= len(corners) <= MOST_CORNERS:
        table.fail("outline", _OUTLINE_SAID)
    for corner in corners:
        on_the_map(table, ("outline", "outline"), corner, system)
    return corners


def _beside(table: Table, point: Point, outline: Sequence[tuple[float, float]]) -> None:
    lat, lon = middle(outline)
    inside = Point(lat=lat, lon=lon)
    reach = max(haversine(inside, Point(lat=lat, lon=lon)) for lat, lon in outline)
    off = round(haversine(inside, point))
    if off > reach + BESIDE_M:
        table.fail("lat", f"a position at the building's outline; they are {off} m apart, as two systems are")


def _spot(table: Table, size: tuple[int, int] | None) -> tuple[float, float]:
    given = table.pairs("spot", _SPOT_SAID, single=True)
    width, height = size or (WIDEST, WIDEST)
    x, y = given[0]
    if not (0 <= x <= width and 0 <= y <= height):
        table.fail("spot", f"{_SPOT_SAID}: at most {width} and {height}")
    return x, y


def _near_each_other(tables: Sequence[Table], found: Sequence[BuildingEntry]) -> None:
    """Refuse the building that lies farthest from all others, where that is farther than it can be."""
    placed = [
        (table, Point(lat=each["lat"], lon=each["lon"]))
        for table, each in zip(tables, found, strict=True)
        if each["lat"] is not None and each["lon"] is not None
    ]
    if not placed:
        return
    middle = Point(lat=median(point.lat for _, point in placed), lon=median(point.lon for _, point in placed))
    table, farthest = max(placed, key=lambda each: haversine(middle, each[1]))
    off = haversine(middle, farthest)
    if off > FARTHEST_M:
        within = f"a position within {FARTHEST_M // 1000} km of the middle of the committee's buildings"
        table.fail("lat", f"{within}; this one is {off / 1000:.0f} km away")
