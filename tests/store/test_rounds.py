"""Rounds as they are kept: whom they go to, sealed; a job with its doors; each tick once."""

import asyncio
from dataclasses import replace

import pytest

from dispatch import lifecycle, rounds
from dispatch.care import Scope
from dispatch.door_lists import Visited
from dispatch.doors import Door, DoorState, NewDoor, Round
from dispatch.entries import HouseholdEntry, RegisterFile, ResidentEntry
from dispatch.jobs import Draft, Priority
from dispatch.kept import Saved
from dispatch.rounds import Found, Visit
from dispatch.situation import Situation
from store import SqlStore
from store.maps import Geodesic
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW
from tests.store.test_care import entry
from tests.stories.committee import tables

RELAY_PHONE = "19900000102"


def elder(key: str, building: str, unit: str, *, alone: bool = True) -> ResidentEntry:
    return {**samples.resident(building, unit), "key": key, "name": f"老人{key}", "alone": alone}


RELAY: HouseholdEntry = {
    "key": "door-3-102",
    "building": "3",
    "unit": "102",
    "people": None,
    "phone": RELAY_PHONE,
    "notes": "",
    "relay": True,
}
RESIDENTS = (
    elder("d", "12", "101"),
    elder("a", "3", "1001"),
    elder("b", "3", "102"),  # of the relay household itself
    elder("c", "3", "301", alone=False),
)


def file(**said: object) -> RegisterFile:
    plan = entry(resident="", kind="daily_round", **{"alone": True, **said})
    return replace(samples.register(), households=(RELAY,), residents=RESIDENTS, care=(plan,))


@pytest.fixture
async def place(store: SqlStore) -> Place:
    place = await settle(store)
    await store.load_shown(file(relay=True), prune=True, now=NOW, demo=False)
    return place


async def gone_to(store: SqlStore, place: Place) -> tuple[NewDoor, ...]:
    (plan,) = await store.care_plans(place.committee_id)
    return await store.doors_of_plan(place.committee_id, plan.id)


async def post(place: Place, nonce: str = "care 1 0") -> Saved:
    doors = await gone_to(place.store, place)
    draft = Draft(
        committee_id=place.committee_id,
        kind="daily_round",
        priority=Priority.NORMAL,
        text="",
        nonce=nonce,
        building_id=rounds.building(doors),
        doors=doors,
    )
    return await place.store.post(
        draft, samples.playbook(), NOW, lambda found: lifecycle.posted(found, NOW, Geodesic())
    )


async def tick(place: Place, job: int, found: Found, *numbers: int) -> Saved:
    actor = (await place.store.roster(place.committee_id)).people[place.people["li"]]
    visit = Visit(numbers=numbers, found=found)

    def decide(situation: Situation, doors: tuple[Door, ...]) -> Visited:
        checks = dict.fromkeys(numbers, 77) if found is Found.NO_ANSWER else {}
        return rounds.visited(actor, visit, checks, situation, doors, NOW + 1, Geodesic())

    return await place.store.tick_doors(place.committee_id, job, decide, NOW + 1)


async def test_it_goes_by_building_and_door_to_those_who_live_alone_and_a_household_tells_the_others(
    store: SqlStore, place: Place
) -> None:
    doors = await gone_to(store, place)
    known = {each.id: each.key for each in await store.residents(place.committee_id)}
    assert [known[each.resident_id] for each in doors] == ["b", "a", "d"]
    assert [each.household_id is not None for each in doors] == [False, True, False]
    (plan,) = await store.care_plans(place.committee_id)
    assert plan.resident is None
    assert plan.scope == Scope(alone=True, relay=True)
    assert await store.doors_of_plan(place.committee_id + 1, plan.id) == ()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"alone": True, "buildings": ("12",)}, ["d"]),
        ({"alone": False, "buildings": ("3",)}, ["b", "c", "a"]),
        ({"alone": True, "buildings": ("12",), "residents": ("c",)}, ["c", "d"]),
        ({"alone": False, "residents": ("c",)}, ["c"]),
    ],
)
async def test_a_round_goes_to_whom_its_plan_says(
    store: SqlStore, place: Place, said: dict[str, object], wanted: list[str]
) -> None:
    await store.load_shown(file(**said), prune=True, now=NOW, demo=False)
    known = {each.id: each.key for each in await store.residents(place.committee_id)}
    assert [known[each.resident_id] for each in await gone_to(store, place)] == wanted
    contents = await store.contents(place.committee_id, {"care"})
    (told,) = tables(contents, "care")
    assert {name: told[name] for name in ("buildings", "residents") if name in told} == {
        name: list(each) for name, each in said.items() if isinstance(each, tuple)
    }
    again = await store.load_shown(file(**said), prune=True, now=NOW, demo=False)
    assert (again.counts["changed"], again.counts["added"]) == (0, 0)


async def test_the_doors_are_written_with_the_job_and_nothing_private_lies_open(
    store: SqlStore, place: Place, base: Base
) -> None:
    saved = await post(place)
    assert (await post(place)).job_id == saved.job_id
    assert (await place.situation(saved.job_id)).job.round == Round(doors=3, open=(1, 2, 3))
    assert (await place.situation(saved.job_id)).job.hides == {"unit", "phone", "resident"}
    doors = await store.doors(place.committee_id, saved.job_id)
    assert [(door.unit, door.relay_unit, door.relay_phone) for door in doors] == [
        ("102", "", ""),
        ("1001", "102", RELAY_PHONE),
        ("101", "", ""),
    ]
    assert await store.doors(place.committee_id + 1, saved.job_id) == ()
    kept = await base.kept()
    for word in ("老人a", RELAY_PHONE, "daily", '"yes"'):
        assert (word.encode() in kept) is (word == "daily")  # the kind alone


async def test_a_tick_moves_the_job_and_the_door_together_and_once(store: SqlStore, place: Place) -> None:
    job = (await post(place)).job_id
    await asyncio.gather(*(tick(place, job, Found.NO_ANSWER, 2) for _ in range(4)))
    await tick(place, job, Found.WELL, 1, 2)
    doors = await store.doors(place.committee_id, job)
    assert [(door.state, door.check) for door in doors[:2]] == [
        (DoorState.WELL, None),
        (DoorState.NO_ANSWER, 77),
    ]
    state = (await place.situation(job)).job
    assert state.round == Round(doors=3, open=(3,), unanswered=(2,))
    events = [each.kind.value for each in await store.timeline(place.committee_id, job)]
    assert events.count("door") == 2


async def test_who_is_forgotten_is_gone_to_no_more_and_stands_on_no_list(
    store: SqlStore, place: Place
) -> None:
    await store.load_shown(file(alone=False, residents=("a", "c")), prune=True, now=NOW, demo=False)
    await store.forget_resident(place.committee_id, "a")
    known = {each.id: each.key for each in await store.residents(place.committee_id)}
    assert [known[each.resident_id] for each in await gone_to(store, place)] == ["c"]
    (plan,) = await store.care_plans(place.committee_id)
    assert plan.scope == Scope(residents=("c",))
