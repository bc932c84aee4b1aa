"""A policy says whom to ask: beside the ladder's clock, until somebody is found or everybody was asked."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import aims, seeking, sequences
from dispatch.claims import Because
from dispatch.events import EventKind
from dispatch.jobs import CallCause, Priority
from dispatch.moments import HOUR, MINUTE, SECOND, from_datetime
from dispatch.pauses import UNTIL_SAID
from dispatch.playbook import Aim, Playbook, RungCall, Seeking, WaveTo
from dispatch.playbook_file import from_json, paced, to_json
from dispatch.policies.counts import Row, parent
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
        ("adaptive", Priority.URGENT, 2),  # wanted in half the time
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


QUARTER = Seeking(policy="adaptive", within=15 * MINUTE, chance=0.99, answers=MINUTE)
"""As the playbook for everything else has it, without what it says of urgent jobs."""
SOON = Aim(within=3 * MINUTE, chance=0.99)


@pytest.mark.parametrize("said", [{}, {Priority.URGENT: SOON}], ids=["as usual", "as the file says"])
def test_an_urgent_job_asks_more_people_and_looks_again_sooner_than_a_normal_one(
    said: dict[Priority, Aim],
) -> None:
    asks = builders.playbook(seeking=replace(QUARTER, by_priority=said))
    normal, urgent = (
        Play(builders.situation(asks, priority=priority)) for priority in (Priority.NORMAL, Priority.URGENT)
    )
    assert len(asked(urgent)) > len(asked(normal)) > 0
    first = [seeking.next_wave(play.state, NOW, NOW + SECOND).look_at for play in (urgent, normal)]
    assert None not in first
    assert first[0] < first[1]  # type: ignore[operator]  # just asserted
    for play in (normal, urgent):
        play.passes(2 * MINUTE)
    assert len(asked(urgent)) > len(asked(normal)) + 2


def test_raised_to_urgent_it_aims_at_the_nearer_moment_from_then_on() -> None:
    play = Play(builders.situation(builders.playbook(seeking=QUARTER), priority=Priority.NORMAL))
    play.passes(2 * MINUTE)
    before = len(asked(play))
    play.does(builders.STAFF, Verb.RAISE)
    assert play.job.priority is Priority.URGENT
    afresh = Play(builders.situation(builders.playbook(seeking=QUARTER), priority=Priority.URGENT))
    assert len(asked(play)) - before == len(asked(afresh)), "people are called afresh"


@pytest.mark.parametrize(
    ("usual", "priority", "within", "answers", "aimed"),
    [
        (Priority.NORMAL, Priority.NORMAL, 15 * MINUTE, MINUTE, 15 * MINUTE),
        (Priority.NORMAL, Priority.URGENT, 15 * MINUTE, MINUTE, 5 * MINUTE),  # a third
        (Priority.NORMAL, Priority.URGENT, HOUR, MINUTE, 20 * MINUTE),
        (Priority.NORMAL, Priority.URGENT, 4 * MINUTE, MINUTE, 2 * MINUTE),  # no less than two answers take
        (Priority.NORMAL, Priority.URGENT, MINUTE, MINUTE, MINUTE),  # and never later than usual
        (Priority.URGENT, Priority.URGENT, 3 * MINUTE, MINUTE, 3 * MINUTE),  # its own
        (Priority.URGENT, Priority.NORMAL, 3 * MINUTE, MINUTE, 4 * MINUTE),  # by then the group is asked
        (Priority.URGENT, Priority.NORMAL, 20 * SECOND, 5 * SECOND, MINUTE),  # three times
        (Priority.URGENT, Priority.NORMAL, 10 * MINUTE, MINUTE, 10 * MINUTE),  # no sooner than urgent
        (Priority.LIFE, Priority.URGENT, 3 * MINUTE, MINUTE, 3 * MINUTE),
    ],
)
def test_when_somebody_is_wanted_where_the_file_names_no_priority(
    usual: Priority, priority: Priority, within: int, answers: int, aimed: int
) -> None:
    sought = Seeking(policy="adaptive", within=within, chance=0.98, answers=answers)
    asks = builders.playbook(priority=usual, seeking=sought)
    assert aims.aim(asks, priority) == Aim(within=aimed, chance=0.98)


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
    ("clock", "timezone", "part", "hour"),
    [
        ("22:59", "Asia/Shanghai", "day", "day/22"),
        ("23:00", "Asia/Shanghai", "night", "night/23"),
        ("00:00", "Asia/Shanghai", "night", "night/0"),
        ("06:59", "Asia/Shanghai", "night", "night/6"),
        ("07:00", "Asia/Shanghai", "day", "day/7"),
        ("23:30", "Europe/London", "night", "night/23"),
        ("12:00", "Europe/London", "day", "day/12"),
        ("12:45", "Asia/Kathmandu", "day", "day/12"),
    ],
)
def test_answers_are_learned_by_day_or_night_and_hour_where_the_committee_is_and_by_kind(
    clock: str, timezone: str, part: str, hour: str
) -> None:
    local = datetime.fromisoformat(f"2026-07-01T{clock}").replace(tzinfo=ZoneInfo(timezone))
    assert seeking.facets_at(from_datetime(local), timezone, "general") == (part, hour, "kind:general")
    assert parent(hour) == part


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


def test_what_it_says_by_priority_is_kept_and_shortened_too_and_an_older_release_reads_around_it() -> None:
    sought = replace(QUARTER, by_priority={Priority.URGENT: Aim(within=5 * MINUTE, chance=0.995)})
    kept = from_json(to_json(builders.playbook(seeking=sought)))
    assert kept.seeking == sought
    quick = paced(kept, 10).seeking
    assert quick is not None
    assert quick.by_priority == {Priority.URGENT: Aim(within=30 * SECOND, chance=0.995)}
    plain = json.loads(to_json(kept))
    assert set(plain["seeking"]) == {"policy", "within", "chance", "answers"}, "all that it knows there"
    del plain["aims"]
    older = from_json(json.dumps(plain))
    assert older.seeking == QUARTER
    assert "aims" not in to_json(older), "its digest stays"
