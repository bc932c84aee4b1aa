"""Opening the store of a data folder: shape, key, engine, in the order in which they can go wrong."""

from asyncio import to_thread
from pathlib import Path

from dispatch.ports import Clock
from store import schema
from store.clock import WallClock
from store.crypto import Vault
from store.engine import Engine, Plan, Query, SaveMany, Work, nothing
from store.memory import Memory
from store.sqlite import SqliteEngine
from store.sqlstore import SqlStore


async def open_store(data_dir: Path, vault: Vault, clock: Clock | None = None) -> SqlStore:
    """The store of the data folder, made or migrated where needed. Close it with `close`.

    `clock` says which pages are open now; it is the wall clock where none is given. Raises a
    `store.errors.StartError` that says what to do, or `StoreUnavailableError`.
    """
    path = data_dir / schema.DATABASE
    await to_thread(schema.prepare, path)
    memory = Memory()
    engine = await SqliteEngine.open(path, lost=memory.clear)
    try:
        await _verify(engine, vault, path)
    except BaseException:
        await engine.close()
        raise
    return SqlStore(engine, vault, clock or WallClock(), memory)


async def _verify(engine: Engine, vault: Vault, path: Path) -> None:
    marks = await engine.read(Query("all_meta"))
    if not marks:
        rows = [{"name": name, "value": value} for name, value in vault.marks().items()]
        await engine.run(Work((), lambda _rows: Plan((SaveMany("insert_meta", rows),), nothing)))
        marks = await engine.read(Query("all_meta"))
    vault.verify({row["name"]: row["value"] for row in marks}, path)
