"""Care plans as they are kept: sealed, by key, looked at when they are due, and each turn one job."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from dispatch import caring
from dispatch.care import NOBODY, DuePlan, Excuse, Plan
from dispatch.entries import CareEntry, RegisterFile
from dispatch.errors import BadFileError
from dispatch.jobs import Draft, Priority
from dispatch.kept import Saved
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.residents import Resident
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

DAY: Micros = 24 * HOUR
ZONE = ZoneInfo("Asia/Shanghai")
WORDS, DEVICE, KEY = "加纯净水到刻度线，不要动流量", "床头左侧的制氧机", "chen-oxygen"


def entry(**changed: object) -> CareEntry:
    made: CareEntry = {
        "key": KEY,
        "resident": samples.RESIDENT_KEY,
        "residents": (),
        "buildings": (),
        "alone": False,
        "relay": False,
        "kind": "welfare_check",
        "rrule": "FREQ=DAILY",
        "at": ("08:00", "20:00"),
        "anchor": date(2024, 1, 1),
        "ahead": 60,
        "within": 30,
        "carers": ("v1", "v2"),
        "device": DEVICE,
        "words": WORDS,
    }
    return {**made, **changed}  # type: ignore[typeddict-item]  # fields by name, for brevity


def file(*plans: CareEntry, key: str = "wutongli") -> RegisterFile:
    return replace(samples.register(key), care=plans)


async def keep(
    store: SqlStore, *plans: CareEntry, now: Micros = NOW, prune: bool = False, key: str = "wutongli"
) -> Mapping[str, int]:
    return (await store.load_shown(file(*plans, key=key), prune=prune, now=now, demo=False)).counts


def whose(plan: Plan) -> Resident:
    assert plan.resident is not None
    return plan.resident


async def plan_of(store: SqlStore, place: Place) -> Plan:
    (plan,) = await store.care_plans(place.committee_id)
    return plan


@pytest.fixture
async def mine(store: SqlStore) -> Place:
    place = await settle(store)
    await keep(store, entry())
    return place


async def open_turn(place: Place, plan: Plan, at: Micros, now: Micros = NOW) -> Saved:
    turn = caring.turn(plan, at, plan.carers)
    draft = Draft(
        committee_id=place.committee_id,
        kind="welfare_check",
        priority=Priority.URGENT,
        text=WORDS,
        nonce=caring.nonce(plan.id, at),
        building_id=whose(plan).building_id,
        unit=whose(plan).unit,
        resident_id=whose(plan).id,
        turn=turn,
    )
    return await place.store.post(draft, samples.playbook(), now, samples.posted)


async def test_what_was_kept_is_read_again_with_whom_it_is_for_and_nothing_private_lies_open(
    store: SqlStore, mine: Place, base: Base
) -> None:
    plan = await plan_of(store, mine)
    assert (plan.key, plan.device, plan.words, plan.kind) == (KEY, DEVICE, WORDS, "welfare_check")
    assert (whose(plan).name, whose(plan).contacts[0].phone) == (samples.RESIDENT, samples.CONTACT_PHONE)
    assert plan.times == (time(8), time(20))
    assert (plan.ahead, plan.within) == (HOUR, 30 * MINUTE)
    assert plan.carers == (mine.people["v1"], mine.people["v2"])
    assert (plan.since_at, plan.look_at) == (NOW, NOW)
    assert await store.care_plan(mine.committee_id, plan.id) == plan
    assert await store.carers(mine.committee_id) == frozenset(plan.carers)
    kept = await base.kept()
    for word in (KEY, WORDS, DEVICE, *samples.PRIVATE_WORDS):
        assert word.encode() not in kept


async def test_loading_twice_changes_nothing_and_other_words_leave_its_time_alone(
    store: SqlStore, mine: Place
) -> None:
    assert (await keep(store, entry(), now=NOW + HOUR))["changed"] == 0
    assert (await keep(store, entry(words="别的"), now=NOW + HOUR))["changed"] == 1
    assert (await plan_of(store, mine)).since_at == NOW
    await keep(store, entry(words="别的", at=("09:00",)), now=NOW + 2 * HOUR)
    plan = await plan_of(store, mine)
    assert (plan.since_at, plan.look_at, plan.times) == (NOW + 2 * HOUR, NOW + 2 * HOUR, (time(9),))


async def test_a_file_that_says_nothing_of_plans_leaves_them_and_prune_stops_them(
    store: SqlStore, mine: Place
) -> None:
    await keep(store)
    plan = await plan_of(store, mine)
    assert (await keep(store, prune=True))["deactivated"] == 1
    assert await store.care_plans(mine.committee_id) == ()
    assert await store.care_plan(mine.committee_id, plan.id) is None
    assert await store.care_due(NOW + DAY, 10) == ()
    await keep(store, entry(), now=NOW + DAY)  # the same key brings it back, from then on
    assert (await plan_of(store, mine)).since_at == NOW + DAY


async def test_plans_and_residents_of_one_new_file_come_together(store: SqlStore) -> None:
    await keep(store, entry(), key="qingtongli")
    (committee,) = await store.committees()
    (plan,) = await store.care_plans(committee.id)
    assert whose(plan).name == samples.RESIDENT
    assert (await keep(store, entry(), key="qingtongli"))["changed"] == 0


async def test_a_plan_that_points_nowhere_is_refused_and_nothing_of_the_file_is_kept(
    store: SqlStore, mine: Place
) -> None:
    for wrong in ({"resident": "nobody"}, {"carers": ("nobody",)}):
        with pytest.raises(BadFileError):
            await keep(store, entry(words="别的"), entry(key="b", **wrong))
        assert (await plan_of(store, mine)).words == WORDS


async def test_a_plan_of_a_resident_who_left_counts_no_more(store: SqlStore, mine: Place) -> None:
    plan = await plan_of(store, mine)
    gone = replace(samples.register(), residents=(), dropped={"residents": frozenset({samples.RESIDENT_KEY})})
    await store.load_shown(gone, prune=False, now=NOW, demo=False)
    assert await store.care_plans(mine.committee_id) == ()
    assert await store.care_plan(mine.committee_id, plan.id) is None
    assert await store.carers(mine.committee_id) == frozenset()
    assert (await store.contents(mine.committee_id, {"care"})).get("care", []) == []
    await keep(store, now=NOW + DAY)  # back again, and what they need is to be said anew
    assert await store.care_plans(mine.committee_id) == ()
    await keep(store, entry(), now=NOW + DAY)
    assert (await plan_of(store, mine)).since_at == NOW + DAY


async def test_the_register_tells_plans_as_a_file_would(store: SqlStore, mine: Place) -> None:
    told = (await store.contents(mine.committee_id, {"care"}))["care"]
    said = {name: value for name, value in entry().items() if value not in ((), False)}
    assert told == [{**said, "at": ["08:00", "20:00"], "carers": ["v1", "v2"]}]
    only = await store.contents(mine.committee_id, {"care"}, {"care": {"another"}})
    assert only.get("care", []) == []


async def test_it_is_looked_at_when_that_was_written_down_and_no_sooner(store: SqlStore, mine: Place) -> None:
    (due,) = await store.care_due(NOW, 10)
    await store.look_at_care(due, NOW + HOUR)
    assert await store.care_due(NOW + HOUR - 1, 10) == ()
    (later,) = await store.care_due(NOW + HOUR, 10)
    await store.look_at_care(replace(later, look_at=NOW), NOW + DAY)  # somebody else was sooner
    assert await store.care_due(NOW + HOUR, 10) == (later,)
    await store.load_shown(
        replace(file(), committee={**samples.committee(), "timezone": "Europe/Berlin"}),
        prune=False,
        now=NOW,
        demo=False,
    )
    assert await store.care_due(NOW - 1, 10) == ()
    assert [each.plan_id for each in await store.care_due(NOW, 10)] == [due.plan_id]


async def test_a_turn_is_one_job_however_many_open_it_and_knows_its_plan(
    store: SqlStore, mine: Place
) -> None:
    plan = await plan_of(store, mine)
    (at, *_) = caring.moments(plan, ZONE, NOW, NOW + DAY)
    opened = await asyncio.gather(*(open_turn(mine, plan, at) for _ in range(4)))
    assert len({each.job_id for each in opened}) == 1
    assert sum(each.decision is not None for each in opened) == 1
    job = (await mine.situation(opened[0].job_id)).job
    assert job.turn == caring.turn(plan, at, plan.carers)
    assert await store.care_turns(mine.committee_id, at) == (job,)
    assert await store.care_turns(mine.committee_id, at + 1) == ()
    told = await store.private(mine.committee_id, job.id)
    assert (told.resident_name, told.text) == (samples.RESIDENT, WORDS)


async def test_the_job_is_about_the_plans_own_resident_where_two_live_behind_a_door(
    store: SqlStore, mine: Place
) -> None:
    couple = {**samples.resident(), "key": "chen-gong", "name": "陈爷爷"}
    both = replace(samples.register(), residents=(samples.resident(), couple), care=(
        entry(), entry(key="b", resident="chen-gong")))  # fmt: skip
    await store.load_shown(both, prune=False, now=NOW, demo=False)
    for plan in await store.care_plans(mine.committee_id):
        saved = await open_turn(mine, plan, NOW + plan.id)
        told = await store.private(mine.committee_id, saved.job_id)
        assert told.resident_name == whose(plan).name


async def test_whoever_did_a_turn_last_comes_first_and_once(store: SqlStore, mine: Place) -> None:
    plan = await plan_of(store, mine)
    for number, key in enumerate(("v1", "v2", "v1", "v3"), 1):
        saved = await open_turn(mine, plan, NOW + number * HOUR)
        await store.change(mine.committee_id, saved.job_id, samples.claim(mine.people[key]))
        if key != "v3":  # who has not done it yet
            await store.change(mine.committee_id, saved.job_id, samples.claimed_done)
    found = await store.care_doers(mine.committee_id, plan.id, 5)
    assert found == (mine.people["v1"], mine.people["v2"])
    assert await store.care_doers(mine.committee_id, plan.id, 1) == (mine.people["v1"],)
    assert await store.care_doers(mine.committee_id, plan.id + 1, 5) == ()


async def test_an_excuse_is_kept_once_and_has_the_plan_looked_at(store: SqlStore, mine: Place) -> None:
    plan, who = await plan_of(store, mine), mine.people["v1"]
    (due,) = await store.care_due(NOW, 10)
    await store.look_at_care(due, NOW + DAY)
    said = Excuse(plan_id=plan.id, at=NOW + HOUR, person_id=who, by_id=who, said_at=NOW + MINUTE)
    assert await store.excuse(mine.committee_id, said)
    assert await store.care_due(NOW + MINUTE, 10) == (
        DuePlan(committee_id=mine.committee_id, plan_id=plan.id, look_at=NOW + MINUTE),
    )
    assert not await store.excuse(mine.committee_id, replace(said, said_at=NOW + DAY))
    assert await store.excuse(mine.committee_id, replace(said, person_id=NOBODY))
    kept = await store.care_excuses(mine.committee_id, NOW + HOUR)
    assert {each.person_id for each in kept} == {who, NOBODY}
    assert await store.care_excuses(mine.committee_id, NOW + HOUR + 1) == ()


async def test_another_committees_plans_are_nobodys_business(store: SqlStore, mine: Place) -> None:
    theirs = await settle(store, "qingtongli")
    plan = await plan_of(store, mine)
    await open_turn(mine, plan, NOW)
    assert await store.care_plans(theirs.committee_id) == ()
    assert await store.care_plan(theirs.committee_id, plan.id) is None
    assert await store.care_turns(theirs.committee_id, 0) == ()
    assert await store.care_excuses(theirs.committee_id, 0) == ()
    assert await store.carers(theirs.committee_id) == frozenset()
    foreign = DuePlan(committee_id=theirs.committee_id, plan_id=plan.id, look_at=NOW)
    await store.look_at_care(foreign, NOW + DAY)
    assert (await plan_of(store, mine)).look_at == NOW
