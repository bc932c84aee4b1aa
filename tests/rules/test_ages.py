"""Whoever is known to be of another age than a playbook asks for: not asked, told so, given it by staff."""

from dataclasses import replace

import pytest

from dispatch import lifecycle
from dispatch.ages import Ages, year
from dispatch.barriers import Barrier, barriers
from dispatch.errors import WrongAgeError
from dispatch.events import EventKind
from dispatch.moments import HOUR
from dispatch.playbook import Needs
from dispatch.playbook_file import from_json, to_json
from dispatch.situation import Situation
from dispatch.verbs import AnswerKey, Command, Verb
from tests.rules import builders
from tests.rules.builders import DISTANCES, NOW

ONE = 1
GROWN = Ages(low=18, high=65)
"""In 2026, the year of `NOW`."""


@pytest.mark.parametrize(
    ("ages", "born", "barred"),
    [
        (GROWN, 2009, True),
        (GROWN, 2008, False),  # 17 or 18
        (GROWN, 1990, False),
        (GROWN, 1960, False),  # 65 or 66
        (GROWN, 1959, True),
        (Ages(low=18), 1900, False),
        (Ages(high=65), 2020, False),
        (Ages(high=65), 1959, True),
    ],
)
def test_only_who_is_outside_before_and_after_their_birthday_is_outside(
    ages: Ages, born: int, barred: bool
) -> None:
    assert ages.bar(born, 2026) is barred


def asking(born: int | None, ages: Ages | None = GROWN) -> Situation:
    people = replace(builders.roster(), born={} if born is None else {ONE: born})
    return builders.situation(builders.playbook(needs=Needs(age=ages)), people)


@pytest.mark.parametrize(
    ("situation", "barrier"),
    [
        (asking(2012), Barrier.AGE),
        (asking(1940), Barrier.AGE),
        (asking(1990), None),
        (asking(None), None),
        (asking(2012, None), None),
    ],
)
def test_whoever_is_known_to_be_of_another_age_is_not_asked(
    situation: Situation, barrier: Barrier | None
) -> None:
    known, one = barriers(situation, NOW, busy=True), situation.roster.people[ONE]
    assert known.of(one) is barrier
    assert known.spare(one) is (barrier is None)
    asked = {ask.person_id for ask in lifecycle.posted(situation, NOW, DISTANCES).after.asks}
    assert (ONE in asked) is (barrier is None), "they live in the building itself"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("1956", 1956),
        (" 1956年 ", 1956),
        ("2026", 2026),
        ("2027", None),
        ("1899", None),
        ("56", None),
        ("in 1956", None),
        ("１９５６", None),
        ("9" * 5_000, None),
        ("", None),
    ],
)
def test_a_year_that_somebody_types_is_four_digits_and_not_ahead(said: str, found: int | None) -> None:
    assert year(said, 2026) == found


def test_the_year_turns_where_the_committee_is() -> None:
    """On New Year's Eve in Greenwich, 20:00, it is the new year in Shanghai already."""
    eve = 1_798_747_200_000_000
    turning = asking(2009, Ages(low=18))
    assert barriers(turning, eve, busy=True).of(turning.roster.people[ONE]) is None
    assert barriers(turning, eve - 5 * HOUR, busy=True).of(turning.roster.people[ONE]) is Barrier.AGE


def test_they_are_told_when_they_tap_and_staff_may_give_it_to_them() -> None:
    posted = lifecycle.posted(asking(2012), NOW, DISTANCES).after
    tap = Command(verb=Verb.CLAIM, actor=ONE)
    with pytest.raises(WrongAgeError):
        lifecycle.decide(posted, tap, NOW, DISTANCES, {})
    given = lifecycle.decide(
        posted, Command(verb=Verb.ASSIGN, actor=builders.STAFF, person=ONE), NOW, DISTANCES, {}
    )
    assert EventKind.ASSIGNED in {event.kind for event in given.events}
    again = lifecycle.decide(given.after, tap, NOW, DISTANCES, {}).answer
    assert again is not None
    assert again.key is AnswerKey.ALREADY_YOURS


def test_a_job_keeps_the_age_that_its_playbook_asked_for() -> None:
    book = builders.playbook(needs=Needs(age=Ages(low=18)))
    assert from_json(to_json(book)).needs == book.needs
    assert "age" not in to_json(builders.playbook())
