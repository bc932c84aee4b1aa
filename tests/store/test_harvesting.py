"""However fast somebody taps, and at however many processes, they are shown no more than the limit, and it is
noticed when they give too much of it back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest

from dispatch.errors import ShownEnoughError
from dispatch.lately import LIMITS, Wish
from dispatch.moments import SECOND
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import AnswerKey, Command, Verb
from store import SqlStore
from store.crypto import Vault
from store.maps import Geodesic
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock


class LostBell:
    """A queue that loses everything it is told."""

    def look(self, committee_id: int, job_id: int, at: int) -> None:
        pass

    def deliver(self, rows: object, *, later: bool = False) -> None:
        pass


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store, volunteers=8)


@pytest.fixture
async def services(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> AsyncIterator[Sequence[Service]]:
    """Two of them, as two processes would have them."""
    other = await base.open(vault, clock)
    yield [Service(each, LostBell(), clock, Geodesic(), {}) for each in (store, other)]
    await other.close()


async def taps(services: Sequence[Service], who: Person, verb: Verb, jobs: Sequence[int]) -> Counter[object]:
    """How often somebody is answered what, who taps all of these at the same moment."""
    command = Command(verb=verb, actor=who.id)
    doing = (services[n % len(services)].act(who, job, command) for n, job in enumerate(jobs))
    answers = await asyncio.gather(*doing, return_exceptions=True)
    return Counter(type(each) if isinstance(each, BaseException) else each[0].key for each in answers)


async def posted(place: Place, count: int) -> Sequence[int]:
    return [(await place.post(nonce=f"{number}")).job_id for number in range(count)]


async def someone(place: Place, key: str = "v1") -> Person:
    return (await place.store.roster(place.committee_id)).people[place.people[key]]


@pytest.mark.parametrize("side_by_side", [1, 2], ids=["one process", "two processes"])
async def test_whoever_takes_many_jobs_in_one_moment_is_shown_the_doors_of_as_many_as_the_limit(
    services: Sequence[Service], place: Place, side_by_side: int
) -> None:
    jobs, ana = await posted(place, LIMITS.a_day + 8), await someone(place)
    answers = await taps(services[:side_by_side], ana, Verb.CLAIM, jobs)
    assert answers == {AnswerKey.WON: LIMITS.a_day, ShownEnoughError: 8}
    log = await place.store.reveals(place.committee_id, Wish(since=0, until=NOW, person_id=ana.id), 99)
    assert len({each.job_id for each in log}) == LIMITS.a_day


async def test_whoever_gives_back_as_many_in_one_moment_is_in_doubt(
    services: Sequence[Service], place: Place, clock: OurClock
) -> None:
    jobs, ana = await posted(place, LIMITS.given_back), await someone(place)
    assert await taps(services, ana, Verb.CLAIM, jobs) == {AnswerKey.WON: len(jobs)}
    clock.moment = NOW + SECOND
    await taps(services, ana, Verb.RELEASE, jobs)
    assert (await someone(place)).doubted_at == clock.moment


async def test_many_who_tap_many_cards_at_the_same_moment_hold_nobody_up_for_good(
    services: Sequence[Service], place: Place
) -> None:
    jobs = await posted(place, 8)
    crowd = [await someone(place, f"v{number}") for number in range(1, 9)]
    turned = [[*jobs[number:], *jobs[:number]] for number in range(8)]
    tapping = (taps(services, *each) for each in zip(crowd, [Verb.CLAIM] * 8, turned, strict=True))
    answers = await asyncio.gather(*tapping)
    assert sum(answers, Counter()) == {AnswerKey.WON: 8, AnswerKey.WAITLISTED: 56}
