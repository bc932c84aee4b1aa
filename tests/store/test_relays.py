"""Relays as they are kept: one ask a place in the line, one taker, and everything of it or nothing."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from dispatch import duty, lifecycle, passing
from dispatch.errors import ConflictError, UnknownPersonError, UnknownRelayError
from dispatch.events import NoticeKind
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.relays import Entrusted, Kept, Passed, Relay, RelayKind, RelayState, Watch
from dispatch.rota import Swap
from dispatch.verbs import AnswerKey, Command, Verb
from store import SqlStore
from store.maps import Geodesic
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW

KEYS = ("sun", "zhou", "wu")
"""Three who may have the duty, in the order of the ladder's first list."""


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await led(store)


async def led(store: SqlStore, key: str = "wutongli") -> Place:
    """A committee of three leaders, each with a chat."""
    await settle(store, key)
    file = samples.register(key)
    people = [*file.people]
    for number, name in enumerate(KEYS):
        chat = {"telegram": f"77{number}{len(key)}"}
        people.append({**samples.person(name), "roles": ["secretary"], "addresses": chat})
    ladder = {"duty": [*KEYS], "last_resort": ["wu"]}
    await store.load(replace(file, people=people, ladder=ladder), prune=False, demo=False)
    committee = next(each for each in await store.committees() if each.key == key)
    roster = await store.roster(committee.id)
    people_ids = {person.key: person.id for person in roster.people.values()}
    return Place(store=store, committee_id=committee.id, people=people_ids, buildings={})


async def look(place: Place, now: Micros) -> Kept:
    return await place.store.watch(place.committee_id, lambda watch: passing.looked(watch, now))


async def begun(place: Place) -> tuple[Relay, Micros]:
    """A shift has begun, and its holder is asked: the relay, and when."""
    await look(place, NOW)
    start = duty.planned(await place.store.roster(place.committee_id), NOW).ends_at
    kept = await look(place, start)
    (relay,) = [each for each in kept.relays if each.kind is RelayKind.ROLLCALL]
    return relay, start


async def here(place: Place, relay: Relay, who: int, now: Micros) -> Kept:
    return await place.store.watch(
        place.committee_id, lambda watch: passing.accepted(watch, relay.id, who, now), relay.id
    )


async def test_what_was_decided_is_read_again_as_it_was(store: SqlStore, place: Place) -> None:
    relay, start = await begun(place)
    assert await store.relay(place.committee_id, relay.id) == relay
    assert relay in await store.relays(place.committee_id)
    assert await store.relay_committee(relay.id) == place.committee_id
    assert (relay.version, relay.state, len(relay.asked)) == (1, RelayState.OPEN, 1)
    kept = await look(place, start + passing.PATIENCE)
    (after,) = [each for each in kept.relays if each.kind is RelayKind.ROLLCALL]
    assert await store.relay(place.committee_id, relay.id) == after
    assert (after.version, after.asked[:1], len(after.asked)) == (2, relay.asked, 2)


async def seen(place: Place, now: Micros) -> tuple[Entrusted, ...]:
    """What a look finds in people's hands."""
    found: list[Watch] = []

    def decide(watch: Watch) -> Passed:
        found.append(watch)
        return passing.looked(watch, now)

    await place.store.watch(place.committee_id, decide)
    return found[-1].entrusted


async def test_a_call_that_nobody_answered_comes_with_whom_it_called_last_until_somebody_does(
    store: SqlStore, place: Place
) -> None:
    now, saved = NOW, await place.post(lambda found: lifecycle.posted(found, NOW, Geodesic()))
    (waiting,) = await seen(place, NOW)
    assert (waiting.job_id, waiting.person_id, waiting.called) == (saved.job_id, None, ())
    called_at: list[Micros] = []
    while len(called_at) < 2:  # everybody, twice: the last time is what counts
        now = (await place.situation(saved.job_id)).job.look_at or 0
        await store.change(
            place.committee_id, saved.job_id, partial(lifecycle.looked, now=now, distances=Geodesic())
        )
        asks = (await place.situation(saved.job_id)).asks
        called_at = sorted({ask.at for ask in asks if ask.leader})
    (waiting,) = await seen(place, now)
    assert waiting.person_id is None
    leaders = duty.all_leaders(await store.roster(place.committee_id), now)
    assert (sorted(waiting.called), waiting.since) == (sorted(leaders), called_at[-1])
    command = Command(verb=Verb.ACKNOWLEDGE, actor=leaders[0])
    await store.change(
        place.committee_id,
        saved.job_id,
        lambda found: lifecycle.decide(found, command, now + 1, Geodesic(), {}),
    )
    (answered,) = await seen(place, now + 1)
    assert (answered.person_id, answered.called, answered.since) == (leaders[0], (), now + 1)


async def test_looks_of_several_workers_in_the_same_moment_ask_one_person(
    store: SqlStore, place: Place
) -> None:
    relay, start = await begun(place)
    due = start + passing.PATIENCE
    kept = await asyncio.gather(*(look(place, due) for _ in range(4)))
    assert len([each for each in kept if each.rows]) == 1
    after = await store.relay(place.committee_id, relay.id)
    assert (after.version, len(after.asked)) == (2, 2)


async def test_of_two_who_take_it_in_the_same_moment_one_has_it(store: SqlStore, place: Place) -> None:
    relay, start = await begun(place)
    await look(place, start + passing.PATIENCE)
    asked = (await store.relay(place.committee_id, relay.id)).asked
    now = start + 6 * MINUTE
    answers = await asyncio.gather(*(here(place, relay, who, now) for who in asked))
    keys = [each.passed.answer.key for each in answers if each.passed.answer is not None]
    assert sorted(keys) == [AnswerKey.PRESENT, AnswerKey.TAKEN_ALREADY]
    taken = await store.relay(place.committee_id, relay.id)
    assert taken.state is RelayState.TAKEN
    assert duty.on_duty(await store.roster(place.committee_id), now) == taken.taken_by


async def test_shifts_taken_long_ago_are_forgotten_when_another_one_is_taken(
    store: SqlStore, place: Place
) -> None:
    taken: list[Micros] = []
    await look(place, NOW)
    for _ in range(2):
        start = duty.planned(await store.roster(place.committee_id), (taken or [NOW])[-1]).ends_at
        start += (
            20 * 7 * 24 * HOUR if taken else 0
        )  # as long after it as it takes everybody to have had a turn
        kept = await look(place, start)
        (relay,) = [each for each in kept.relays if each.kind is RelayKind.ROLLCALL and each.open]
        await look(place, start + passing.PATIENCE)
        second = (await store.relay(place.committee_id, relay.id)).asked[1]
        await here(place, relay, second, start + 6 * MINUTE)
        taken.append(start)
    kept_now = (await store.roster(place.committee_id)).overrides
    assert [each.starts_at for each in kept_now] == [taken[1] + 6 * MINUTE]


async def test_a_cause_that_was_there_makes_no_second_relay_and_owes_nothing(place: Place) -> None:
    relay, start = await begun(place)
    await here(place, relay, relay.asked[0], start)

    def again(watch: Watch) -> Passed:
        passed = passing.looked(watch, start + HOUR)
        made = replace(relay, id=0, version=1)
        told = {made.cause: {relay.asked[0]: NoticeKind.ALERT}}
        return replace(passed, relays=(*passed.relays, made), told=told)

    kept = await place.store.watch(place.committee_id, again)
    assert (kept.relays, kept.rows) == ((), ())


async def test_a_decision_that_fails_keeps_nothing_of_it(store: SqlStore, place: Place) -> None:
    relay, start = await begun(place)
    holder = relay.asked[0]
    with pytest.raises(UnknownPersonError):
        await store.watch(place.committee_id, lambda watch: passing.left(watch, 99_999, start + HOUR, start))
    before = await store.roster(place.committee_id)

    def breaks(watch: Watch) -> Passed:
        passed = passing.left(watch, holder, start + HOUR, start)
        (made,) = [each for each in passed.relays if each.kind is RelayKind.HANDOVER]
        twice = replace(made, asked=made.asked * 2)  # nobody is asked twice, whatever a rule says
        return replace(passed, relays=tuple(twice if each is made else each for each in passed.relays))

    with pytest.raises(ConflictError):
        await store.watch(place.committee_id, breaks)
    assert await store.roster(place.committee_id) == before
    assert await store.relay(place.committee_id, relay.id) == relay


async def test_somebody_who_is_out_is_so_for_the_next_decision_and_until_then(
    store: SqlStore, place: Place
) -> None:
    relay, start = await begun(place)
    who = relay.asked[0]
    until = start + 2 * HOUR
    await store.watch(place.committee_id, lambda watch: passing.left(watch, who, until, start))
    roster = await store.roster(place.committee_id)
    assert (roster.people[who].out_since, roster.people[who].out_until) == (start, until)
    assert duty.on_duty(roster, start) not in (who, None)
    assert duty.on_duty(roster, until) == who
    await store.watch(place.committee_id, lambda watch: passing.left(watch, who, None, start + 1))
    assert duty.on_duty(await store.roster(place.committee_id), start + 1) == who


async def test_a_committee_is_looked_at_when_a_moment_has_come_or_its_people_have_changed(
    store: SqlStore, place: Place
) -> None:
    assert await store.watches_due(NOW, 10) == (place.committee_id,)
    kept = await look(place, NOW)
    assert await store.watches_due(NOW, 10) == ()
    assert await store.watches_due(kept.passed.look_at - 1, 10) == ()
    assert await store.watches_due(kept.passed.look_at, 10) == (place.committee_id,)
    who = place.people["sun"]
    swap = Swap(
        committee_id=place.committee_id,
        starts_at=NOW + HOUR,
        ends_at=NOW + 2 * HOUR,
        person_id=who,
        by=place.people["li"],
        cause="swap",
    )
    await store.take_duty(swap, NOW)
    assert await store.watches_due(NOW, 10) == (place.committee_id,)
    kept = await look(place, NOW)
    assert await store.watches_due(NOW, 10) == ()
    (given,) = [each for each in kept.relays if each.kind is RelayKind.GIVEN]
    assert (given.about_id, given.by_id) == (who, place.people["li"])


async def test_a_card_is_owed_to_the_asked_and_is_the_message_that_was_sent(
    store: SqlStore, place: Place
) -> None:
    relay, start = await begun(place)
    overdue = await store.overdue_outbox(start + 1, 50)
    rows = [each for each in await store.outbox(overdue) if each.relay_id == relay.id]
    assert {(row.address.person_id, row.kind, row.urgent) for row in rows} == {
        (relay.asked[0], NoticeKind.ALERT, True)
    }
    for row in rows:
        assert (row.job_id, row.ref) == (0, None)
        await store.delivered(row, now=start, result="delivered", ref="7:8", retry_at=None)
    await look(place, start + passing.PATIENCE)
    overdue = await store.overdue_outbox(start + HOUR, 50)
    later = [each for each in await store.outbox(overdue) if each.relay_id == relay.id]
    assert {row.ref for row in later if row.address.person_id == relay.asked[0]} == {"7:8"}
    assert {row.kind for row in later if row.address.person_id == relay.asked[0]} == {NoticeKind.UPDATE}


async def test_another_committee_finds_no_relay_and_changes_none(store: SqlStore, place: Place) -> None:
    theirs = await led(store, "qingtongli")
    relay, start = await begun(place)
    with pytest.raises(UnknownRelayError):
        await store.relay(theirs.committee_id, relay.id)
    with pytest.raises(UnknownRelayError):
        await here(theirs, relay, theirs.people["sun"], start)
    assert await store.relays(theirs.committee_id) == ()
