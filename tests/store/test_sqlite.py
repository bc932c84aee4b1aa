"""What only SQLite does: works that share a commit, and a disk that refuses it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.errors import DispatchError, StoreUnavailableError
from store.engine import Plan, Query, Rows, Work
from store.lane import BATCH
from store.schema import DATABASE
from store.sqlite import SqliteEngine
from tests.store.test_engine import keep, kept


@pytest.fixture
async def engine(data: Path) -> AsyncIterator[SqliteEngine]:
    opened = await SqliteEngine.open(data / DATABASE)
    yield opened
    await opened.close()


async def commits(engine: SqliteEngine) -> int:
    """Frames in the write-ahead log: every commit adds at least one."""
    return await engine.maintain(
        lambda connection: int(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])
    )


async def test_every_commit_reaches_the_disk(engine: SqliteEngine) -> None:
    def settings(connection: sqlite3.Connection) -> tuple[str, int]:
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        return str(journal), int(synchronous)

    assert await engine.maintain(settings) == ("wal", 2)  # 2 is FULL: NORMAL would lose the newest claims


async def test_works_handed_in_together_share_commits(engine: SqliteEngine) -> None:
    before = await commits(engine)
    await asyncio.gather(*(engine.run(keep(f"mark {n}")) for n in range(BATCH * 2)))
    together = await commits(engine) - before
    assert len(await kept(engine)) == BATCH * 2
    assert together < BATCH / 2


async def test_a_full_disk_is_said_and_passes(engine: SqliteEngine) -> None:
    def squeeze(connection: sqlite3.Connection) -> None:
        size = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {size + 2}")

    def relax(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1000000")

    await engine.maintain(squeeze)
    big = [engine.run(keep(f"big {n}", "x" * 20_000)) for n in range(20)]
    results = await asyncio.gather(*big, return_exceptions=True)
    failed = [each for each in results if isinstance(each, StoreUnavailableError)]
    assert failed
    assert {each.params["reason"] for each in failed} == {"disk_full"}
    assert len(await kept(engine)) == results.count(None)
    await engine.maintain(relax)
    await engine.run(keep("room again", "x" * 20_000))
    assert "room again" in await kept(engine)


async def test_a_read_only_database_is_said_and_passes(engine: SqliteEngine) -> None:
    await engine.maintain(lambda connection: connection.execute("PRAGMA query_only = ON"))
    with pytest.raises(StoreUnavailableError) as caught:
        await engine.run(keep("never"))
    assert caught.value.params == {"reason": "read_only"}
    await engine.maintain(lambda connection: connection.execute("PRAGMA query_only = OFF"))
    await engine.run(keep("again"))
    assert await kept(engine) == {"again"}


async def test_a_commit_that_fails_undoes_all_its_works_and_what_was_remembered(data: Path) -> None:
    forgotten: list[str] = []
    engine = await SqliteEngine.open(data / DATABASE, lost=lambda: forgotten.append("all"))

    def refuse_commits(action: int, what: str | None, *_names: str | None) -> int:
        refused = action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    await engine.maintain(lambda connection: connection.set_authorizer(refuse_commits))
    works = [engine.run(keep(f"{n}")) for n in range(5)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert all(isinstance(each, sqlite3.DatabaseError) for each in results)
    assert set(forgotten) == {"all"}
    await engine.maintain(lambda connection: connection.set_authorizer(None))
    await engine.run(keep("again"))
    assert await kept(engine) == {"again"}
    await engine.close()


async def test_a_database_locked_by_another_process_is_said(engine: SqliteEngine) -> None:
    other = sqlite3.connect(await engine.maintain(_file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await engine.maintain(lambda connection: connection.execute("PRAGMA busy_timeout = 1"))
    with pytest.raises(StoreUnavailableError) as caught:
        await engine.run(keep("blocked"))
    assert caught.value.params == {"reason": "locked"}
    other.execute("ROLLBACK")
    other.close()
    await engine.run(keep("free"))
    assert await kept(engine) == {"free"}


def _file(connection: sqlite3.Connection) -> str:
    path = str(connection.execute("PRAGMA database_list").fetchone()[2])
    assert path.endswith(DATABASE)
    return path


async def test_looks_that_share_a_view_fail_each_for_itself(engine: SqliteEngine) -> None:
    def refuse(_rows: Rows) -> Plan[None]:
        raise DispatchError(why=1)

    async def fine() -> int:
        return await engine.look(
            Work((Query("all_meta"),), lambda rows: Plan((), lambda _: len(rows["all_meta"])))
        )

    await engine.run(keep("one"))
    broken = (
        engine.look(Work((Query("all_meta"),), refuse)),
        engine.look(Work((Query("job_by_id"),), refuse)),
    )
    some = [fine() for _ in range(3)]
    results = await asyncio.gather(some[0], broken[0], some[1], broken[1], some[2], return_exceptions=True)
    assert [each for each in results if not isinstance(each, Exception)] == [1, 1, 1]
    assert [type(each) for each in results if isinstance(each, Exception)] == [
        DispatchError,
        sqlite3.ProgrammingError,
    ]
