"""The judge of `make chaos` is judged: a true ledger passes, and whatever a storm could do to one is found.

The ledgers are the program's own, decided by its rules while the clock is set by hand."""

import random
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dispatch import playbook_file
from dispatch.errors import DispatchError
from dispatch.moments import SECOND, Micros
from dispatch.verbs import Verb
from tests.chaos.storm import scripts
from tests.chaos.storm.diary import Diary
from tests.chaos.storm.model import LOST, TWICE, Entry, Fault, check
from tests.chaos.storm.scripts import LIFE, SCRIPTS, URGENT, Script
from tests.rules import builders
from tests.rules.builders import DEPUTY, DIRECTOR, NOW, STAFF, Play

WINDOW = 5 * SECOND

LEADERS = (DEPUTY, DIRECTOR)

VERBS = (Verb.CLAIM, Verb.CLAIM, Verb.RELEASE, Verb.FINISH, Verb.ACKNOWLEDGE)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The playbooks as the program reads them."""
    folder = tmp_path_factory.mktemp("storm") / "playbooks"
    scripts.write(folder)
    return folder


def play(books: Path, script: Script) -> Play:
    file = f"{script.kind}.toml"
    book = playbook_file.parse(file, tomllib.loads((books / file).read_text(encoding="utf-8")))
    return Play(builders.situation(book))


def ledger(played: Play) -> list[Entry]:
    """What the store would have written."""
    events = [event for decision in played.decisions for event in decision.events]
    return [
        Entry(version, event.kind.value, event.at, event.actor_id, event.loop, event.step, event.data)
        for version, event in enumerate(events, 1)
    ]


def judged(script: Script, entries: Sequence[Entry], end: Micros, diary: Diary | None = None) -> Fault | None:
    return check(script, entries, (diary or Diary()).healthy, end, WINDOW)


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("seed", range(12))
def test_whatever_people_do_the_models_foretelling_is_what_the_rules_decide(
    books: Path, kind: str, seed: int
) -> None:
    chance, played = random.Random(seed), play(books, SCRIPTS[kind])  # noqa: S311 - no secret
    for _ in range(25):
        played.lives(round(chance.uniform(0, 3) * SECOND))
        verb = chance.choice(VERBS)
        actor = chance.choice(LEADERS if verb is Verb.ACKNOWLEDGE else builders.VOLUNTEERS[:4])
        try:
            played.does(actor, verb)
        except DispatchError:
            assert played.decisions  # not theirs to do: nothing changed
    played.does(STAFF, Verb.COMPLETE)
    assert judged(SCRIPTS[kind], ledger(played), played.now) is None


def test_a_ladder_that_was_missed_as_a_whole_is_excused_by_the_diary_and_by_nothing_else(books: Path) -> None:
    played = play(books, URGENT)
    played.passes(9 * SECOND)
    diary = Diary(spans=[(NOW, NOW + 8 * SECOND)])
    assert judged(URGENT, ledger(played), played.now, diary) is None
    fault = judged(URGENT, ledger(played), played.now)
    assert fault is not None
    assert (fault.what, "late by" in fault.why) == (LOST, True)


Harm = Callable[[list[Entry]], list[Entry]]


def without(kind: str) -> Harm:
    """An entry is gone, and all that follow are numbered as if it had never been."""

    def harm(entries: list[Entry]) -> list[Entry]:
        gone = next(entry for entry in entries if entry.kind == kind)
        left = [entry for entry in entries if entry is not gone]
        return [
            entry._replace(
                version=version,
                step=entry.step - 1
                if entry.step is not None
                and gone.step is not None
                and entry.loop == gone.loop
                and entry.step > gone.step
                else entry.step,
            )
            for version, entry in enumerate(left, 1)
        ]

    return harm


def doubled(kind: str) -> Harm:
    """An entry is there twice, as two steps."""

    def harm(entries: list[Entry]) -> list[Entry]:
        at = next(number for number, entry in enumerate(entries) if entry.kind == kind)
        one = entries[at]
        again = one._replace(step=None if one.step is None else one.step + 1)
        more = [*entries[: at + 1], again, *entries[at + 1 :]]
        return [entry._replace(version=version) for version, entry in enumerate(more, 1)]

    return harm


def moved(kind: str, by: Micros) -> Harm:
    def harm(entries: list[Entry]) -> list[Entry]:
        return [entry._replace(at=entry.at + by) if entry.kind == kind else entry for entry in entries]

    return harm


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (without("called"), LOST),
        (without("asked"), LOST),
        (without("repeated"), LOST),
        (without("reopened"), LOST),
        (lambda entries: [entry for entry in entries if entry.version != 3], LOST),
        (doubled("called"), TWICE),
        (doubled("exhausted"), TWICE),
        (without("rung_again"), LOST),
        (doubled("rung_again"), TWICE),
        (moved("rung_again", -1), TWICE),
        (doubled("claimed"), TWICE),
        (doubled("closed"), TWICE),
        (moved("repeated", -1), TWICE),
        (moved("exhausted", 6 * SECOND), LOST),
        (lambda entries: entries[:5], LOST),
    ],
    ids=[
        "a_rung_is_missing",
        "a_wave_is_missing",
        "a_repeat_is_missing",
        "a_reopening_is_missing",
        "a_version_is_missing",
        "a_rung_twice",
        "exhausted_twice",
        "the_office_is_not_asked_again",
        "the_office_is_asked_twice",
        "the_office_is_asked_early",
        "two_have_the_place",
        "closed_twice",
        "a_microsecond_early",
        "six_seconds_late",
        "nothing_any_more",
    ],
)
def test_what_a_storm_could_do_to_a_ledger_is_found(books: Path, harm: Harm, what: str) -> None:
    played = play(books, URGENT)
    played.lives(3 * SECOND)
    played.does(1, Verb.CLAIM)
    played.does(1, Verb.RELEASE)
    played.lives(20 * SECOND)
    played.does(STAFF, Verb.COMPLETE)
    entries = ledger(played)
    assert judged(URGENT, entries, played.now) is None
    fault = judged(URGENT, harm(entries), played.now)
    assert fault is not None
    assert fault.what == what, fault


def test_where_life_is_at_stake_staff_are_called_by_the_decision_that_posted_it(books: Path) -> None:
    played = play(books, LIFE)
    entries = ledger(played)
    assert [entry.whom for entry in entries if entry.kind == "called"] == ["staff", "duty"]
    assert judged(LIFE, entries, played.now) is None
    fault = judged(LIFE, without("called")(entries), played.now)
    assert fault is not None
    assert fault.what == LOST
