"""Opening the store: shape, key, engine, in the order in which they can go wrong."""

from asyncio import to_thread
from pathlib import Path

from dispatch.lately import LIMITS, Limits
from dispatch.ports import Clock
from store import schema
from store.attempts import insist
from store.bucket import Bucket
from store.clock import WallClock
from store.crypto import Vault
from store.engine import Engine, Plan, Query, SaveMany, Work, nothing
from store.memory import Memory
from store.sqlite import SqliteEngine
from store.sqlstore import SqlStore


async def open_store(
    data_dir: Path,
    vault: Vault,
    clock: Clock | None = None,
    *,
    database_url: str | None = None,
    limits: Limits = LIMITS,
    bucket: Bucket | None = None,
) -> SqlStore:
    """The store, made or migrated where needed: SQLite in the data folder, or the PostgreSQL database of that
    address. Close it with `close`.

    `clock` says which pages are open now; it is the wall clock where none is given. `limits` say who was
    shown enough. New pictures lie in the `bucket` where one is given.

    Raises a `store.errors.StartError` that says what to do, or `StoreUnavailableError`.
    """
    clock = clock or WallClock()
    memory = Memory(clock, vault, limits)
    if database_url is None:
        path = data_dir / schema.DATABASE
        engine, name = await _sqlite(path, memory), str(path)
    else:
        engine, name = await _postgres(database_url, memory)
    try:
        await _verify(engine, vault, name)
    except BaseException:
        await engine.close()
        raise
    return SqlStore(engine, vault, clock, memory, bucket)


async def revision(data_dir: Path, database_url: str | None = None) -> str | None:
    """The revision of the database that `open_store` would open; None when there is nothing yet. Nothing is
    changed. Raises a `StartError` for a database of something else, and for one that is away."""
    if database_url is None:
        return await to_thread(schema.revision, data_dir / schema.DATABASE)
    from store import postgres_schema  # noqa: PLC0415 - as below

    return await postgres_schema.revision(database_url)


async def _sqlite(path: Path, memory: Memory) -> Engine:
    await to_thread(schema.prepare, path)
    return await SqliteEngine.open(path, lost=memory.clear)


async def _postgres(url: str, memory: Memory) -> tuple[Engine, str]:
    # Imported only where it is used: most programs have SQLite, and start sooner without it.
    from store import postgres_schema, sessions  # noqa: PLC0415
    from store.postgres import PostgresEngine  # noqa: PLC0415

    await postgres_schema.prepare(url)
    return await PostgresEngine.open(url, lost=memory.clear), sessions.called(url)


async def _verify(engine: Engine, vault: Vault, name: str) -> None:
    marks = await engine.read(Query("all_meta"))
    if not marks:
        rows = [{"name": name, "value": value} for name, value in vault.marks().items()]
        work = Work((), lambda _rows: Plan((SaveMany("insert_meta", rows),), nothing))
        await insist(engine.run, lambda: work)
        marks = await engine.read(Query("all_meta"))
    vault.verify({row["name"]: row["value"] for row in marks}, name)
