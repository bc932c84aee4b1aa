"""Jobs that are turns of care plans: who is asked first, when leaders are called, what a missed one does."""

from dataclasses import replace

from dispatch import handing
from dispatch.events import NoticeKind
from dispatch.jobs import CallCause, Priority, Turn
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.verbs import AnswerKey, Verb
from tests.rules.builders import (
    DEPUTY,
    DISTANCES,
    NOW,
    SECRETARY_A,
    SECRETARY_B,
    STAFF,
    Play,
    playbook,
    situation,
)
from tests.rules.plays import key

ELI, FAY, GUS = 5, 6, 7
"""Volunteers who live far off: the waves ask two others first."""
DUTY = {SECRETARY_A, SECRETARY_B}


def turn(*, first: tuple[int, ...] = (ELI, FAY), due: Micros = 2 * HOUR, leaders: Micros = HOUR) -> Turn:
    return Turn(
        plan_id=7, at=NOW + due, due_at=NOW + due, leaders_at=NOW + leaders, first=first, usual=(ELI, GUS)
    )


def opened(which: Turn | None = None, *, priority: Priority = Priority.URGENT) -> Play:
    book = playbook(priority=Priority.LIFE)
    return Play(situation(book, priority=priority, posted_by=None, turn=which or turn()))


def rung_by(play: Play, kind: NoticeKind) -> set[int]:
    return {who for each in play.decisions[-1].notices if each.kind is kind for who in each.people}


def test_those_who_usually_do_it_are_asked_alone_for_ten_minutes() -> None:
    play = opened()
    assert play.asked() == [ELI, FAY]
    assert rung_by(play, NoticeKind.ASK) == {ELI, FAY}
    play.lives(10 * MINUTE - 1)
    assert play.asked() == [ELI, FAY]
    play.lives(1)
    assert play.asked() == [ELI, FAY, 1, 2]


def test_where_there_is_little_time_they_are_asked_alone_for_a_quarter_of_it() -> None:
    play = opened(turn(leaders=12 * MINUTE))
    play.lives(3 * MINUTE)
    assert play.asked() == [ELI, FAY, 1, 2]


def test_once_all_of_them_have_said_no_the_others_are_asked_at_once() -> None:
    play = opened()
    play.does(ELI, Verb.REFUSE)
    assert play.asked() == [ELI, FAY]
    play.does(FAY, Verb.REFUSE)
    assert play.asked() == [ELI, FAY, 1, 2]


def test_whoever_is_said_to_be_unable_is_asked_no_more_and_gives_back_what_they_have() -> None:
    play = opened()
    play._take(handing.excused((ELI, FAY), play.state, play.now, DISTANCES))
    assert play.asked() == [ELI, FAY, 1, 2]
    again = handing.excused((ELI, FAY), play.state, play.now, DISTANCES)
    assert not again.changed
    play = opened()
    play.does(ELI, Verb.CLAIM)
    play._take(handing.excused((ELI,), play.state, play.now, DISTANCES))
    assert [claim.live for claim in play.state.claims] == [False]


def test_somebody_who_may_not_be_asked_is_not_asked_first_either() -> None:
    start = situation(playbook(priority=Priority.LIFE), priority=Priority.URGENT, turn=turn())
    people = {**start.roster.people, ELI: replace(start.roster.people[ELI], paused_until=NOW + HOUR)}
    play = Play(replace(start, roster=replace(start.roster, people=people)))
    assert play.asked() == [FAY]
    nobody = Play(replace(start, job=replace(start.job, turn=turn(first=(ELI, 999)))))
    assert nobody.asked() == [ELI]


def test_staff_who_usually_do_it_are_asked_whoever_vouched_for_them() -> None:
    start = situation(playbook(priority=Priority.LIFE), priority=Priority.URGENT, turn=turn(first=(STAFF,)))
    people = {**start.roster.people, STAFF: replace(start.roster.people[STAFF], trusted=False)}
    assert Play(replace(start, roster=replace(start.roster, people=people))).asked() == [STAFF]


def test_leaders_are_not_called_before_half_of_the_time_is_gone() -> None:
    play = opened()
    play.lives(HOUR - 1)
    assert set(play.asked()) >= set(range(1, 13)) - {ELI, FAY}  # the whole group, long since
    assert play.called() == []
    play.lives(1)
    assert set(play.called()) <= DUTY
    assert play.called() != []
    play.lives(3 * MINUTE)
    assert DEPUTY in play.called()


def test_where_nobody_can_be_asked_leaders_are_not_waited_for() -> None:
    start = situation(playbook(priority=Priority.LIFE), priority=Priority.URGENT, turn=turn(first=()))
    resting = {
        who: replace(person, paused_until=NOW + HOUR) if who < STAFF else person
        for who, person in start.roster.people.items()
    }
    play = Play(replace(start, roster=replace(start.roster, people=resting)))
    assert play.asked() == []
    assert play.called() != []


def test_a_missed_turn_becomes_life_threatening_and_calls_everybody_at_once() -> None:
    play = opened()
    play.lives(2 * HOUR - 1)
    assert "raised" not in play.events()
    before = len(play.called())
    play.lives(1)
    assert play.job.priority is Priority.LIFE
    assert play.events().count("raised") == 1
    assert STAFF in play.called()[before:]
    assert DUTY & set(play.called()[before:])
    play.lives(HOUR)
    assert play.events().count("raised") == 1


def test_a_missed_turn_that_somebody_has_stays_theirs_and_leaders_are_called() -> None:
    play = opened()
    play.does(ELI, Verb.CLAIM)
    play.does(ELI, Verb.START)
    play.passes(2 * HOUR)
    assert play.job.priority is Priority.LIFE
    assert any(claim.live and claim.person_id == ELI for claim in play.state.claims)
    assert play.job.calling.cause in {CallCause.RAISED, CallCause.SILENT}
    assert STAFF in play.called()


def test_a_turn_done_in_time_is_never_raised_and_those_who_wait_for_it_are_rung() -> None:
    play = opened()
    play.does(FAY, Verb.CLAIM)
    play.does(FAY, Verb.FINISH)
    assert key(play) is AnswerKey.FINISHED
    assert rung_by(play, NoticeKind.CORRECTED) == {ELI, GUS}
    play.lives(3 * HOUR)
    assert "raised" not in play.events()


def test_opened_after_it_was_missed_everybody_is_asked_beside_those_who_usually_do_it() -> None:
    play = opened(turn(due=-MINUTE, leaders=-HOUR), priority=Priority.LIFE)
    assert {ELI, FAY, 1, 2} <= set(play.asked())
    assert STAFF in play.called()
    assert "raised" not in play.events()


def test_a_job_that_is_no_turn_is_as_ever() -> None:
    play = Play()
    assert play.asked() == [1, 2]
    play.does(1, Verb.REFUSE)
    play.does(2, Verb.REFUSE)
    assert play.asked() == [1, 2]
