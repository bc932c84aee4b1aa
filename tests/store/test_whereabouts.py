"""Where people are who share it: a building, sealed, for as long as it counts, and nothing afterwards."""

import pytest

from dispatch.geography import Point
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.people import Person
from dispatch.whereabouts import SILENT, Shared
from store import SqlStore
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

SPOT = Point(lat=31.203100077, lon=121.478900077)


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def said(at: Micros = NOW, lasts: Micros = HOUR) -> Shared:
    return Shared(point=SPOT, at=at, ends=at + lasts)


async def person(store: SqlStore, place: Place) -> Person:
    return (await store.roster(place.committee_id)).people[place.people["v1"]]


async def near(store: SqlStore, place: Place, job_id: int) -> dict[int, int | None]:
    return dict((await store.situation(place.committee_id, job_id)).near)


async def test_they_are_there_until_it_counts_no_more_and_at_home_again_when_they_stop(
    store: SqlStore, place: Place, clock: OurClock, base: Base
) -> None:
    who, job = await person(store, place), (await place.post(building="3")).job_id
    begun = clock.moment
    await store.keep_whereabouts(who, who.building_id, said(begun))
    assert await near(store, place, job) == {who.id: who.building_id}
    await store.keep_whereabouts(who, None, said(begun + 5 * MINUTE))
    assert await near(store, place, job) == {who.id: None}
    await store.keep_whereabouts(who, who.building_id, said(begun + MINUTE))
    assert await near(store, place, job) == {who.id: None}, "news that comes late changes nothing"
    clock.moment = begun + 5 * MINUTE + SILENT
    assert await near(store, place, job) == {}
    clock.moment = begun + 6 * MINUTE
    await store.keep_whereabouts(who, None, said(begun + 6 * MINUTE, 0))
    assert await near(store, place, job) == {}
    assert [row["near"] for row in await base.rows("SELECT near FROM whereabouts")] == [""]
    await store.drop_whereabouts(begun + 7 * MINUTE + SILENT)
    assert await base.rows("SELECT * FROM whereabouts") == []


async def test_only_a_building_is_kept_and_that_is_sealed_and_forgotten_with_them(
    store: SqlStore, place: Place, clock: OurClock, base: Base
) -> None:
    who = await person(store, place)
    await store.keep_whereabouts(who, who.building_id, said(clock.moment))
    (row,) = await base.rows("SELECT * FROM whereabouts")
    assert len(str(row["near"])) > len("gAAAAA")
    kept = await store.kept_about(place.committee_id, "v1")
    assert [each["near"] for each in kept.tables["whereabouts"]] == [str(who.building_id)]
    await store.forget_person(place.committee_id, "v1", clock.moment)
    assert await base.rows("SELECT * FROM whereabouts") == []


async def test_a_phone_that_lies_still_is_written_down_once_a_minute(
    store: SqlStore, place: Place, clock: OurClock, base: Base
) -> None:
    who = await person(store, place)
    for seconds in (0, 5, 10, 59, 61):
        await store.keep_whereabouts(who, 1, said(clock.moment + seconds * 1_000_000))
    (row,) = await base.rows("SELECT heard_at FROM whereabouts")
    assert row["heard_at"] == clock.moment + 61_000_000
