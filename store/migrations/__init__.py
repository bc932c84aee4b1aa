"""How the database came to its present shape, revision by revision (Alembic).

The same revisions on SQLite and on PostgreSQL. Imported only when a migration must run: SQLAlchemy and
Alembic together cost almost two seconds.
"""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Text, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

_HERE = Path(__file__).parent

_LOCK = 0x737569_64616F
"""The advisory lock of those who migrate: "suidao", since any number that nobody else takes will do."""


def upgrade(path: Path) -> None:
    """Bring the SQLite database at `path` to the newest revision, in one transaction; make it when there
    is none. Repeating is safe."""
    _in_one(path, _upgrade)


def rebuild(path: Path, revision: str, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make the empty database at `path` as it was at a revision, have it filled, and bring that to the newest
    one; all in one transaction."""

    def work(connection: Connection) -> None:
        _upgrade(connection, revision)
        inner = connection.connection.driver_connection
        assert isinstance(inner, sqlite3.Connection)  # noqa: S101 - the only driver that is asked for
        fill(inner)
        _upgrade(connection)

    _in_one(path, work)


def _in_one(path: Path, work: Callable[[Connection], None]) -> None:
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", _leave_transactions_to_us)
    try:
        with engine.connect() as connection:
            # Begun by hand: Python's driver would otherwise commit before each change of a table, and a
            # migration that failed half-way would stay half-way.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            work(connection)
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


async def upgrade_postgres(connect: Callable[[], Awaitable[Any]]) -> None:
    """The same for the PostgreSQL database that `connect` opens a session with. Several processes may do it
    at the same time: one migrates, the others wait and find nothing left to do."""
    async with _alone(connect) as connection:
        await connection.run_sync(_upgrade)


async def rebuild_postgres(
    connect: Callable[[], Awaitable[Any]], revision: str, fill: Callable[[Any], Awaitable[None]]
) -> None:
    """`rebuild` of an empty PostgreSQL database; `fill` gets the session itself."""
    async with _alone(connect) as connection:
        await connection.run_sync(_upgrade, revision)
        await fill((await connection.get_raw_connection()).driver_connection)
        await connection.run_sync(_upgrade)


@asynccontextmanager
async def _alone(connect: Callable[[], Awaitable[Any]]) -> AsyncIterator[AsyncConnection]:
    """A transaction in which nobody else migrates."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str = "head") -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@compiles(Text, "postgresql")
def _by_code_point(_type: Text, _compiler: object, **_options: object) -> str:
    """Texts are sorted and compared as SQLite does it, whatever language the database was made for."""
    return 'TEXT COLLATE "C"'


def head() -> str:
    """The newest revision that Alembic finds in `versions`."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise LookupError("no migration in store/migrations/versions")
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _leave_transactions_to_us(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
