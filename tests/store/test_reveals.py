"""Who was shown what, read again; and whoever is in doubt is vouched for no more until staff do so."""

import pytest

from dispatch.events import Event, EventKind
from dispatch.jobs import JobStatus
from dispatch.lately import Limits, Reader, Reveal, Shown, Wish
from dispatch.moments import MINUTE, SECOND, Micros
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from store import SqlStore, open_store
from store.crypto import Vault
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def taken(place: Place, nonce: str, person: str = "v1") -> int:
    job_id = (await place.post(building="3", nonce=nonce)).job_id
    await place.store.change(place.committee_id, job_id, samples.claim(place.people[person]))
    return job_id


async def shown(place: Place, key: str, since: Micros) -> tuple[Shown, ...]:
    """What is known of somebody where something is decided about a job."""
    job_id = (await place.post(nonce="any")).job_id
    to = Reader(person_id=place.people[key], since=since)
    saved = await place.store.change(place.committee_id, job_id, samples.unmoved, to=to)
    assert saved.decision is not None
    return saved.decision.before.lately


def doubts(person: int) -> Decide:
    def decide(before: Situation) -> Decision:
        event = Event(kind=EventKind.DOUBTED, at=NOW, data={"person": person, "count": 3})
        assert before.job.status is JobStatus.FILLED
        return samples.decided(before, event)

    return decide


async def test_what_somebody_was_shown_of_late_is_known_with_what_they_gave_back(
    store: SqlStore, place: Place
) -> None:
    kept, back = await taken(place, "a"), await taken(place, "b")
    await store.change(place.committee_id, back, samples.released(place.people["v1"]))
    assert await shown(place, "v1", NOW - SECOND) == (
        Shown(job_id=kept, given_back_at=None),
        Shown(job_id=back, given_back_at=NOW + MINUTE),
    )
    assert await shown(place, "v1", NOW) == ()
    assert await shown(place, "v2", NOW - SECOND) == ()


async def test_the_log_is_told_by_person_by_job_and_by_day(store: SqlStore, place: Place) -> None:
    first, second = await taken(place, "a"), await taken(place, "b", "v2")

    async def jobs(**asked: int) -> list[int]:
        wish = Wish(**{"since": 0, "until": NOW, **asked})
        return [each.job_id for each in await store.reveals(place.committee_id, wish, 10)]

    assert await jobs() == [second, first]
    assert await jobs(person_id=place.people["v1"]) == [first]
    assert await jobs(job_id=second) == [second]
    assert await jobs(since=NOW) == []
    assert await jobs(until=NOW - 1) == []
    (line,) = await store.reveals(place.committee_id, Wish(since=0, until=NOW, job_id=first), 10)
    assert line == Reveal(
        job_id=first,
        person_id=place.people["v1"],
        name="v1 阿姨",
        kind="welfare_check",
        building_id=place.buildings["3"],
        fields=frozenset({"phone", "resident", "unit"}),
        at=NOW,
        reason=EventKind.CLAIMED,
    )


async def test_another_committees_log_is_nobodys(store: SqlStore, place: Place) -> None:
    await taken(place, "a")
    other = await settle(store, "yinxingli")
    assert await store.reveals(other.committee_id, Wish(since=0, until=NOW), 10) == []


async def test_whoever_is_in_doubt_is_vouched_for_no_more_until_staff_do_so_again(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    person = place.people["v1"]
    job_id = await taken(place, "a")
    await store.change(place.committee_id, job_id, doubts(person))
    found = (await store.roster(place.committee_id)).people[person]
    assert (found.trusted, found.doubted_at) == (False, NOW)
    await store.load(samples.register(), prune=False, demo=False)  # the file says that they are trusted
    assert not (await store.roster(place.committee_id)).people[person].trusted
    assert await store.vouch(place.committee_id, person, place.people["li"], clock.now())
    found = (await store.roster(place.committee_id)).people[person]
    assert (found.trusted, found.doubted_at) == (True, None)


@pytest.mark.parametrize(("a_day", "enough"), [(1, True), (2, False)])
async def test_whoever_was_shown_enough_is_known_where_people_are_asked(
    base: Base, vault: Vault, clock: OurClock, a_day: int, enough: bool
) -> None:
    store = await open_store(base.data, vault, clock, database_url=base.url, limits=Limits(a_day=a_day))
    place = await settle(store)
    await taken(place, "a")
    clock.moment = NOW + SECOND
    other = (await place.post(building="3", nonce="b")).job_id
    found = (await store.situation(place.committee_id, other)).shown
    assert found == (frozenset({place.people["v1"]}) if enough else frozenset())
    clock.moment = NOW + Limits().day + SECOND
    assert (await store.situation(place.committee_id, other)).shown == frozenset()
    await store.close()
