"""Several processes on one database of either kind: everything is decided once (CONFORMANCE.md 9, 10, 12)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest

from dispatch.errors import AccountTakenError, SecondAccountError
from dispatch.events import Event, EventKind, NoticeKind
from dispatch.joining import Account
from dispatch.moments import MINUTE
from dispatch.situation import Decision, Situation
from dispatch.verbs import AnswerKey
from store import SqlStore
from store.crypto import Vault
from tests.store import claimants, samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

PROCESSES = 3


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store, volunteers=40)


@pytest.fixture
async def stores(store: SqlStore, base: Base, vault: Vault, clock: OurClock) -> AsyncIterator[list[SqlStore]]:
    """Four of them, as four processes would have them."""
    others = [await base.open(vault, clock) for _ in range(3)]
    yield [store, *others]
    for other in others:
        await other.close()


async def test_forty_taps_in_as_many_stores_leave_one_winner(
    stores: Sequence[SqlStore], place: Place
) -> None:
    job_id = (await place.post()).job_id
    crowd = [place.people[f"v{n}"] for n in range(1, 41)]
    saved = await asyncio.gather(
        *(
            stores[n % len(stores)].change(place.committee_id, job_id, samples.claim(person))
            for n, person in enumerate(crowd)
        )
    )
    answers = [each.decision.answer for each in saved if each.decision is not None]
    keys = Counter(answer.key for answer in answers if answer is not None)
    assert keys == {AnswerKey.WON: 1, AnswerKey.WAITLISTED: 39}
    for store in stores:
        found = await store.situation(place.committee_id, job_id)
        assert (len(found.claims), len(found.waiting), found.job.version) == (1, 39, 42)
    versions = [entry.version for entry in await place.store.timeline(place.committee_id, job_id)]
    assert versions == list(range(1, 43))


async def test_taps_in_as_many_processes_leave_one_winner(base: Base, place: Place) -> None:
    job_id = (await place.post()).job_id
    crowd = [place.people[f"v{n}"] for n in range(1, 31)]
    context = get_context("spawn")
    door = context.Barrier(PROCESSES)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(PROCESSES, context, claimants.stand_at, (door,)) as pool:
        parts = [crowd[n::PROCESSES] for n in range(PROCESSES)]
        where = (base.data, base.url, place.committee_id, job_id)
        answers = await asyncio.gather(
            *(loop.run_in_executor(pool, claimants.claim, *where, part) for part in parts)
        )
    keys = Counter(key for part in answers for key in part)
    assert keys == {AnswerKey.WON: 1, AnswerKey.WAITLISTED: 29}
    assert (await place.situation(job_id)).job.version == 2 + 30


def next_step(before: Situation) -> Decision:
    """What a worker decides about a job that is due: one step more, and the next one later."""
    if before.job.look_at is None or before.job.look_at > NOW + MINUTE:
        return samples.unmoved(before)
    job = replace(before.job, look_at=before.job.look_at + MINUTE)
    event = Event(kind=EventKind.ASKED, at=NOW + MINUTE, loop=0, step=2)
    return samples.decided(before, event, after=replace(before, job=job))


async def test_conformance_09_several_workers_on_a_due_row_advance_it_once(
    stores: Sequence[SqlStore], place: Place
) -> None:
    jobs = [(await place.post(nonce=f"{n}")).job_id for n in range(10)]

    async def work(store: SqlStore) -> int:
        due = await store.due(NOW + MINUTE, 100)
        looked = [store.change(each.committee_id, each.job_id, next_step) for each in due]
        done = await asyncio.gather(*looked)
        return sum(bool(each.decision and each.decision.changed) for each in done)

    assert sum(await asyncio.gather(*map(work, stores))) == len(jobs)
    for job in jobs:
        entries = await place.store.timeline(place.committee_id, job)
        assert [entry.step for entry in entries] == [None, 1, 2]
    assert await place.store.due(NOW + MINUTE, 100) == ()


async def test_what_one_remembers_is_not_what_another_has_changed_since(
    stores: Sequence[SqlStore], place: Place
) -> None:
    job_id = (await place.post()).job_id
    for turn, store in enumerate([*stores, *stores, *stores]):
        saved = await store.change(place.committee_id, job_id, samples.told(f"{turn}"))
        assert saved.decision is not None
        assert saved.decision.before.job.version == 2 + turn
    await stores[1].set_language(place.committee_id, place.people["v1"], "en")
    for store in stores:
        found = await store.situation(place.committee_id, job_id)
        assert found.roster.people[place.people["v1"]].language == "en"


async def test_a_person_ties_one_account_however_many_they_try_at_once(
    stores: Sequence[SqlStore], place: Place
) -> None:
    ticket = (place.committee_id, place.people["new"], 0)
    tried = await asyncio.gather(
        *(
            store.tie(ticket, Account(platform="telegram", value=f"77{n}"), NOW)
            for n, store in enumerate(stores)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, SecondAccountError) for each in tried) == len(stores) - 1
    roster = await place.store.roster(place.committee_id)
    assert len(roster.addresses_of[place.people["new"]]) == 1


async def test_an_account_becomes_one_persons_however_many_try_at_once(
    stores: Sequence[SqlStore], place: Place
) -> None:
    for person in ("v1", "v2", "v3", "v4"):
        await place.store.invite(place.committee_id, place.people[person], revoke=True)
    account = Account(platform="telegram", value="777")
    tried = await asyncio.gather(
        *(
            store.tie((place.committee_id, place.people[f"v{n}"], 1), account, NOW)
            for n, store in enumerate(stores, 1)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, AccountTakenError) for each in tried) == len(stores) - 1
    assert len(await place.store.addresses("telegram", "777")) == 1


async def test_a_form_sent_to_several_at_once_is_one_job(stores: Sequence[SqlStore], place: Place) -> None:
    places = [replace(place, store=store) for store in stores]
    saved = await asyncio.gather(*(each.post() for each in [*places, *places]))
    assert len({each.job_id for each in saved}) == 1
    assert sum(each.decision is not None for each in saved) == 1


async def test_a_receipt_counts_once_wherever_it_comes_in(stores: Sequence[SqlStore], place: Place) -> None:
    job_id = (await place.post()).job_id
    saved = await asyncio.gather(
        *(
            store.change(place.committee_id, job_id, samples.told("once"), receipt="update 7")
            for store in [*stores, *stores]
        )
    )
    assert sum(each.decision is not None for each in saved) == 1
    assert (await place.situation(job_id)).job.version == 3


async def test_a_file_loaded_by_several_at_once_is_loaded_once(
    stores: Sequence[SqlStore], place: Place
) -> None:
    counts = await asyncio.gather(
        *(store.load(samples.register("qingtongli"), prune=False, demo=False) for store in stores)
    )
    assert len(await place.store.committees()) == 2
    again = await place.store.load(samples.register("qingtongli"), prune=False, demo=False)
    assert (again["added"], again["changed"]) == (0, 0)
    assert max(each["added"] for each in counts) > 0


async def test_what_is_forgotten_by_several_at_once_is_forgotten_once(
    stores: Sequence[SqlStore], place: Place
) -> None:
    job_id = (await place.post()).job_id
    for n in range(20):
        await place.store.change(place.committee_id, job_id, samples.unmoved, receipt=f"update {n}")
    forgotten = await asyncio.gather(*(store.forget_receipts(NOW + MINUTE, 10) for store in stores))
    rest = await place.store.forget_receipts(NOW + MINUTE, 100)
    assert sum(forgotten) + rest == 20


async def test_an_owed_row_is_finished_once(stores: Sequence[SqlStore], place: Place) -> None:
    job_id = (await place.post()).job_id
    saved = await place.store.change(place.committee_id, job_id, samples.told("", NoticeKind.ASK))
    rows = await place.store.outbox(saved.rows)
    await asyncio.gather(
        *(
            store.delivered(row, now=NOW, result="delivered", ref=f"m{row.id}", retry_at=None)
            for store in stores
            for row in rows
        )
    )
    assert await place.store.outbox(saved.rows) == ()
