"""What is late, and that each lateness is made good once, whoever asks at the same time (both databases)."""

import asyncio
from dataclasses import replace

import pytest

from dispatch.lateness import Timed
from dispatch.moments import HOUR, MINUTE, SECOND
from store import SqlStore
from tests.store.places import Place, settle
from tests.store.samples import NOW
from workers.watch import place as synthetic


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def test_late_is_what_was_due_before_then_and_nothing_else(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    look_at = (await place.situation(saved.job_id)).job.look_at
    assert look_at is not None
    assert await store.late(NOW, 10) == ()
    cards = [each for each in await store.late(NOW + 1, 10) if each.what is Timed.CARD]
    assert [each.id for each in cards] == list(saved.rows)
    assert {each.due_at for each in cards} == {NOW}
    assert {each.platform for each in cards} <= {"telegram", "matrix", "web"}
    jobs = [each for each in await store.late(look_at + 1, 10) if each.what is Timed.JOB]
    assert [(each.id, each.committee_id, each.due_at) for each in jobs] == [
        (saved.job_id, place.committee_id, look_at)
    ]


async def test_all_that_is_late_is_read_however_many_are_read_at_a_time(
    store: SqlStore, place: Place
) -> None:
    saved = await place.post()
    rows = len(saved.rows)
    assert rows > 3
    every = await store.late(NOW + HOUR, 100)
    assert len(every) == rows + 1
    for page in (1, 2, rows - 1, rows, rows + 1):
        assert await store.late(NOW + HOUR, page) == every


async def test_of_many_who_find_a_lateness_at_once_one_repairs_it(store: SqlStore, place: Place) -> None:
    await place.post()
    (late, *_) = await store.late(NOW + MINUTE, 1)
    now = late.due_at + 17 * SECOND
    begun = await asyncio.gather(*(store.begin_repair(late, now + each) for each in range(8)))
    assert begun.count(None) == 1
    (repair,) = await store.repairs(place.committee_id, NOW)
    assert set(begun) == {None, repair.at}
    assert (repair.late.id, repair.late.what) == (late.id, late.what)
    again = replace(late, due_at=late.due_at + 1)  # late again, at another time: another lateness
    assert await store.begin_repair(again, now) is None


async def test_repairs_are_told_newest_first_since_then_and_to_their_own_committee(
    store: SqlStore, place: Place
) -> None:
    await place.post()
    found = (await store.late(NOW + MINUTE, 3))[:3]
    for number, late in enumerate(found):
        await store.begin_repair(late, NOW + MINUTE + number)
    told = await store.repairs(place.committee_id, NOW + MINUTE)
    assert [each.late.id for each in told] == [late.id for late in reversed(found[1:])]
    other = await settle(store, "other")
    assert await store.repairs(other.committee_id, 0) == ()


async def test_the_programs_own_committee_is_in_no_list(store: SqlStore, place: Place) -> None:
    await store.load(synthetic.register(), prune=False, demo=False)
    assert await store.load(synthetic.register(), prune=False, demo=False) == {
        "added": 0,
        "changed": 0,
        "unchanged": 3,
        "deactivated": 0,
    }
    assert [each.id for each in await store.committees()] == [place.committee_id]
    address = await store.address(synthetic.PLATFORM, synthetic.VOLUNTEER)
    assert address is not None
    assert address.committee_id != place.committee_id
