"""Ways as they are kept: sealed, loaded with the file, seen by the next decision; a drill, once a week."""

import asyncio

import pytest

from dispatch import reach, waking
from dispatch.drills import Result
from dispatch.entries import RegisterFile, WayEntry
from dispatch.events import NoticeKind
from dispatch.moments import MINUTE
from dispatch.people import RING, Address
from dispatch.reach import Reason
from dispatch.ways import Hours, ListedWay
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

KEY = "kT9xQpDeviceKey"
BARK: WayEntry = {"to": f"bark://{KEY}@example.org", "hours": Hours(since=1320, until=420)}
NTFY: WayEntry = {"to": f"ntfy://example.org/{KEY}", "hours": None}
CHAT: WayEntry = {"to": "chat", "hours": None}


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def listing(*ways: WayEntry, who: str = "li") -> RegisterFile:
    """The sample committee, and somebody lists these ways."""
    file = samples.register()
    people = [{**each, "ways": ways} if each["key"] == who else each for each in file.people]
    return RegisterFile(
        committee=file.committee,
        buildings=file.buildings,
        people=people,
        rooms=file.rooms,
        residents=file.residents,
        ladder=file.ladder,
    )


async def load(store: SqlStore, *ways: WayEntry) -> int:
    """How many entries changed or came."""
    counts = await store.load(listing(*ways), prune=False, demo=False)
    return counts["changed"] + counts["added"]


async def listed(store: SqlStore, place: Place) -> tuple[ListedWay, ...]:
    return (await store.roster(place.committee_id)).waking.get(place.people["li"], ())


async def services(store: SqlStore, place: Place) -> list[Address]:
    return [way.address for way in await store.ways(place.committee_id) if way.address.platform == RING]


async def test_ways_are_kept_in_their_order_and_loading_them_again_changes_nothing(
    store: SqlStore, place: Place
) -> None:
    assert await load(store, BARK, CHAT, NTFY) == 1
    first = await listed(store, place)
    assert [(way.service, way.hours) for way in first] == [
        ("bark", BARK["hours"]),
        ("", None),
        ("ntfy", None),
    ]
    revision = (await store.roster(place.committee_id)).committee.revision
    assert await load(store, BARK, CHAT, NTFY) == 0
    assert await listed(store, place) == first
    assert (await store.roster(place.committee_id)).committee.revision == revision


async def test_the_address_of_a_service_lies_nowhere_open_and_is_opened_for_the_ring_alone(
    store: SqlStore, place: Place, base: Base
) -> None:
    await load(store, BARK, NTFY)
    assert KEY.encode() not in await base.kept()
    assert [await store.secret(address) for address in await services(store, place)] == [
        BARK["to"],
        NTFY["to"],
    ]
    opened = await store.secrets(place.committee_id)
    assert [(each.position, each.value) for each in opened] == [(1, BARK["to"]), (2, NTFY["to"])]
    assert KEY not in repr(opened)


async def test_another_order_is_seen_by_the_next_decision_and_what_is_gone_rings_no_more(
    store: SqlStore, place: Place
) -> None:
    await load(store, BARK, CHAT, NTFY)
    (bark, _) = await services(store, place)
    assert await load(store, NTFY, CHAT) == 1
    assert [way.service for way in await listed(store, place)] == ["ntfy", ""]
    assert await store.secret(bark) is None
    assert await load(store) == 1
    assert await listed(store, place) == ()
    assert await services(store, place) == []
    assert await load(store, BARK) == 1  # and back again
    assert [address.id for address in await services(store, place)] == [bark.id]


async def test_a_service_is_no_chat_and_no_page(store: SqlStore, place: Place) -> None:
    await load(store, BARK)
    roster, li = await store.roster(place.committee_id), place.people["li"]
    assert li not in roster.addresses_of
    assert li not in roster.by_chat
    assert li in roster.rung
    await store.invite(place.committee_id, li, revoke=True)  # of links and accounts
    assert (await store.roster(place.committee_id)).rung == {li}


async def test_whoever_is_pruned_is_rung_no_more_and_comes_back_with_the_file(
    store: SqlStore, place: Place
) -> None:
    await load(store, BARK)
    file = listing(BARK)
    without = [each for each in file.people if each["key"] != "li"]
    gone = RegisterFile(committee=file.committee, buildings=file.buildings, people=without)
    await store.load(gone, prune=True, demo=False)
    assert (await store.roster(place.committee_id)).waking == {}
    assert await services(store, place) == []
    await load(store, BARK)
    assert (await store.roster(place.committee_id)).rung == {place.people["li"]}


async def test_a_way_that_failed_is_shown_and_rings_all_the_same_until_it_works_again(
    store: SqlStore, place: Place
) -> None:
    await load(store, BARK)
    (address,) = await services(store, place)
    await store.doubt(address, Reason.DECLINES, NOW)
    await store.doubt(address, Reason.NO_ANSWER, NOW + MINUTE)
    ways, roster = await store.ways(place.committee_id), await store.roster(place.committee_id)
    (told,) = [each for each in reach.unreached(roster, ways, NOW) if each.platform == "bark"]
    assert (told.reason, told.since, told.person_id) == (Reason.NO_ANSWER, NOW, place.people["li"])
    assert waking.rung_first(roster, place.people["li"], NOW) in (None, address.id)
    assert place.people["li"] in roster.rung
    await store.clear_doubt(address)
    assert [way.failed for way in await store.ways(place.committee_id) if way.address == address] == [None]


async def test_a_drill_owes_each_way_one_test_and_its_results_are_told(store: SqlStore, place: Place) -> None:
    await load(store, BARK, NTFY)
    addresses = [address.id for address in await services(store, place)]
    rows = await store.begin_drill(place.committee_id, addresses, NOW, "drill 1")
    assert await store.begin_drill(place.committee_id, addresses, NOW, "drill 1") == rows
    first, second = await store.outbox(rows)
    assert {first.kind, second.kind} == {NoticeKind.DRILL}
    assert (first.job_id, first.application_id) == (0, None)
    await store.delivered(first, now=NOW, result="delivered", ref="anything", retry_at=None)
    await store.delivered(second, now=NOW, result="retry", ref=None, retry_at=NOW + MINUTE)
    assert await store.drill(place.committee_id, "drill 1") == (
        Result(id=first.id, address_id=first.address.id, status="delivered", tries=1),
        Result(id=second.id, address_id=second.address.id, status="owed", tries=1),
    )
    await store.end_drill(place.committee_id, "drill 1", NOW)
    assert await store.outbox(rows) == ()
    assert not await store.has_card(first.address)


async def test_a_weeks_drill_is_begun_once_whoever_tries(store: SqlStore, place: Place) -> None:
    await load(store, BARK)
    addresses = [address.id for address in await services(store, place)]
    assert not await store.drill_begun(place.committee_id, "week 1")
    begun = await asyncio.gather(
        *(store.begin_drill(place.committee_id, addresses, NOW, f"try {n}", "week 1") for n in range(4))
    )
    assert sum(len(rows) for rows in begun) == 1
    assert await store.drill_begun(place.committee_id, "week 1")
    assert await store.begin_drill(place.committee_id, addresses, NOW, "later", "week 1") == ()
    assert len(await store.begin_drill(place.committee_id, addresses, NOW, "next", "week 2")) == 1


async def test_another_committees_services_are_not_opened(store: SqlStore, place: Place) -> None:
    await load(store, BARK)
    other = await settle(store, "fangxiang")
    (address,) = await services(store, place)
    stolen = Address(id=address.id, committee_id=other.committee_id, platform=RING, value=address.value)
    assert await store.secret(stolen) is None
    assert await store.secrets(other.committee_id) == ()
    assert await store.drill(other.committee_id, "drill 1") == ()
