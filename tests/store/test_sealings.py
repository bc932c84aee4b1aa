"""What was declared of buildings as it is kept: one word, one step, told once, and nobody else's."""

import asyncio
from collections.abc import Mapping
from functools import partial

import pytest

from dispatch import declaring, sealing
from dispatch.declaring import Mark, Ruled, Ruling, Wanted
from dispatch.errors import UnknownBuildingError
from dispatch.moments import HOUR, Micros
from dispatch.people import Roster
from dispatch.relays import RelayKind
from dispatch.sealing import Scheme, Stage, Status
from store import SqlStore
from tests.store.places import Place, settle
from tests.store.samples import NOW

DAY: Micros = 24 * HOUR
SEVEN: Scheme = (Stage(status=Status.SEALED, days=7), Stage(status=Status.CONTROLLED, days=7))


@pytest.fixture
async def mine(store: SqlStore) -> Place:
    return await settle(store)


async def say(
    place: Place,
    *,
    scheme: Scheme = SEVEN,
    since: Micros = NOW,
    now: Micros = NOW,
    receipt: str = "",
    building: str = "3",
) -> Ruled:
    wanted = Wanted(
        building_id=place.buildings[building],
        since=since,
        scheme=scheme,
        by_id=place.people["li"],
        receipt=receipt,
    )
    rule = partial(declaring.declared, wanted=wanted, now=now)
    return await place.store.rule_sealing(place.committee_id, rule)


async def look(place: Place, now: Micros) -> Ruled:
    return await place.store.rule_sealing(place.committee_id, partial(declaring.stepped, now=now))


async def test_what_was_said_is_read_again_with_the_roster(store: SqlStore, mine: Place) -> None:
    before = await store.roster(mine.committee_id)
    await say(mine)
    roster = await store.roster(mine.committee_id)
    (kept,) = roster.sealings
    assert (kept.scheme, kept.since, kept.by_id, kept.set_at) == (SEVEN, NOW, mine.people["li"], NOW)
    assert roster.committee.revision == before.committee.revision + 1
    assert sealing.status_at(roster.courses[mine.buildings["3"]], NOW + 8 * DAY) is Status.CONTROLLED
    assert (await store.sealings_said(mine.committee_id, 10)) == (kept,)


async def test_whoever_lives_there_is_owed_a_card_and_the_row_is_about_a_relay_of_that_building(
    store: SqlStore, mine: Place
) -> None:
    ruled = await say(mine)
    rows = await store.outbox(ruled.rows)
    assert {row.address.person_id for row in rows} >= {mine.people["v1"], mine.people["v2"]}
    (number,) = {row.relay_id for row in rows}
    relay = await store.relay(mine.committee_id, number or 0)
    assert (relay.kind, relay.building_id) == (RelayKind.STATUS, mine.buildings["3"])
    assert await store.status_notices(mine.committee_id) == (relay,)
    assert relay not in await store.relays(mine.committee_id)  # nobody looks at it again


async def test_the_same_message_twice_is_kept_once(store: SqlStore, mine: Place) -> None:
    await say(mine, receipt="telegram:1")
    again = await say(mine, receipt="telegram:1", since=NOW + HOUR, now=NOW + HOUR)
    assert (again.ruling, again.rows) == (Ruling(), ())
    assert len(await store.sealings_said(mine.committee_id, 10)) == 1
    await say(mine, receipt="telegram:2", since=NOW + HOUR, now=NOW + HOUR)
    assert len(await store.sealings_said(mine.committee_id, 10)) == 2


async def test_a_step_is_told_once_by_however_many_workers(store: SqlStore, mine: Place) -> None:
    await say(mine)
    assert await store.sealings_due(NOW + 7 * DAY - 1, 10) == ()
    at = NOW + 7 * DAY
    assert await store.sealings_due(at, 10) == (mine.committee_id,)
    looks = await asyncio.gather(*(look(mine, at) for _ in range(4)))
    assert len([each for each in looks if each.rows]) == 1
    assert await store.sealings_due(at, 10) == ()
    assert await store.sealings_due(NOW + 14 * DAY, 10) == (mine.committee_id,)
    await look(mine, NOW + 14 * DAY)
    assert await store.sealings_due(NOW + 400 * DAY, 10) == ()


async def test_what_was_replaced_leaves_the_roster_and_stays_in_the_log(store: SqlStore, mine: Place) -> None:
    await say(mine)
    await say(mine, scheme=(), since=NOW + DAY, now=NOW + DAY)
    (left,) = (await store.roster(mine.committee_id)).sealings
    assert left.scheme == ()
    assert [each.scheme for each in await store.sealings_said(mine.committee_id, 10)] == [(), SEVEN]
    assert len(await store.sealings_said(mine.committee_id, 1)) == 1
    assert await store.sealings_due(NOW + 400 * DAY, 10) == ()


async def test_a_rule_that_refuses_keeps_nothing(store: SqlStore, mine: Place) -> None:
    before = await store.roster(mine.committee_id)

    def refuses(_roster: Roster, _marks: Mapping[int, Mark]) -> Ruling:
        raise UnknownBuildingError

    with pytest.raises(UnknownBuildingError):
        await store.rule_sealing(mine.committee_id, refuses)
    assert await store.roster(mine.committee_id) == before


async def test_another_committees_buildings_are_nobodys_business(store: SqlStore, mine: Place) -> None:
    theirs = await settle(store, "qingtongli")
    await say(theirs)
    assert (await store.roster(mine.committee_id)).sealings == ()
    assert await store.sealings_said(mine.committee_id, 10) == ()
    assert await store.status_notices(mine.committee_id) == ()
    with pytest.raises(UnknownBuildingError):
        await say(
            Place(store=store, committee_id=mine.committee_id, people=mine.people, buildings=theirs.buildings)
        )
    assert (await look(mine, NOW + 7 * DAY)).ruling.empty
    assert await store.sealings_due(NOW + 7 * DAY, 10) == (theirs.committee_id,)
