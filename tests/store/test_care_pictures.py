"""Pictures of a care plan's device: sealed, with every job that the plan opens, and gone with the plan."""

import asyncio
from dataclasses import replace

import pytest

from dispatch.care_pictures import MOST
from dispatch.errors import TooManyDevicePicturesError, UnknownPictureError, UnknownPlanError
from dispatch.moments import HOUR
from dispatch.pictures import Picture
from store import SqlStore
from store.crypto import Vault
from store.moving import OF_CARE
from tests.buckets.server import Shelf
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, after, settle
from tests.store.samples import NOW, OurClock
from tests.store.test_care import entry, file, keep, open_turn, plan_of

BYTES = b"\xff\xd8\xff the machine beside somebody's bed " * 500
PICTURE = Picture(data=BYTES, width=1200, height=900)
SECOND = replace(PICTURE, data=BYTES[::-1])


@pytest.fixture
async def mine(store: SqlStore) -> Place:
    return await planned(store)


async def planned(store: SqlStore) -> Place:
    place = await settle(store)
    await keep(store, entry())
    return place


async def add(place: Place, *named: tuple[str, Picture]) -> int:
    plan = await plan_of(place.store, place)
    return await place.store.add_care_pictures(place.committee_id, plan.id, named, place.people["li"], NOW)


async def names(place: Place) -> tuple[str, ...]:
    found = await place.store.care_pictures(place.committee_id)
    return tuple(name for each in found.values() for name in each)


async def test_each_job_that_the_plan_opens_has_them_as_its_own_and_nothing_lies_open(
    store: SqlStore, mine: Place, base: Base
) -> None:
    assert await add(mine, ("a-1", PICTURE)) == 1
    assert await add(mine, ("a-1", PICTURE), ("b-1", SECOND)) == 1, "the same one again is one"
    assert await names(mine) == ("a-1", "b-1")
    plan = await plan_of(store, mine)
    for number, at in enumerate((NOW + HOUR, NOW + 2 * HOUR), 1):
        saved = await open_turn(mine, plan, at)
        assert (saved.job_id, after(saved).job.pictures) == (number, 2)
        assert "text" in after(saved).job.hides
        assert (await store.picture(mine.committee_id, saved.job_id, 1)).data == BYTES
        found = await store.picture(mine.committee_id, saved.job_id, 2)
        assert (found.data, found.width, found.height) == (SECOND.data, 1200, 900)
    assert (await mine.post(nonce="of no plan")).job_id == 3
    assert (await mine.situation(3)).job.pictures == 0
    assert b"beside somebody's bed" not in await base.kept()
    logged = [each.detail for each in await store.register_log(mine.committee_id, 50)]
    assert logged.count(((entry()["key"], ("pictures",)),)) == 2


async def test_so_many_and_no_more_and_none_of_a_round_or_of_no_plan(store: SqlStore, mine: Place) -> None:
    await add(mine, *((f"{number}-1", PICTURE) for number in range(MOST - 1)))
    with pytest.raises(TooManyDevicePicturesError):
        await add(mine, ("x-1", PICTURE), ("x-2", PICTURE))
    assert len(await names(mine)) == MOST - 1, "all of it or nothing"
    with pytest.raises(UnknownPlanError):
        await store.add_care_pictures(mine.committee_id, 99, (("y-1", PICTURE),), mine.people["li"], NOW)
    await keep(store, entry(key="round", resident="", alone=True, kind="daily_round"))
    (round_,) = [each for each in await store.care_plans(mine.committee_id) if each.scope is not None]
    with pytest.raises(UnknownPlanError):
        await store.add_care_pictures(
            mine.committee_id, round_.id, (("y-1", PICTURE),), mine.people["li"], NOW
        )


async def test_so_many_and_no_more_however_many_are_sent_at_one_moment(store: SqlStore, mine: Place) -> None:
    await add(mine, ("0-1", PICTURE))
    sent = (add(mine, (f"{number}-1", PICTURE)) for number in range(1, 2 * MOST))
    given = await asyncio.gather(*sent, return_exceptions=True)
    assert given.count(1) == MOST - 1
    assert {type(each) for each in given} == {int, TooManyDevicePicturesError}
    assert len(await names(mine)) == MOST


async def test_no_committee_reaches_another_ones(store: SqlStore, mine: Place) -> None:
    await add(mine, ("a-1", PICTURE))
    other = await settle(store, "fenglinli")
    with pytest.raises(UnknownPictureError):
        await store.care_picture(other.committee_id, "a-1")
    await store.drop_care_picture(other.committee_id, "a-1", other.people["li"], NOW)
    plan = await plan_of(store, mine)
    with pytest.raises(UnknownPlanError):
        await store.add_care_pictures(
            other.committee_id, plan.id, (("b-1", PICTURE),), other.people["li"], NOW
        )
    assert await store.care_pictures(other.committee_id) == {}
    assert (await store.care_picture(mine.committee_id, "a-1")).data == BYTES


async def test_one_that_is_taken_away_is_gone_from_open_jobs_as_well(store: SqlStore, mine: Place) -> None:
    await add(mine, ("a-1", PICTURE), ("b-1", SECOND))
    job_id = (await open_turn(mine, await plan_of(store, mine), NOW + HOUR)).job_id
    for _ in range(2):
        await store.drop_care_picture(mine.committee_id, "a-1", mine.people["li"], NOW)
    with pytest.raises(UnknownPictureError):
        await store.picture(mine.committee_id, job_id, 1)
    assert (await store.picture(mine.committee_id, job_id, 2)).data == SECOND.data
    assert await names(mine) == ("b-1",)
    assert after(await open_turn(mine, await plan_of(store, mine), NOW + 2 * HOUR)).job.pictures == 1


@pytest.mark.parametrize("end", ["the plan ends", "the resident leaves", "it is another's", "erased"])
async def test_they_go_with_the_plan_and_with_whom_it_is_for(
    store: SqlStore, mine: Place, base: Base, end: str
) -> None:
    await add(mine, ("a-1", PICTURE))
    committee = mine.committee_id
    if end == "the plan ends":
        await keep(store, entry(key="another"), prune=True)
    elif end == "the resident leaves":
        left = replace(
            samples.register(), residents=(), dropped={"residents": frozenset({samples.RESIDENT_KEY})}
        )
        await store.load_shown(left, prune=False, now=NOW, demo=False)
    elif end == "it is another's":
        other = {**samples.resident("3", "999"), "key": "other"}
        both = replace(file(entry(resident="other")), residents=(*samples.register().residents, other))
        await store.load_shown(both, prune=False, now=NOW, demo=False)
    else:
        await store.forget_resident(committee, samples.RESIDENT_KEY)
    assert await base.rows("SELECT name FROM care_pictures") == []


async def test_loading_the_same_plan_again_or_other_hours_keeps_them(store: SqlStore, mine: Place) -> None:
    await add(mine, ("a-1", PICTURE))
    await keep(store, entry())
    await keep(store, entry(at=("09:00",)))
    assert await names(mine) == ("a-1",)


async def test_in_a_bucket_they_lie_as_other_pictures_do_and_move_with_them(
    base: Base, vault: Vault, clock: OurClock, shelf: Shelf
) -> None:
    async with base.beside(shelf.opened(), vault, clock) as store:
        place = await planned(store)
        await add(place, ("a-1", PICTURE))
        job_id = (await open_turn(place, await plan_of(store, place), NOW + HOUR)).job_id
        assert len(shelf.objects()) == 1
        assert await store.sweep_objects(NOW + HOUR, 10) == 0, "it is the plan's"
        for way in ("database", "bucket"):
            if way == "database":
                assert (await store.pictures_to_database(OF_CARE, OF_CARE.start, 10)).moved == 1
                assert shelf.objects() == {}
            else:
                assert (await store.pictures_to_bucket(OF_CARE, OF_CARE.start, 10, NOW)).moved == 1
                assert len(shelf.objects()) == 1
            assert (await store.picture(place.committee_id, job_id, 1)).data == BYTES
            assert (await store.care_picture(place.committee_id, "a-1")).data == BYTES
        await store.drop_care_picture(place.committee_id, "a-1", place.people["li"], NOW)
        assert await store.sweep_objects(NOW + HOUR, 10) == 1
        assert shelf.objects() == {}
