"""Which shape a PostgreSQL database has, and whether this program may open it: `store.schema` beside it.

Looks with a plain session, so that a start on an up-to-date database imports no migration tool.
"""

import asyncio

import asyncpg

from store import schema, sessions
from store.errors import DatabaseForbiddenError, DatabaseForeignError
from store.sessions import Session, called

_TABLES = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"

_OURS = frozenset({"alembic_version", "meta"})
"""Tables that every database of ours has. The first alone may be any program's that uses the same tool."""


async def revision(url: str) -> str | None:
    """The database's own revision; None when it is empty.

    Raises `DatabaseAwayError`, and `DatabaseForeignError` when it is a database of something else.
    """
    session = await sessions.begin(url)
    try:
        return await _revision(session, url)
    finally:
        await session.close()


async def check(url: str) -> bool:
    """True when the database is of the shape that this program needs, False when a migration must run.

    Raises `DatabaseNewerError` for a revision that this program does not know.
    """
    return schema.is_ours(await revision(url))


async def prepare(url: str) -> None:
    """Fill or migrate the database where that is needed. Repeating is safe, also at the same time.

    Raises `DatabaseForbiddenError` where the user may not.
    """
    if not await check(url):
        await ask_leave(url)
        # In a thread, with a loop of its own: the work of the tools would hold up everything else.
        await asyncio.to_thread(_migrate, url)


async def ask_leave(url: str) -> None:
    """Raise `DatabaseForbiddenError` where we may make no tables: since version 15 nobody but the owner may,
    unless something else was said."""
    session = await sessions.begin(url)
    try:
        row = await session.fetchrow("SELECT has_schema_privilege(current_schema(), 'CREATE') AS granted")
        if not row["granted"]:
            raise await _forbidden(session, url)
    finally:
        await session.close()


async def _forbidden(session: Session, url: str) -> DatabaseForbiddenError:
    row = await session.fetchrow("SELECT current_user AS name")
    return DatabaseForbiddenError(database=called(url), user=row["name"])


def _migrate(url: str) -> None:
    from store import migrations  # noqa: PLC0415 - costs 1.9 s, and is hardly ever needed

    async def run() -> None:
        await migrations.upgrade_postgres(lambda: sessions.begin(url))

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(run())


async def _revision(session: Session, url: str) -> str | None:
    tables = {row["tablename"] for row in await session.fetch(_TABLES)}
    if not tables:
        return None
    if not tables >= _OURS:
        raise DatabaseForeignError(database=called(url))
    try:
        rows = await session.fetch("SELECT version_num FROM alembic_version")
    except asyncpg.InsufficientPrivilegeError:
        raise await _forbidden(session, url) from None
    return str(rows[0]["version_num"]) if rows else None
