"""Whom a wave asks."""

from dataclasses import replace

import pytest

from dispatch import matching
from dispatch.claims import Ask, Claim, ClaimStatus, ReleaseReason
from dispatch.jobs import Calling
from dispatch.pauses import UNTIL_SAID
from dispatch.people import Person, Role, Roster
from dispatch.playbook import Needs, Wave, WaveTo
from dispatch.situation import Situation
from tests.rules import builders
from tests.rules.builders import DISTANCES, NOW

NEAREST = Wave(after=0, to=WaveTo.NEAREST, count=3)
ABLE = Wave(after=0, to=WaveTo.ABLE)
GROUP = Wave(after=0, to=WaveTo.GROUP)


def chosen(situation: Situation, wave: Wave = NEAREST) -> tuple[int, ...]:
    return matching.choose(situation, wave, DISTANCES, NOW)


def changed(people: Roster, ident: int, **fields: object) -> Roster:
    one: Person = replace(people.people[ident], **fields)  # type: ignore[arg-type]  # fields by name
    return replace(people, people={**people.people, ident: one})


def ask(ident: int, *, loop: int = 0, refused: bool = False) -> Ask:
    return Ask(person_id=ident, loop=loop, step=0, at=NOW, refused_at=NOW if refused else None)


def ended(ident: int, status: ClaimStatus) -> Claim:
    return Claim(
        job_id=42,
        person_id=ident,
        place=1,
        number=1,
        status=status,
        claimed_at=NOW,
        ended_at=NOW,
        reason=ReleaseReason.CANNOT if status is ClaimStatus.RELEASED else None,
    )


def test_the_nearest_come_first() -> None:
    assert chosen(builders.situation(building_id=1)) == (1, 2, 3)
    in_the_middle = chosen(builders.situation(building_id=5))
    assert in_the_middle[0] == 5
    assert set(in_the_middle) == {4, 5, 6}


def test_somebody_who_can_be_rung_goes_before_somebody_nearer_whose_page_is_closed() -> None:
    people = builders.roster()
    web = tuple(replace(a, platform="web") if a.person_id in (1, 2) else a for a in people.addresses)
    situation = builders.situation(people=replace(people, addresses=web))
    assert chosen(situation) == (3, 4, 5)
    assert chosen(replace(situation, present=(situation.present or frozenset()) | {1})) == (1, 3, 4)


def test_closed_pages_fill_up_a_wave_that_would_be_too_small() -> None:
    people = builders.roster()
    web = tuple(replace(a, platform="web") if (a.person_id or 0) > 1 else a for a in people.addresses)
    assert chosen(builders.situation(people=replace(people, addresses=web))) == (1, 2, 3)


@pytest.mark.parametrize("building", [None, 999])
def test_an_unknown_place_still_asks_a_whole_wave(building: int | None) -> None:
    assert len(chosen(builders.situation(building_id=building))) == 3


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"paused_until": NOW + 1}, "resting for another moment"),
        ({"paused_until": UNTIL_SAID}, "resting until they say otherwise"),
        ({"trusted": False}, "the job reveals a door"),
        ({"roles": frozenset({Role.ADVISER})}, "no volunteer"),
    ],
)
def test_who_is_not_asked(fields: dict[str, object], why: str) -> None:
    people = changed(builders.roster(), 1, **fields)
    assert 1 not in chosen(builders.situation(people=people), GROUP), why


def test_a_rest_that_is_over_is_none() -> None:
    people = changed(builders.roster(), 1, paused_until=NOW)
    assert 1 in chosen(builders.situation(people=people), GROUP)


def test_somebody_without_an_address_is_not_asked() -> None:
    people = builders.roster()
    mute = replace(people, addresses=tuple(a for a in people.addresses if a.person_id != 1))
    assert 1 not in chosen(builders.situation(people=mute), GROUP)


def test_a_job_that_reveals_nothing_is_offered_to_people_nobody_vouched_for() -> None:
    people = changed(builders.roster(), 1, trusted=False)
    assert 1 in chosen(builders.situation(people=people, hides=frozenset()))
    book = builders.playbook(needs=Needs(trusted=True))
    assert 1 not in chosen(builders.situation(book, people, hides=frozenset()))


def test_a_needed_skill_and_a_needed_vehicle_are_needed() -> None:
    people = changed(builders.roster(), 4, skills=frozenset({"medicine"}), vehicle="ebike")
    skilled = builders.playbook(needs=Needs(skills=frozenset({"medicine"})))
    driving = builders.playbook(needs=Needs(vehicle=True))
    assert chosen(builders.situation(skilled, people)) == (4,)
    assert chosen(builders.situation(driving, people)) == (4,)


def test_asked_in_this_loop_is_not_asked_again_but_in_the_next_loop_is() -> None:
    situation = replace(builders.situation(), asks=(ask(1),))
    assert 1 not in chosen(situation, ABLE)
    later = replace(situation, job=replace(situation.job, calling=Calling(loop=1)))
    assert 1 in chosen(later, ABLE)


def test_a_refusal_holds_for_every_loop() -> None:
    situation = replace(builders.situation(), asks=(ask(1, refused=True),))
    later = replace(situation, job=replace(situation.job, calling=Calling(loop=7)))
    assert 1 not in chosen(later, GROUP)


@pytest.mark.parametrize("status", list(ClaimStatus))
def test_whoever_had_it_is_not_asked_again(status: ClaimStatus) -> None:
    situation = replace(builders.situation(), claims=(ended(1, status),))
    assert 1 not in chosen(situation, GROUP)


def test_busy_people_are_asked_only_with_the_whole_group() -> None:
    situation = replace(builders.situation(), busy=frozenset({1}))
    assert 1 not in chosen(situation)
    assert 1 not in chosen(situation, ABLE)
    assert 1 in chosen(situation, GROUP)
