"""What keeps somebody from being asked, each rule with its name."""

from dataclasses import replace

import pytest

from dispatch import matching
from dispatch.barriers import Barrier, barriers
from dispatch.claims import Ask, Claim, ClaimStatus
from dispatch.jobs import Priority
from dispatch.moments import HOUR, Micros
from dispatch.people import Person, Roster
from dispatch.playbook import Needs, Wave, WaveTo
from dispatch.situation import Situation, SurroundingsUnknownError
from tests.rules import builders
from tests.rules.builders import DISTANCES, NOW

GROUP = Wave(after=0, to=WaveTo.GROUP)
ONE = 1
"""Whom the tables are about."""


def reason(situation: Situation, now: Micros = NOW, *, busy: bool = True) -> Barrier | None:
    one, known = situation.roster.people[ONE], barriers(situation, now, busy=busy)
    found = known.of(one)
    assert known.spare(one) == (found is None)
    asked = matching.choose(
        situation, replace(GROUP, to=WaveTo.ABLE if busy else WaveTo.GROUP), DISTANCES, now
    )
    assert (found is None) == (ONE in asked), "the reason that is said is why they are not asked"
    return found


def being(situation: Situation, **fields: object) -> Situation:
    one: Person = replace(situation.roster.people[ONE], **fields)  # type: ignore[arg-type]  # fields by name
    roster: Roster = replace(situation.roster, people={**situation.roster.people, ONE: one})
    return replace(situation, roster=roster)


def needing(**fields: object) -> Situation:
    return builders.situation(builders.playbook(needs=Needs(**fields)))  # type: ignore[arg-type]  # fields by name


def urgent(situation: Situation, priority: Priority) -> Situation:
    return replace(situation, job=replace(situation.job, priority=priority))


def asked(*, refused: bool = False, loop: int = 0) -> Ask:
    return Ask(person_id=ONE, loop=loop, step=0, at=NOW, refused_at=NOW if refused else None)


def claim(status: ClaimStatus) -> Claim:
    return Claim(job_id=42, person_id=ONE, place=1, number=1, status=status, claimed_at=NOW)


@pytest.mark.parametrize(
    ("situation", "barrier"),
    [
        (builders.situation(), None),
        (replace(builders.situation(), claims=(claim(ClaimStatus.CLAIMED),)), Barrier.HOLDS),
        (replace(builders.situation(), claims=(claim(ClaimStatus.RELEASED),)), Barrier.RELEASED),
        (replace(builders.situation(), asks=(asked(),)), Barrier.ASKED),
        (replace(builders.situation(), asks=(asked(loop=7),)), None),
        (replace(builders.situation(), asks=(asked(refused=True, loop=7),)), Barrier.REFUSED),
        (being(builders.situation(), trusted=False), Barrier.UNTRUSTED),
        (needing(skills=frozenset({"medicine"})), Barrier.SKILL),
        (needing(vehicle=True), Barrier.VEHICLE),
        (being(needing(vehicle=True), vehicle="car"), None),
        (needing(speaks=frozenset({"english"})), Barrier.LANGUAGE),
        (being(needing(speaks=frozenset({"english"})), speaks=frozenset({"english", "wu"})), None),
        (being(builders.situation(), paused_until=NOW + HOUR), Barrier.AWAY),
        (being(builders.situation(), out_until=NOW + HOUR), Barrier.AWAY),
        (replace(builders.situation(), full=frozenset({ONE})), Barrier.ENOUGH),
        (replace(builders.situation(), shown=frozenset({ONE})), Barrier.SHOWN),
        (replace(builders.situation(hides=frozenset()), shown=frozenset({ONE})), None),
        (urgent(replace(builders.situation(), shown=frozenset({ONE})), Priority.LIFE), None),
        (replace(builders.situation(), busy=frozenset({ONE})), Barrier.BUSY),
    ],
)
def test_what_keeps_somebody_from_it_has_a_name(situation: Situation, barrier: Barrier | None) -> None:
    assert reason(situation) is barrier


@pytest.mark.parametrize(
    ("hours", "hour", "barrier"),
    [
        ("07:00-23:00", 3, Barrier.ASLEEP),
        ("07:00-23:00", 7, None),
        ("07:00-23:00", 22, None),
        ("07:00-23:00", 23, Barrier.ASLEEP),
        ("22:00-06:00", 3, None),
        ("22:00-06:00", 12, Barrier.ASLEEP),
        ("", 3, None),
    ],
)
def test_whoever_named_hours_is_asked_in_them_by_the_clock_on_the_wall(
    hours: str, hour: int, barrier: Barrier | None
) -> None:
    day = NOW - NOW % (24 * HOUR)
    moment = day + (hour - 8) % 24 * HOUR  # Shanghai is eight hours ahead, all year
    assert reason(being(builders.situation(), hours=hours), moment) is barrier


@pytest.mark.parametrize("priority", list(Priority))
def test_a_life_at_stake_wakes_people_and_does_not_count_their_offers(priority: Priority) -> None:
    at_three = NOW - NOW % (24 * HOUR) + (3 - 8) % 24 * HOUR
    sleeper = urgent(being(builders.situation(), hours="07:00-23:00"), priority)
    tired = urgent(replace(builders.situation(), full=frozenset({ONE})), priority)
    calm = priority is not Priority.LIFE
    assert reason(sleeper, at_three) is (Barrier.ASLEEP if calm else None)
    assert reason(tired) is (Barrier.ENOUGH if calm else None)


def test_the_whole_group_is_asked_although_some_are_at_work() -> None:
    assert reason(replace(builders.situation(), busy=frozenset({ONE})), busy=False) is None


@pytest.mark.parametrize("missing", ["busy", "full"])
def test_without_knowing_who_is_at_work_or_had_enough_nobody_is_judged(missing: str) -> None:
    situation = replace(builders.situation(), **{missing: None})  # type: ignore[arg-type]  # a field by its name
    with pytest.raises(SurroundingsUnknownError):
        barriers(situation, NOW, busy=True)
