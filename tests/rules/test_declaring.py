"""Somebody says a building's status: who is told of that and of each step after it, and what it replaces."""

from dataclasses import replace

import pytest

from dispatch import declaring
from dispatch.declaring import Mark, Ruling, Wanted
from dispatch.errors import UnknownBuildingError
from dispatch.moments import HOUR, Micros
from dispatch.people import Roster
from dispatch.sealing import Scheme
from tests.rules import builders
from tests.rules.builders import NOW, STAFF
from tests.rules.sealings import DAY, SEVEN, said, shut


def wanted(building: int = 3, scheme: Scheme = SEVEN, since: Micros = NOW, receipt: str = "") -> Wanted:
    return Wanted(building_id=building, since=since, scheme=scheme, by_id=STAFF, receipt=receipt)


def test_a_word_is_told_to_the_desk_and_those_who_live_there_but_not_to_whoever_said_it() -> None:
    ruling = declaring.declared(shut(), {}, wanted(), NOW)
    (notice,) = ruling.notices
    assert notice.asked == (3, *sorted(set(builders.roster().desk) - {STAFF}))
    assert ruling.marks == {0: Mark(told=0, look_at=NOW + 7 * DAY)}


def test_the_same_word_again_says_nothing() -> None:
    people = shut(said())
    assert declaring.declared(people, {1: Mark(told=0, look_at=None)}, wanted(), NOW + HOUR).empty
    assert declaring.declared(shut(), {}, wanted(scheme=()), NOW).empty
    assert not declaring.declared(people, {}, wanted(scheme=()), NOW).empty


def test_a_building_of_nobody_is_refused() -> None:
    with pytest.raises(UnknownBuildingError):
        declaring.declared(shut(), {}, wanted(building=99), NOW)


def kept(people: Roster, ruling: Ruling, marks: dict[int, Mark]) -> tuple[Roster, dict[int, Mark]]:
    """What a store makes of it."""
    number = max(marks, default=0) + 1
    new = () if ruling.sealing is None else (replace(ruling.sealing, id=number),)
    marks |= {who or number: mark for who, mark in ruling.marks.items()}
    counting = tuple(each for each in people.sealings if each.id not in ruling.over)
    return replace(people, sealings=(*counting, *new)), marks


def test_each_step_is_told_once_and_the_newest_alone_after_a_long_darkness() -> None:
    people, marks = kept(shut(), declaring.declared(shut(), {}, wanted(), NOW), {})
    assert declaring.stepped(people, marks, NOW + 6 * DAY).empty
    first = declaring.stepped(people, marks, NOW + 7 * DAY)
    people, marks = kept(people, first, marks)
    assert [each.cause for each in first.notices] == ["building 3 sealing 1 stage 1"]
    assert marks[1] == Mark(told=1, look_at=NOW + 14 * DAY)
    assert declaring.stepped(people, marks, NOW + 7 * DAY).empty
    assert len(declaring.stepped(people, marks, NOW + 30 * DAY).notices) == 1
    late = declaring.stepped(*kept(shut(), declaring.declared(shut(), {}, wanted(), NOW), {}), NOW + 30 * DAY)
    assert [each.cause for each in late.notices] == ["building 3 sealing 1 stage 2"]
    assert late.marks[1].look_at is None


def test_what_is_still_to_come_is_told_when_it_is_said_and_when_it_begins() -> None:
    ahead = declaring.declared(shut(), {}, wanted(since=NOW + DAY), NOW)
    assert len(ahead.notices) == 1
    people, marks = kept(shut(), ahead, {})
    assert marks[1] == Mark(told=declaring.NEVER, look_at=NOW + DAY)
    assert declaring.stepped(people, marks, NOW + HOUR).empty
    assert len(declaring.stepped(people, marks, NOW + DAY).notices) == 1


def test_what_a_correction_replaces_wholly_counts_no_longer() -> None:
    people, marks = kept(shut(), declaring.declared(shut(), {}, wanted(), NOW), {})
    early = declaring.declared(people, marks, wanted(since=NOW - DAY), NOW + HOUR)
    assert early.over == (1,)
    ahead = declaring.declared(people, marks, wanted(scheme=(), since=NOW + 3 * DAY), NOW + HOUR)
    assert ahead.over == ()
    assert ahead.marks[1].look_at is None  # what would have followed does not
