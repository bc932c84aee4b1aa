"""The two tables of the blueprint: what a verb makes of a claim, and of a job."""

from dataclasses import replace

import pytest

from dispatch import duty
from dispatch.claims import ClaimStatus, ReleaseReason
from dispatch.errors import NotAbleError, NotAllowedError, NotTrustedError, UnknownPersonError
from dispatch.events import NoticeKind
from dispatch.jobs import Correction, JobStatus, Outcome, Priority
from dispatch.moments import MINUTE
from dispatch.playbook import Needs
from dispatch.verbs import ADMITTING, IN_WORDS, RELAYING, AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import NOW, OFFICE, STAFF, Play
from tests.rules.plays import ANA, BEN, CLEO, DAN, claim, in_status, key, told

ON_DUTY = duty.on_duty(builders.roster(), NOW) or 0

C, U, D, R = ClaimStatus.CLAIMED, ClaimStatus.UNDERWAY, ClaimStatus.DONE, ClaimStatus.RELEASED


@pytest.mark.parametrize(
    ("status", "verb", "becomes"),
    [
        (C, Verb.START, U), (C, Verb.ARRIVE, U), (C, Verb.FINISH, D), (C, Verb.RELEASE, R),
        (U, Verb.START, U), (U, Verb.ARRIVE, U), (U, Verb.FINISH, D), (U, Verb.RELEASE, R),
        (D, Verb.START, D), (D, Verb.ARRIVE, D), (D, Verb.FINISH, D), (D, Verb.RELEASE, D),
        (R, Verb.START, R), (R, Verb.ARRIVE, R), (R, Verb.FINISH, R), (R, Verb.RELEASE, R),
    ],
)  # fmt: skip
def test_a_verb_moves_a_claim_as_the_table_says(
    status: ClaimStatus, verb: Verb, becomes: ClaimStatus
) -> None:
    play = in_status(status)
    play.does(ANA, verb)
    assert claim(play).status is becomes


@pytest.mark.parametrize("status", [C, U, D, R])
@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.START, Verb.ARRIVE, Verb.FINISH, Verb.RELEASE, Verb.HELP])
def test_a_second_tap_changes_nothing(status: ClaimStatus, verb: Verb) -> None:
    play = in_status(status)
    play.does(ANA, verb)
    state = play.state
    assert not play.does(ANA, verb).changed
    assert play.state == state


@pytest.mark.parametrize("held", [1, 2, 3])
def test_a_job_that_needs_fewer_people_than_before_is_full_whichever_places_are_held(held: int) -> None:
    play = Play(builders.situation(places=3))
    for person in (ANA, BEN, CLEO):
        play.does(person, Verb.CLAIM)
    stays = (ANA, BEN, CLEO)[held - 1]
    for person in {ANA, BEN, CLEO} - {stays}:
        play.does(person, Verb.RELEASE)
    play.does(STAFF, Verb.CORRECT, correction=Correction(places=1))
    play.does(DAN, Verb.CLAIM)
    assert key(play) is not AnswerKey.WON
    assert [each.person_id for each in play.state.claims if each.holds_place] == [stays]


def test_one_place_has_one_winner_and_everybody_else_learns_who() -> None:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    assert key(play) is AnswerKey.WON
    decision = play.does(BEN, Verb.CLAIM)
    assert decision.answer is not None
    assert decision.answer.key is AnswerKey.WAITLISTED
    assert decision.answer.params["who"] == "P1"
    assert [waiting.person_id for waiting in play.state.waiting] == [BEN]


def test_a_job_with_three_places_has_three_winners_and_is_then_full() -> None:
    play = Play(builders.situation(places=3))
    for person in (ANA, BEN, CLEO):
        assert play.job.status is JobStatus.OPEN
        play.does(person, Verb.CLAIM)
    assert play.job.status is JobStatus.FILLED
    assert sorted(one.place for one in play.state.claims) == [1, 2, 3]


def test_the_winner_gets_the_private_card_and_whoever_was_asked_is_told() -> None:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    assert told(play, NoticeKind.WON) == {ANA}
    assert told(play, NoticeKind.UPDATE) >= {BEN, STAFF}


def test_on_the_way_and_arriving_do_not_disturb_those_who_were_only_asked() -> None:
    play = Play()
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, Verb.START)
    assert BEN not in told(play, NoticeKind.UPDATE)
    assert STAFF in told(play, NoticeKind.UPDATE)


def test_arriving_restarts_the_clock_until_done() -> None:
    play = in_status(U)
    play.lives(50 * MINUTE)
    play.does(ANA, Verb.ARRIVE)
    play.lives(59 * MINUTE)
    assert "nudged" not in play.events()
    play.lives(1 * MINUTE)
    assert "nudged" in play.events()


def test_claimed_and_silent_is_nudged_once_then_reopened_without_that_person() -> None:
    play = in_status(C)
    play.lives(10 * MINUTE)
    assert play.events().count("nudged") == 1
    assert told(play, NoticeKind.NUDGE) == {ANA}
    play.lives(5 * MINUTE)
    assert claim(play).status is R
    assert claim(play).reason is ReleaseReason.SILENT
    assert play.job.status is JobStatus.OPEN
    assert play.events().count("nudged") == 1
    play.lives(4 * MINUTE)
    reopened = [ask.person_id for ask in play.state.asks if ask.loop == play.job.calling.loop]
    assert ANA not in reopened
    assert set(reopened) == set(builders.VOLUNTEERS) - {ANA}


def test_after_an_outage_a_silent_claimer_is_nudged_before_anything_is_taken_away() -> None:
    play = in_status(C)
    play.passes(600 * MINUTE)
    assert claim(play).status is C
    assert "nudged" in play.events()


def test_under_way_and_silent_is_nudged_then_staff_and_duty_are_told_and_the_volunteer_asked_after() -> None:
    play = in_status(U)
    play.lives(65 * MINUTE)
    assert told(play, NoticeKind.ASK_AFTER) == {ANA}
    assert told(play, NoticeKind.ALERT) == {STAFF, ON_DUTY}
    assert claim(play).status is U
    assert play.job.status is JobStatus.FILLED


def test_a_sign_of_life_ends_the_search_for_a_silent_volunteer() -> None:
    play = in_status(U)
    play.lives(65 * MINUTE)
    play.does(ANA, Verb.ARRIVE)
    assert not play.job.calling.running
    assert claim(play).alarmed_at is None


def test_a_free_place_goes_to_the_head_of_the_waitlist_first_and_is_theirs_alone_for_a_while() -> None:
    play = Play()
    for person in (ANA, BEN, CLEO):
        play.does(person, Verb.CLAIM)
    play.does(ANA, Verb.RELEASE)
    assert told(play, NoticeKind.OFFER) == {BEN}
    assert play.asked() == [1, 2]
    play.does(CLEO, Verb.CLAIM)
    assert key(play) is AnswerKey.ALREADY_WAITING
    play.does(BEN, Verb.CLAIM)
    assert key(play) is AnswerKey.WON


def test_an_unused_first_right_passes_on_and_then_the_waves_are_asked_again() -> None:
    play = Play()
    for person in (ANA, BEN, CLEO):
        play.does(person, Verb.CLAIM)
    play.does(ANA, Verb.RELEASE)
    play.lives(2 * MINUTE)
    assert told(play, NoticeKind.OFFER) == {CLEO}
    play.lives(2 * MINUTE)
    assert play.state.waiting == ()
    assert "reopened" in play.events()
    assert told(play, NoticeKind.ASK)


def test_where_life_is_at_stake_nobody_is_waited_for() -> None:
    play = Play(builders.situation(priority=Priority.LIFE))
    for person in (ANA, BEN):
        play.does(person, Verb.CLAIM)
    play.does(ANA, Verb.RELEASE)
    assert told(play, NoticeKind.OFFER) == {BEN}
    assert told(play, NoticeKind.ASK)
    play.does(CLEO, Verb.CLAIM)
    assert key(play) is AnswerKey.WON


def test_the_job_closes_when_every_place_is_done_and_not_before() -> None:
    play = Play(builders.situation(places=2))
    seen = []
    for person in (ANA, BEN):
        play.does(person, Verb.CLAIM)
        play.does(person, Verb.FINISH)
        seen.append(play.job.status)
    assert seen == [JobStatus.OPEN, JobStatus.CLOSED]
    assert play.job.outcome is Outcome.DONE


@pytest.mark.parametrize(
    "verb",
    [
        verb
        for verb in Verb
        if not verb.value.startswith("see_")
        and verb not in {Verb.NOTE, Verb.THANK, *IN_WORDS, *ADMITTING, *RELAYING}
    ],
)
def test_a_closed_job_is_moved_by_nothing(verb: Verb) -> None:
    play = Play()
    play.does(STAFF, Verb.CANCEL)
    state = play.state
    decision = play.does(STAFF, verb, person=ANA, correction=Correction(places=2))
    assert not decision.changed
    assert key(play) is AnswerKey.CLOSED
    assert play.state == state


def test_cancelling_withdraws_what_the_claimer_was_shown() -> None:
    play = in_status(U)
    play.does(STAFF, Verb.CANCEL)
    assert told(play, NoticeKind.WITHDRAW) == {ANA}
    assert claim(play).reason is ReleaseReason.CANCELLED
    assert play.job.look_at is None


def test_staff_finish_a_job_themselves() -> None:
    play = Play()
    play.does(STAFF, Verb.COMPLETE)
    assert (play.job.status, play.job.outcome) == (JobStatus.CLOSED, Outcome.DONE)


def test_staff_assign_an_open_job() -> None:
    play = Play()
    play.does(STAFF, Verb.ASSIGN, person=ANA)
    assert claim(play).assigned_by == STAFF
    assert claim(play).status is C
    assert play.job.status is JobStatus.FILLED


def test_somebody_without_a_phone_is_on_the_way_once_assigned_and_staff_finish_for_them() -> None:
    people = builders.roster()
    mute = tuple(a for a in people.addresses if a.person_id != ANA)
    play = Play(builders.situation(people=replace(people, addresses=mute)))
    play.does(STAFF, Verb.ASSIGN, person=ANA)
    assert claim(play).status is U
    play.does(STAFF, Verb.FINISH, person=ANA)
    assert play.job.outcome is Outcome.DONE


def test_assigning_a_full_job_replaces_or_adds() -> None:
    replaced, added = in_status(C), in_status(C)
    replaced.does(STAFF, Verb.ASSIGN, person=BEN, replaces=ANA)
    added.does(STAFF, Verb.ASSIGN, person=BEN)
    assert replaced.job.places == 1
    assert claim(replaced, ANA).reason is ReleaseReason.REPLACED
    assert claim(replaced, BEN).place == 1
    assert added.job.places == 2
    assert added.job.status is JobStatus.FILLED


def test_a_job_cannot_be_assigned_to_a_stranger_or_to_an_office() -> None:
    play = Play()
    with pytest.raises(UnknownPersonError):
        play.does(STAFF, Verb.ASSIGN, person=777)
    with pytest.raises(NotAllowedError):
        play.does(STAFF, Verb.ASSIGN, person=OFFICE)


def test_a_volunteer_cannot_move_somebody_elses_claim() -> None:
    play = in_status(C)
    with pytest.raises(NotAllowedError):
        play.does(BEN, Verb.FINISH, person=ANA)


def test_somebody_whom_nobody_vouched_for_cannot_claim_what_reveals_a_door() -> None:
    people = builders.roster()
    stranger = replace(people.people[ANA], trusted=False)
    people = replace(people, people={**people.people, ANA: stranger})
    with pytest.raises(NotTrustedError):
        Play(builders.situation(people=people)).does(ANA, Verb.CLAIM)
    play = Play(builders.situation(people=people, hides=frozenset()))
    play.does(ANA, Verb.CLAIM)
    assert key(play) is AnswerKey.WON


def test_a_skill_that_is_needed_is_needed_for_claiming_too() -> None:
    book = builders.playbook(needs=Needs(skills=frozenset({"medicine"})))
    with pytest.raises(NotAbleError):
        Play(builders.situation(book)).does(ANA, Verb.CLAIM)


def test_a_refusal_is_kept_and_leaves_the_waitlist() -> None:
    play = Play()
    play.does(ANA, Verb.REFUSE)
    assert key(play) is AnswerKey.REFUSED
    play.does(BEN, Verb.CLAIM)
    play.does(CLEO, Verb.CLAIM)
    play.does(CLEO, Verb.REFUSE)
    assert play.state.waiting == ()
    play.does(ANA, Verb.REFUSE)
    assert not play.decisions[-1].changed


def test_a_correction_reaches_the_claimer_aloud_and_another_place_asks_again() -> None:
    play = in_status(U)
    play.does(STAFF, Verb.CORRECT, correction=Correction(unit="503"))
    assert told(play, NoticeKind.CORRECTED) == {ANA}
    open_job = Play()
    open_job.does(STAFF, Verb.CORRECT, correction=Correction(building_id=9))
    assert 9 in open_job.asked()


def test_more_places_reopen_a_full_job_and_fewer_never_push_anybody_out() -> None:
    play = in_status(C)
    play.does(STAFF, Verb.CORRECT, correction=Correction(places=2))
    assert play.job.status is JobStatus.OPEN
    play.does(BEN, Verb.CLAIM)
    play.does(STAFF, Verb.CORRECT, correction=Correction(places=1))
    assert play.job.places == 2


def test_correcting_the_place_of_a_life_threatening_job_that_somebody_has_calls_no_leader() -> None:
    play = Play(builders.situation(priority=Priority.LIFE))
    play.does(ANA, Verb.CLAIM)
    called = play.called()
    play.does(STAFF, Verb.CORRECT, correction=Correction(building_id=2))
    assert play.called() == called
    assert told(play, NoticeKind.CORRECTED) == {ANA}
