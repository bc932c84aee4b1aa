"""Thanks: whom they reach, once each, for what others did; and what they change of a job that is over."""

import pytest

from dispatch import thanking
from dispatch.claims import ClaimStatus
from dispatch.errors import NotAllowedError
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import JobStatus
from dispatch.outbox import owed
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import OFFICE, SECRETARY_A, STAFF, Play, playbook, situation
from tests.rules.plays import ANA, key, told

BEN, CAL = 2, 3


def done_by(*people: int) -> Play:
    play = Play(situation(playbook(places=len(people))))
    for person in people:
        play.does(person, Verb.CLAIM)
    for person in people:
        play.does(person, Verb.FINISH)
    return play


def test_thanks_reach_everybody_who_did_it_and_nobody_who_gave_it_back() -> None:
    play = Play(situation(playbook(places=2)))
    for person in (CAL, ANA):
        play.does(person, Verb.CLAIM)
    play.does(CAL, Verb.RELEASE)
    play.does(BEN, Verb.CLAIM)
    for person in (ANA, BEN):
        play.does(person, Verb.FINISH)
    decision = play.does(STAFF, Verb.THANK, note="my mother smiled")
    assert told(play, NoticeKind.THANKS) == {ANA, BEN}
    assert key(play) is AnswerKey.THANKED
    assert [(event.kind, event.actor_id, event.note) for event in decision.events] == [
        (EventKind.THANKED, STAFF, "my mother smiled")
    ]
    assert play.job.status is JobStatus.CLOSED
    assert play.job.look_at is None


def test_a_second_tap_gives_no_second_thanks_and_somebody_else_may_thank_as_well() -> None:
    play = done_by(ANA)
    play.does(STAFF, Verb.THANK)
    before = play.state
    assert not play.does(STAFF, Verb.THANK, note="once more").changed
    assert key(play) is AnswerKey.THANKED_BEFORE
    assert play.state == before
    play.does(SECRETARY_A, Verb.THANK)
    assert play.job.thanked_by == (STAFF, SECRETARY_A)


def test_nobody_thanks_themselves_but_whoever_went_along() -> None:
    alone = done_by(STAFF)
    assert not alone.does(STAFF, Verb.THANK).changed
    assert key(alone) is AnswerKey.NOT_THANKED
    both = done_by(STAFF, ANA)
    both.does(STAFF, Verb.THANK)
    assert told(both, NoticeKind.THANKS) == {ANA}


def test_what_is_not_done_or_was_called_off_has_nobody_to_thank() -> None:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    assert not play.does(STAFF, Verb.THANK).changed
    play.does(STAFF, Verb.CANCEL)
    assert not play.does(STAFF, Verb.THANK).changed
    assert key(play) is AnswerKey.NOT_THANKED


@pytest.mark.parametrize(("late", "counts"), [(0, True), (1, False)])
def test_after_a_month_nobody_is_thanked_any_more(late: int, counts: bool) -> None:
    play = done_by(ANA)
    play.now += thanking.UNTIL + late
    assert play.does(STAFF, Verb.THANK).changed is counts


@pytest.mark.parametrize("actor", [ANA, OFFICE])
def test_those_who_were_not_called_for_it_have_no_thanks_to_give(actor: int) -> None:
    play = done_by(BEN)
    with pytest.raises(NotAllowedError):
        play.does(actor, Verb.THANK)


def test_thanks_are_a_message_of_their_own_and_never_in_a_room() -> None:
    play = done_by(ANA)
    decision = play.does(STAFF, Verb.THANK)
    assert all(notice.rooms == () for notice in decision.notices)
    kinds = {row.kind for row in owed(decision) if row.kind.alone}
    assert kinds == {NoticeKind.THANKS}
    assert not any(row.urgent for row in owed(decision))
    assert [claim.status for claim in play.state.claims] == [ClaimStatus.DONE]
