"""One committee never reaches another's rows, by any method that names a committee."""

from dataclasses import replace

import pytest

from dispatch.errors import UnknownJobError, UnknownPersonError
from dispatch.people import Audience
from store import SqlStore
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW


@pytest.fixture
async def mine(store: SqlStore) -> Place:
    return await settle(store)


@pytest.fixture
async def theirs(store: SqlStore) -> Place:
    return await settle(store, "qingtongli")


async def test_anothers_job_is_an_unknown_job(store: SqlStore, mine: Place, theirs: Place) -> None:
    job_id = (await theirs.post()).job_id
    with pytest.raises(UnknownJobError):
        await store.situation(mine.committee_id, job_id)
    with pytest.raises(UnknownJobError):
        await store.change(mine.committee_id, job_id, samples.closed)
    with pytest.raises(UnknownJobError):
        await store.private(mine.committee_id, job_id)
    assert await store.timeline(mine.committee_id, job_id) == ()
    assert (await theirs.situation(job_id)).job.version == 2


async def test_anothers_person_is_an_unknown_person(store: SqlStore, mine: Place, theirs: Place) -> None:
    stranger = theirs.people["li"]
    with pytest.raises(UnknownPersonError):
        await store.invite(mine.committee_id, stranger, revoke=True)
    with pytest.raises(UnknownPersonError):
        await store.set_language(mine.committee_id, stranger, "en")
    with pytest.raises(UnknownPersonError):
        await store.person(404, "li")
    with pytest.raises(UnknownPersonError):
        await store.roster(404)
    person = await store.person(theirs.committee_id, "li")
    assert (person.link_epoch, person.language) == (0, "zh_CN")


async def test_lists_hold_nothing_of_anothers(store: SqlStore, mine: Place, theirs: Place) -> None:
    job_id = (await theirs.post()).job_id
    person = theirs.people["v1"]
    assert await store.open_jobs(mine.committee_id) == ()
    assert await store.jobs_of(mine.committee_id, person, 0) == ()
    await store.change(theirs.committee_id, job_id, samples.closed)
    assert await store.closed_since(mine.committee_id, 0) == ()
    assert len(await store.closed_since(theirs.committee_id, 0)) == 1


async def test_somebody_at_work_in_another_committee_is_not_busy_here(
    store: SqlStore, mine: Place, theirs: Place
) -> None:
    job_id = (await theirs.post()).job_id
    await store.change(theirs.committee_id, job_id, samples.claim(theirs.people["v1"]))
    assert (await mine.situation((await mine.post()).job_id)).busy == frozenset()


async def test_a_roster_is_all_of_one_committee(store: SqlStore, mine: Place, theirs: Place) -> None:
    await store.invite(theirs.committee_id, theirs.people["v1"], revoke=False)
    for place in (mine, theirs):
        roster = await store.roster(place.committee_id)
        people, buildings = roster.people.values(), roster.buildings.values()
        assert {person.committee_id for person in people} == {place.committee_id}
        assert {building.committee_id for building in buildings} == {place.committee_id}
        assert {address.committee_id for address in roster.addresses} == {place.committee_id}
        ladder = {*roster.ladder.last_resort, *(one for rung in roster.ladder.rungs.values() for one in rung)}
        assert ladder <= set(roster.people)
        assert len(roster.rooms(Audience.VOLUNTEERS)) == 1


async def test_residents_are_recognised_in_their_own_committee_only(
    store: SqlStore, mine: Place, theirs: Place
) -> None:
    assert [each.committee_id for each in await store.residents(mine.committee_id)] == [mine.committee_id]
    foreign = samples.draft(mine.committee_id, theirs.buildings["3"])
    with pytest.raises(UnknownJobError):
        await store.private(mine.committee_id, 404)
    saved = await store.post(foreign, samples.playbook(), NOW, samples.posted)
    assert (await store.private(mine.committee_id, saved.job_id)).resident_name == ""


async def test_a_row_is_finished_by_its_own_committee_only(
    store: SqlStore, mine: Place, theirs: Place
) -> None:
    (row,) = (await store.outbox((await theirs.post()).rows))[:1]
    foreign = replace(row, committee_id=mine.committee_id)
    await store.delivered(foreign, now=NOW, result="delivered", ref="m1", retry_at=None)
    assert row.id in {each.id for each in await store.outbox([row.id])}
