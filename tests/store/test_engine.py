"""Works on a real SQLite: committed together, undone apart, honest when the disk is not there."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.errors import ConflictError, DispatchError, StoreUnavailableError
from store.engine import More, Plan, Query, Rows, Save, SaveMany, Work, nothing
from store.lane import BATCH
from store.schema import DATABASE
from store.sqlite import SqliteEngine


def keep(name: str, value: str = "x") -> Work[None]:
    """A work that keeps one mark."""
    return Work((), lambda _rows: Plan((SaveMany("insert_meta", [{"name": name, "value": value}]),), nothing))


async def kept(engine: SqliteEngine) -> set[str]:
    return {row["name"] for row in await engine.read(Query("all_meta"))}


async def commits(engine: SqliteEngine) -> int:
    """Frames in the write-ahead log: every commit adds at least one."""
    return await engine.maintain(
        lambda connection: int(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])
    )


async def test_a_work_sees_what_it_loaded_and_may_ask_for_more(engine: SqliteEngine) -> None:
    await engine.run(keep("one"))

    def decide(rows: Rows) -> Plan[list[str]] | More:
        if len(rows["all_meta"]) == 1:
            return More((Query("insert_meta", {"name": "two", "value": "x"}), Query("all_meta")))
        names = [row["name"] for row in rows["all_meta"]]
        return Plan((), lambda _rows: names)

    assert await engine.run(Work((Query("all_meta"),), decide)) == ["one", "one", "two"]


def opened(result: str, meanwhile: Callable[[str], str]) -> Work[str]:
    """A work that gives `result`, as `meanwhile` makes it."""
    return Work((), lambda _rows: Plan((), lambda _saved: result, meanwhile))


async def test_what_is_done_while_the_disk_works_is_done_on_the_loops_own_thread(
    engine: SqliteEngine,
) -> None:
    threads: list[int] = []

    def unseal(text: str) -> str:
        threads.append(threading.get_ident())
        return text.upper()

    assert await asyncio.gather(engine.run(opened("a", unseal)), engine.run(opened("b", unseal))) == [
        "A",
        "B",
    ]
    assert threads == [threading.get_ident()] * 2


async def test_what_fails_while_the_disk_works_reaches_its_caller_and_nobody_else(
    engine: SqliteEngine,
) -> None:
    def fail(_text: str) -> str:
        raise DispatchError(why=1)

    results = await asyncio.gather(
        engine.run(opened("a", fail)), engine.run(opened("b", str.upper)), return_exceptions=True
    )
    assert isinstance(results[0], DispatchError)
    assert results[1] == "B"


async def test_works_handed_in_together_share_commits(engine: SqliteEngine) -> None:
    before = await commits(engine)
    await asyncio.gather(*(engine.run(keep(f"mark {n}")) for n in range(BATCH * 2)))
    together = await commits(engine) - before
    assert len(await kept(engine)) == BATCH * 2
    assert together < BATCH / 2


async def test_a_work_that_raises_undoes_itself_only(engine: SqliteEngine) -> None:
    def refuse(_rows: Rows) -> Plan[None]:
        raise DispatchError(why=1)

    broken = Work((Query("insert_meta", {"name": "broken", "value": "x"}),), refuse)
    results = await asyncio.gather(
        engine.run(keep("before")),
        engine.run(broken),
        engine.run(keep("after")),
        return_exceptions=True,
    )
    assert isinstance(results[1], DispatchError)
    assert await kept(engine) == {"before", "after"}


async def test_another_number_of_rows_than_expected_is_a_conflict(engine: SqliteEngine) -> None:
    def plan(_rows: Rows) -> Plan[None]:
        first = SaveMany("insert_meta", [{"name": "half", "value": "x"}])
        none = Save("raise_link_epoch", {"committee_id": 1, "person_id": 1}, expect=1)
        return Plan((first, none), nothing)

    with pytest.raises(ConflictError):
        await engine.run(Work((), plan))
    assert await kept(engine) == set()


async def test_a_mistake_of_ours_is_neither_a_conflict_nor_the_disk(engine: SqliteEngine) -> None:
    with pytest.raises(KeyError):
        await engine.run(Work((Query("no such statement"),), lambda _rows: Plan((), nothing)))
    entry = {"committee_id": 404, "rung": "duty", "position": 1, "person_id": 404}
    with pytest.raises(sqlite3.IntegrityError):
        await engine.run(Work((), lambda _rows: Plan((Save("insert_rung", entry),), nothing)))
    await engine.run(keep("alive"))
    assert await kept(engine) == {"alive"}


async def test_a_result_is_made_from_the_rows_of_the_saves(engine: SqliteEngine) -> None:
    saves = (SaveMany("insert_meta", [{"name": "a", "value": "x"}]), Save("all_meta"))
    work = Work((), lambda _rows: Plan(saves, lambda rows: [row["name"] for row in rows[1]]))
    assert await engine.run(work) == ["a"]


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


async def test_what_was_handed_in_is_finished_before_the_engine_closes(engine: SqliteEngine) -> None:
    pending = [asyncio.ensure_future(engine.run(keep(str(n)))) for n in range(10)]
    await asyncio.sleep(0)
    await engine.close()
    await engine.close()
    assert await asyncio.gather(*pending) == [None] * 10
    with pytest.raises(StoreUnavailableError):
        await engine.run(keep("too late"))


async def test_somebody_who_no_longer_waits_harms_nobody(engine: SqliteEngine) -> None:
    impatient = asyncio.ensure_future(engine.run(keep("left")))
    await asyncio.sleep(0)
    impatient.cancel()
    await engine.run(keep("stayed"))
    assert {"stayed"} <= await kept(engine)


async def test_a_look_is_one_moment_and_writes_nothing(engine: SqliteEngine) -> None:
    with pytest.raises(StoreUnavailableError):
        await engine.look(keep("sneaked in"))
    assert await kept(engine) == set()


def _file(connection: sqlite3.Connection) -> str:
    path = str(connection.execute("PRAGMA database_list").fetchone()[2])
    assert path.endswith(DATABASE)
    return path
