"""What is private of a job: corrected, known by the door, and written down when it is shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dispatch.entries import HouseholdEntry
from dispatch.events import Event, EventKind
from dispatch.jobs import Correction
from dispatch.situation import Decision, Situation
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, after, read_anew, settle
from tests.store.samples import NOW


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def corrects(correction: Correction) -> Callable[[Situation], Decision]:
    """Somebody puts a job right."""

    def correct(now: Situation) -> Decision:
        job = replace(now.job, building_id=correction.building_id)
        made = samples.decided(now, Event(kind=EventKind.CORRECTED, at=NOW), after=replace(now, job=job))
        return replace(made, correction=correction)

    return correct


async def test_a_correction_changes_what_is_private_and_what_is_missing(
    store: SqlStore, place: Place
) -> None:
    saved = await place.post(building="", phone="")
    before = after(saved)
    assert before.job.hides == {"text"}
    assert before.job.missing == {"building", "unit", "phone"}

    correct = corrects(Correction(building_id=place.buildings["3"], unit=samples.DOOR, text="女儿来电"))
    corrected = after(await store.change(place.committee_id, saved.job_id, correct))
    assert corrected.job.hides == {"text", "unit", "phone", "resident", "family"}
    assert corrected.job.missing == frozenset()
    found = await read_anew(store, place.committee_id, saved.job_id)
    assert replace(found, busy=None, present=None, full=None) == corrected
    private = await store.private(place.committee_id, saved.job_id)
    assert private.text == f"{samples.SAID}\n女儿来电"
    assert (private.unit, private.phone) == (samples.DOOR, samples.PHONE)
    assert private.resident_name == samples.RESIDENT


async def test_a_resident_is_recognised_by_building_and_door(store: SqlStore, place: Place) -> None:
    for nonce, unit in (("a", "502"), ("b", "５０２ 室"), ("c", " 502号")):
        private = await store.private(
            place.committee_id, (await place.post(nonce=nonce, building="3", unit=unit)).job_id
        )
        assert private.resident_name == samples.RESIDENT
        assert private.resident_notes == samples.NOTES
        assert [each.phone for each in private.contacts] == [samples.CONTACT_PHONE]
    elsewhere = await place.post(nonce="d", building="12", unit="502")
    assert (await store.private(place.committee_id, elsewhere.job_id)).resident_name == ""


HOME: HouseholdEntry = {
    "key": "12-101",
    "building": "12",
    "unit": "101",
    "people": 2,
    "phone": "13800138007",
    "notes": "",
    "relay": False,
}


async def test_the_phone_of_a_household_stands_in_for_one_that_nobody_gave(
    store: SqlStore, place: Place, base: Base
) -> None:
    await store.load(replace(samples.register(), households=(HOME,)), prune=False, demo=False)
    saved = await place.post(building="12", unit="１０１室", phone="")
    assert after(saved).job.hides == {"text", "unit", "phone"}
    assert "phone" not in after(saved).job.missing
    assert (await store.private(place.committee_id, saved.job_id)).phone == HOME["phone"]
    await store.change(place.committee_id, saved.job_id, samples.claim(place.people["v1"]))
    assert await reveals(base) == [(saved.job_id, place.people["v1"], "phone unit", "claimed")]
    given = await place.post(nonce="b", building="12", unit="101", phone=samples.PHONE)
    assert (await store.private(place.committee_id, given.job_id)).phone == samples.PHONE
    next_door = await place.post(nonce="c", building="12", unit="102", phone="")
    assert "phone" not in after(next_door).job.hides
    moved = corrects(Correction(building_id=place.buildings["12"], unit="101"))
    corrected = await store.change(place.committee_id, next_door.job_id, moved)
    assert "phone" in after(corrected).job.hides


async def test_what_a_claim_reveals_is_written_down_for_the_trusted(
    store: SqlStore, place: Place, base: Base
) -> None:
    job_id = (await place.post(building="3")).job_id
    await store.change(place.committee_id, job_id, samples.claim(place.people["v1"]))
    assert await reveals(base) == [(job_id, place.people["v1"], "phone resident unit", "claimed")]
    other = (await place.post(nonce="b", building="3")).job_id
    assigned = samples.claim(place.people["v2"], assigned_by=place.people["li"])
    await store.change(place.committee_id, other, assigned)
    assert (await reveals(base))[-1] == (other, place.people["v2"], "phone resident unit", "assigned")
    third = (await place.post(nonce="c", building="3")).job_id
    await store.change(place.committee_id, third, samples.claim(place.people["new"]))
    assert len(await reveals(base)) == 2


async def test_nothing_is_written_down_where_nothing_is_revealed(
    store: SqlStore, place: Place, base: Base
) -> None:
    job_id = (await place.post(building="")).job_id  # only the text exists, and the playbook keeps it
    await store.change(place.committee_id, job_id, samples.claim(place.people["v1"]))
    assert await reveals(base) == []


async def reveals(base: Base) -> list[tuple[int, int, str, str]]:
    """The log of reveals, oldest first."""
    rows = await base.rows("SELECT job_id, person_id, fields, reason FROM reveals ORDER BY id")
    return [(row["job_id"], row["person_id"], row["fields"], row["reason"]) for row in rows]
