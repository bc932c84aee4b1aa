"""How people answered is counted once a job is over, in one committee, by however many processes."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from dispatch import aims
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.playbook import Aim, Playbook, Seeking
from dispatch.policies.record import Record
from dispatch.seeking import facets_at, next_wave
from dispatch.situation import Decision, Situation
from store import SqlStore
from store.crypto import Vault
from store.offers import DAY
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def over(place: Place, nonce: str, *, taker: str = "v1") -> int:
    """A job that asked everybody, that somebody took, and that is over."""
    job = (await place.post(nonce=nonce)).job_id
    await place.store.change(place.committee_id, job, samples.claim(place.people[taker]))
    await place.store.change(place.committee_id, job, samples.closed)
    return job


def seeking() -> Playbook:
    """The sample playbook, with a policy."""
    policy = Seeking(policy="adaptive", within=5 * MINUTE, chance=0.99, answers=MINUTE)
    return replace(samples.playbook(), digest="seeks", seeking=policy)


def aiming() -> Playbook:
    """The same, with what it aims at where a job is urgent."""
    book, soon = seeking(), {Priority.URGENT: Aim(within=2 * MINUTE, chance=0.999)}
    assert book.seeking is not None
    return replace(book, digest="aims", seeking=replace(book.seeking, by_priority=soon))


async def record(place: Place) -> Record:
    """What a policy is shown for a new job."""
    book = seeking()
    draft = replace(samples.draft(place.committee_id, place.buildings["3"]), nonce=f"look{id(book)}")
    posted = await place.store.post(draft, book, NOW, samples.posted)
    found = (await place.situation(posted.job_id)).record
    assert found is not None
    return found


async def test_a_job_that_is_over_is_counted_once(store: SqlStore, place: Place) -> None:
    await over(place, "1")
    open_still = (await place.post(nonce="2")).job_id
    assert await store.learn(10) == 1
    assert await store.learn(10) == 0
    found = await record(place)
    assert found.count(place.people["v1"]).accepted == 1
    assert found.count(place.people["v2"]).accepted == 0
    assert found.rest(place.people["v2"]) == 1, "it is the first job since"
    await store.change(place.committee_id, open_still, samples.closed)
    assert await store.learn(10) == 1


async def first_asked(place: Place, nonce: str) -> str:
    """Whom the policy would ask first for a new job, all being equally near and able."""
    draft = replace(samples.draft(place.committee_id, place.buildings["3"]), nonce=nonce)
    job = (await place.store.post(draft, seeking(), NOW, samples.silently)).job_id
    (first, *_) = next_wave(await place.situation(job), NOW, NOW).people
    await place.store.change(place.committee_id, job, samples.closed)
    return next(key for key, person in place.people.items() if person == first)


async def test_whoever_was_given_four_jobs_is_not_the_first_to_be_asked_for_the_fifth(
    store: SqlStore, place: Place
) -> None:
    nearest = await first_asked(place, "before")
    for number in range(4):
        job = (await place.post(samples.silently, nonce=f"{number}")).job_id
        given = samples.claim(place.people[nearest], assigned_by=place.people["li"])
        await store.change(place.committee_id, job, given)
        await store.change(place.committee_id, job, samples.closed)
    assert await store.learn(10) == 5
    found = await record(place)
    assert found.rest(place.people[nearest]) == 1
    assert found.count(place.people[nearest]).asked == 0, (
        "nobody asked them, so nothing is learned of answers"
    )
    assert await first_asked(place, "after") != nearest


async def test_processes_that_count_side_by_side_count_each_job_once(store: SqlStore, place: Place) -> None:
    for number in range(4):
        await over(place, f"{number}")
    counted = await asyncio.gather(*(store.learn(10) for _ in range(4)))
    assert sum(counted) == 4
    assert (await record(place)).count(place.people["v1"]).accepted == 4


async def test_no_more_jobs_are_counted_than_were_asked_for(store: SqlStore, place: Place) -> None:
    for number in range(3):
        await over(place, f"{number}")
    assert [await store.learn(2), await store.learn(2)] == [2, 1]


async def test_another_committees_answers_are_not_on_record_here(store: SqlStore, place: Place) -> None:
    other = await settle(store, "fangxiangli")
    await over(other, "1")
    assert await store.learn(10) == 1
    found = await record(place)
    assert all(found.count(person).asked == 0 for person in (*place.people.values(), *other.people.values()))


async def test_a_job_that_asks_by_waves_reads_no_record(place: Place) -> None:
    assert (await place.situation((await place.post()).job_id)).record is None


async def test_a_policy_is_told_when_each_was_asked_last_by_whatever_job_of_the_committee(
    store: SqlStore, place: Place
) -> None:
    other = await settle(store, "fangxiangli")
    await place.post(nonce="1")
    told: list[Mapping[int, Micros]] = []

    def posting(before: Situation) -> Decision:
        told.append(before.asked_last)
        return samples.posted(before)

    draft = replace(samples.draft(place.committee_id, place.buildings["3"]), nonce="2")
    await store.post(draft, seeking(), NOW + 2 * DAY, posting)
    draft = replace(samples.draft(other.committee_id, other.buildings["3"]), nonce="3")
    await store.post(draft, seeking(), NOW + 2 * DAY, posting)
    people = (await store.roster(place.committee_id)).people
    assert told == [dict.fromkeys(people, NOW), {}]


async def test_another_process_reads_what_a_job_aims_at_and_a_playbook_kept_before_any_said_it(
    base: Base, vault: Vault, clock: OurClock, store: SqlStore, place: Place
) -> None:
    jobs = {}
    for book in (seeking(), aiming()):
        draft = replace(samples.draft(place.committee_id, place.buildings["3"]), nonce=book.digest)
        jobs[book.digest] = (await store.post(draft, book, NOW, samples.posted)).job_id
    other = await base.open(vault, clock)
    for book in (seeking(), aiming()):
        kept = (await other.situation(place.committee_id, jobs[book.digest])).playbook
        assert kept.seeking == book.seeking
        assert aims.aim(kept, Priority.URGENT) == aims.aim(book, Priority.URGENT)
    await other.close()


def an_hour_ago(before: Situation) -> Decision:
    """As if everybody had been asked then: at three by the committee's clock, and not at four."""
    asking = samples.posted(before)
    asks = tuple(replace(each, at=NOW - HOUR) for each in asking.after.asks)
    return replace(asking, after=replace(asking.after, asks=asks))


async def test_answers_are_counted_by_the_hour_at_which_each_was_asked(
    base: Base, vault: Vault, clock: OurClock, store: SqlStore, place: Place
) -> None:
    at_4 = facets_at(NOW, "Asia/Shanghai", "welfare_check")
    at_3 = facets_at(NOW - HOUR, "Asia/Shanghai", "welfare_check")
    assert (at_3[1], at_4[1]) == ("night/3", "night/4")
    for number in range(4):
        await over(place, f"{number}")
        silent = (await place.post(an_hour_ago, nonce=f"silent {number}")).job_id
        await store.change(place.committee_id, silent, samples.closed)
    assert await store.learn(10) == 8
    other = await base.open(vault, clock)
    found = await record(replace(place, store=other))
    keen, calm = place.people["v1"], place.people["v2"]
    assert found.weigh(keen, at_4)[0] > 1.5 * found.weigh(keen, at_3)[0]
    assert found.weigh(keen, at_4)[0] > found.weigh(calm, at_4)[0]
    await other.close()
