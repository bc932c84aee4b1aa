"""Several processes that ask at the same moment: nobody is asked more often than they wished (0051)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from dispatch.barriers import DAILY
from dispatch.claims import Ask
from dispatch.jobs import Priority
from dispatch.kept import Saved
from dispatch.moments import MINUTE
from dispatch.situation import Decision, Situation
from store import SqlStore
from store.crypto import Vault
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

MODEST = {f"v{number}": number for number in range(1, 5)}


@pytest.fixture
async def places(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> AsyncIterator[Sequence[Place]]:
    """One committee as four processes have it, some of whom want few offers a day."""
    place = await settle(store, volunteers=8)
    file = samples.register(volunteers=8)
    told = [{**each, "daily": MODEST.get(str(each["key"]))} for each in file.people]
    await store.load(replace(file, people=told), prune=False, demo=False)
    others = [await base.open(vault, clock) for _ in range(3)]
    yield [replace(place, store=each) for each in (store, *others)]
    for other in others:
        await other.close()


def asked(before: Situation) -> Decision:
    """Ask everybody who has not had their number."""
    assert before.full is not None
    people = sorted(before.roster.people.keys() - before.full)
    asks = tuple(Ask(person_id=each, loop=0, step=1, at=NOW) for each in people)
    made = samples.posted(before)
    return replace(made, after=replace(made.after, asks=asks))


async def test_as_many_as_they_wished_by_jobs_that_are_posted_everywhere_at_once(
    places: Sequence[Place],
) -> None:
    posts = [each.post(asked, nonce=f"{at}{turn}") for turn in range(5) for at, each in enumerate(places)]
    counts = _count(await asyncio.gather(*posts), places[0])
    usual = dict.fromkeys(places[0].people.keys() - MODEST.keys(), DAILY)
    assert counts == {**usual, **MODEST}


async def test_no_post_is_refused_however_many_ask_the_same_people(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> None:
    """Each that loses its last look waits for its lock before it looks again."""
    place = await settle(store, volunteers=100)
    others = [await base.open(vault, clock) for _ in range(3)]

    def first_five(before: Situation) -> Decision:
        made = asked(before)
        return replace(made, after=replace(made.after, asks=made.after.asks[:5]))

    posts = [
        replace(place, store=each).post(first_five, nonce=f"{at}-{turn}")
        for turn in range(45)
        for at, each in enumerate((store, *others))
    ]
    counts = _count(await asyncio.gather(*posts), place)
    assert counts == dict.fromkeys(place.people, DAILY)
    for other in others:
        await other.close()


async def test_where_a_life_is_at_stake_it_is_not_counted(places: Sequence[Place]) -> None:
    posts = [
        each.post(samples.posted, nonce=f"{at}{turn}", priority=Priority.LIFE)
        for turn in range(2)
        for at, each in enumerate(places)
    ]
    assert _count(await asyncio.gather(*posts), places[0]) == dict.fromkeys(places[0].people, 8)


async def test_a_refusal_is_kept_of_somebody_who_had_their_number(places: Sequence[Place]) -> None:
    here = places[0]
    person = here.people["v1"]
    posted = await here.post(asked)

    def refused(before: Situation) -> Decision:
        asks = tuple(
            replace(ask, refused_at=NOW + MINUTE) if ask.person_id == person else ask for ask in before.asks
        )
        return samples.told("no")(replace(before, asks=asks))

    for _ in range(2):
        await here.post(samples.posted, nonce=f"{_}", priority=Priority.LIFE)
    await here.store.change(here.committee_id, posted.job_id, refused)


def _count(saved: Sequence[Saved], place: Place) -> Counter[str]:
    """How many jobs each was asked for."""
    keys = {ident: key for key, ident in place.people.items()}
    decisions = [each.decision for each in saved if each.decision is not None]
    return Counter(keys[ask.person_id] for decision in decisions for ask in decision.after.asks)
