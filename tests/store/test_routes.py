"""Addresses that fail and come back: since when, why, and what the desk is owed because of it."""

import pytest

from dispatch.events import NoticeKind
from dispatch.moments import MINUTE
from dispatch.people import Address
from dispatch.reach import Reason, Way
from store import SqlStore
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock


@pytest.fixture
async def place(store: SqlStore) -> Place:
    found = await settle(store)
    await store.invite(found.committee_id, found.people["li"], revoke=False)
    return found


async def chat(store: SqlStore, place: Place, key: str = "v1") -> Address:
    roster = await store.roster(place.committee_id)
    return roster.addresses_of[place.people[key]][0]


async def ways(store: SqlStore, place: Place, address: Address) -> list[Way]:
    return [each for each in await store.ways(place.committee_id) if each.address.id == address.id]


async def test_an_address_has_failed_since_the_first_time_and_for_the_last_reason(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    address = await chat(store, place)
    await store.address_failed(address, Reason.NO_CHAT)
    clock.moment += MINUTE
    await store.address_failed(address, Reason.BLOCKED)
    assert await ways(store, place, address) == [Way(address=address, failed="blocked", failed_at=NOW)]


async def test_an_address_that_is_heard_from_again_works_and_its_next_failure_is_a_new_one(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    address = await chat(store, place)
    await store.address_failed(address, Reason.BLOCKED)
    assert await store.revive(address.platform, address.value) == (address,)
    assert await ways(store, place, address) == [Way(address=address)]
    clock.moment += MINUTE
    await store.address_failed(address, Reason.BLOCKED)
    assert [each.failed_at for each in await ways(store, place, address)] == [NOW + MINUTE]


async def test_loading_the_file_again_gives_a_failed_address_another_try(
    store: SqlStore, place: Place
) -> None:
    address = await chat(store, place)
    await store.address_failed(address, Reason.BLOCKED)
    await store.load(samples.register(), prune=False, demo=False)
    assert await ways(store, place, address) == [Way(address=address)]


async def test_an_account_that_was_revoked_is_no_way_and_no_failure_makes_it_one(
    store: SqlStore, place: Place
) -> None:
    address = await chat(store, place)
    await store.invite(place.committee_id, place.people["v1"], revoke=True)
    await store.address_failed(address, Reason.BLOCKED)  # it was on its way when staff revoked it
    assert await ways(store, place, address) == []
    assert await store.revive(address.platform, address.value) == ()


async def test_when_a_page_was_open_last_is_known_after_it_is_closed(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    page = await chat(store, place, "li")
    assert [each.open_until for each in await ways(store, place, page)] == [None]
    await store.present(page.id, NOW + MINUTE)
    clock.moment += 10
    await store.present(page.id, None)
    assert [each.open_until for each in await ways(store, place, page)] == [NOW + 10]
    job = (await place.post()).job_id
    assert place.people["li"] not in ((await place.situation(job)).present or ())


async def test_what_became_of_what_was_to_ring_is_told_of_the_one_job(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    other = await place.post(nonce="form-2")
    first, *_ = await store.outbox(saved.rows)
    await store.delivered(first, now=NOW, result="unreachable", ref=None, retry_at=None)
    sends = await store.sends(place.committee_id, saved.job_id)
    assert {each.person_id for each in sends} == {place.people[key] for key in ("v1", "v2", "v3", "li")}
    assert [each.status for each in sends if each.person_id == first.address.person_id] == ["unreachable"]
    assert {each.created_at for each in sends} == {NOW}
    assert {each.status for each in await store.sends(place.committee_id, other.job_id)} == {"owed"}
    assert await store.sends(place.committee_id + 1, saved.job_id) == ()


async def test_jobs_whose_numbers_begin_alike_are_told_apart(store: SqlStore, place: Place) -> None:
    jobs = [await place.post(nonce=f"form-{number}") for number in range(12)]
    ten = next(saved for saved in jobs if saved.job_id == 10)
    for row in await store.outbox(ten.rows):
        await store.delivered(row, now=NOW, result="delivered", ref=None, retry_at=None)
    assert {each.status for each in await store.sends(place.committee_id, 1)} == {"owed"}
    assert {each.status for each in await store.sends(place.committee_id, 10)} == {"delivered"}


async def test_the_desk_is_owed_the_card_of_the_job_once_an_address(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    row = next(
        each for each in await store.outbox(saved.rows) if each.address.person_id == place.people["v1"]
    )
    await store.address_failed(row.address, Reason.BLOCKED)
    (told,) = await store.outbox(await store.tell_desk(row))
    assert (told.job_id, told.kind, told.address.person_id) == (
        row.job_id,
        NoticeKind.UPDATE,
        place.people["li"],
    )
    await store.delivered(told, now=NOW, result="delivered", ref=None, retry_at=None)
    assert await store.outbox(await store.tell_desk(row)) == ()


async def test_where_nobody_of_the_desk_has_an_address_nobody_is_owed_anything(store: SqlStore) -> None:
    alone = await settle(store, "wutongli")
    saved = await alone.post()
    row, *_ = await store.outbox(saved.rows)
    assert await store.tell_desk(row) == ()
