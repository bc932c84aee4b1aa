"""A policy says whom to ask: beside the ladder's clock, until somebody is found or everybody was asked."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import seeking, sequences
from dispatch.claims import Because
from dispatch.events import EventKind
from dispatch.jobs import CallCause, Priority
from dispatch.moments import HOUR, MINUTE, SECOND, from_datetime
from dispatch.pauses import UNTIL_SAID
from dispatch.playbook import Playbook, RungCall, Seeking, WaveTo
from dispatch.playbook_file import from_json, paced, to_json
from dispatch.policies.counts import Row
from dispatch.policies.record import Record
from dispatch.situation import SurroundingsUnknownError
from dispatch.verbs import Verb
from tests.rules import builders
from tests.rules.builders import NOW, Play


def book(policy: str = "adaptive", **fields: object) -> Playbook:
    return builders.playbook(
        seeking=Seeking(policy=policy, within=4 * MINUTE, chance=0.99, answers=MINUTE), **fields
    )


def asked(play: Play) -> list[int]:
    return [ask.person_id for ask in play.state.asks if not ask.leader]


def test_the_counted_waves_give_way_and_what_follows_them_keeps_its_time() -> None:
    counted = sequences.sequence(builders.playbook(), Priority.NORMAL, CallCause.UNCLAIMED)
    sought = sequences.sequence(book(), Priority.NORMAL, CallCause.UNCLAIMED)
    assert sought == tuple(
        entry for entry in counted if isinstance(entry.what, RungCall) or entry.what.to is WaveTo.GROUP
    )


@pytest.mark.parametrize(
    ("policy", "priority", "seeks"),
    [
        ("adaptive", Priority.NORMAL, True),
        ("adaptive", Priority.URGENT, True),
        ("adaptive", Priority.LIFE, False),
        ("of_a_later_release", Priority.NORMAL, False),
    ],
)
def test_a_life_at_stake_and_a_policy_that_nobody_knows_leave_it_to_the_waves(
    policy: str, priority: Priority, seeks: bool
) -> None:
    assert seeking.seeks(book(policy), priority) is seeks
    play = Play(builders.situation(book(policy), priority=priority))
    assert (play.job.calling.seek_at is not None) is seeks
    if not seeks:  # the counted waves: both at once, or the first of them
        assert len(asked(play)) == (5 if priority is Priority.LIFE else 2)


@pytest.mark.parametrize(
    ("policy", "priority", "more"),
    [
        ("refusals", Priority.NORMAL, 1),
        ("one_at_a_time", Priority.URGENT, 1),
        ("adaptive", Priority.NORMAL, 1),
        ("adaptive", Priority.URGENT, 1),
        ("fixed", Priority.NORMAL, 0),
        ("waves", Priority.NORMAL, 0),
        ("rested", Priority.NORMAL, 0),
        ("likely", Priority.NORMAL, 0),
        ("refusals", Priority.LIFE, 0),  # the counted waves ask, all of them at once
        (None, Priority.URGENT, 0),
    ],
)
def test_who_follows_a_refusal_in_the_same_decision(
    policy: str | None, priority: Priority, more: int
) -> None:
    asks = builders.playbook() if policy is None else book(policy)
    play = Play(builders.situation(asks, priority=priority))
    first = asked(play)
    play.does(first[0], Verb.REFUSE)
    assert len(asked(play)) == len(first) + more
    assert first[0] not in asked(play)[1:]


def test_silence_asks_more_and_the_log_says_how_many() -> None:
    play = Play(builders.situation(book()))
    few = len(asked(play))
    play.passes(3 * MINUTE)
    assert len(asked(play)) > few
    told = [e for d in play.decisions for e in d.events if e.kind is EventKind.ASKED]
    assert sum(int(event.data["count"]) for event in told) == len(asked(play))
    assert {event.data["to"] for event in told} == {"policy"}
    assert all(int(event.data["count"]) for event in told), "a look that asks nobody is no step"


def test_somebody_who_takes_it_ends_the_search_and_giving_it_back_begins_another() -> None:
    play = Play(builders.situation(book()))
    play.does(asked(play)[0], Verb.CLAIM)
    assert play.job.calling.seek_at is None
    before = len(asked(play))
    play.passes(3 * MINUTE)
    assert len(asked(play)) == before
    play.does(asked(play)[0], Verb.RELEASE)
    assert play.job.calling.seek_at is not None


def test_when_those_who_were_to_be_asked_are_gone_it_is_looked_at_once_more_and_no_oftener() -> None:
    play = Play(builders.situation(book()))
    seek_at = play.job.calling.seek_at
    assert seek_at is not None
    resting = {who: replace(each, paused_until=UNTIL_SAID) for who, each in play.state.roster.people.items()}
    play.state = replace(play.state, roster=replace(play.state.roster, people=resting))
    play.passes(seek_at - play.now)
    assert play.job.calling.seek_at is None
    assert not play.look().changed


def test_where_nobody_may_be_asked_the_ladder_does_not_wait_for_them() -> None:
    people = builders.roster()
    leaders = {who: each for who, each in people.people.items() if who not in builders.VOLUNTEERS}
    addresses = tuple(each for each in people.addresses if each.person_id in leaders)
    play = Play(builders.situation(book(), replace(people, people=leaders, addresses=addresses)))
    assert [event.kind for d in play.decisions for event in d.events][-1] is EventKind.CALLED
    assert play.now == NOW


def test_why_somebody_was_asked_is_kept_with_it() -> None:
    row = Row(person_id=1, facet="", bucket=0, asked=6, accepted=4, refused=1)
    record, before = Record(rows=[row], rests={1: 3}), {1: NOW - HOUR}
    start = replace(builders.situation(book()), record=record, asked_last=before)
    (ask, *_) = [ask for ask in Play(start).state.asks if ask.person_id == 1]
    assert ask.because == Because(walk=0, accepted=4, asked=6, rest=3, last=NOW - HOUR)


@pytest.mark.parametrize(
    ("clock", "timezone", "facet"),
    [
        ("22:59", "Asia/Shanghai", "day"),
        ("23:00", "Asia/Shanghai", "night"),
        ("00:00", "Asia/Shanghai", "night"),
        ("06:59", "Asia/Shanghai", "night"),
        ("07:00", "Asia/Shanghai", "day"),
        ("23:30", "Europe/London", "night"),
        ("12:00", "Europe/London", "day"),
    ],
)
def test_answers_are_learned_by_day_or_night_where_the_committee_is_and_by_kind(
    clock: str, timezone: str, facet: str
) -> None:
    local = datetime.fromisoformat(f"2026-07-01T{clock}").replace(tzinfo=ZoneInfo(timezone))
    assert seeking.facets_at(from_datetime(local), timezone, "general") == (facet, "kind:general")


@pytest.mark.parametrize("missing", ["record", "present", "busy"])
def test_without_what_a_policy_weighs_nobody_is_chosen(missing: str) -> None:
    situation = replace(builders.situation(book()), **{missing: None})  # type: ignore[arg-type]  # a field by its name
    with pytest.raises(SurroundingsUnknownError):
        seeking.next_wave(situation, NOW, NOW)


def test_whoever_cannot_be_rung_is_shown_to_the_policy_behind_those_who_can() -> None:
    situation = builders.situation(book("one_at_a_time"))
    there = frozenset(situation.present or ()) - {1, 2}
    assert seeking.next_wave(replace(situation, present=there), NOW, NOW).people == (3,)


def test_the_playbook_keeps_it_and_a_demo_shortens_it() -> None:
    kept = from_json(to_json(book()))
    assert kept.seeking == Seeking(policy="adaptive", within=4 * MINUTE, chance=0.99, answers=MINUTE)
    quick = paced(kept, 10).seeking
    assert quick is not None
    assert (quick.within, quick.answers) == (24 * SECOND, 6 * SECOND)
    assert "seeking" not in to_json(builders.playbook()), "older playbooks keep their digest"
