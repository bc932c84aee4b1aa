"""Somebody is out, or back: who has the duty then, and what was theirs to do (CONFORMANCE.md 20)."""

from dataclasses import replace

import pytest

from dispatch import duty, passing
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.relays import Entrusted, RelayKind
from dispatch.verbs import AnswerKey
from tests.rules.watches import LAST, NOON, A, B, C, after, at, committee, leader, watched


def test_somebody_out_takes_nothing_before_they_say_that_they_are_back() -> None:
    watch = after(passing.looked(watched(committee(), at(7)), at(8)))
    watch = after(passing.looked(watch, at(8, 5)))
    (relay,) = [each for each in watch.relays if each.kind is RelayKind.ROLLCALL]
    second = relay.asked[1]
    away = after(passing.left(watch, second, at(9), at(8, 6)))
    answer = passing.accepted(away, relay.id, second, at(8, 7)).answer
    assert answer is not None
    assert answer.key is AnswerKey.STILL_OUT
    back = after(passing.left(away, second, None, at(8, 8)))
    answer = passing.accepted(back, relay.id, second, at(8, 9)).answer
    assert answer is not None
    assert answer.key is AnswerKey.PRESENT


def test_who_is_out_gives_up_the_duty_and_every_call_and_place() -> None:
    """CONFORMANCE 20."""
    watch = watched(committee(), NOON)
    holder = duty.on_duty(committee(), NOON)
    assert holder is not None
    call = Entrusted(job_id=7, person_id=holder, since=NOON - MINUTE, claim=False)
    place = Entrusted(job_id=8, person_id=holder, since=NOON - MINUTE, claim=True)
    others = Entrusted(job_id=9, person_id=C, since=NOON - MINUTE, claim=False)
    passed = passing.left(replace(watch, entrusted=(call, place, others)), holder, NOON + 9 * HOUR, NOON)
    (relay,) = [each for each in passed.relays if each.kind is RelayKind.HANDOVER]
    assert (relay.jobs, relay.about_id, relay.ends_at) == ((7,), holder, at(20, day=20))
    assert passed.released == (place,)
    assert [(each.job_id, each.taker) for each in passed.carried] == [(7, None)]
    assert duty.on_duty(passed.watch.roster, NOON) != holder
    taker = relay.asked[0]
    offered = after(passed, call, others)
    (number,) = [each.id for each in offered.relays if each.cause == relay.cause]
    taken = passing.accepted(offered, number, taker, NOON + 1)
    assert [(each.job_id, each.taker) for each in taken.carried] == [(7, taker)]
    assert duty.on_duty(taken.watch.roster, NOON + 1) == taker
    assert taken.unfinished
    done = passing.looked(after(taken, replace(call, person_id=taker, since=NOON + 1)), NOON + 2)
    assert not done.unfinished
    assert all(each.due_at is None for each in done.relays)


THERE, OUT, OUT_JUST, OUT_BEFORE, LEFT = "there", "out", "just out", "out before", "left"


@pytest.mark.parametrize(
    ("called", "holder", "passed_on"),
    [
        ({}, None, False),  # nobody was called yet
        ({C: THERE}, None, False),
        ({C: OUT}, None, True),
        ({C: LEFT}, None, True),
        ({C: OUT, B: LEFT}, None, True),
        ({C: OUT, B: THERE}, None, False),  # somebody who is there was called at the same moment
        ({C: OUT_JUST}, None, True),  # called beside their word, without knowing of it
        ({C: OUT_JUST}, C, False),  # they took it in hand after their word
        ({C: OUT_BEFORE}, None, False),  # called although they were out, since nobody else was left
        ({C: OUT}, B, False),  # somebody has it in hand by now
    ],
)
def test_conformance_20_a_call_that_waits_for_whoever_is_out_alone_is_asked_of_the_next_in_line(
    called: dict[int, str], holder: int | None, passed_on: bool
) -> None:
    out = {
        OUT: (NOON, NOON + HOUR),
        OUT_JUST: (NOON - MINUTE - SECOND, NOON + HOUR),
        OUT_BEFORE: (NOON - 2 * MINUTE, NOON + HOUR),
    }
    people = [leader(who, out.get(called.get(who, THERE))) for who in (A, B, C, LAST)]
    watch = watched(committee(), NOON - HOUR)
    roster = committee(*(each for each in people if called.get(each.id) != LEFT))
    call = Entrusted(
        job_id=7, person_id=holder, since=NOON - MINUTE, claim=False, called=() if holder else tuple(called)
    )
    passed = passing.looked(replace(watch, roster=roster, entrusted=(call,)), NOON)
    made = [each for each in passed.relays if each.kind is RelayKind.HANDOVER and each.jobs]
    assert [each.jobs for each in made] == ([(7,)] if passed_on else [])
    if not passed_on:
        return
    (relay,) = made
    assert (relay.about_id, relay.ends_at) == (next(iter(called)), None)
    assert relay.asked[0] not in called
    assert [(each.job_id, each.taker) for each in passed.carried] == [(7, None)]
    again = passing.looked(after(passed, call), NOON + MINUTE)
    assert [each for each in again.relays if each.kind is RelayKind.HANDOVER] == []  # it is asked once
    offered = after(passed, call)
    (number,) = [each.id for each in offered.relays if each.cause == relay.cause]
    taken = passing.accepted(offered, number, relay.asked[0], NOON + MINUTE)
    assert [(each.job_id, each.taker) for each in taken.carried] == [(7, relay.asked[0])]
    theirs = replace(call, person_id=relay.asked[0], called=())
    assert not passing.looked(after(taken, theirs), NOON + 2 * MINUTE).unfinished


def test_after_somebodys_word_that_they_are_out_looks_follow_for_what_was_decided_beside_it() -> None:
    passed = passing.left(watched(committee(), NOON - HOUR), C, NOON + HOUR, NOON)
    looks: list[Micros] = []
    while passed.look_at <= NOON + 2 * MINUTE:
        looks.append(passed.look_at - NOON)
        passed = passing.looked(after(passed), passed.look_at)
    assert looks == [SECOND, 5 * SECOND, MINUTE]


def test_with_everybody_out_somebody_is_rung_all_the_same() -> None:
    out = [leader(number, (NOON - HOUR, NOON + HOUR)) for number in (A, B, C, LAST)]
    roster = committee(*out)
    assert duty.on_duty(roster, NOON) is None
    assert duty.line(roster, NOON) == ()
    assert duty.last_resort(roster, NOON) == (LAST,)
    assert duty.on_duty(roster, NOON + HOUR) is not None


def test_somebody_out_is_passed_over_until_then_and_has_their_later_shifts() -> None:
    first = duty.on_duty(committee(), at(9))
    assert first is not None
    people = [leader(each) for each in (A, B, C, LAST) if each != first]
    roster = committee(*people, leader(first, (at(8, 30), at(12, day=22))))
    pieces = duty.held(roster, at(9), at(9, day=26))
    theirs = [piece.starts_at for piece in pieces if piece.person_id == first]
    assert theirs
    assert min(theirs) >= at(12, day=22)
