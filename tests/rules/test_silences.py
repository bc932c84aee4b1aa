"""Who was called and did not answer: read from the ledger, for a card's timeline and for the brief."""

import pytest

from dispatch.moments import MINUTE, Micros
from dispatch.silences import Silence, silences
from dispatch.verbs import Verb
from dispatch.views import Relation
from tests.rules import card_scenes
from tests.rules.builders import DEPUTY, DIRECTOR, NOW, OFFICE, SECRETARY_A, SECRETARY_B, STAFF, Play
from tests.rules.card_scenes import see, timeline

FIRST: Micros = 7 * MINUTE
"""When the first rung fires."""


def told(play: Play) -> list[Silence]:
    return list(silences(timeline(play), play.state.asks))


def silent(play: Play) -> set[int]:
    return {who for each in told(play) for who in each.people}


def test_nobody_is_silent_as_long_as_the_next_rung_has_not_fired() -> None:
    play = Play()
    play.lives(FIRST + 3 * MINUTE - 1)
    assert play.called() != []
    assert told(play) == []


def test_whoever_was_called_is_silent_once_the_ladder_goes_on() -> None:
    play = Play()
    play.lives(FIRST + 3 * MINUTE)
    (first,) = told(play)
    assert set(first.people) <= {SECRETARY_A, SECRETARY_B}
    assert (first.since, first.until) == (NOW + FIRST, NOW + FIRST + 3 * MINUTE)


def test_an_answer_by_anybody_in_time_leaves_nobody_silent() -> None:
    play = Play()
    play.lives(FIRST + MINUTE)
    play.does(1, Verb.CLAIM)
    play.lives(5 * MINUTE)  # they have ten to set out
    assert silent(play) == set()
    again = Play()
    again.lives(FIRST + 4 * MINUTE)
    again.does(DEPUTY, Verb.ACKNOWLEDGE)
    assert len(told(again)) == 1
    assert DEPUTY not in silent(again)


def test_a_note_is_a_sign_of_life() -> None:
    play = Play()
    play.lives(FIRST + MINUTE)
    called = play.called()[0]
    play.does(called, Verb.NOTE, note="calling the hospital")
    play.lives(3 * MINUTE)
    assert called not in silent(play)


def test_up_the_whole_ladder_everybody_is_silent_in_turn_and_again_in_each_round() -> None:
    play = card_scenes.exhausted()
    assert {DEPUTY, DIRECTOR, OFFICE} <= silent(play)
    assert [each.since < each.until for each in told(play)] == [True] * len(told(play))
    times = [each for each in told(play) if DEPUTY in each.people]
    assert len(times) >= 2


@pytest.mark.parametrize(("reader", "relation"), [(STAFF, Relation.DESK), (OFFICE, Relation.CALLED)])
def test_a_silence_is_a_line_of_the_timeline_before_the_next_call(reader: int, relation: Relation) -> None:
    play = card_scenes.exhausted()
    log = see(play, reader, relation).log
    lines = [line.partition(" ")[2] for line in log]
    deputy = lines.index("Called the deputy: 1")
    assert lines[deputy + 1] == f"No answer: P{DEPUTY}"
    assert lines[deputy + 2] == "Called the director: 1"
    assert [line[:5] for line in log] == sorted(line[:5] for line in log)
