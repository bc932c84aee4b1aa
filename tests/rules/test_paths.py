"""The way on foot from house to house: round houses, and through walls only by a gate."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import paths
from dispatch.geography import DETOUR, EARTH_RADIUS_M, Point
from dispatch.ground import Gate, Ground, House, Wall
from dispatch.paths import cut_off, lengths

_DEGREE = math.radians(EARTH_RADIUS_M)
LAT, LON = 31.2, 121.4


def at(x: float, y: float) -> Point:
    """So many metres to the east and the north of somewhere in Shanghai."""
    return Point(lat=LAT + y / _DEGREE, lon=LON + x / (_DEGREE * math.cos(math.radians(LAT))))


def house(key: str, x: float, y: float, wide: float = 0.0, deep: float = 0.0) -> House:
    """A house around its point; without a width nobody drew it."""
    corners = ((x - wide, y - deep), (x + wide, y - deep), (x + wide, y + deep), (x - wide, y + deep))
    return House(key=key, point=at(x, y), outline=tuple(at(*each) for each in corners) if wide else ())


def wall(*corners: tuple[float, float], key: str = "w") -> Wall:
    return Wall(key=key, line=tuple(at(*each) for each in corners))


def gate(x: float, y: float, *, shut: bool = False) -> Gate:
    return Gate(key="g", point=at(x, y), shut=shut)


def far(ground: Ground, one: str = "a", other: str = "b") -> float:
    return lengths(ground).get(one, {}).get(other, math.inf)


A, B = house("a", 0, 0, 5, 5), house("b", 100, 0, 5, 5)
BARRED = Ground(houses=(A, B), walls=(wall((50, -60), (50, 60)),))
ROUND_THE_END = 2 * math.hypot(50, 60)

FOUND = [
    ("nothing between: straight, whatever their own outlines are", Ground(houses=(A, B)), 100.0),
    (
        "round the corners of a house between",
        Ground(houses=(A, B, house("c", 50, 0, 10, 10))),
        2 * math.hypot(40, 10) + 20,
    ),
    ("round the end of a wall", BARRED, ROUND_THE_END),
    ("through its gate", replace(BARRED, gates=(gate(50, 0),)), 100.0),
    ("through a gate that somebody placed two metres off", replace(BARRED, gates=(gate(52, 0),)), 100.0),
    ("a shut gate is none", replace(BARRED, gates=(gate(50, 0, shut=True),)), ROUND_THE_END),
    ("a gate that is in no wall opens none", replace(BARRED, gates=(gate(42, 0),)), ROUND_THE_END),
    (
        "not through the corner where two sides of a wall meet",
        replace(BARRED, walls=(wall((50, -60), (50, 0), (51, 1), (51, 60)),)),
        ROUND_THE_END,
    ),
    (
        "not between a wall and the house that it runs into",
        replace(BARRED, houses=(A, B, house("c", 50, 60, 10, 10)), walls=(wall((50, -60), (50, 55)),)),
        ROUND_THE_END,
    ),
    (
        "houses that nobody drew are gone round by estimate",
        replace(BARRED, houses=(house("a", 0, 0), house("b", 100, 0))),
        ROUND_THE_END * DETOUR,
    ),
    (
        "an outline that is one corner again and again hides nothing",
        Ground(houses=(A, B, House(key="c", point=at(50, 0), outline=(at(50, 0),) * 3))),
        100.0,
    ),
    ("the same place", Ground(houses=(A, house("b", 0, 0, 5, 5))), 0.0),
]


@pytest.mark.parametrize(
    ("ground", "metres"), [(row[1], row[2]) for row in FOUND], ids=[row[0] for row in FOUND]
)
def test_the_way_is_as_long_as_the_plan_says(ground: Ground, metres: float) -> None:
    assert far(ground) == pytest.approx(metres, abs=0.8)  # a wall is 30 cm thick, and its gate 3 m wide


def test_where_nobody_drew_anything_nothing_is_known() -> None:
    assert lengths(Ground(houses=(house("a", 0, 0), house("b", 100, 0)))) == {}


def test_a_wall_without_a_gate_cuts_off_what_is_inside() -> None:
    ring = wall((90, -10), (110, -10), (110, 10), (90, 10), (90, -10))
    ground = Ground(houses=(A, B, house("c", 0, 50, 5, 5)), walls=(ring,))
    assert far(ground) == math.inf
    assert cut_off(lengths(ground)) == ("b",)
    assert cut_off(lengths(replace(ground, gates=(gate(90, 0),)))) == ()


def test_more_than_can_be_reckoned_with_is_left_to_the_straight_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST", 9)
    assert lengths(Ground(houses=(A, B))) == {}


def test_houses_that_run_into_each_other_along_one_side_are_left_and_entered_where_they_meet() -> None:
    inside_another = Ground(
        houses=(house("a", 0, 10, 4, 8), house("b", 0, 15, 4, 4), house("c", 0, 0, 4, 4)),
    )
    assert lengths(inside_another)["b"]["c"] == pytest.approx(18.31, abs=0.01)
    behind_another = Ground(
        houses=(house("a", 0, 0, 4, 4), house("b", 10, 10, 4, 4), house("c", 10, 15, 4, 4)),
    )
    assert lengths(behind_another)["a"]["c"] == pytest.approx(18.19, abs=0.01)


spot = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda each: (each[0] * 5.0, each[1] * 5.0))
lines = st.lists(spot, min_size=2, max_size=4, unique=True)
sides = st.tuples(st.integers(1, 5), st.integers(1, 5)).map(lambda each: (each[0] * 4.0, each[1] * 4.0))


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    """Houses and walls as they come: some run into each other."""
    spots = draw(st.lists(spot, min_size=2, max_size=4, unique=True))
    houses = tuple(house(str(number), *each, *draw(sides)) for number, each in enumerate(spots))
    walls = draw(st.lists(lines, max_size=2))
    return Ground(
        houses=houses, walls=tuple(wall(*each, key=str(number)) for number, each in enumerate(walls))
    )


def pairs(ground: Ground) -> Iterator[tuple[float, float]]:
    """Every pair's straight line and way."""
    found = lengths(ground)
    for one, other in combinations(ground.houses, 2):
        east = (one.point.lon - other.point.lon) * _DEGREE * math.cos(math.radians(LAT))
        straight = math.hypot(east, (one.point.lat - other.point.lat) * _DEGREE)
        yield straight, found.get(one.key, {}).get(other.key, math.inf)


NEARLY = 0.01
"""Metres: touching is told from crossing by a thousandth of a millimetre, at some corners in a row."""


@settings(max_examples=60, deadline=None)
@given(grounds(), lines, st.data())
def test_no_way_is_shorter_for_a_wall_or_longer_for_a_gate(
    ground: Ground, line: list[tuple[float, float]], data: st.DataObject
) -> None:
    before = [way for _, way in pairs(ground)]
    walled = replace(ground, walls=(*ground.walls, wall(*line, key="more")))
    after = [way for _, way in pairs(walled)]
    assert all(there >= here - NEARLY for here, there in zip(before, after, strict=True))
    side = data.draw(st.integers(0, len(line) - 2))
    part = data.draw(st.integers(0, 10)) / 10
    (x, y), (u, v) = line[side], line[side + 1]
    opened = replace(walled, gates=(gate(x + part * (u - x), y + part * (v - y)),))
    through = [way for _, way in pairs(opened)]
    assert all(there <= here + NEARLY for here, there in zip(after, through, strict=True))


@settings(max_examples=60, deadline=None)
@given(grounds())
def test_no_way_is_shorter_than_the_straight_line_and_all_are_as_long_back(ground: Ground) -> None:
    there = list(pairs(ground))
    assert all(way >= straight - NEARLY for straight, way in there)
    back = lengths(replace(ground, houses=ground.houses[::-1]))
    ways = [back.get(one.key, {}).get(other.key, math.inf) for one, other in combinations(ground.houses, 2)]
    assert ways == pytest.approx([way for _, way in there], abs=NEARLY)
