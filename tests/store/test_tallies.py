"""How often people were asked, rung and at work is counted from what is kept; a digest is begun once."""

import asyncio

from dispatch import lifecycle
from dispatch.events import NoticeKind
from dispatch.fairness import DAY, WEEK, Count
from dispatch.moments import HOUR, MINUTE
from store import SqlStore
from store.maps import Geodesic
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

LATER = NOW + 2 * DAY


async def rung(place: Place, job: int, kind: NoticeKind, result: str, clock: OurClock) -> None:
    """Everybody of the committee is owed that, and this came of it."""
    saved = await place.store.change(place.committee_id, job, samples.told("", kind))
    for row in await place.store.outbox(saved.rows):
        await place.store.delivered(row, now=clock.now(), result=result, ref=None, retry_at=None)


async def test_offers_and_jobs_are_counted_a_job_each_in_both_spans(store: SqlStore) -> None:
    place = await settle(store)
    first, second = await place.post(nonce="a"), await place.post(nonce="b", now=NOW)
    await store.change(place.committee_id, first.job_id, samples.claim(place.people["v1"]))
    await store.change(place.committee_id, second.job_id, samples.claim(place.people["v1"]))
    tally = await store.tally(place.committee_id, NOW - WEEK, NOW - DAY)
    everybody = {person: Count(span=2, day=2) for person in place.people.values()}
    assert tally.offers == everybody
    assert tally.jobs == {place.people["v1"]: Count(span=2, day=2)}
    assert [(each.posted_at, each.claimed_at) for each in tally.posted] == [(NOW, NOW), (NOW, NOW)]
    older = await store.tally(place.committee_id, NOW - WEEK, NOW)
    assert older.offers == {person: Count(span=2, day=0) for person in place.people.values()}
    assert older.jobs == {place.people["v1"]: Count(span=2, day=0)}
    assert older.posted == ()
    assert await store.own_load(place.committee_id, place.people["v1"], NOW - WEEK) == (2, 2)
    assert await store.own_load(place.committee_id, place.people["v2"], NOW - WEEK) == (2, 0)
    assert await store.own_load(place.committee_id, place.people["v1"], NOW) == (0, 0)


async def test_another_committee_counts_for_itself(store: SqlStore) -> None:
    place, other = await settle(store), await settle(store, "fangxiangli")
    saved = await place.post()
    await store.change(place.committee_id, saved.job_id, samples.claim(place.people["v1"]))
    tally = await store.tally(other.committee_id, NOW - WEEK, NOW - DAY)
    assert (tally.offers, tally.jobs, tally.posted, tally.alarms, tally.signs) == ({}, {}, (), (), ())


async def test_closed_jobs_count_and_what_leaders_did_is_a_sign(store: SqlStore) -> None:
    place = await settle(store)
    saved = await place.post()
    leader = place.people["li"]
    await store.change(place.committee_id, saved.job_id, samples.claim(leader))
    await store.change(place.committee_id, saved.job_id, samples.claim(place.people["v1"]))
    before = await store.tally(place.committee_id, NOW - WEEK, NOW - DAY)
    await store.change(place.committee_id, saved.job_id, samples.closed)
    tally = await store.tally(place.committee_id, NOW - WEEK, NOW - DAY)
    assert tally.signs == before.signs
    assert [(each.person_id, each.at) for each in tally.signs] == [(leader, NOW)]
    assert tally.jobs == before.jobs == {leader: Count(span=1, day=1)}
    (job,) = tally.posted
    assert job.closed_at == NOW + MINUTE


async def test_an_alarm_is_what_rang_a_leader_once_however_many_addresses_it_went_to(
    store: SqlStore, clock: OurClock
) -> None:
    place = await settle(store)
    saved = await place.post(lambda found: lifecycle.posted(found, NOW, Geodesic()))
    job = saved.job_id
    while not any(ask.leader for ask in (await place.situation(job)).asks):
        look = (await place.situation(job)).job.look_at
        assert look is not None
        clock.moment = look
        await store.change(
            place.committee_id, job, lambda found: lifecycle.looked(found, clock.now(), Geodesic())
        )
    clock.moment += HOUR
    await rung(place, job, NoticeKind.ALERT, "delivered", clock)
    await rung(place, job, NoticeKind.URGE, "not_reached", clock)  # a page that was closed rings nobody
    await rung(place, job, NoticeKind.UPDATE, "delivered", clock)  # and a card that is kept true neither
    tally = await store.tally(place.committee_id, NOW - WEEK, NOW - DAY)
    reached = {place.people[key] for key in ("v1", "v2", "v3")}
    assert {each.person_id for each in tally.alarms} == reached
    assert len(tally.alarms) == len(reached)
    assert {each.at for each in tally.alarms} == {clock.now()}


async def test_a_digest_is_begun_once_whoever_begins_it(store: SqlStore) -> None:
    place = await settle(store)
    roster = await store.roster(place.committee_id)
    addresses = [each.id for each in roster.addresses if each.person_id is not None]
    assert not await store.digest_begun(place.committee_id, "digest 2026-05-13")
    begun = await asyncio.gather(
        *(store.begin_digest(place.committee_id, addresses, NOW, "digest 2026-05-13") for _ in range(5))
    )
    assert sorted(map(len, begun)) == [0, 0, 0, 0, len(addresses)]
    assert await store.digest_begun(place.committee_id, "digest 2026-05-13")
    assert await store.begin_digest(place.committee_id, addresses, NOW, "digest 2026-05-14")
    (row, *_) = await store.outbox(max(begun, key=len))
    assert (row.kind, row.job_id, row.urgent) == (NoticeKind.DIGEST, 0, False)
    await store.delivered(row, now=NOW, result="delivered", ref="chat:1", retry_at=None)
    assert row.id not in {each.id for each in await store.outbox([row.id])}
