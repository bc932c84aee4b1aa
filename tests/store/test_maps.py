"""Chinese coordinates to WGS-84 and back, against figures published elsewhere."""

import pytest

from dispatch.geography import Point, haversine
from store.maps import Geodesic, from_wgs84, to_wgs84

SHANGHAI = Point(lat=31.2, lon=121.47)
CENTIMETRE = 0.01


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize(("lat", "lon"), [(31.2, 121.47), (39.91, 116.40), (22.54, 114.06), (43.8, 87.6)])
def test_there_and_back_is_the_same_place(system: str, lat: float, lon: float) -> None:
    there = Point(lat=lat, lon=lon)
    assert haversine(to_wgs84(from_wgs84(there, system), system), there) < CENTIMETRE
    assert haversine(from_wgs84(to_wgs84(there, system), system), there) < CENTIMETRE


@pytest.mark.parametrize(("system", "metres"), [("wgs84", 0), ("gcj02", 483), ("bd09", 1142)])
def test_ignoring_the_system_is_as_wrong_as_was_measured(system: str, metres: int) -> None:
    assert Geodesic().meters(from_wgs84(SHANGHAI, system), SHANGHAI) == pytest.approx(metres, abs=1)


def test_a_published_pair_agrees() -> None:
    # The first pair in the tests of eviltransform (MIT).
    shown = from_wgs84(Point(lat=31.1774276, lon=121.5272106), "gcj02")
    assert haversine(shown, Point(lat=31.17530398364597, lon=121.531541859215)) < CENTIMETRE


@pytest.mark.parametrize(
    ("lat", "lon", "gcj_lat", "gcj_lon", "bd_lat", "bd_lon"),
    [
        (31.2304, 121.4737, 31.2284577, 121.4782231, 31.2343106, 121.4847815),
        (39.9042, 116.4074, 39.9056033, 116.4136423, 39.9118653, 116.4200463),
        (22.5431, 114.0579, 22.5403828, 114.0630140, 22.5460416, 114.0695640),
        (43.8256, 87.6168, 43.8268054, 87.6196499, 43.8329498, 87.6260998),
        (45.8038, 126.5350, 45.8057815, 126.5410404, 45.8113958, 126.5476592),
        (18.2528, 109.5120, 18.2510945, 109.5160840, 18.2568775, 109.5226313),
    ],
)
def test_the_library_that_is_not_used_says_the_same(
    lat: float, lon: float, gcj_lat: float, gcj_lon: float, bd_lat: float, bd_lon: float
) -> None:
    # What prcoords 1.0.2 (public domain) gives for six cities; why it is not used: docs/decisions/0044.
    place = Point(lat=lat, lon=lon)
    for system, shown in (
        ("gcj02", Point(lat=gcj_lat, lon=gcj_lon)),
        ("bd09", Point(lat=bd_lat, lon=bd_lon)),
    ):
        assert haversine(from_wgs84(place, system), shown) < 2 * CENTIMETRE
        assert haversine(to_wgs84(shown, system), place) < 2 * CENTIMETRE


def test_an_unknown_system_is_never_guessed() -> None:
    with pytest.raises(KeyError):
        to_wgs84(SHANGHAI, "gcj")


def test_geodesic_metres_are_those_of_the_ellipsoid() -> None:
    equator = Geodesic().meters(Point(lat=0, lon=0), Point(lat=0, lon=1))
    assert equator == pytest.approx(111_319.49, abs=0.1)
