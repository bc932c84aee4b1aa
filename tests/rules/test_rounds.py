"""What becomes of a round: which ticks count, what is told of it, and when it may be called done."""

from dataclasses import replace

import pytest

from dispatch import rounds
from dispatch.door_lists import Visited
from dispatch.doors import Door, DoorState, Round
from dispatch.errors import MalformedError, NotAllowedError, UnknownDoorError
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import JobStatus, Outcome
from dispatch.people import Audience
from dispatch.rounds import Found, Visit
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import DISTANCES, NOW, STAFF, Play, roster, situation

CARER, OTHER = 1, 2
WELL, TOLD, NONE = Found.WELL, Found.PASSED_ON, Found.NO_ANSWER
HIDES = frozenset({"unit", "phone", "resident"})


def doors(*states: DoorState, relay: int | None = None) -> tuple[Door, ...]:
    return tuple(
        Door(
            committee_id=1,
            job_id=42,
            number=number,
            resident_id=number,
            building_id=1,
            household_id=relay,
            state=state,
            check=90 + number if state is DoorState.NO_ANSWER else None,
        )
        for number, state in enumerate(states or (DoorState.OPEN,) * 3, 1)
    )


def claimed(listed: tuple[Door, ...] | None = None) -> Play:
    open_ = tuple(door.number for door in listed or doors() if door.state is DoorState.OPEN)
    play = Play(situation(people=roster(rooms=True), hides=HIDES, round=Round(doors=3, open=open_)))
    play.does(CARER, Verb.CLAIM)
    return play


def visits(
    play: Play, found: Found, *numbers: int, by: int = CARER, listed: tuple[Door, ...] | None = None
) -> Visited:
    checks = {number: 90 + number for number in numbers} if found is NONE else {}
    actor = play.state.roster.people[by]
    visit = Visit(numbers=numbers, found=found)
    return rounds.visited(actor, visit, checks, play.state, listed or doors(), NOW + 1, DISTANCES)


def key(visited: Visited) -> AnswerKey:
    assert visited.decision.answer is not None
    return visited.decision.answer.key


@pytest.mark.parametrize(
    ("before", "found", "after"),
    [
        (DoorState.OPEN, WELL, DoorState.WELL),
        (DoorState.OPEN, TOLD, DoorState.PASSED_ON),
        (DoorState.OPEN, NONE, DoorState.NO_ANSWER),
        (DoorState.WELL, NONE, DoorState.NO_ANSWER),  # a slip of the finger must be put right
        (DoorState.PASSED_ON, NONE, DoorState.NO_ANSWER),  # the relay household has not reached them
        (DoorState.PASSED_ON, WELL, DoorState.WELL),
        (DoorState.WELL, WELL, None),
        (DoorState.NO_ANSWER, WELL, None),  # their check says how it ended
        (DoorState.NO_ANSWER, NONE, None),
    ],
)
def test_what_was_found_at_a_door_before(before: DoorState, found: Found, after: DoorState | None) -> None:
    listed = doors(before, DoorState.OPEN, DoorState.OPEN, relay=7)
    visited = visits(claimed(listed), found, 1, listed=listed)
    assert [door.state for door in visited.doors] == ([] if after is None else [after])
    assert key(visited) is (AnswerKey.UNCHANGED if after is None else AnswerKey.DOORS_TICKED)
    assert bool(visited.decision.events) is (after is not None)


def test_the_job_knows_how_far_it_is_and_rooms_are_told_in_numbers() -> None:
    visited = visits(claimed(), NONE, 2)
    assert visited.decision.after.job.round == Round(doors=3, open=(1, 3), unanswered=(2,))
    (event,) = visited.decision.events
    assert (event.kind, dict(event.data)) == (
        EventKind.DOOR,
        {"number": 2, "found": "no_answer", "check": 92},
    )
    rooms = [notice for notice in visited.decision.notices if notice.rooms]
    assert [(notice.kind, notice.rooms, notice.people) for notice in rooms] == [
        (NoticeKind.UPDATE, (Audience.VOLUNTEERS, Audience.STAFF), ())
    ]


def test_several_doors_are_ticked_at_once_each_with_an_entry() -> None:
    visited = visits(claimed(), WELL, 1, 3, 3)
    assert [event.data["number"] for event in visited.decision.events] == [1, 3]
    assert visited.decision.after.job.round == Round(doors=3, open=(2,))


def test_a_tick_shows_that_somebody_is_at_it() -> None:
    play = claimed()
    (claim,) = visits(play, WELL, 1).decision.after.claims
    assert claim.started_at == NOW + 1
    assert claim.deadline_at == NOW + 1 + play.state.playbook.deadlines.started_to_done


def test_it_is_done_when_every_door_is_ticked_and_staff_close_it_before() -> None:
    play = claimed()
    refused = play.does(CARER, Verb.FINISH)
    assert refused.answer is not None
    assert (refused.answer.key, refused.answer.params["doors"]) == (AnswerKey.DOORS_OPEN, "1-3")
    assert play.job.status is JobStatus.FILLED
    play.state = visits(play, WELL, 1, 2, 3).decision.after
    play.does(CARER, Verb.FINISH)
    assert play.job.outcome is Outcome.DONE

    early = claimed()
    early.does(STAFF, Verb.COMPLETE)
    assert early.job.outcome is Outcome.DONE
    assert key(visits(early, WELL, 1, by=STAFF)) is AnswerKey.CLOSED


def test_only_whoever_has_it_and_the_desk_tick() -> None:
    play = claimed()
    with pytest.raises(NotAllowedError):
        visits(play, WELL, 1, by=OTHER)
    assert visits(play, WELL, 1, by=STAFF).doors


def test_a_door_that_is_none_and_one_that_nobody_tells_are_refused() -> None:
    play = claimed()
    with pytest.raises(UnknownDoorError):
        visits(play, WELL, 1, 4)
    with pytest.raises(MalformedError):
        visits(play, TOLD, 1)
    with pytest.raises(MalformedError):
        visits(play, WELL)


def test_no_other_committee_is_asked_for_a_round() -> None:
    play = Play(situation(hides=HIDES, round=Round(doors=3, open=(1, 2, 3))))
    answer = play.does(STAFF, Verb.HAND_OVER, committee=2).answer
    assert answer is not None
    assert answer.key is AnswerKey.DOORS_STAY
    assert play.does(STAFF, Verb.HAND_OVER, office=True).answer != replace(answer)
