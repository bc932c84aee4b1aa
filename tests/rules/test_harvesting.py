"""How much of doors and phones somebody may be shown: a limit a day, and an alarm for whoever takes jobs,
looks at them and gives them back."""

from dataclasses import replace

import pytest

from dispatch import harvesting, lifecycle
from dispatch.errors import ShownEnoughError
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import Priority
from dispatch.lately import LIMITS, Lately, Limits, Shown
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.people import Role
from dispatch.situation import Decision, Situation
from dispatch.verbs import AnswerKey, Command, Verb
from tests.rules import builders
from tests.rules.builders import DISTANCES, NOW, STAFF
from tests.rules.plays import ANA


def open_to_all(priority: Priority = Priority.URGENT) -> Situation:
    """A job that hides nothing."""
    return builders.situation(hides=frozenset(), priority=priority)


def hiding(priority: Priority = Priority.URGENT) -> Situation:
    """A job that shows a door to whoever takes it."""
    book = builders.playbook(reveal=frozenset({"unit"}))
    return builders.situation(book, hides=frozenset({"unit"}), priority=priority)


def lately(*given_back: Micros | None, limits: Limits = LIMITS) -> Lately:
    """Other jobs that were shown, and when they were given back."""
    shown = [Shown(job_id=1000 + number, given_back_at=at) for number, at in enumerate(given_back)]
    return Lately(shown=shown, limits=limits)


def does(situation: Situation, verb: Verb, seen: Lately, actor: int = ANA) -> Decision:
    command = Command(verb=verb, actor=actor)
    return lifecycle.decide(situation, command, NOW, DISTANCES, {}, seen)


@pytest.mark.parametrize(
    ("shown", "priority", "hides", "takes"),
    [
        (LIMITS.a_day - 1, Priority.URGENT, True, True),
        (LIMITS.a_day, Priority.URGENT, True, False),
        (LIMITS.a_day + 5, Priority.NORMAL, True, False),
        (LIMITS.a_day + 5, Priority.LIFE, True, True),
        (LIMITS.a_day + 5, Priority.URGENT, False, True),
    ],
    ids=["below", "at the limit", "above", "a life at stake", "nothing to show"],
)
def test_nobody_is_shown_more_doors_a_day_than_the_limit(
    shown: int, priority: Priority, hides: bool, takes: bool
) -> None:
    situation = hiding(priority=priority) if hides else open_to_all(priority=priority)
    seen = lately(*([None] * shown))
    if takes:
        answer = does(situation, Verb.CLAIM, seen).answer
        assert answer is not None
        assert answer.key is AnswerKey.WON
    else:
        with pytest.raises(ShownEnoughError) as caught:
            does(situation, Verb.CLAIM, seen)
        assert caught.value.params == {"limit": LIMITS.a_day}


def test_a_job_that_was_shown_already_is_no_new_one() -> None:
    situation = hiding()
    shown = [*lately(*([None] * (LIMITS.a_day - 1))).shown, Shown(job_id=situation.job.id, given_back_at=NOW)]
    assert does(situation, Verb.CLAIM, Lately(shown=shown)).changed


def test_the_desk_has_no_limit() -> None:
    assert does(hiding(), Verb.CLAIM, lately(*([None] * 99)), actor=STAFF).changed


RECENT, OLD = NOW - 59 * MINUTE, NOW - HOUR


@pytest.mark.parametrize(
    ("given_back", "doubted"),
    [
        ((), False),
        ((RECENT,), False),
        ((RECENT, None, None), False),
        ((RECENT, OLD), False),
        ((RECENT, RECENT), True),
        ((RECENT, RECENT, RECENT), True),
    ],
    ids=["the first", "the second", "others are kept", "one is long ago", "the third", "the fourth"],
)
def test_the_third_job_given_back_within_the_hour_tells_the_desk(
    given_back: tuple[Micros | None, ...], doubted: bool
) -> None:
    taken = does(hiding(), Verb.CLAIM, lately()).after
    decision = does(taken, Verb.RELEASE, lately(*given_back))
    found = [event for event in decision.events if event.kind is EventKind.DOUBTED]
    told = {who for each in decision.notices if each.kind is NoticeKind.DOUBT for who in each.people}
    assert bool(found) is doubted
    assert told == (set(taken.roster.desk) if doubted else set())
    if found:
        assert found[0].data == {"person": ANA, "count": len(given_back) + 1}


@pytest.mark.parametrize(
    ("hides", "by", "trusted"),
    [(False, ANA, True), (True, STAFF, True), (True, ANA, False)],
    ids=["nothing was shown", "staff took it from them", "nobody vouches for them"],
)
def test_what_was_no_looking_at_doors_puts_nobody_in_doubt(hides: bool, by: int, trusted: bool) -> None:
    situation = hiding() if hides else open_to_all()
    taken = does(situation, Verb.CLAIM, lately()).after
    people = {**taken.roster.people, ANA: replace(taken.roster.people[ANA], trusted=trusted)}
    taken = replace(taken, roster=replace(taken.roster, people=people))
    command = Command(verb=Verb.RELEASE, actor=by, person=ANA)
    decision = lifecycle.decide(taken, command, NOW, DISTANCES, {}, lately(RECENT, RECENT))
    assert decision.changed
    assert not any(event.kind is EventKind.DOUBTED for event in decision.events)


def test_what_somebody_was_shown_is_asked_only_where_it_matters() -> None:
    ana, staff = builders.roster().people[ANA], builders.roster().people[STAFF]
    claim, start = (Command(verb=verb, actor=ANA) for verb in (Verb.CLAIM, Verb.START))
    assert harvesting.asks(ana, claim)
    assert not harvesting.asks(ana, start)
    assert not harvesting.asks(replace(ana, trusted=False), claim)
    assert not harvesting.asks(staff, claim)
    assert not harvesting.asks(builders.person(77, Role.SECRETARY), claim)


def test_where_time_runs_faster_an_hour_is_shorter() -> None:
    paced = Limits(pace=10)
    assert (paced.hour, paced.day) == (6 * MINUTE, 144 * MINUTE)
    taken = does(hiding(), Verb.CLAIM, lately()).after
    seen = lately(NOW - 7 * MINUTE, NOW - 7 * MINUTE, limits=paced)
    assert not any(event.kind is EventKind.DOUBTED for event in does(taken, Verb.RELEASE, seen).events)
