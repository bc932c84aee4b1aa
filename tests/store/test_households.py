"""Households of a building as they are kept: whose family reads of it, and what they are owed, once."""

from dataclasses import replace

import pytest

from dispatch.events import NoticeKind
from dispatch.households import Dweller, heard
from dispatch.joining import Account
from dispatch.moments import HOUR
from dispatch.telling import OWN, Told, by_sms
from store import SqlStore
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW
from tests.store.test_families import OTHER, SON, done, link
from tests.store.test_sealings import say


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def told(store: SqlStore, rows: tuple[int, ...]) -> list[str]:
    """Accounts that are owed word of a building as family."""
    found = await store.outbox(rows)
    return [each.address.value for each in found if each.kind is NoticeKind.TOLD and each.relay_id]


async def test_family_of_somebody_there_is_owed_it_once_and_reads_it_as_family(
    store: SqlStore, place: Place
) -> None:
    family = await store.tie_family((await link(store, place)).ticket, SON, NOW)
    assert family.address is not None
    ruled = await say(place, receipt="telegram:1")
    assert await told(store, ruled.rows) == [SON.value]
    assert (await say(place, receipt="telegram:1", now=NOW + HOUR)).rows == ()
    elsewhere = await say(place, building="12", now=NOW + HOUR)
    assert await told(store, elsewhere.rows) == []
    assert await store.kin_in(family.address, place.buildings["3"]) == family
    assert await store.kin_in(family.address, place.buildings["12"]) is None
    assert await store.home_of(family) == place.buildings["3"]


async def test_another_committees_family_and_that_of_whoever_left_is_owed_nothing(
    store: SqlStore, place: Place
) -> None:
    theirs = await settle(store, "qingtongli")
    await store.tie_family((await link(store, theirs)).ticket, OTHER, NOW)
    family = await store.tie_family((await link(store, place)).ticket, SON, NOW)
    file = samples.register()
    await store.load(replace(file, residents=()), prune=True, demo=False)
    assert await told(store, (await say(place)).rows) == []
    assert family.address is not None
    assert await store.kin_in(family.address, place.buildings["3"]) is None
    assert await store.home_of(family) is None
    assert await store.dwellers(place.committee_id, place.buildings["3"]) == ()


async def test_a_volunteer_who_is_family_there_and_lives_there_is_owed_a_card_and_nothing_else(
    store: SqlStore, place: Place
) -> None:
    theirs = next(
        each.value
        for each in (await store.roster(place.committee_id)).addresses
        if each.person_id == place.people["v1"]
    )
    account = Account(platform="telegram", value=theirs)
    await store.tie_family((await link(store, place)).ticket, account, NOW)
    rows = await store.outbox((await say(place)).rows)
    assert [each.kind for each in rows if each.address.value == theirs] == [NoticeKind.NUDGE]


async def test_a_resident_with_a_chat_of_their_own_hears_of_the_building_and_of_no_job(
    store: SqlStore, place: Place
) -> None:
    own = await store.tie_family((await link(store, place, name=OWN)).ticket, SON, NOW)
    assert own.own
    contact, resident = await store.family_contacts(place.committee_id, samples.RESIDENT_KEY)
    assert (contact.family, resident.family) == (None, own)
    assert await told(store, (await say(place)).rows) == [SON.value]
    job, rows = await done(store, place)
    assert [each.kind for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD] == []
    assert await store.told_family(place.committee_id, job) is Told.NOBODY


async def test_households_are_told_apart_without_opening_a_door(store: SqlStore, place: Place) -> None:
    three = place.buildings["3"]
    (dweller,) = await store.dwellers(place.committee_id, three)
    assert dweller.door
    assert samples.DOOR not in dweller.door
    assert dweller == Dweller(door=dweller.door)
    family = await link(store, place)
    await store.tie_family(family.ticket, by_sms(family), NOW)
    assert heard(await store.dwellers(place.committee_id, three)).without == 1  # SMS is no chat
    await store.tie_family(family.ticket, SON, NOW)
    counted = heard(await store.dwellers(place.committee_id, three))
    assert (len(counted.chats), counted.households, counted.without) == (1, 1, 0)
    assert await store.dwellers(place.committee_id, place.buildings["12"]) == ()
