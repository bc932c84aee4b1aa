"""PostgreSQL is restarted, crashed and killed while steps are decided: every count is right (CONFORMANCE.md,
line 7, in its small form)."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
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
from tests.store.places import settle
from tests.store.samples import NOW, OurClock

JOBS = 20
STEPS = 15
"""Steps of a job after the one that it is posted with: three hundred in all."""

ENDS = 9
"""Times that the server goes away in the middle of it."""

EVERY = JOBS * STEPS // (ENDS + 1)
"""Decisions from one time to the next."""

LATER = NOW + MINUTE
"""When the first step after posting is due."""


@pytest.fixture
def url(own_postgres: PostgresServer) -> str:
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


@dataclass(slots=True)
class Trouble:
    """Ends the server each time that so many decisions were made, in the middle of the last one."""

    server: PostgresServer
    decisions: int = 0
    ends: int = 0

    def decide(self, before: Situation) -> Decision:
        """The next step, and perhaps trouble before it is saved."""
        decision = step(before)
        self.decisions += decision.changed
        if self.decisions == EVERY * (self.ends + 1) and self.ends < ENDS:
            self._end()
        return decision

    def _end(self) -> None:
        ways = (self.server.stop, lambda: self.server.stop(signal.SIGQUIT), self.server.kill)
        ways[self.ends % len(ways)]()
        self.server.start()
        self.ends += 1


async def work(store: SqlStore, trouble: Trouble) -> None:
    """What a worker does that looks for what is due until nothing is; the next look mends what went wrong."""
    while True:
        with suppress(StoreUnavailableError, ConflictError):
            due = await store.due(LATER, JOBS)
            if not due:
                return
            looked = [store.change(each.committee_id, each.job_id, trouble.decide) for each in due]
            await asyncio.gather(*looked, return_exceptions=True)


async def test_conformance_07_a_server_that_goes_away_again_and_again_loses_nothing_and_doubles_nothing(
    own_postgres: PostgresServer, url: str, tmp_path: Path, clock: OurClock
) -> None:
    vault, trouble = Vault.open(tmp_path, None), Trouble(own_postgres)
    async with (
        a_postgres_store(url, tmp_path, vault, clock) as first,
        a_postgres_store(url, tmp_path, vault, clock) as second,
    ):
        place = await settle(first)
        jobs = [(await place.post(nonce=f"{n}")).job_id for n in range(JOBS)]
        await asyncio.gather(work(first, trouble), work(second, trouble))
        assert trouble.ends == ENDS
        for job in jobs:
            entries = await first.timeline(place.committee_id, job)
            assert [entry.version for entry in entries] == list(range(1, STEPS + 3))
            assert [entry.step for entry in entries[1:]] == list(range(1, STEPS + 2))
        owed = await first.overdue_outbox(NOW + 2, 100_000)
        reached = len((await first.roster(place.committee_id)).addresses)
        assert len(owed) == JOBS * (reached + STEPS * (reached - 1))  # the room hears of the first step only
