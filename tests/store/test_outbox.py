"""What is owed to an address: once a cause, until it is known what became of it."""

from dataclasses import replace

import pytest

from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.moments import MINUTE, SECOND
from store import SqlStore
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def owed(store: SqlStore, place: Place, kind: NoticeKind, job_id: int) -> OutboxRow:
    """Owe everybody a card, and look at the row of `v1`."""
    saved = await store.change(place.committee_id, job_id, samples.told("", kind))
    rows = await store.outbox((*saved.rows, *saved.quiet))
    return next(row for row in rows if row.address.person_id == place.people["v1"])


async def test_a_decision_owes_a_row_to_every_address(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    rows = await store.outbox(saved.rows)
    assert tuple(row.id for row in rows) == saved.rows
    people = [row.address.person_id for row in rows]
    assert sorted(people, key=lambda each: each or 0) == [
        None,
        *sorted(place.people[key] for key in ("v1", "v2", "v3")),
    ]
    assert {row.kind for row in rows} == {NoticeKind.ASK}
    assert all(
        not row.urgent and row.tries == 0 and row.created_at == NOW and row.ref is None for row in rows
    )


async def test_rows_are_given_oldest_first_and_each_once(store: SqlStore, place: Place) -> None:
    rows = (await place.post()).rows
    asked = [*reversed(rows), rows[0], 404]
    assert tuple(row.id for row in await store.outbox(asked)) == rows
    assert await store.outbox([]) == ()


async def test_a_delivered_row_is_owed_no_more_and_its_message_is_known(
    store: SqlStore, place: Place
) -> None:
    job_id = (await place.post()).job_id
    row = await owed(store, place, NoticeKind.ASK, job_id)
    await store.delivered(row, now=NOW, result="delivered", ref="m1", retry_at=None)
    assert await store.outbox([row.id]) == ()
    later = await owed(store, place, NoticeKind.UPDATE, job_id)
    assert later.ref == "m1"
    await store.delivered(later, now=NOW, result="delivered", ref="m2", retry_at=None)
    assert (await owed(store, place, NoticeKind.UPDATE, job_id)).ref == "m2"


async def test_an_address_has_a_card_once_one_arrived_there(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    row = await owed(store, place, NoticeKind.ASK, job_id)
    assert not await store.has_card(row.address)
    await store.delivered(row, now=NOW, result="unknown", ref=None, retry_at=None)
    assert not await store.has_card(row.address)
    again = await owed(store, place, NoticeKind.UPDATE, job_id)
    await store.delivered(again, now=NOW, result="delivered", ref="m1", retry_at=None)
    assert await store.has_card(row.address)
    assert not await store.has_card(replace(row.address, id=row.address.id + 10_000))


async def test_a_message_is_known_for_its_own_job_only(store: SqlStore, place: Place) -> None:
    first, second = (await place.post()).job_id, (await place.post(nonce="b")).job_id
    row = await owed(store, place, NoticeKind.ASK, first)
    await store.delivered(row, now=NOW, result="delivered", ref="m1", retry_at=None)
    assert (await owed(store, place, NoticeKind.ASK, second)).ref is None


@pytest.mark.parametrize(
    ("result", "doubtful"), [("unknown", True), ("delivered", False), ("obsolete", False)]
)
async def test_a_card_may_stand_where_a_sending_of_it_is_unknown(
    store: SqlStore, place: Place, result: str, doubtful: bool
) -> None:
    first, second = (await place.post()).job_id, (await place.post(nonce="b")).job_id
    row = await owed(store, place, NoticeKind.ASK, first)
    await store.delivered(row, now=NOW, result=result, ref=None, retry_at=None)
    assert await store.doubtful(row.address, first) is doubtful
    assert not await store.doubtful(row.address, second)


@pytest.mark.parametrize("result", ["not_reached", "unreachable", "unknown", "obsolete"])
async def test_whatever_became_of_a_row_it_is_not_sent_again(
    store: SqlStore, place: Place, result: str
) -> None:
    row = await owed(store, place, NoticeKind.ASK, (await place.post()).job_id)
    await store.delivered(row, now=NOW, result=result, ref=None, retry_at=None)
    assert await store.outbox([row.id]) == ()
    assert row.id not in await store.overdue_outbox(NOW + MINUTE, 100)


async def test_a_row_to_be_tried_again_stays_owed_until_then(store: SqlStore, place: Place) -> None:
    row = await owed(store, place, NoticeKind.ASK, (await place.post()).job_id)
    await store.delivered(row, now=NOW, result="retry", ref=None, retry_at=NOW + MINUTE)
    (again,) = await store.outbox([row.id])
    assert again.tries == 1
    assert row.id not in await store.overdue_outbox(NOW + MINUTE, 100)
    assert row.id in await store.overdue_outbox(NOW + MINUTE + 1, 100)


async def test_overdue_rows_come_urgent_first(store: SqlStore, place: Place) -> None:
    job_id = (await place.post(decide=samples.unmoved)).job_id
    quiet = await owed(store, place, NoticeKind.UPDATE, job_id)
    loud = await owed(store, place, NoticeKind.ALERT, job_id)
    assert (quiet.urgent, loud.urgent) == (False, True)
    assert await store.overdue_outbox(NOW, 100) == ()
    overdue = await store.overdue_outbox(NOW + SECOND, 100)
    assert overdue.index(loud.id) < overdue.index(quiet.id)


async def test_overdue_rows_are_limited_for_each_platform_and_for_what_is_urgent_there(
    store: SqlStore, place: Place
) -> None:
    file = samples.register()
    others = [samples.person(key, addresses={"matrix": f"@{key}:x.org"}) for key in ("m1", "m2")]
    await store.load(replace(file, people=(*file.people, *others)), prune=False, demo=False)
    job_id = (await place.post(decide=samples.unmoved)).job_id
    for kind in (NoticeKind.UPDATE, NoticeKind.ALERT):
        await owed(store, place, kind, job_id)
    overdue = await store.overdue_outbox(NOW + SECOND, 100)
    places = {row.id: (not row.urgent, row.address.platform) for row in await store.outbox(overdue)}
    assert len(overdue) == len(places) > len(set(places.values())) > 2
    first = {places[row]: row for row in reversed(overdue)}
    assert set(await store.overdue_outbox(NOW + SECOND, 1)) == set(first.values())
    (platform, *_) = sorted({platform for _, platform in places.values()})
    named = await store.overdue_outbox(NOW + SECOND, 1, (platform,), others=False)
    assert named == (first[False, platform], first[True, platform])


async def test_overdue_rows_are_found_by_platform_or_by_all_other_platforms(
    store: SqlStore, place: Place
) -> None:
    row = await owed(store, place, NoticeKind.ALERT, (await place.post()).job_id)
    mine, strange = row.address.platform, "carrier-pigeon"
    for platforms in ((mine,), (strange, mine)):
        assert row.id in await store.overdue_outbox(NOW + SECOND, 100, platforms, others=False)
        assert row.id not in await store.overdue_outbox(NOW + SECOND, 100, platforms)
    assert row.id not in await store.overdue_outbox(NOW + SECOND, 100, (strange,), others=False)
    assert row.id in await store.overdue_outbox(NOW + SECOND, 100, (strange,))
    assert await store.overdue_outbox(NOW + SECOND, 100, others=False) == ()


@pytest.mark.parametrize("result", ["delivered", "not_reached"])
async def test_older_rows_of_the_same_card_become_obsolete(
    store: SqlStore, place: Place, result: str
) -> None:
    job_id, other = (await place.post()).job_id, (await place.post(nonce="b")).job_id
    older = await owed(store, place, NoticeKind.ALERT, job_id)
    elsewhere = await owed(store, place, NoticeKind.ALERT, other)
    newest = await owed(store, place, NoticeKind.ALERT, job_id)
    newer = await owed(store, place, NoticeKind.ALERT, job_id)
    await store.delivered(newest, now=NOW, result=result, ref="m", retry_at=None)
    left = [row.id for row in await store.outbox([older.id, elsewhere.id, newest.id, newer.id])]
    assert left == [elsewhere.id, newer.id]


async def test_a_quiet_card_does_not_stand_for_one_that_was_to_ring(store: SqlStore, place: Place) -> None:
    job_id = (await place.post(decide=samples.unmoved)).job_id
    alert = await owed(store, place, NoticeKind.ALERT, job_id)
    quiet = await owed(store, place, NoticeKind.UPDATE, job_id)
    newest = await owed(store, place, NoticeKind.UPDATE, job_id)
    await store.delivered(newest, now=NOW, result="delivered", ref="m", retry_at=None)
    assert [row.id for row in await store.outbox([alert.id, quiet.id])] == [alert.id]


async def test_rows_of_others_are_untouched_by_a_delivery(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    row, *others = await store.outbox(saved.rows)
    await store.delivered(row, now=NOW, result="delivered", ref="m", retry_at=None)
    assert list(await store.outbox(saved.rows)) == others


async def test_saying_it_twice_changes_nothing(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    row = await owed(store, place, NoticeKind.ASK, job_id)
    await store.delivered(row, now=NOW, result="delivered", ref="m1", retry_at=None)
    await store.delivered(row, now=NOW, result="retry", ref=None, retry_at=NOW)
    assert await store.outbox([row.id]) == ()


async def test_rows_that_ring_are_told_from_those_that_only_keep_a_card_true(
    store: SqlStore, place: Place
) -> None:
    job_id = (await place.post(decide=samples.unmoved)).job_id
    loud = await store.change(place.committee_id, job_id, samples.told("", NoticeKind.ALERT))
    quiet = await store.change(place.committee_id, job_id, samples.told("", NoticeKind.UPDATE))
    assert loud.rows
    assert not loud.quiet
    assert quiet.quiet
    assert not quiet.rows


async def test_rows_of_people_who_are_away_are_owed_no_more(store: SqlStore, place: Place) -> None:
    rows = await store.outbox((await place.post()).rows)
    await store.not_reached(rows, NOW)
    assert await store.outbox([row.id for row in rows]) == ()
    assert await store.overdue_outbox(NOW + MINUTE, 100) == ()
