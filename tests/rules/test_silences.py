"""Who was called and did not answer: read from the ledger, for a card's timeline and for the brief."""

from dataclasses import replace

import pytest

from dispatch.moments import MINUTE, Micros
from dispatch.silences import Silence, silences
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers import board, ladder
from handlers.board import BoardJob
from handlers.outlook import Outlook
from handlers.scene import Scene
from tests.rules import card_scenes
from tests.rules.builders import (
    DEPUTY,
    DIRECTOR,
    NOW,
    OFFICE,
    SECRETARY_A,
    SECRETARY_B,
    STAFF,
    Play,
    playbook,
    situation,
)
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


EVERY: Micros = 4 * MINUTE
OFFICE_AT: Micros = FIRST + 9 * MINUTE


def asking_again() -> Play:
    """The office's rung keeps asking on its own clock."""
    book = playbook()
    office = replace(book.rungs[-1], every=EVERY)
    return Play(situation(replace(book, rungs=(*book.rungs[:-1], office))))


def test_a_rung_with_its_own_clock_has_as_long_as_that_says_and_passes_nobody_else() -> None:
    play = asking_again()
    play.lives(OFFICE_AT + EVERY)
    last = told(play)[-1]
    assert (last.people, last.rung) == ((OFFICE,), "office")
    assert (last.since, last.until) == (NOW + OFFICE_AT, NOW + OFFICE_AT + EVERY)
    play.lives(MINUTE)  # the sequence begins anew
    assert "repeated" in play.events()
    assert told(play)[-1] == last
    play.lives(EVERY - MINUTE)
    assert [each.rung for each in told(play)].count("office") == 2


def test_each_call_of_it_is_silent_once_until_somebody_there_answers() -> None:
    play = asking_again()
    play.lives(OFFICE_AT + EVERY + MINUTE)
    play.does(OFFICE, Verb.NOTE, note="on our way")
    play.lives(EVERY)
    assert [each.since for each in told(play) if OFFICE in each.people] == [NOW + OFFICE_AT]
    play.does(OFFICE, Verb.ACKNOWLEDGE)
    assert len([each for each in told(play) if OFFICE in each.people]) == 1


def test_the_log_says_that_nobody_there_answered_and_then_which_time_they_were_asked() -> None:
    play = asking_again()
    play.lives(OFFICE_AT + 2 * EVERY)
    lines = [line.partition(" ")[2] for line in see(play, STAFF, Relation.DESK).log]
    for said in ("2nd", "3rd"):
        place = lines.index(f"Asked the sub-district office again ({said} time)")
        assert lines[place - 1] == "Nobody of the sub-district office answered"


def test_the_brief_and_the_board_fold_it_into_a_count() -> None:
    play = asking_again()
    play.lives(OFFICE_AT)
    shown, brief = _board(play), _brief(play)
    assert shown.steps[-1].label == "Office"
    assert "Asked again at" in brief
    play.lives(2 * EVERY)
    shown, brief = _board(play), _brief(play)
    assert shown.steps[-1].label == "Office ×3"
    assert shown.next_at == play.job.look_at
    assert "Asked 3 times so far" in brief
    assert brief.count("sub-district office") == 1


def _board(play: Play) -> BoardJob:
    texts = card_scenes.CATALOGS.texts("en")
    outlook = Outlook(
        roster=play.state.roster, situations=(play.state,), claims=(), duty=None, playbooks={}, now=play.now
    )
    (job,) = board.told(outlook, texts).jobs
    return job


def _brief(play: Play) -> str:
    seen = card_scenes.view(play, None, Relation.DESK)
    return ladder.standing(Scene(seen, card_scenes.CATALOGS.texts("en"), play.now))
