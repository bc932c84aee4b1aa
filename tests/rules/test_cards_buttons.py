"""Which buttons a card has, with which words and choices, and that each of them does something."""

from dataclasses import replace

import pytest

from dispatch import lifecycle
from dispatch.errors import DispatchError
from dispatch.people import Role
from dispatch.playbook import Needs
from dispatch.verbs import Command, Verb
from dispatch.views import Relation
from handlers.actions import OFFICE as OFFICE_CHOICE
from handlers.messages import Action, Asks
from tests.rules.builders import (
    DISTANCES,
    OFFICE,
    SECRETARY_A,
    STAFF,
    Play,
    person,
    playbook,
    roster,
    situation,
)
from tests.rules.card_scenes import (
    ROWS,
    Scene,
    all_taken,
    answered,
    arrived,
    cancelled,
    claimed,
    closed_by_staff,
    done,
    exhausted,
    fresh,
    given_back,
    in_hand,
    in_trouble,
    late,
    nudged,
    refused,
    see,
    silent,
    some_taken,
    underway,
    urged,
)

SETTLING = {Verb.ASSIGN, Verb.COMPLETE}
DESK = {Verb.CORRECT, Verb.NOTE, Verb.CANCEL}
MOVE = {Verb.ARRIVE, Verb.FINISH, Verb.RELEASE, Verb.RAISE, Verb.SAY}
LEAVE = {Verb.RELEASE, Verb.HELP, Verb.SAY}
FREE = {Verb.CLAIM, Verb.RAISE, Verb.HAND_OVER}
ALL_DESK = SETTLING | DESK | FREE
NO = frozenset[Verb]()


def verbs(actions: tuple[Action, ...]) -> set[Verb]:
    return {action.verb for action in actions}


def choices(play: Play) -> list[str]:
    seen = see(play, STAFF, Relation.DESK)
    return [
        choice.value
        for action in (*seen.actions, *seen.more)
        if action.verb is Verb.ASSIGN
        for choice in action.choices
    ]


@pytest.mark.parametrize(
    ("scene", "reader", "relation", "actions", "more"),
    [
        (fresh, None, Relation.PUBLIC, {Verb.CLAIM}, NO),
        (fresh, 7, Relation.PUBLIC, {Verb.CLAIM}, NO),
        (fresh, 1, Relation.ASKED, {Verb.CLAIM, Verb.REFUSE}, NO),
        (refused, 1, Relation.ASKED, {Verb.CLAIM}, NO),
        (fresh, STAFF, Relation.DESK, SETTLING, DESK | FREE | {Verb.ACKNOWLEDGE}),
        (claimed, 1, Relation.CLAIMER, {Verb.START, Verb.ARRIVE, Verb.FINISH} | LEAVE, NO),
        (underway, 1, Relation.CLAIMER, {Verb.ARRIVE, Verb.FINISH} | LEAVE, NO),
        (arrived, 1, Relation.CLAIMER, {Verb.FINISH} | LEAVE, NO),
        (nudged, 1, Relation.CLAIMER, {Verb.START, Verb.ARRIVE, Verb.FINISH} | LEAVE, NO),
        (silent, 1, Relation.CLAIMER, {Verb.ARRIVE, Verb.FINISH} | LEAVE, NO),
        (claimed, 2, Relation.WAITING, {Verb.REFUSE}, NO),
        (claimed, 3, Relation.PUBLIC, {Verb.CLAIM}, NO),
        (claimed, STAFF, Relation.DESK, SETTLING, DESK | MOVE),
        (given_back, 1, Relation.RELEASED, NO, NO),
        (given_back, 2, Relation.WAITING, {Verb.CLAIM, Verb.REFUSE}, NO),
        (late, SECRETARY_A, Relation.CALLED, {Verb.ACKNOWLEDGE}, ALL_DESK),
        (in_hand, SECRETARY_A, Relation.CALLED, SETTLING, ALL_DESK - SETTLING),
        (urged, SECRETARY_A, Relation.CALLED, {Verb.ACKNOWLEDGE}, ALL_DESK),
        (exhausted, OFFICE, Relation.CALLED, {Verb.ACKNOWLEDGE}, {Verb.NOTE}),
        (exhausted, STAFF, Relation.DESK, {Verb.ACKNOWLEDGE}, ALL_DESK),
        (
            in_trouble,
            SECRETARY_A,
            Relation.CALLED,
            {Verb.ACKNOWLEDGE},
            SETTLING | DESK | MOVE,
        ),
        (answered, SECRETARY_A, Relation.CALLED, {Verb.SETTLE} | SETTLING, DESK | MOVE),
        (some_taken, 1, Relation.CLAIMER, {Verb.START, Verb.ARRIVE, Verb.FINISH} | LEAVE, NO),
        (all_taken, 9, Relation.ASKED, {Verb.CLAIM}, NO),
        (done, 1, Relation.CLAIMER, NO, NO),
        (done, STAFF, Relation.DESK, {Verb.THANK}, NO),
        (cancelled, 1, Relation.RELEASED, NO, NO),
        (closed_by_staff, 1, Relation.ASKED, NO, NO),
    ],
)
def test_which_buttons_there_are(
    scene: Scene, reader: int | None, relation: Relation, actions: set[Verb], more: set[Verb]
) -> None:
    seen = see(scene(), reader, relation)
    assert verbs(seen.actions) == actions
    assert verbs(seen.more) == more


@pytest.mark.parametrize(("scene", "reader", "relation"), ROWS)
def test_no_button_is_offered_that_the_rules_refuse(
    scene: Scene, reader: int | None, relation: Relation
) -> None:
    play = scene()
    actor = 7 if reader is None else reader  # in a room anybody may tap
    for action in (*see(play, reader, relation).actions, *see(play, reader, relation).more):
        chosen = int(action.choices[0].value.split(":")[0]) if action.choices else None
        office = action.verb is Verb.HAND_OVER and chosen == OFFICE_CHOICE
        command = Command(verb=action.verb, actor=actor, person=chosen, note="x", office=office)
        try:
            lifecycle.decide(play.state, command, play.now, DISTANCES, {})
        except DispatchError as refused:
            pytest.fail(f"{action.verb} was offered and refused: {refused}")


def test_an_unvouched_volunteer_is_told_why_there_is_no_button() -> None:
    people = roster()
    stranger = person(7, Role.VOLUNTEER, trusted=False)
    play = Play(situation(people=replace(people, people={**people.people, 7: stranger})))
    seen = see(play, 7, Relation.PUBLIC)
    assert seen.actions == ()
    assert any("vouch" in note for note in seen.notes)


def test_somebody_without_the_vehicle_is_offered_no_button() -> None:
    play = Play(situation(playbook(needs=Needs(vehicle=True))))
    seen = see(play, 7, Relation.PUBLIC)
    assert seen.actions == ()
    assert "A vehicle is needed." in seen.notes


def test_the_assignees_are_those_who_can_neighbours_first() -> None:
    assert choices(fresh())[:3] == ["1", "10", "11"]  # building 1 is the job's; then by name
    assert str(SECRETARY_A) not in choices(fresh())


def test_assigning_a_job_that_one_person_has_says_who_leaves() -> None:
    assert choices(claimed())[0] == "10:1"
    assert "1:1" not in choices(claimed())


def test_assigning_a_full_job_of_many_adds_and_replaces_nobody() -> None:
    assert choices(all_taken())[0] == "10"


def test_people_with_full_hands_come_last_and_it_says_so() -> None:
    play = fresh()
    play.state = replace(play.state, busy=frozenset({1}))
    seen = see(play, STAFF, Relation.DESK)
    last = next(action for action in seen.actions if action.verb is Verb.ASSIGN).choices[-1]
    assert (last.value, last.label) == ("1", "P1 · 1号楼 · busy")


def test_what_cannot_be_taken_back_asks_for_a_second_thought_and_help_never_does() -> None:
    seen = see(claimed(), STAFF, Relation.DESK)
    asks = {action.verb: action.asks for action in (*seen.actions, *seen.more)}
    assert {asks[verb] for verb in (Verb.COMPLETE, Verb.CANCEL, Verb.RAISE)} == {Asks.CONFIRM}
    mine = {action.verb: action.asks for action in see(claimed(), 1, Relation.CLAIMER).actions}
    assert (mine[Verb.HELP], mine[Verb.START], mine[Verb.RELEASE]) == (
        Asks.NOTHING,
        Asks.NOTHING,
        Asks.CONFIRM,
    )


def test_a_button_carries_the_version_that_it_stands_on() -> None:
    play = claimed()
    assert {action.version for action in see(play, 1, Relation.CLAIMER).actions} == {play.job.version}


def test_a_job_that_nobody_has_goes_to_the_office_first_and_one_that_somebody_has_nowhere() -> None:
    seen = see(fresh(), STAFF, Relation.DESK)
    (hand,) = [action for action in seen.more if action.verb is Verb.HAND_OVER]
    assert (hand.choices[0].value, hand.choices[0].label) == (str(OFFICE_CHOICE), "Sub-district office")
    assert Verb.HAND_OVER not in verbs(see(claimed(), STAFF, Relation.DESK).more)
    play = fresh()
    ladder = replace(play.state.roster.ladder, rungs={})
    play.state = replace(play.state, roster=replace(play.state.roster, ladder=ladder))
    assert Verb.HAND_OVER not in verbs(see(play, STAFF, Relation.DESK).more)
