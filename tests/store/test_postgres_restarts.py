"""PostgreSQL is restarted, crashed and killed while steps are decided: every count is right (CONFORMANCE.md 7,
in its small form)."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.errors import ConflictError, StoreUnavailableError
from dispatch.events import Event, EventKind, Notice, NoticeKind
from dispatch.moments import MINUTE
from dispatch.situation import Decision, Situation
from store import SqlStore
from store.crypto import Vault
from tests.postgres.databases import OWNER, Databases
from tests.postgres.fixtures import a_postgres_store
from tests.postgres.server import PostgresServer
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

JOBS = 20
STEPS = 15
"""Steps of a job after the one that it is posted with: three hundred in all."""

WORKERS = 2
ENDS = 9
"""Times that the server goes away in the middle of it."""

LATER = NOW + MINUTE
"""When the first step after posting is due."""


@pytest.fixture
def url(own_postgres: PostgresServer) -> Iterator[str]:
    return Databases(own_postgres.url, OWNER).make_migrated()


def step(before: Situation) -> Decision:
    """The next step of a job that is due, until it has had all of them."""
    due, last = before.job.look_at, before.job.calling.step
    if due is None or due > LATER:
        return samples.unmoved(before)
    number = max(last, 1) + 1
    calling = replace(before.job.calling, step=number)
    job = replace(before.job, calling=calling, look_at=None if number > STEPS else LATER)
    people = tuple(before.roster.people)
    return samples.decided(
        before,
        Event(kind=EventKind.ASKED, at=NOW, loop=0, step=number),
        notices=(Notice(kind=NoticeKind.ASK, people=people),),
        after=replace(before, job=job),
    )


async def work(store: SqlStore) -> None:
    """What a worker does that finds what is due until nothing is; what goes wrong is mended by the next look."""
    while True:
        with suppress(StoreUnavailableError, ConflictError):
            due = await store.due(LATER, JOBS)
            if not due:
                return
            await asyncio.gather(
                *(store.change(each.committee_id, each.job_id, step) for each in due), return_exceptions=True
            )


async def steps_of(place: Place, jobs: Sequence[int]) -> int:
    return sum([len(await place.store.timeline(place.committee_id, job)) - 2 for job in jobs])


async def test_a_server_that_goes_away_again_and_again_loses_nothing_and_doubles_nothing(
    own_postgres: PostgresServer, url: str, tmp_path: Path, clock: OurClock
) -> None:
    vault = Vault.open(tmp_path, None)
    ends: tuple[Callable[[], None], ...] = (
        own_postgres.stop,
        lambda: own_postgres.stop(signal.SIGQUIT),
        own_postgres.kill,
    )
    async with (
        a_postgres_store(url, tmp_path, vault, clock) as first,
        a_postgres_store(url, tmp_path, vault, clock) as second,
    ):
        place = await settle(first)
        jobs = [(await place.post(nonce=f"{n}")).job_id for n in range(JOBS)]
        workers = [asyncio.create_task(work(store)) for store in (first, second)]
        for end in range(ENDS):
            # As far as a tenth of the way each time, then in the middle of whatever is going on.
            while await steps_of(place, jobs) < JOBS * STEPS * (end + 1) // (ENDS + 1):
                pass
            ends[end % len(ends)]()
            await asyncio.sleep(0)
            own_postgres.start()
        await asyncio.gather(*workers)
        for job in jobs:
            entries = await first.timeline(place.committee_id, job)
            assert [entry.version for entry in entries] == list(range(1, STEPS + 3))
            assert [entry.step for entry in entries[1:]] == list(range(1, STEPS + 2))
        owed = await first.overdue_outbox(NOW + 2, 100_000)
        reached = len((await first.roster(place.committee_id)).addresses)
        assert len(owed) == JOBS * (reached + STEPS * (reached - 1))  # the room hears of the first step only
