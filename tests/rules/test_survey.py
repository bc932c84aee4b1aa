"""Where buildings are that are only spots on the plan: by those that have a point too, or by its scale."""

import math
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import matching, nearby, seeking
from dispatch.geography import DETOUR, Plane, Point, haversine
from dispatch.moments import MINUTE
from dispatch.people import Roster
from dispatch.playbook import Seeking, Wave, WaveTo
from dispatch.survey import ALIKE, APART_M, Doubt, Spot, Survey, survey
from dispatch.verbs import Verb
from dispatch.views import Relation
from tests.rules import builders, card_scenes
from tests.rules.builders import DISTANCES, NOW, Play

HERE = Plane(Point(lat=31.2, lon=121.47))

SCALE = 0.5
"""Metres of one unit of the plans below."""


def at(east: float, north: float) -> Point:
    """So many metres from somewhere in Shanghai."""
    return HERE.lifted(east, north)


def plan(east: float, north: float) -> Spot:
    """The same place on a plan with the north above."""
    return 400 + east / SCALE, 800 - north / SCALE


CORNERS = {"a": (0.0, 0.0), "b": (200.0, 0.0), "c": (0.0, 100.0), "d": (200.0, 100.0)}
SPOTS = {key: plan(*place) for key, place in CORNERS.items()}
DIAGONAL = math.hypot(200, 100)


def known(*keys: str) -> dict[str, Point]:
    return {key: at(*CORNERS[key]) for key in keys}


def turned(spot: Spot) -> Spot:
    """On a plan that lies on its side."""
    x, y = spot
    return y, -x


@pytest.mark.parametrize(
    ("points", "spots", "scale", "metres"),
    [
        ("abcd", SPOTS, None, DIAGONAL),
        ("ab", SPOTS, None, DIAGONAL),
        ("abc", SPOTS, SCALE, DIAGONAL),
        ("ab", {key: turned(spot) for key, spot in SPOTS.items()}, None, DIAGONAL),
        ("ab", {key: (7 * x, 7 * y) for key, (x, y) in SPOTS.items()}, None, DIAGONAL),
        ("", SPOTS, SCALE, DIAGONAL),
        ("a", SPOTS, SCALE, DIAGONAL),
        ("", SPOTS, 2 * SCALE, 2 * DIAGONAL),
        ("", SPOTS, None, math.inf),
        ("a", SPOTS, None, math.inf),
        ("a", {key: SPOTS[key] for key in "bcd"}, SCALE, math.inf),
    ],
    ids=[
        "all are measured",
        "two tie the plan",
        "three of them, and it has the scale that they give",
        "it does not matter which side is up",
        "nor how large it is drawn",
        "a scale alone",
        "a scale, and one building that is measured",
        "a scale twice as large",
        "nothing ties the plan",
        "one building does not",
        "whoever is not on the plan is in another world than those who are on nothing else",
    ],
)
def test_how_far_it_is_follows_from_what_is_known(
    points: str, spots: dict[str, Spot], scale: float | None, metres: float
) -> None:
    found = survey(known(*points), spots, scale)
    assert [found.metres("a", "d"), found.metres("d", "a")] == pytest.approx([metres] * 2, rel=1e-4)


@pytest.mark.parametrize(
    ("points", "spots", "scale", "why"),
    [
        (known("a", "b"), SPOTS, SCALE * ALIKE * 1.01, Doubt.SCALE),
        (known("a", "b"), SPOTS, SCALE / ALIKE / 1.01, Doubt.SCALE),
        (known("a", "b"), SPOTS, SCALE * ALIKE / 1.01, None),
        (known("a", "b", "c"), {**SPOTS, "c": plan(0, 200)}, None, Doubt.OFF),
        (known("a", "b", "c"), {**SPOTS, "c": plan(0, 130)}, None, None),
        (known("a", "b", "c"), {key: (x, -y) for key, (x, y) in SPOTS.items()}, None, Doubt.MIRRORED),
        ({"a": at(0, 0), "b": at(APART_M - 1, 0)}, SPOTS, None, Doubt.LOOSE),
        ({"a": at(0, 0), "b": at(APART_M + 1, 0)}, SPOTS, None, None),
        (known("a", "b"), {**SPOTS, "b": SPOTS["a"]}, None, Doubt.LOOSE),
        (known("a", "b", "c", "d"), {**SPOTS, "c": plan(0, 900)}, None, None),
    ],
    ids=[
        "a scale that is too large",
        "a scale that is too small",
        "a scale that is nearly the one",
        "a building far from where the plan has it",
        "a building somewhat off",
        "y counts upwards",
        "two that are too near to each other",
        "two that are just far enough",
        "two at one spot",
        "a bad plan that nobody needs",
    ],
)
def test_a_plan_that_does_not_fit_places_nothing_and_why_is_known(
    points: dict[str, Point], spots: dict[str, Spot], scale: float | None, why: Doubt | None
) -> None:
    found = survey(points, spots, scale)
    assert (found.doubted and found.doubted.why) == why
    if why is not None:
        assert (found.points, found.sheet) == (points, {})
    else:
        assert set(found.points) == {*points, *spots}


@pytest.mark.parametrize("wrong", CORNERS)
def test_of_a_bad_plan_the_building_is_named_without_which_it_would_fit(wrong: str) -> None:
    east, north = CORNERS[wrong]
    spots = {**SPOTS, wrong: plan(east + 90, north + 120), "e": plan(50, 50), "f": plan(150, 30)}
    found = survey({**known(*CORNERS), "f": at(150, 30)}, spots).doubted
    assert found is not None
    assert (found.why, found.key, round(found.metres)) == (Doubt.OFF, wrong, 150)


def test_what_is_measured_stays_where_it_was_measured() -> None:
    points = known("a", "b", "c")
    found = survey(points, {**SPOTS, "c": plan(10, 105)})
    assert {key: found.points[key] for key in points} == points


place = st.tuples(st.floats(-900, 900), st.floats(-900, 900))


@settings(max_examples=60)
@given(
    places=st.lists(place, min_size=3, max_size=12),
    tying=st.integers(2, 4),
    unit=st.floats(0.01, 10),
    angle=st.floats(0, 2 * math.pi),
    shift=place,
)
def test_a_turned_stretched_and_moved_plan_gives_the_true_distances_back(
    places: list[Spot], tying: int, unit: float, angle: float, shift: Spot
) -> None:
    truth = dict(enumerate([(0.0, 0.0), (60.0, 10.0), *places]))
    sin, cos = math.sin(angle) / unit, math.cos(angle) / unit
    spots = {
        key: (shift[0] + east * cos + north * sin, shift[1] + east * sin - north * cos)
        for key, (east, north) in truth.items()
    }
    found = survey({key: at(*truth[key]) for key in range(tying)}, spots)
    assert found.doubted is None
    for one, other in combinations(truth, 2):
        metres = haversine(at(*truth[one]), at(*truth[other]))
        assert found.metres(one, other) == pytest.approx(metres, rel=0.01, abs=0.01)


def on_plan(points: set[int], scale: float | None) -> Roster:
    """Twelve volunteers, one a building in a row, 95 m apart: all have a spot, and these a point as well."""
    people = builders.roster()
    buildings = {
        key: replace(each, point=each.point if key in points else None, spot=(100.0 - 4 * key, 50.0))
        for key, each in people.buildings.items()
    }
    return replace(people, buildings=buildings, committee=replace(people.committee, scale=scale))


NEAREST = Wave(after=0, to=WaveTo.NEAREST, count=3)
POLICY = builders.playbook(seeking=Seeking(policy="all", within=5 * MINUTE, chance=0.99, answers=MINUTE))


@pytest.mark.parametrize(
    ("points", "scale", "asked"),
    [
        ({1, 2}, None, {9, 8, 10}),
        ({1, 9}, None, {9, 8, 10}),
        (set[int](), 23.8, {9, 8, 10}),
        ({9}, 23.8, {9, 8, 10}),
        (set[int](), None, {1, 2, 3}),
    ],
    ids=["by two points", "one of them there", "by the scale", "by the scale and a point", "by number, else"],
)
def test_who_lives_in_a_building_that_is_only_a_spot_is_asked_by_nearness(
    points: set[int], scale: float | None, asked: set[int]
) -> None:
    situation = builders.situation(POLICY, on_plan(points, scale), building_id=9)
    assert set(matching.choose(situation, NEAREST, DISTANCES, NOW)) == asked
    assert set(seeking.next_wave(situation, NOW, NOW).people[:3]) == asked


@pytest.mark.parametrize(("points", "scale"), [({1, 2}, None), (set[int](), 23.8)])
def test_cards_and_lists_say_how_far_it_is(points: set[int], scale: float | None) -> None:
    play = Play(builders.situation(POLICY, on_plan(points, scale), building_id=9))
    assert card_scenes.see(play, 7, Relation.ASKED).away == "About 250 m on foot"
    assert nearby.metres(card_scenes.view(play, 7, Relation.ASKED)) == pytest.approx(190 * DETOUR, rel=0.01)
    assert seeking.walk(play.state.roster, 9, 7) == pytest.approx(190 * DETOUR / seeking.WALKING, rel=0.01)


@pytest.mark.parametrize(("points", "shown"), [({1, 2}, False), ({1, 2, 9}, True)])
def test_a_map_opens_where_somebody_measured_and_never_where_the_plan_says(
    points: set[int], *, shown: bool
) -> None:
    play = Play(builders.situation(POLICY, on_plan(points, None), building_id=9))
    play.does(7, Verb.CLAIM)
    card = card_scenes.see(play, 7, Relation.CLAIMER, private=card_scenes.SECRETS)
    assert (card.place is not None, 9 in play.state.roster.survey.points) == (shown, True)


def test_between_a_plan_and_the_earth_nothing_is_known() -> None:
    found: Survey[str] = survey(known("a"), {key: SPOTS[key] for key in "bcd"}, SCALE)
    assert (found.knows("a"), found.knows("b"), found.metres("a", "b")) == (True, True, math.inf)
