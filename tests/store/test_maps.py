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


def test_an_unknown_system_is_never_guessed() -> None:
    with pytest.raises(KeyError):
        to_wgs84(SHANGHAI, "gcj")


def test_geodesic_metres_are_those_of_the_ellipsoid() -> None:
    equator = Geodesic().meters(Point(lat=0, lon=0), Point(lat=0, lon=1))
    assert equator == pytest.approx(111_319.49, abs=0.1)
