"""Works on real databases of both kinds: undone apart, one moment, honest when something is wrong."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable

import asyncpg
import pytest

from dispatch.errors import ConflictError, DispatchError, StoreUnavailableError
from store.attempts import insist
from store.engine import Engine, More, Plan, Query, Rows, Save, SaveMany, Work, nothing


def keep(name: str, value: str = "x") -> Work[None]:
    """A work that keeps one mark."""
    return Work((), lambda _rows: Plan((SaveMany("insert_meta", [{"name": name, "value": value}]),), nothing))


async def kept(engine: Engine) -> set[str]:
    return {row["name"] for row in await engine.read(Query("all_meta"))}


async def test_a_work_sees_what_it_loaded_and_may_ask_for_more(engine: Engine) -> None:
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
    engine: Engine,
) -> None:
    threads: list[int] = []

    def unseal(text: str) -> str:
        threads.append(threading.get_ident())
        return text.upper()

    given = await asyncio.gather(engine.run(opened("a", unseal)), engine.run(opened("b", unseal)))
    assert tuple(given) == ("A", "B")
    assert threads == [threading.get_ident()] * 2


async def test_what_fails_while_the_disk_works_reaches_its_caller_and_nobody_else(
    engine: Engine,
) -> None:
    def fail(_text: str) -> str:
        raise DispatchError(why=1)

    results = await asyncio.gather(
        engine.run(opened("a", fail)), engine.run(opened("b", str.upper)), return_exceptions=True
    )
    assert isinstance(results[0], DispatchError)
    assert results[1] == "B"


async def test_a_work_that_raises_undoes_itself_only(engine: Engine) -> None:
    def refuse(_rows: Rows) -> Plan[None]:
        raise DispatchError(why=1)

    broken = Work((Query("insert_meta", {"name": "broken", "value": "x"}),), refuse)
    results = await asyncio.gather(
        insist(engine.run, lambda: keep("before")),
        engine.run(broken),
        insist(engine.run, lambda: keep("after")),
        return_exceptions=True,
    )
    assert isinstance(results[1], DispatchError)
    assert await kept(engine) == {"before", "after"}


async def test_another_number_of_rows_than_expected_is_a_conflict(engine: Engine) -> None:
    def plan(_rows: Rows) -> Plan[None]:
        first = SaveMany("insert_meta", [{"name": "half", "value": "x"}])
        none = Save("raise_link_epoch", {"committee_id": 1, "person_id": 1}, expect=1)
        return Plan((first, none), nothing)

    with pytest.raises(ConflictError):
        await engine.run(Work((), plan))
    assert await kept(engine) == set()


async def test_a_mistake_of_ours_is_neither_a_conflict_nor_the_disk(engine: Engine) -> None:
    with pytest.raises(KeyError):
        await engine.run(Work((Query("no such statement"),), lambda _rows: Plan((), nothing)))
    entry = {"committee_id": 404, "rung": "duty", "position": 1, "person_id": 404}
    with pytest.raises((sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError)):
        await engine.run(Work((), lambda _rows: Plan((Save("insert_rung", entry),), nothing)))
    await engine.run(keep("alive"))
    assert await kept(engine) == {"alive"}


async def test_a_result_is_made_from_the_rows_of_the_saves(engine: Engine) -> None:
    saves = (SaveMany("insert_meta", [{"name": "a", "value": "x"}]), Save("all_meta"))
    work = Work((), lambda _rows: Plan(saves, lambda rows: [row["name"] for row in rows[1]]))
    assert await engine.run(work) == ["a"]


async def test_what_was_handed_in_is_finished_before_the_engine_closes(engine: Engine) -> None:
    pending = [asyncio.ensure_future(engine.run(keep(str(n)))) for n in range(10)]
    await asyncio.sleep(0)
    await engine.close()
    await engine.close()
    assert await asyncio.gather(*pending) == [None] * 10
    with pytest.raises(StoreUnavailableError):
        await engine.run(keep("too late"))


async def test_somebody_who_no_longer_waits_harms_nobody(engine: Engine) -> None:
    impatient = asyncio.ensure_future(engine.run(keep("left")))
    await asyncio.sleep(0)
    impatient.cancel()
    await engine.run(keep("stayed"))
    assert {"stayed"} <= await kept(engine)


async def test_a_look_is_one_moment_and_writes_nothing(engine: Engine) -> None:
    with pytest.raises(StoreUnavailableError):
        await engine.look(keep("sneaked in"))
    assert await kept(engine) == set()
