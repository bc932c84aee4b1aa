"""Medicines of the register as they are kept: sealed, by key, moved on once, and nobody else's business."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dispatch.entries import MedicineEntry, RegisterFile
from dispatch.errors import BadFileError
from dispatch.moments import HOUR
from dispatch.stops import Good
from dispatch.supply import DueSupply, Supply
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

MEDICINE, HOSPITAL, DOCTOR, KEY = "华法林片", "中山医院", "李医生", "chen-warfarin"
UNTIL = date(2026, 11, 30)


def entry(**changed: object) -> MedicineEntry:
    made: MedicineEntry = {
        "key": KEY,
        "resident": samples.RESIDENT_KEY,
        "medicine": MEDICINE,
        "hospital": HOSPITAL,
        "doctor": DOCTOR,
        "until": UNTIL,
        "box": 28,
        "ahead": 5,
        "brings": ("card", "cash"),
    }
    return {**made, **changed}  # type: ignore[typeddict-item]  # fields by name, for brevity


def file(*medicines: MedicineEntry, key: str = "wutongli") -> RegisterFile:
    return replace(samples.register(key), medicines=medicines)


async def keep(store: SqlStore, *medicines: MedicineEntry, prune: bool = False) -> Mapping[str, int]:
    return (await store.load_shown(file(*medicines), prune=prune, now=NOW, demo=False)).counts


async def supply_of(store: SqlStore, place: Place) -> Supply:
    (supply,) = await store.supplies(place.committee_id)
    return supply


@pytest.fixture
async def mine(store: SqlStore) -> Place:
    place = await settle(store)
    await keep(store, entry())
    return place


async def test_what_was_kept_is_read_again_and_nothing_private_lies_open(
    store: SqlStore, mine: Place, base: Base
) -> None:
    supply = await supply_of(store, mine)
    assert (supply.key, supply.medicine, supply.hospital, supply.doctor) == (KEY, MEDICINE, HOSPITAL, DOCTOR)
    assert (supply.until, supply.box, supply.ahead) == (UNTIL, 28, 5)
    assert supply.brings == (Good.CARD, Good.CASH)
    assert supply.resident.name == samples.RESIDENT
    assert await store.supply(mine.committee_id, supply.id) == supply
    kept = await base.kept()
    for word in (KEY, MEDICINE, HOSPITAL, DOCTOR, *samples.PRIVATE_WORDS):
        assert word.encode() not in kept
    told = (await store.contents(mine.committee_id, {"medicines"}))["medicines"]
    assert told == [{**entry(), "brings": ["card", "cash"]}]


async def test_a_day_is_moved_on_once_and_only_another_word_moves_it_back(
    store: SqlStore, mine: Place
) -> None:
    supply = await supply_of(store, mine)
    later = UNTIL + timedelta(days=28)
    for _ in range(2):
        await store.refilled(supply, later, NOW + HOUR)
        later += timedelta(days=28)
    assert (await supply_of(store, mine)).until == UNTIL + timedelta(days=28)
    assert (await keep(store, entry()))["changed"] == 0
    await keep(store, entry(doctor=""))
    assert (await supply_of(store, mine)).until == UNTIL + timedelta(days=28)
    await keep(store, entry(doctor="", until=UNTIL + timedelta(days=1)))
    assert (await supply_of(store, mine)).until == UNTIL + timedelta(days=1)


async def test_what_goes_counts_no_more_and_comes_back_with_the_day_that_is_said_then(
    store: SqlStore, mine: Place
) -> None:
    await store.refilled(await supply_of(store, mine), UNTIL + timedelta(days=28), NOW)
    assert (await keep(store, prune=True))["deactivated"] == 1
    assert await store.supplies(mine.committee_id) == ()
    assert await store.supplies_due(NOW, 10) == ()
    await keep(store, entry())
    assert (await supply_of(store, mine)).until == UNTIL
    gone = replace(samples.register(), residents=(), dropped={"residents": frozenset({samples.RESIDENT_KEY})})
    await store.load_shown(gone, prune=False, now=NOW, demo=False)
    assert await store.supplies(mine.committee_id) == ()
    await keep(store)
    assert await store.supplies(mine.committee_id) == ()  # what they take is to be said anew


async def test_a_medicine_of_nobody_is_refused(store: SqlStore, mine: Place) -> None:
    with pytest.raises(BadFileError):
        await keep(store, entry(doctor=""), entry(key="b", resident="nobody"))
    assert (await supply_of(store, mine)).doctor == DOCTOR


async def test_it_is_looked_at_when_that_was_written_down_and_another_committee_never(
    store: SqlStore, mine: Place
) -> None:
    theirs = await settle(store, "qingtongli")
    supply = await supply_of(store, mine)
    (due,) = await store.supplies_due(NOW, 10)
    foreign = DueSupply(committee_id=theirs.committee_id, supply_id=supply.id, look_at=due.look_at)
    await store.look_at_supply(foreign, NOW + HOUR)
    assert await store.supplies_due(NOW, 10) == (due,)
    assert await store.supply(theirs.committee_id, supply.id) is None
    assert await store.supplies(theirs.committee_id) == ()
    await store.look_at_supply(due, NOW + HOUR)
    await store.look_at_supply(due, NOW)  # somebody else was sooner
    assert await store.supplies_due(NOW + HOUR - 1, 10) == ()
    zoned = replace(file(), committee={**samples.committee(), "timezone": "Europe/Berlin"})
    await store.load_shown(zoned, prune=False, now=NOW, demo=False)
    assert await store.supplies_due(NOW - 1, 10) == ()
    assert [each.supply_id for each in await store.supplies_due(NOW, 10)] == [supply.id]


async def test_nothing_is_left_of_it_when_its_resident_is_forgotten(
    store: SqlStore, mine: Place, base: Base
) -> None:
    kept = await store.kept_about_resident(mine.committee_id, samples.RESIDENT_KEY)
    assert [row["medicine"] for row in kept.tables["medicine_supplies"]] == [MEDICINE]
    await store.forget_resident(mine.committee_id, samples.RESIDENT_KEY)
    assert await store.supplies(mine.committee_id) == ()
    rows = await base.rows("SELECT medicine, hospital, doctor, brings, key FROM medicine_supplies")
    names = ("medicine", "hospital", "doctor", "brings", "key")
    assert [[row[name] for name in names] for row in rows] == [[""] * len(names)]
