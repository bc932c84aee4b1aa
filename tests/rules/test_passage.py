"""Who may go where a building is sealed, who is asked for a job there, and who may take it."""

from dataclasses import replace

import pytest

from dispatch import handing, passage
from dispatch.errors import GearNeededError, SealedInError
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE
from dispatch.passage import Bar
from dispatch.playbook import Playbook, Seeking
from dispatch.policies.registry import POLICIES
from dispatch.verbs import AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import NOW, STAFF, Play
from tests.rules.sealings import DAY, SHUT, said, shut

WAYS = [
    # home, the job's building, gear, what bars them; 3 and 7 are sealed
    (1, 2, False, None),
    (3, 3, False, None),
    (3, 3, True, None),
    (3, 1, False, Bar.SEALED_IN),
    (3, 1, True, Bar.SEALED_IN),
    (3, 7, True, Bar.SEALED_IN),
    (3, None, True, Bar.SEALED_IN),
    (1, 3, False, Bar.NO_GEAR),
    (1, 3, True, None),
    (1, None, False, None),
    (None, 3, False, Bar.NO_GEAR),
    (None, 3, True, None),
    (None, None, False, None),
]


@pytest.mark.parametrize(("home", "job", "gear", "bar"), WAYS)
def test_who_may_go_where(home: int | None, job: int | None, gear: bool, bar: Bar | None) -> None:
    who = replace(builders.person(1, building=home), gear=gear)
    assert passage.may_go(who, job, {3, 7}) is bar
    assert passage.may_go(who, job, ()) is None


def test_a_controlled_building_bars_nobody() -> None:
    people = shut(said(since=NOW - 8 * DAY))
    assert passage.sealed(people, NOW) == frozenset()
    assert passage.barred(people.people[3], 1, people, NOW) is None
    assert passage.barred(people.people[1], 3, people, NOW) is None


@pytest.mark.parametrize("priority", list(Priority))
def test_whoever_is_sealed_in_is_asked_for_nothing_outside_whatever_is_at_stake(priority: Priority) -> None:
    play = Play(builders.situation(people=shut(said(2)), priority=priority, building_id=1))
    play.lives(30 * MINUTE)
    assert 2 not in play.asked()
    assert set(play.asked()) >= {1, 3}


def test_a_sealed_buildings_job_is_for_those_inside_and_those_with_gear() -> None:
    play = Play(builders.situation(people=shut(said(1), gear=frozenset({5, 9})), building_id=1))
    play.lives(30 * MINUTE)
    assert set(play.asked()) == {1, 5, 9}


WAYS_OF_ASKING = [
    (None, Priority.NORMAL),
    (None, Priority.LIFE),
    *((policy, Priority.URGENT) for policy in sorted(POLICIES)),
]


def by(policy: str | None) -> Playbook:
    if policy is None:
        return builders.playbook()
    seeking = Seeking(policy=policy, within=4 * MINUTE, chance=0.99, answers=MINUTE)
    return builders.playbook(seeking=seeking)


@pytest.mark.parametrize(("policy", "priority"), WAYS_OF_ASKING)
def test_staff_with_gear_are_asked_for_a_sealed_building_and_for_no_other(
    policy: str | None, priority: Priority
) -> None:
    people = shut(said(1), gear=frozenset({STAFF}))
    for place, asked in ((1, {1, STAFF}), (2, set(range(2, 13)))):
        play = Play(builders.situation(by(policy), people, priority=priority, building_id=place))
        play.lives(30 * MINUTE)
        assert set(play.asked()) == asked if place == 1 else set(play.asked()) <= asked


@pytest.mark.parametrize(("policy", "priority"), WAYS_OF_ASKING)
def test_where_staff_alone_may_enter_they_are_asked_at_once_whoever_vouched_for_them(
    policy: str | None, priority: Priority
) -> None:
    found = shut(said(1), gear=frozenset({STAFF}))
    people = {who: replace(each, trusted=who != STAFF) for who, each in found.people.items() if who != 1}
    addresses = tuple(each for each in found.addresses if each.person_id != 1)
    roster = replace(found, people=people, addresses=addresses)
    play = Play(builders.situation(by(policy), roster, priority=priority, building_id=1))
    assert play.asked() == [STAFF]
    play.does(STAFF, Verb.CLAIM)
    assert [claim.person_id for claim in play.state.claims] == [STAFF]


@pytest.mark.parametrize(
    ("home", "asked"),
    [(2, [STAFF, 4, 9]), (8, [4, STAFF, 9]), (None, [4, 9, STAFF])],
    ids=["next door", "further", "nobody knows"],
)
def test_staff_with_gear_are_asked_in_their_turn_by_nearness(home: int | None, asked: list[int]) -> None:
    found = shut(said(1), gear=frozenset({STAFF, 4, 9}))
    people = {**found.people, STAFF: replace(found.people[STAFF], building_id=home)}
    roster = replace(found, people={who: each for who, each in people.items() if who != 1})
    addresses = tuple(each for each in found.addresses if each.person_id != 1)
    play = Play(builders.situation(people=replace(roster, addresses=addresses), building_id=1))
    play.lives(30 * MINUTE)
    assert list(dict.fromkeys(play.asked())) == asked


@pytest.mark.parametrize("why", ["resting", "sealed in", "no way to reach them", "no gear"])
def test_what_keeps_volunteers_from_it_keeps_staff_with_gear(why: str) -> None:
    found = shut(said(1), said(2, number=2), gear=frozenset() if why == "no gear" else frozenset({STAFF}))
    staff = replace(
        found.people[STAFF],
        paused_until=NOW + HOUR if why == "resting" else None,
        building_id=2 if why == "sealed in" else None,
    )
    gone = STAFF if why == "no way to reach them" else None
    addresses = tuple(each for each in found.addresses if each.person_id != gone)
    roster = replace(found, people={**found.people, STAFF: staff}, addresses=addresses)
    play = Play(builders.situation(people=roster, building_id=1))
    play.lives(30 * MINUTE)
    assert set(play.asked()) == {1}


def test_a_building_that_nobody_may_enter_is_passed_on_at_once_and_no_room_is_rung() -> None:
    empty = shut(said(1))
    nobody = {who: each for who, each in empty.people.items() if who != 1}
    rooms = builders.roster(rooms=True).addresses
    people = replace(empty, people=nobody, addresses=tuple(each for each in rooms if each.person_id != 1))
    play = Play(builders.situation(people=people, building_id=1))
    assert play.asked() == []
    assert play.called() != []
    assert not [notice for each in play.decisions for notice in each.notices if "volunteers" in notice.rooms]


def test_the_next_wave_follows_what_holds_then() -> None:
    begun = NOW - 7 * DAY + MINUTE
    play = Play(builders.situation(people=shut(said(1, since=begun)), building_id=1))
    assert play.asked() == [1]
    play.passes(2 * MINUTE)
    assert play.asked() == [1, 2, 3, 4]


def test_a_tap_of_somebody_who_may_not_go_is_refused_and_changes_nothing() -> None:
    play = Play(builders.situation(people=shut(said(2), said(1, number=2)), building_id=1))
    for who, error in ((2, SealedInError), (3, GearNeededError)):
        before = play.state
        with pytest.raises(error):
            play.does(who, Verb.CLAIM)
        assert play.state == before
    assert play.does(1, Verb.CLAIM).answer is not None
    assert [claim.person_id for claim in play.state.claims] == [1]


def test_whoever_has_it_already_is_told_so_though_their_building_was_sealed_since() -> None:
    play = Play(builders.situation(building_id=1))
    play.does(2, Verb.CLAIM)
    play.state = replace(play.state, roster=shut(said(2)))
    answer = play.does(2, Verb.CLAIM).answer
    assert answer is not None
    assert answer.key is AnswerKey.ALREADY_YOURS


@pytest.mark.parametrize(
    ("who", "key"),
    [(1, AnswerKey.ASSIGNED), (2, AnswerKey.ASSIGNED_SEALED_IN), (3, AnswerKey.ASSIGNED_NO_GEAR)],
)
def test_staff_give_a_job_to_anybody_and_are_warned(who: int, key: AnswerKey) -> None:
    play = Play(builders.situation(people=shut(said(2), said(1, number=2)), building_id=1))
    answer = play.does(STAFF, Verb.ASSIGN, person=who).answer
    assert answer is not None
    assert answer.key is key
    assert [claim.person_id for claim in play.state.claims] == [who]


def test_a_freed_place_is_offered_to_nobody_who_may_not_go() -> None:
    play = Play(builders.situation(building_id=1))
    for who in (1, 2, 3):
        play.does(who, Verb.CLAIM)
    play.state = replace(play.state, roster=shut(said(2)))
    play.does(1, Verb.RELEASE)
    assert [each.person_id for each in play.state.waiting if each.offered_until] == [3]


def test_a_job_that_every_wave_has_passed_by_is_asked_for_again_when_its_building_opens() -> None:
    people = builders.roster()
    nobody = {who: each for who, each in people.people.items() if who != 1}
    empty = replace(people, people=nobody, addresses=tuple(a for a in people.addresses if a.person_id != 1))
    play = Play(builders.situation(people=replace(empty, sealings=(said(1, SHUT),)), building_id=1))
    play.lives(30 * MINUTE)
    assert play.asked() == []
    play.state = replace(play.state, roster=empty)
    again = handing.unsealed(play.state, play.now, builders.DISTANCES)
    assert [event.kind.value for event in again.events][:2] == ["reopened", "asked"]
    waiting = Play(builders.situation(building_id=1)).state
    assert not handing.unsealed(waiting, NOW, builders.DISTANCES).changed
