"""What simulated people do, and when jobs come in: the shares that were promised, from one seed."""

from collections import Counter
from dataclasses import replace
from random import Random
from statistics import median

import pytest

from bot.crowd import rhythm
from bot.crowd.habits import DEMO, Dice
from bot.crowd.minds import Mind, Place, Stage
from bot.playbooks import load_playbooks
from dispatch import walking
from dispatch.events import NoticeKind
from dispatch.geography import Point
from dispatch.jobs import JobStatus, Outcome
from dispatch.moments import SECOND
from dispatch.people import Role
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers.messages import Action, Card, Choice, Tone
from tests.rules.builders import Play, person, situation
from tests.rules.card_scenes import see

DRAWS = 4_000
NOWHERE = Place(None, None)


def card(*verbs: Verb, choices: tuple[Choice, ...] = ()) -> Card:
    actions = tuple(
        Action(verb=verb, job_id=1, version=7, label=verb.value, choices=choices) for verb in verbs
    )
    return Card(job_id=1, version=7, tone=Tone.URGENT, title="", badge="", state="", actions=actions)


def mind(**changes: float) -> Mind:
    return Mind(Dice(Random(1), replace(DEMO, **changes)), {12})  # noqa: S311 - the same people each time


def test_of_those_asked_most_are_silent_some_claim_and_some_refuse() -> None:
    asked = mind()
    drawn = [asked.asked(card(Verb.CLAIM, Verb.REFUSE)) for _ in range(DRAWS)]
    counts = Counter(None if intent is None else intent.verb for intent in drawn)
    assert counts[Verb.CLAIM] / DRAWS == pytest.approx(DEMO.accepts, abs=0.03)
    assert counts[Verb.REFUSE] / DRAWS == pytest.approx(DEMO.refuses, abs=0.03)
    times = [intent.after_s for intent in drawn if intent is not None]
    assert median(times) == pytest.approx(DEMO.answer_s, rel=0.15)
    assert max(times) > 5 * DEMO.answer_s  # some are very late


def test_nobody_claims_where_there_is_no_button_for_it() -> None:
    asked = mind(accepts=1.0)
    assert asked.asked(card(Verb.REFUSE)) is None


def test_the_work_goes_on_button_by_button_with_the_cards_version() -> None:
    working = mind(falls_silent=0.0, gives_back=0.0, needs_help=0.0)
    for verbs in ((Verb.START, Verb.ARRIVE, Verb.FINISH), (Verb.ARRIVE, Verb.FINISH), (Verb.FINISH,)):
        shown = card(*verbs, Verb.RELEASE, Verb.HELP)
        stage = working.stage(shown)
        assert stage == Stage(verb=verbs[0])
        intent = working.at_work(shown, stage, NOWHERE)
        assert intent is not None
        assert (intent.verb, intent.version) == (stage.verb, 7)


@pytest.mark.parametrize(
    ("habit", "verbs", "expected"),
    [
        ("falls_silent", (Verb.START,), None),
        ("gives_back", (Verb.START,), Verb.RELEASE),
        ("needs_help", (Verb.FINISH,), Verb.HELP),
    ],
)
def test_not_everybody_who_takes_a_job_does_it(
    habit: str, verbs: tuple[Verb, ...], expected: Verb | None
) -> None:
    calm = {"falls_silent": 0.0, "gives_back": 0.0, "needs_help": 0.0}
    intent = mind(**{**calm, habit: 1.0}).at_work(card(*verbs), Stage(verb=verbs[0]), NOWHERE)
    assert (None if intent is None else intent.verb) is expected


def test_the_way_is_as_long_as_the_map_says() -> None:
    dice = Dice(Random(1))  # noqa: S311 - as above
    home, place = Point(lat=31.2, lon=121.47), Point(lat=31.2, lon=121.4721)
    assert dice.walk(home, place) == pytest.approx(200 * 1.3 / 1.8, rel=0.02)


def test_an_urged_leader_gives_the_job_to_one_of_the_crowd_and_to_nobody_else() -> None:
    choices = (Choice(value="9", label="real"), Choice(value="12:3", label="simulated"))
    leader = mind(leader_assigns=1.0)
    intent = leader.called(card(Verb.ASSIGN, choices=choices), NoticeKind.URGE, person(1, Role.STAFF))
    assert intent is not None
    assert (intent.verb, intent.choice) == (Verb.ASSIGN, "12:3")


def test_a_leader_who_does_not_answer_lets_the_ladder_go_on() -> None:
    shown = card(Verb.ACKNOWLEDGE)
    assert mind(leader_answers=0.0).called(shown, NoticeKind.ALERT, person(1, Role.SECRETARY)) is None
    answer = mind(leader_answers=1.0).called(shown, NoticeKind.ALERT, person(1, Role.SECRETARY))
    assert answer is not None
    assert answer.verb is Verb.ACKNOWLEDGE


def test_a_day_brings_as_many_jobs_as_the_field_notes_say_and_fewer_at_night() -> None:
    hours = [rhythm.interval_s(hour * 3600) for hour in range(24)]
    assert sum(3600 / interval for interval in hours) == pytest.approx(rhythm.JOBS_A_DAY)
    assert rhythm.interval_s(18 * 3600) > 5 * rhythm.interval_s(0)


def test_every_message_of_the_crowd_is_understood_as_its_kind() -> None:
    shares = [share for share, _ in rhythm.KINDS.values()]
    assert sum(shares) == pytest.approx(1.0)
    said = Counter(rhythm.message(Random(seed), ["3号楼502"]) for seed in range(300))  # noqa: S311 - as above
    assert all(text.startswith("3号楼502 ") for text in said)
    assert len(said) == sum(len(texts) for _, texts in rhythm.KINDS.values())


@pytest.mark.parametrize("seed", range(20))
def test_a_welfare_check_is_walked_step_by_step_to_its_end_and_never_tapped_past(seed: int) -> None:
    book = load_playbooks(None)["welfare_check"]
    dice = Dice(Random(seed), replace(DEMO, falls_silent=0.0, gives_back=0.0, needs_help=0.0))  # noqa: S311 - as above
    walker, play, found = Mind(dice, ()), Play(situation(book)), 0
    play.does(1, Verb.CLAIM)
    for _ in range(60):
        shown = see(play, 1, Relation.CLAIMER)
        stage = walker.stage(shown)
        assert stage is not None
        intent = walker.at_work(shown, stage, NOWHERE)
        assert intent is not None
        assert intent.verb is not Verb.FINISH
        play.lives(round(intent.after_s * SECOND))
        asked = walking.current(play.job, book)
        if intent.verb is Verb.FIND and asked is not None and not intent.choice.startswith(f"{asked.key}."):
            continue  # the step's own time was over first, and they look again
        play.does(1, intent.verb, finding=intent.choice)
        found += intent.verb is Verb.FIND
        if play.job.status is JobStatus.CLOSED:
            break
    assert (play.job.outcome, found >= 2) == (Outcome.DONE, True)
