"""The call for people, second by second: waves, rungs, loops, exhaustion, acknowledgement."""

from dataclasses import replace

import pytest

from dispatch import duty, outbox
from dispatch.jobs import CallCause, JobStatus, Priority
from dispatch.moments import HOUR, MINUTE, SECOND
from dispatch.people import Ladder, Rung
from dispatch.verbs import AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import DEPUTY, DIRECTOR, NOW, OFFICE, STAFF, Play

ON_DUTY = duty.on_duty(builders.roster(), NOW) or 0
FIRST_RUNG = 7 * MINUTE
"""Two waves two minutes apart, the group, and three minutes for it to answer."""
LOOP = FIRST_RUNG + 9 * MINUTE + 5 * MINUTE
"""All four rungs three minutes apart, and as long a wait after the last as an urge waits."""


def empty(*rungs: Rung) -> Play:
    people = builders.roster()
    left = {rung: who for rung, who in people.ladder.rungs.items() if rung not in rungs}
    ladder = replace(people.ladder, rungs=left)
    return Play(builders.situation(people=replace(people, ladder=ladder)))


def test_waves_are_asked_at_their_delays_and_never_earlier() -> None:
    play = Play()
    assert play.asked() == [1, 2]
    play.lives(2 * MINUTE - 1)
    assert play.asked() == [1, 2]
    play.lives(1)
    assert play.asked() == [1, 2, 3, 4, 5]
    play.lives(2 * MINUTE)
    assert set(play.asked()) == set(builders.VOLUNTEERS)


def test_conformance_01_an_unclaimed_job_reaches_each_rung_at_its_delay_never_earlier() -> None:
    play = Play()
    play.lives(FIRST_RUNG - 1)
    assert play.called() == []
    expected: list[int] = []
    play.lives(1)
    for leader in (ON_DUTY, DEPUTY, DIRECTOR, OFFICE):
        expected.append(leader)
        assert play.called() == expected
        play.lives(3 * MINUTE - 1)
        assert play.called() == expected
        play.lives(1)


def test_conformance_02_a_claim_one_tick_before_the_due_time_keeps_the_rung_from_firing() -> None:
    play = Play()
    play.lives(FIRST_RUNG - 1)
    play.does(1, Verb.CLAIM)
    play.lives(9 * MINUTE)
    assert play.called() == []


def test_conformance_02_a_claim_that_races_the_due_time_wins_or_loses_and_the_ledger_says_which() -> None:
    claim_first, rung_first = Play(), Play()
    for play in (claim_first, rung_first):
        play.lives(FIRST_RUNG - 1)
        play.now += 1
    claim_first.does(1, Verb.CLAIM)
    claim_first.look()
    rung_first.look()
    rung_first.does(1, Verb.CLAIM)
    assert "called" not in claim_first.events()
    assert rung_first.events()[-2:] == ["called", "claimed"]


def test_after_an_outage_across_three_due_times_each_is_decided_once_and_a_person_gets_one_message() -> None:
    play = Play()
    decision = play.passes(FIRST_RUNG + 1)
    kinds = [event.kind.value for event in decision.events]
    assert kinds == ["asked", "asked", "called"]
    rows = outbox.owed(decision)
    assert len({row.address_id for row in rows}) == len(rows)
    assert not play.look().changed


def test_an_early_or_stale_look_does_nothing() -> None:
    play = Play()
    play.now += MINUTE
    assert not play.look().changed


def test_conformance_14_an_empty_rung_is_skipped_at_once() -> None:
    play = empty(Rung.DEPUTY)
    play.lives(FIRST_RUNG + 3 * MINUTE)
    assert play.called() == [ON_DUTY, DIRECTOR]
    assert "rung_empty" in play.events()


def test_a_wave_with_nobody_left_to_ask_is_skipped_but_those_asked_before_keep_their_time() -> None:
    book = builders.playbook()
    everybody = replace(book.waves[0], count=12)
    play = Play(builders.situation(replace(book, waves=(everybody, *book.waves[1:]))))
    play.lives(2 * MINUTE)
    assert play.events().count("asked") == 3
    play.lives(3 * MINUTE - 1)
    assert play.called() == []
    play.lives(1)
    assert play.called() == [ON_DUTY]


def test_nobody_on_duty_passes_on_at_once_and_calls_the_last_resort() -> None:
    play = empty(Rung.DUTY)
    play.lives(FIRST_RUNG)
    assert play.called() == [DIRECTOR, OFFICE, DEPUTY]
    assert "rung_empty" in play.events()
    assert play.job.status is JobStatus.OPEN


def test_an_empty_ladder_still_calls_somebody() -> None:
    people = replace(builders.roster(), ladder=Ladder())
    play = Play(builders.situation(people=people))
    play.lives(FIRST_RUNG)
    assert STAFF in play.called()


def test_a_deleted_leader_is_passed_over() -> None:
    people = builders.roster()
    gone = {ident: one for ident, one in people.people.items() if ident != DEPUTY}
    play = Play(builders.situation(people=replace(people, people=gone)))
    play.lives(FIRST_RUNG + 3 * MINUTE)
    assert play.called() == [ON_DUTY, DIRECTOR]


@pytest.mark.parametrize("loops", [1, 2, 3])
def test_conformance_17_loop_counts_are_exact_and_exhausted_is_set_once(loops: int) -> None:
    play = Play(builders.situation(builders.playbook(loops=loops)))
    play.lives(loops * LOOP - 1)
    assert play.job.calling.exhausted_at is None
    assert play.events().count("repeated") == loops - 1
    play.lives(1)
    assert play.events().count("exhausted") == 1
    assert play.job.calling.exhausted_at == play.now
    play.lives(24 * HOUR)
    assert play.events().count("exhausted") == 1
    assert play.job.status is JobStatus.OPEN


def test_exhausted_calls_the_last_resort_and_keeps_asking_all_leaders_at_its_own_interval() -> None:
    play = Play()
    play.lives(2 * LOOP)
    before = len(play.called())
    assert set(play.called()[-5:]) >= {ON_DUTY, DEPUTY, DIRECTOR, OFFICE}
    play.lives(30 * MINUTE)
    assert play.events().count("called_again") == 3
    assert len(play.called()) > before


def test_many_missed_repeats_after_an_outage_are_one_call() -> None:
    play = Play()
    play.lives(2 * LOOP)
    decision = play.passes(10 * HOUR)
    assert [event.kind.value for event in decision.events] == ["called_again"]


def test_an_acknowledged_call_holds_the_rungs_and_urges_the_one_who_acknowledged() -> None:
    play = Play()
    play.lives(FIRST_RUNG)
    play.does(ON_DUTY, Verb.ACKNOWLEDGE)
    play.lives(5 * MINUTE - 1)
    assert play.called() == [ON_DUTY]
    assert "urged" not in play.events()
    play.lives(1)
    assert play.events()[-1] == "urged"


def test_an_answered_urge_starts_the_clock_again_and_silence_passes_the_call_on() -> None:
    play = Play()
    play.lives(FIRST_RUNG)
    play.does(ON_DUTY, Verb.ACKNOWLEDGE)
    play.lives(5 * MINUTE)
    play.does(ON_DUTY, Verb.ACKNOWLEDGE)
    play.lives(10 * MINUTE - 1)
    assert play.called() == [ON_DUTY]
    play.lives(1)
    assert "lapsed" in play.events()
    assert play.called() == [ON_DUTY, DEPUTY]


def test_the_waves_go_on_while_a_leader_has_acknowledged() -> None:
    play = Play(builders.situation(priority=Priority.LIFE))
    play.does(ON_DUTY, Verb.ACKNOWLEDGE)
    assert len(play.asked()) == 5
    play.lives(2 * MINUTE)
    assert set(play.asked()) == set(builders.VOLUNTEERS)
    assert DEPUTY not in play.called()


def test_acknowledging_twice_changes_nothing() -> None:
    play = Play()
    play.lives(FIRST_RUNG)
    play.does(ON_DUTY, Verb.ACKNOWLEDGE)
    again = play.does(ON_DUTY, Verb.ACKNOWLEDGE)
    assert not again.changed
    assert again.answer is not None
    assert again.answer.key is AnswerKey.ACKNOWLEDGED


def test_a_life_threatening_job_calls_staff_duty_and_the_first_waves_at_the_same_moment() -> None:
    play = Play(builders.situation(priority=Priority.LIFE))
    assert play.called() == [STAFF, ON_DUTY]
    assert play.asked() == [1, 2, 3, 4, 5]
    play.lives(3 * MINUTE)
    assert play.called() == [STAFF, ON_DUTY, DEPUTY]


def test_a_reopening_counts_its_loops_afresh_and_asks_everybody_but_the_one_who_left() -> None:
    play = Play()
    play.lives(LOOP + MINUTE)
    assert play.job.calling.repeats == 1
    play.does(1, Verb.CLAIM)
    play.does(1, Verb.RELEASE)
    assert play.job.calling.repeats == 0
    loop = play.job.calling.loop
    play.lives(FIRST_RUNG)
    again = [ask.person_id for ask in play.state.asks if ask.loop == loop and not ask.leader]
    assert set(again) == set(builders.VOLUNTEERS) - {1}


def test_a_filled_job_calls_nobody_and_help_calls_staff_and_duty_at_once() -> None:
    play = Play()
    play.does(1, Verb.CLAIM)
    play.does(1, Verb.START)
    play.does(1, Verb.HELP)
    assert play.job.calling.cause is CallCause.HELP
    assert play.called() == [STAFF, ON_DUTY]
    play.does(STAFF, Verb.ACKNOWLEDGE)
    play.does(STAFF, Verb.SETTLE)
    assert not play.job.calling.running
    assert play.job.status is JobStatus.FILLED


def test_raising_an_open_job_starts_its_call_again_at_once() -> None:
    play = Play()
    play.lives(30 * SECOND)
    play.does(STAFF, Verb.RAISE)
    play.does(STAFF, Verb.RAISE)
    assert play.job.priority is Priority.LIFE
    assert ON_DUTY in play.called()
    assert set(play.asked()[-5:]) == {1, 2, 3, 4, 5}
