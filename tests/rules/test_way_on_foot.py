"""One length for all: waves, policies, jobs nearby and the card go by the way on foot, where it is known."""

from dataclasses import replace

import pytest

from dispatch import matching, nearby, seeking
from dispatch.geography import DETOUR, haversine
from dispatch.moments import MINUTE
from dispatch.people import Roster
from dispatch.playbook import Seeking, Wave, WaveTo
from dispatch.situation import Situation
from dispatch.views import Relation
from tests.rules import builders, card_scenes
from tests.rules.builders import DISTANCES, NOW, Play

BOOK = builders.playbook(seeking=Seeking(policy="all", within=5 * MINUTE, chance=0.99, answers=MINUTE))


def roster(paths: dict[int, dict[int, float]]) -> Roster:
    """Twelve volunteers, one a building in a row, 95 m apart; both ways are the same."""
    both = {one: dict(far) for one, far in paths.items()}
    for one, far in paths.items():
        for other, metres in far.items():
            both.setdefault(other, {})[one] = metres
    return replace(builders.roster(), paths=both)


def at(paths: dict[int, dict[int, float]], building: int = 1) -> Situation:
    return builders.situation(BOOK, roster(paths), building_id=building)


WALLED = {1: {2: 900.0, 3: 800.0, 4: 290.0}}
"""Behind a wall between them and the first building; the way to the fourth goes along a lane."""


@pytest.mark.parametrize(
    ("paths", "asked"),
    [
        ({}, [1, 2, 3]),
        (WALLED, [1, 4, 5]),
        ({1: {12: 1.0}}, [1, 12, 2]),
    ],
)
def test_a_wave_and_a_policy_ask_the_nearest_on_foot(
    paths: dict[int, dict[int, float]], asked: list[int]
) -> None:
    nearest = Wave(after=0, to=WaveTo.NEAREST, count=3)
    assert list(matching.choose(at(paths), nearest, DISTANCES, NOW)) == asked
    assert list(seeking.next_wave(at(paths), NOW, NOW).people)[:3] == asked


def test_whoever_is_asked_is_so_many_minutes_away() -> None:
    assert seeking.walk(roster(WALLED), 1, 2) == pytest.approx(900 / seeking.WALKING)
    straight = haversine(*(builders.roster().buildings[each].point for each in (1, 5)))  # type: ignore[arg-type]
    assert seeking.walk(roster(WALLED), 1, 5) == pytest.approx(straight * DETOUR / seeking.WALKING, rel=1e-3)


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        (1, "In your own building"),
        (2, "About 900 m on foot"),
        (4, "About 290 m on foot"),
        (5, "About 490 m on foot"),
        (12, "About 1.4 km on foot"),
    ],
)
def test_the_card_says_the_same(reader: int, said: str) -> None:
    play = Play(at(WALLED))
    view = card_scenes.view(play, reader, Relation.ASKED)
    assert card_scenes.see(play, reader, Relation.ASKED).away == said
    assert nearby.metres(view) == play.state.roster.homes.metres(1, reader)


def test_of_a_building_without_a_place_nothing_is_said() -> None:
    people = roster({})
    lost = {**people.buildings, 2: replace(people.buildings[2], point=None)}
    play = Play(builders.situation(BOOK, replace(people, buildings=lost), building_id=1))
    assert card_scenes.see(play, 2, Relation.ASKED).away == ""
