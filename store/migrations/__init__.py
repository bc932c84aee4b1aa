"""How the database came to its present shape, revision by revision (Alembic).

The same revisions on SQLite and on PostgreSQL. Imported only when a migration must run: SQLAlchemy and
Alembic together cost almost two seconds.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Text, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

_HERE = Path(__file__).parent

_LOCK = 0x737569_64616F
"""The advisory lock of those who migrate: "suidao", since any number that nobody else takes will do."""


def upgrade(path: Path) -> None:
    """Bring the SQLite database at `path` to the newest revision, in one transaction; make it when there
    is none. Repeating is safe."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", _leave_transactions_to_us)
    try:
        with engine.connect() as connection:
            # Begun by hand: Python's driver would otherwise commit before each change of a table, and a
            # migration that failed half-way would stay half-way.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _upgrade(connection)
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


async def upgrade_postgres(connect: Callable[[], Awaitable[Any]]) -> None:
    """The same for the PostgreSQL database that `connect` opens a session with. Several processes may do it
    at the same time: one migrates, the others wait and find nothing left to do."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


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
