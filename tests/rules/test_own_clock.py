"""A rung that keeps asking on its own clock: beside the sequence, until somebody has it in hand."""

from dataclasses import replace

import pytest

from dispatch import lifecycle, outbox
from dispatch.jobs import CallCause, Correction, Priority
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.people import Rung
from dispatch.playbook import Playbook
from dispatch.situation import Decision
from dispatch.verbs import Command, Verb
from tests.rules import builders
from tests.rules.builders import DEPUTY, DISTANCES, OFFICE, STAFF, Play

EVERY = 4 * MINUTE
FIRST = 7 * MINUTE + 9 * MINUTE
"""The group has had its time, and the three rungs before the office theirs."""
LOOP = FIRST + 5 * MINUTE
"""As long again as an urge waits, then the sequence begins anew."""


def clocked(every: Micros = EVERY, **fields: object) -> Playbook:
    book = builders.playbook(**fields)
    office = replace(book.rungs[-1], every=every)
    return replace(book, rungs=(*book.rungs[:-1], office))


def play(every: Micros = EVERY, **fields: object) -> Play:
    return Play(builders.situation(clocked(every, **fields)))


def called_office(play: Play) -> list[Micros]:
    """When the office was called, counted from the posting."""
    return [ask.at - builders.NOW for ask in play.state.asks if ask.person_id == OFFICE]


def again(play: Play) -> list[tuple[Micros, object]]:
    """When the rung was called by its own clock, and which time that was."""
    return [
        (event.at - builders.NOW, event.data["number"])
        for decision in play.decisions
        for event in decision.events
        if event.kind.value == "rung_again"
    ]


@pytest.mark.parametrize(
    ("lived", "expected"),
    [
        (FIRST - 1, []),
        (FIRST, [FIRST]),
        (FIRST + EVERY - 1, [FIRST]),
        (FIRST + EVERY, [FIRST, FIRST + EVERY]),
        (FIRST + 3 * EVERY, [FIRST + n * EVERY for n in range(4)]),
    ],
)
def test_once_called_it_is_called_again_at_its_time_and_never_earlier(
    lived: Micros, expected: list[Micros]
) -> None:
    one = play()
    one.lives(lived)
    assert called_office(one) == expected
    assert [number for _, number in again(one)] == list(range(2, len(expected) + 1))


def test_the_sequence_goes_on_as_it_would_without_it() -> None:
    """Waves, other rungs, loops and exhaustion: every other entry is the same, at the same moment."""
    alone, beside = Play(), play()
    for each in (alone, beside):
        each.lives(2 * LOOP + 35 * MINUTE)

    def others(one: Play) -> list[tuple[str, Micros, object, object]]:
        return [
            (event.kind.value, event.at, event.data.get("to"), event.data.get("rung"))
            for decision in one.decisions
            for event in decision.events
            if event.kind.value != "rung_again"
        ]

    assert others(alone) == others(beside)
    assert len(again(beside)) > 3


def test_what_calls_its_people_anyway_puts_its_clock_off() -> None:
    one = play(every=LOOP)
    one.lives(LOOP + FIRST)
    assert called_office(one) == [FIRST, FIRST + LOOP]
    assert again(one) == []  # the sequence came back to it in the same moment
    assert one.job.calling.calls == 2
    assert one.job.calling.again_at == one.now + LOOP


def test_exhausted_everybody_is_called_and_nobody_of_them_twice() -> None:
    one = play(every=10 * MINUTE)
    one.lives(2 * LOOP + HOUR)
    times = called_office(one)
    assert len(times) == len(set(times))
    exhausted = 2 * LOOP
    assert [at for at, _ in again(one) if at > exhausted] == []  # everybody is called as often


@pytest.mark.parametrize("missed", [EVERY, 3 * EVERY, 10 * EVERY])
def test_overdue_ones_after_an_outage_are_one_call_and_the_next_counts_from_then(missed: Micros) -> None:
    one = play(every=EVERY, loops=50)
    one.lives(FIRST)
    decision = one.passes(missed)
    kinds = [event.kind.value for event in decision.events]
    office = [event for event in decision.events if event.data.get("rung") == Rung.OFFICE.value]
    assert kinds.count("rung_again") <= 1
    assert one.job.calling.again_at == one.now + EVERY
    assert office
    rows = outbox.owed(decision)
    assert len({row.address_id for row in rows}) == len(rows)
    assert not one.look().changed


def test_one_step_of_it_is_decided_once_however_often_it_is_looked_at() -> None:
    one = play()
    one.lives(FIRST)
    one.now += EVERY
    assert [event.kind.value for event in one.look().events] == ["rung_again"]
    assert not one.look().changed
    steps = [
        (event.loop, event.step)
        for decision in one.decisions
        for event in decision.events
        if event.step is not None
    ]
    assert len(steps) == len(set(steps))


ENDINGS = [
    ("acknowledged", STAFF, Verb.ACKNOWLEDGE),
    ("taken", 1, Verb.CLAIM),
    ("cancelled", STAFF, Verb.CANCEL),
    ("done", STAFF, Verb.COMPLETE),
]


@pytest.mark.parametrize(("_what", "who", "verb"), ENDINGS, ids=[each[0] for each in ENDINGS])
def test_it_asks_no_more_once_somebody_has_it_or_it_is_over(_what: str, who: int, verb: Verb) -> None:
    one = play()
    one.lives(FIRST + EVERY - 1)
    one.does(who, verb)
    assert one.job.calling.again_at is None
    one.lives(4 * MINUTE)
    assert again(one) == []


def test_a_lapse_starts_it_again() -> None:
    one = play()
    one.lives(FIRST)
    one.does(OFFICE, Verb.ACKNOWLEDGE)
    one.lives(10 * MINUTE)  # urged after five, and silent for five more
    assert "lapsed" in one.events()
    assert one.job.calling.again_at == one.now + EVERY
    one.lives(EVERY)
    assert again(one) == [(FIRST + 10 * MINUTE + EVERY, 2)]


def test_a_rung_that_was_not_reached_yet_has_no_clock() -> None:
    one = play()
    one.lives(FIRST - 1)
    one.does(DEPUTY, Verb.ACKNOWLEDGE)
    one.lives(10 * MINUTE - 1)
    assert one.job.calling.again_at is None
    assert one.job.calling.calls == 0


def test_a_new_call_counts_afresh() -> None:
    one = play()
    one.lives(FIRST + EVERY)
    assert one.job.calling.calls == 2
    one.does(1, Verb.CLAIM)
    one.does(1, Verb.RELEASE)
    assert (one.job.calling.again_at, one.job.calling.calls) == (None, 0)
    one.lives(FIRST)
    assert one.job.calling.calls == 1


def test_where_nobody_stands_on_it_any_more_it_says_so_once() -> None:
    one = play()
    one.lives(FIRST)
    people = one.state.roster
    gone = {ident: each for ident, each in people.people.items() if ident != OFFICE}
    one.state = replace(one.state, roster=replace(people, people=gone))
    one.lives(EVERY)
    assert one.decisions[-1].events[-1].kind.value == "rung_empty"
    assert one.job.calling.again_at is None
    assert one.job.calling.due_at is not None


def test_a_call_for_help_keeps_asking_as_well() -> None:
    one = play()
    one.does(1, Verb.CLAIM)
    one.does(1, Verb.HELP)
    one.lives(9 * MINUTE + EVERY)
    assert one.job.calling.cause is CallCause.HELP
    assert [at for at, _ in again(one)] == [9 * MINUTE + EVERY]
    one.does(STAFF, Verb.SETTLE)
    assert one.job.calling.again_at is None


def test_another_kind_counts_by_its_own_playbook() -> None:
    one = play(kind="general", priority=Priority.NORMAL)
    one.does(1, Verb.CLAIM)
    one.does(1, Verb.HELP)
    one.lives(9 * MINUTE)
    other = builders.playbook(kind="other", digest="d2")
    corrected = _corrected(one, other)
    assert (corrected.after.job.calling.again_at, corrected.after.job.calling.calls) == (None, 0)
    assert corrected.after.job.calling.running


def _corrected(one: Play, book: Playbook) -> Decision:
    command = Command(verb=Verb.CORRECT, actor=STAFF, correction=Correction(kind=book.kind))
    return lifecycle.decide(one.state, command, one.now, DISTANCES, {book.kind: book})
