"""Whoever shares where they are is asked as somebody who is there, and not as somebody at home."""

from dataclasses import replace

import pytest

from dispatch import matching, seeking
from dispatch.geography import DETOUR, Building, Point
from dispatch.moments import HOUR, MINUTE
from dispatch.people import Person
from dispatch.playbook import Seeking, Wave, WaveTo
from dispatch.situation import Situation
from dispatch.whereabouts import ELSEWHERE, SILENT, Shared, building_at
from tests.rules import builders
from tests.rules.builders import DISTANCES, NOW

EMPTY = 99
"""A building where nobody lives who may be asked, 40 metres east of the first one."""

NEAREST = Wave(after=0, to=WaveTo.NEAREST, count=3)


def being(near: dict[int, int | None], place: int = 1) -> Situation:
    people = builders.roster()
    empty = Building(id=EMPTY, committee_id=1, key="99", name="99", point=Point(lat=31.2, lon=121.47142))
    people = replace(people, buildings={**people.buildings, EMPTY: empty})
    book = builders.playbook(seeking=Seeking(policy="all", within=5 * MINUTE, chance=0.99, answers=MINUTE))
    return replace(builders.situation(book, people, building_id=place), near=near)


def chosen(situation: Situation) -> tuple[int, ...]:
    return matching.choose(situation, NEAREST, DISTANCES, NOW)


@pytest.mark.parametrize(
    ("near", "asked"),
    [
        ({}, (1, 2, 3)),
        ({9: 1}, (1, 9, 2)),
        ({1: 12}, (2, 3, 4)),
        ({1: ELSEWHERE, 2: ELSEWHERE}, (3, 4, 5)),
        ({9: EMPTY}, (1, 9, 2)),
        ({9: 2, 8: 2}, (1, 8, 9)),
    ],
)
def test_the_nearest_are_those_who_are_near(near: dict[int, int | None], asked: tuple[int, ...]) -> None:
    assert sorted(chosen(being(near))) == sorted(asked)


def test_a_policy_is_shown_the_walk_from_where_they_are() -> None:
    def walks(situation: Situation) -> dict[int, float]:
        wave = seeking.next_wave(situation, NOW, NOW)
        assert len(set(wave.people)) == len(builders.VOLUNTEERS), "everybody, and nobody twice"
        return {each.person_id: each.walk for each in wave.reasons} or dict.fromkeys(wave.people, 0.0)

    assert set(walks(being({9: 1, 1: ELSEWHERE, 3: EMPTY}))) == set(builders.VOLUNTEERS)
    roster = being({}).roster
    assert seeking.walk(roster, 1, EMPTY) == pytest.approx(40 * DETOUR / seeking.WALKING, rel=0.02)
    assert seeking.walk(roster, 1, None) == float("inf")


def test_elsewhere_comes_before_those_of_whom_nothing_is_known_and_after_all_others() -> None:
    situation = being({1: ELSEWHERE})
    lost: Person = replace(situation.roster.people[2], building_id=None)
    people = replace(situation.roster, people={**situation.roster.people, 2: lost})
    everybody = replace(NEAREST, count=len(builders.VOLUNTEERS))
    asked = matching.choose(replace(situation, roster=people), everybody, DISTANCES, NOW)
    assert set(asked[-2:]) == {1, 2}


@pytest.mark.parametrize(
    ("point", "building"),
    [
        (Point(lat=31.2, lon=121.471), 1),
        (Point(lat=31.2005, lon=121.4752), 5),
        (Point(lat=31.2, lon=121.4685), 1),  # 240 m west of the first
        (Point(lat=31.21, lon=121.475), ELSEWHERE),
        (Point(lat=0, lon=0), ELSEWHERE),
    ],
)
def test_of_a_place_only_the_nearest_building_is_wanted(point: Point, building: int | None) -> None:
    assert building_at(builders.roster().survey.points, point) == building


def test_without_a_building_that_is_placed_everybody_is_elsewhere() -> None:
    assert building_at({}, Point(lat=31.2, lon=121.471)) is ELSEWHERE


@pytest.mark.parametrize(
    ("lasts", "counts", "stopped"),
    [(8 * HOUR, SILENT, False), (10 * MINUTE, 10 * MINUTE, False), (0, 0, True)],
)
def test_it_counts_until_its_end_or_until_nothing_was_heard_for_long(
    lasts: int, counts: int, *, stopped: bool
) -> None:
    said = Shared(point=Point(lat=31.2, lon=121.47), at=NOW, ends=NOW + lasts)
    assert (said.until - NOW, said.stopped) == (counts, stopped)
