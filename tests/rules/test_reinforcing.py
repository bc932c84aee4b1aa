"""Help brings a second person where the playbook says so: one more place, beside the call for help."""

import pytest

from dispatch import duty, walking
from dispatch.events import NoticeKind
from dispatch.jobs import CallCause, JobStatus, Outcome, Priority
from dispatch.moments import MINUTE
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import NOW, SECRETARY_A, STAFF, Play, playbook, roster, situation
from tests.rules.checks import CHECK, at_step
from tests.rules.plays import ANA, key, told

BEN = 2
ON_DUTY = duty.on_duty(roster(), NOW) or 0
NEAREST = {2, 3, 4, 5, 6}
"""The first wave of the welfare check, beside Ana, who lives in the very building."""


def in_need(*, second: bool = True, priority: Priority = Priority.LIFE) -> Play:
    play = Play(situation(playbook(second=second, priority=priority)))
    play.does(ANA, Verb.CLAIM)
    play.does(ANA, Verb.ARRIVE)
    play.does(ANA, Verb.HELP)
    return play


def asked_last(play: Play) -> set[int]:
    return {who for each in play.decisions[-1].notices if each.kind is NoticeKind.ASK for who in each.people}


def test_help_asks_the_nearest_at_once_and_calls_the_leaders_as_before() -> None:
    play = in_need()
    assert key(play) is AnswerKey.HELP_CALLED
    assert (play.job.places, play.job.status) == (2, JobStatus.OPEN)
    assert len(asked_last(play)) == 2  # the playbook's first wave
    assert ANA not in asked_last(play)
    assert play.job.calling.cause is CallCause.HELP
    assert told(play, NoticeKind.HELP)


@pytest.mark.parametrize("step", [each.key for each in CHECK.steps])
def test_at_every_step_of_a_welfare_check_help_brings_a_second_person_and_calls_duty(step: str) -> None:
    play = at_step(step)
    play.does(ANA, Verb.HELP)
    assert key(play) is AnswerKey.HELP_CALLED
    assert (play.job.places, play.job.status) == (2, JobStatus.OPEN)
    assert asked_last(play) == NEAREST
    assert {STAFF, ON_DUTY} <= told(play, NoticeKind.HELP)
    play.does(BEN, Verb.CLAIM)
    assert (key(play), play.job.status) == (AnswerKey.WON, JobStatus.FILLED)
    there = walking.current(play.job, CHECK)
    assert there is not None
    assert there.key == step, "and both go on from here"


def test_without_a_word_in_the_playbook_only_leaders_are_called() -> None:
    play = in_need(second=False)
    assert (play.job.places, play.job.status) == (1, JobStatus.FILLED)
    assert asked_last(play) == set()


def test_help_twice_is_one_more_place_and_asks_again_while_it_is_free() -> None:
    play = in_need()
    play.does(ANA, Verb.HELP)
    assert play.job.places == 2
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(ANA, Verb.HELP)
    assert play.job.places == 2
    assert asked_last(play)
    play.does(BEN, Verb.CLAIM)
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(ANA, Verb.HELP)
    assert (play.job.places, play.job.status) == (2, JobStatus.FILLED)
    assert asked_last(play) == set()


def test_whoever_comes_takes_the_place_and_the_call_for_help_goes_on() -> None:
    play = in_need()
    play.does(BEN, Verb.CLAIM)
    assert key(play) is AnswerKey.WON
    assert play.job.status is JobStatus.FILLED
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.HELP, True)


def test_once_all_who_were_asked_have_said_no_the_next_ones_are_asked() -> None:
    play = in_need()
    first = sorted(asked_last(play))
    play.does(first[0], Verb.REFUSE)
    assert asked_last(play) == set()
    play.does(first[1], Verb.REFUSE)
    assert asked_last(play)
    assert not asked_last(play) & set(first)


def test_if_the_second_gives_it_back_the_place_is_offered_again_at_once() -> None:
    play = in_need()
    play.does(BEN, Verb.CLAIM)
    play.does(BEN, Verb.RELEASE)
    assert (play.job.places, play.job.status) == (2, JobStatus.OPEN)
    assert asked_last(play)
    assert BEN not in asked_last(play)
    assert play.job.calling.cause is CallCause.HELP


def test_once_help_is_settled_the_waves_go_on_for_a_place_that_is_still_free() -> None:
    play = in_need(priority=Priority.NORMAL)
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    play.does(SECRETARY_A, Verb.SETTLE)
    assert (play.job.calling.cause, play.job.status) == (CallCause.UNCLAIMED, JobStatus.OPEN)
    before = len(play.asked())
    play.lives(3 * MINUTE)
    assert len(play.asked()) > before


def test_if_the_first_is_done_before_anybody_came_the_place_goes() -> None:
    play = in_need()
    play.does(ANA, Verb.FINISH)
    assert (play.job.status, play.job.outcome, play.job.places) == (JobStatus.CLOSED, Outcome.DONE, 1)


def test_if_both_are_there_the_job_is_over_when_both_are_done() -> None:
    play = in_need()
    play.does(BEN, Verb.CLAIM)
    play.does(ANA, Verb.FINISH)
    assert play.job.status is JobStatus.FILLED
    play.does(BEN, Verb.FINISH)
    assert play.job.outcome is Outcome.DONE


def test_the_desk_may_close_it_whatever_the_second_place_is() -> None:
    play = in_need()
    play.does(STAFF, Verb.COMPLETE)
    assert play.job.outcome is Outcome.DONE
