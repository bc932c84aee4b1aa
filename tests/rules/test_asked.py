"""Who was asked and what became of it, line by line, as the desk reads it."""

from dataclasses import replace

import pytest

from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.playbook import Needs, Seeking
from dispatch.policies.counts import Row
from dispatch.policies.record import Record
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers import asked
from handlers.scene import Scene
from tests.rules import builders
from tests.rules.builders import NOW, STAFF, Play
from tests.rules.card_scenes import CATALOGS, view

DAY = 24 * HOUR
FAR = 4
"""Whoever lives three buildings on: 285 m, three minutes."""


def lines(play: Play, language: str, after: Micros = 3 * MINUTE) -> tuple[str, ...]:
    return asked.lines(Scene(view(play, STAFF, Relation.DESK), CATALOGS.texts(language), NOW + after))


def sought(last: Micros | None, *, rests: int | None = 3, vehicle: bool = True) -> Play:
    """A policy asks somebody who said yes 4 of 6 times; nobody else may be asked."""
    book = builders.playbook(
        seeking=Seeking(policy="adaptive", within=4 * MINUTE, chance=0.99, answers=MINUTE),
        needs=Needs(vehicle=vehicle),
    )
    roster = builders.roster()
    leaders = {who: each for who, each in roster.people.items() if who not in builders.VOLUNTEERS}
    people = {**leaders, FAR: replace(roster.people[FAR], vehicle="car")}
    addresses = tuple(each for each in roster.addresses if each.person_id in people)
    start = builders.situation(book, replace(roster, people=people, addresses=addresses))
    row = Row(person_id=FAR, facet="", bucket=0, asked=6, accepted=4, refused=1)
    record = Record(rows=[row], rests={} if rests is None else {FAR: rests})
    return Play(replace(start, record=record, asked_last={} if last is None else {FAR: last}))


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (
            "en",
            "P4 · 4号楼 · asked 3 min ago, no answer yet · because: 3 min away, has a vehicle, "
            "said yes 4 of 6 times, last asked 2 days ago",
        ),
        (
            "zh_CN",
            "P4 · 4号楼 · 3分钟前问的，还没回复 · 因为：走路3分钟、有车、问过6次、答应4次、上次问是2天前",
        ),
    ],
)
def test_why_somebody_was_asked_is_one_line(language: str, line: str) -> None:
    assert lines(sought(NOW - 2 * DAY - 5 * HOUR), language) == (line,)


@pytest.mark.parametrize(
    ("last", "rests", "said"),
    [
        (NOW - DAY - 23 * HOUR, 3, "last asked 1 day ago"),
        (NOW - 5 * HOUR - 59 * MINUTE, 3, "last asked 5 hr ago"),
        (NOW - 20 * MINUTE, None, "last asked 20 min ago"),
        (NOW, 3, "last asked less than a minute ago"),
        (None, 3, "asked or at work 3 jobs ago"),
        (None, None, "never asked before"),
        (None, 1, "said yes 4 of 6 times"),
    ],
)
def test_how_rested_somebody_is_stands_in_its_largest_unit(
    last: Micros | None, rests: int | None, said: str
) -> None:
    (line,) = lines(sought(last, rests=rests), "en")
    assert line.endswith(said)


def test_a_vehicle_is_a_reason_only_where_one_is_needed() -> None:
    (line,) = lines(sought(NOW - DAY, vehicle=False), "en")
    assert "vehicle" not in line


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("has it", "on the waitlist", "not this time", "asked 3 min ago, no answer yet")),
        ("zh_CN", ("已接单", "在候补", "这次不行", "3分钟前问的，还没回复")),
    ],
)
def test_what_became_of_each_who_was_asked_while_somebody_waits(language: str, said: tuple[str, ...]) -> None:
    play = Play(builders.situation(priority=Priority.LIFE))
    for who, verb in ((3, Verb.REFUSE), (1, Verb.CLAIM), (2, Verb.CLAIM)):
        play.does(who, verb)
    told = lines(play, language)
    assert told[:4] == tuple(f"P{who} · {who}号楼 · {each}" for who, each in enumerate(said, 1))
