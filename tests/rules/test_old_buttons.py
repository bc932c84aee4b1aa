"""Buttons of an earlier moment: they show what is, and move nothing newer (CONFORMANCE.md 11)."""

import pytest

from dispatch import duty
from dispatch.claims import ClaimStatus, ReleaseReason
from dispatch.jobs import Priority
from dispatch.verbs import AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import NOW, STAFF, Play
from tests.rules.plays import ANA, BEN, CLEO, claim, in_status, key

ON_DUTY = duty.on_duty(builders.roster(), NOW) or 0


def test_conformance_11_an_old_card_shows_the_present_state_and_moves_nothing() -> None:
    play = in_status(ClaimStatus.DONE)
    play.does(BEN, Verb.CLAIM)
    assert key(play) is AnswerKey.CLOSED
    assert not play.decisions[-1].changed


def test_a_button_of_an_earlier_claim_does_not_move_the_newer_one() -> None:
    play = in_status(ClaimStatus.CLAIMED)
    old_card = play.job.version
    play.does(ANA, Verb.RELEASE, version=old_card)
    assert claim(play).status is ClaimStatus.RELEASED
    play.does(ANA, Verb.CLAIM)
    for verb in (Verb.RELEASE, Verb.FINISH, Verb.START, Verb.HELP):
        assert not play.does(ANA, verb, version=old_card).changed
        assert key(play) is AnswerKey.UNCHANGED
    play.does(ANA, Verb.FINISH, version=play.job.version)
    assert claim(play).status is ClaimStatus.DONE


def test_an_answer_to_an_earlier_call_does_not_answer_the_one_that_runs_now() -> None:
    play = Play(builders.situation(priority=Priority.LIFE))
    old_card = play.job.version
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, Verb.HELP)
    assert not play.does(STAFF, Verb.ACKNOWLEDGE, version=old_card).changed
    assert not play.does(STAFF, Verb.SETTLE, version=old_card).changed
    play.does(STAFF, Verb.ACKNOWLEDGE, version=play.job.version)
    assert key(play) is AnswerKey.ACKNOWLEDGED


def test_two_taps_on_one_raise_button_are_one_step() -> None:
    play = Play()
    play.does(STAFF, Verb.RAISE, priority=Priority.URGENT)
    again = play.does(STAFF, Verb.RAISE, priority=Priority.URGENT)
    assert not again.changed
    assert key(play) is AnswerKey.RAISED
    assert play.job.priority is Priority.URGENT


def test_an_old_assignment_does_not_replace_somebody_who_claimed_since() -> None:
    play = in_status(ClaimStatus.CLAIMED)
    old_card = play.job.version
    play.does(ANA, Verb.RELEASE)
    play.does(ANA, Verb.CLAIM)
    assert not play.does(STAFF, Verb.ASSIGN, person=BEN, replaces=ANA, version=old_card).changed


def taken_back(play: Play, person: int, verb: Verb) -> AnswerKey:
    """The tap that took the job is undone."""
    version = play.state.job.version
    play.does(person, verb, version=version, taken_back=True)
    return key(play)


def test_a_tap_taken_back_releases_what_was_not_started() -> None:
    play = in_status(ClaimStatus.CLAIMED)
    assert taken_back(play, ANA, Verb.RELEASE) is AnswerKey.RELEASED
    assert claim(play).reason is ReleaseReason.CANNOT


@pytest.mark.parametrize("status", [ClaimStatus.UNDERWAY, ClaimStatus.RELEASED])
def test_a_tap_taken_back_later_changes_nothing(status: ClaimStatus) -> None:
    play = in_status(status)
    assert taken_back(play, ANA, Verb.RELEASE) is AnswerKey.UNCHANGED
    assert claim(play).status is status


def test_a_late_tap_taken_back_leaves_the_waitlist_and_refuses_nothing_else() -> None:
    play = in_status(ClaimStatus.CLAIMED)
    play.does(BEN, Verb.CLAIM)
    assert taken_back(play, BEN, Verb.REFUSE) is AnswerKey.REFUSED
    assert play.state.waiting == ()
    assert taken_back(play, BEN, Verb.REFUSE) is AnswerKey.UNCHANGED
    assert taken_back(play, CLEO, Verb.REFUSE) is AnswerKey.UNCHANGED
