"""What one process at a time may do: who has it, who gets it next, and who must not believe it any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from store import lease
from store.lease import Lease
from tests.postgres.server import PostgresServer


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same proportions, a quarter as long."""
    for name in ("LOOK_S", "BEAT_S", "ANSWER_WITHIN_S", "SURE_S", "SILENT_MS"):
        value = getattr(lease, name) / 4
        monkeypatch.setattr(lease, name, int(value) if name == "SILENT_MS" else value)


@asynccontextmanager
async def kept(held: Lease) -> AsyncIterator[asyncio.Task[None]]:
    """Taken, and kept while the block runs."""
    assert await held.take()
    task = asyncio.create_task(held.lost())
    yield task
    task.cancel()
    await asyncio.wait((task,))
    await held.leave()


async def until_taken(other: Lease) -> None:
    async with asyncio.timeout(10):
        while not await other.take():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(lease.LOOK_S)


async def test_one_has_it_and_the_next_gets_it_when_that_one_leaves(postgres_url: str) -> None:
    first, second, another = (Lease(postgres_url, name) for name in ("telegram", "telegram", "matrix"))
    async with kept(first):
        assert first.held
        assert not await second.take()
        assert not second.held
        assert await another.take()
    assert not first.held
    assert await second.take()
    await first.leave()
    assert second.held
    await second.leave()
    await another.leave()


async def test_one_that_says_nothing_loses_it_and_knows_before_the_next_one_has_it(postgres_url: str) -> None:
    frozen, second = Lease(postgres_url, "telegram"), Lease(postgres_url, "telegram")
    assert await frozen.take()  # and then it stops: no sign of life
    believes = True
    while not await second.take():
        believes = frozen.held
        await asyncio.sleep(0.02)
    assert not believes
    assert not frozen.held
    await second.leave()
    await frozen.leave()


async def test_one_whose_session_the_server_ends_is_told_at_once(postgres_url: str) -> None:
    first, second = Lease(postgres_url, "telegram"), Lease(postgres_url, "telegram")
    async with kept(first) as keeping:
        session = await asyncpg.connect(postgres_url)
        await session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        await session.close()
        async with asyncio.timeout(5):
            await keeping
        assert not first.held
        await until_taken(second)
    await second.leave()


async def test_nobody_has_it_while_the_database_is_away(own_postgres: PostgresServer) -> None:
    held = Lease(own_postgres.url, "telegram")
    async with kept(held) as keeping:
        await asyncio.to_thread(own_postgres.kill)
        async with asyncio.timeout(5):
            await keeping
        assert not held.held
        assert not await held.take()
        await asyncio.to_thread(own_postgres.start)
        await until_taken(held)
