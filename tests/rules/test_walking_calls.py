"""Leaders who are called because of what was found: until when, and what goes before it."""

from dataclasses import replace

import pytest

from dispatch.instructions import CLOSE, Instruction, Recheck
from dispatch.jobs import CallCause, JobStatus, Priority
from dispatch.moments import MINUTE
from dispatch.verbs import Verb
from tests.rules import builders
from tests.rules.builders import SECRETARY_A, STAFF, Play
from tests.rules.plays import ANA, BEN, claim
from tests.rules.test_walking import HIDES, TEXT, at_the_door, finding, finds

ENDING = (
    Instruction(
        words=TEXT, key="knock", findings=(finding("none", "door", raises=Priority.LIFE, calls=True),)
    ),
    Instruction(
        words=TEXT,
        key="door",
        findings=(finding("well", "family", settles=True), finding("waits", "door")),
        recheck=Recheck(after=90 * MINUTE, to="door"),
    ),
    Instruction(
        words=TEXT,
        key="family",
        findings=(finding("told", CLOSE), finding("unreached", "end", calls=True)),
    ),
    Instruction(words=TEXT, key="end", findings=(finding("done", CLOSE),)),
)
"""Calls leaders at its first step; they are needed until somebody was found well."""


def test_help_that_is_called_for_is_not_replaced_by_a_finding() -> None:
    play = finds(at_the_door(), "knock.none")
    play.does(ANA, Verb.HELP)
    finds(play, "ask.none")
    assert play.job.calling.cause is CallCause.HELP


def test_a_finding_behind_help_is_called_for_once_that_is_settled() -> None:
    play = finds(at_the_door(), "knock.none")
    play.does(ANA, Verb.HELP)
    finds(play, "ask.none")
    play.does(SECRETARY_A, Verb.SETTLE)
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.FINDING, True)
    play.does(SECRETARY_A, Verb.SETTLE)
    assert not play.job.calling.running


def called_by_a_finding(cause: CallCause | None = None, **job: object) -> Play:
    """Leaders are being called, because of a finding unless something else needs them more."""
    play = Play(builders.situation(builders.playbook(steps=ENDING), None, **{"hides": HIDES, **job}))
    play.does(ANA, Verb.CLAIM)
    finds(play, "knock.none")
    if cause is CallCause.HELP:
        play.does(ANA, Verb.HELP)
    elif cause is CallCause.SILENT:
        play.does(BEN, Verb.CLAIM)
        play.does(BEN, Verb.START)
        play.lives(66 * MINUTE)
        finds(play, "door.waits")  # whoever found it is not the one who is silent
    elif cause is CallCause.UNCLAIMED:
        play.does(ANA, Verb.RELEASE)
    assert play.job.calling.cause is (cause or CallCause.FINDING)
    assert play.job.calling.running
    return play


def test_what_settles_ends_the_call_that_a_finding_began_and_urges_nobody() -> None:
    play = called_by_a_finding()
    play.does(SECRETARY_A, Verb.ACKNOWLEDGE)
    finds(play, "door.well")
    assert not play.job.calling.running
    before = len(play.called())
    play.lives(14 * MINUTE)
    assert (len(play.called()), "urged" in play.events()) == (before, False)
    assert claim(play).live


def test_what_settles_nothing_leaves_the_call_as_it_is() -> None:
    play = called_by_a_finding()
    finds(play, "door.waits")
    assert play.job.calling.running


@pytest.mark.parametrize("cause", [CallCause.HELP, CallCause.SILENT, CallCause.UNCLAIMED])
def test_what_settles_ends_no_call_for_another_reason(cause: CallCause) -> None:
    play = called_by_a_finding(cause, places=2 if cause is CallCause.SILENT else 1)
    finds(play, "door.well", actor=STAFF if cause is CallCause.UNCLAIMED else ANA)
    assert (play.job.calling.cause, play.job.calling.running) == (cause, True)


def silent_after_a_finding() -> Play:
    """Leaders were called because of a finding, and then whoever found it was not heard of any more."""
    steps = (ENDING[0], replace(ENDING[1], recheck=None), *ENDING[2:])  # nobody waits at it on purpose
    play = Play(builders.situation(builders.playbook(steps=steps), None, hides=HIDES))
    play.does(ANA, Verb.CLAIM)
    finds(play, "knock.none")
    play.lives(66 * MINUTE)
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.SILENT, True)
    return play


@pytest.mark.parametrize("how", ["heard of", "settled", "nothing new"])
def test_a_call_for_somebody_silent_gives_back_the_call_that_a_finding_began(how: str) -> None:
    play = silent_after_a_finding()
    before = len(play.called())
    if how == "heard of":
        play.does(ANA, Verb.ARRIVE)
    elif how == "settled":
        play.does(SECRETARY_A, Verb.SETTLE)
    else:
        finds(play, "door.waits")
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.FINDING, True)
    play.look()
    assert SECRETARY_A in play.called()[before:]
    play.does(SECRETARY_A, Verb.SETTLE)
    assert not play.job.calling.running


def test_whoever_was_silent_and_found_them_well_calls_nobody_once_more() -> None:
    play = silent_after_a_finding()
    before = len(play.called())
    finds(play, "door.well")
    assert not play.job.calling.running
    assert len(play.called()) == before


def two_silent_on_the_way() -> Play:
    play = Play(builders.situation(builders.playbook(steps=ENDING), None, hides=HIDES, places=2))
    for person in (ANA, BEN):
        play.does(person, Verb.CLAIM)
        play.does(person, Verb.START)
    play.lives(66 * MINUTE)
    return play


def test_a_call_for_a_finding_gives_back_the_call_for_somebody_who_is_silent_still() -> None:
    play = two_silent_on_the_way()
    causes = [play.job.calling.cause]
    causes += [finds(play, each).job.calling.cause for each in ("knock.none", "door.well")]
    assert causes == [CallCause.SILENT, CallCause.FINDING, CallCause.SILENT]
    assert play.job.calling.running
    play.does(BEN, Verb.ARRIVE)
    assert not play.job.calling.running


def test_words_of_somebody_who_waits_on_purpose_do_not_have_them_asked_after_sooner() -> None:
    play = Play(builders.situation(builders.playbook(steps=ENDING), None, hides=HIDES, posted_by=STAFF))
    play.does(ANA, Verb.CLAIM)
    waits_until = claim(finds(play, "knock.none")).deadline_at
    assert waits_until is not None
    play.does(ANA, Verb.SAY, note="the locksmith comes at three")
    assert claim(play).deadline_at == waits_until
    play.lives(waits_until - play.now - MINUTE)
    assert claim(play).nudged_at is None


def test_what_was_settled_calls_nobody_again_for_somebody_silent_where_others_wait_on_purpose() -> None:
    play = two_silent_on_the_way()
    waits_until = claim(finds(play, "knock.none")).deadline_at
    assert claim(play, BEN).alarmed_at is not None
    play.does(SECRETARY_A, Verb.SETTLE)
    assert not play.job.calling.running
    assert (claim(play, BEN).alarmed_at, claim(play, BEN).nudged_at) == (None, None)
    assert claim(play, BEN).deadline_at == waits_until


def test_what_nobody_is_there_for_any_more_is_for_whoever_goes_next() -> None:
    play = silent_after_a_finding()
    play.does(STAFF, Verb.RELEASE, person=ANA)
    calling = play.job.calling
    assert (calling.cause, calling.running, calling.behind) == (CallCause.UNCLAIMED, True, None)


def test_a_place_that_is_free_behind_it_is_asked_for_again() -> None:
    play = called_by_a_finding()
    play.does(STAFF, Verb.ASSIGN, person=BEN)
    play.does(BEN, Verb.RELEASE)
    assert (play.job.status, play.job.calling.cause) == (JobStatus.OPEN, CallCause.FINDING)
    finds(play, "door.well")
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.UNCLAIMED, True)


def test_what_calls_after_it_calls_anew() -> None:
    play = finds(called_by_a_finding(), "door.well")
    before = len(play.called())
    finds(play, "family.unreached")
    play.look()
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.FINDING, True)
    assert SECRETARY_A in play.called()[before:]


def test_whoever_had_fallen_silent_and_says_what_they_find_is_looked_for_no_more() -> None:
    play = at_the_door()
    play.lives(66 * MINUTE)
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.SILENT, True)
    finds(play, "knock.opened")
    assert not play.job.calling.running
    assert claim(play).alarmed_at is None
