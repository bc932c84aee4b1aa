"""All tables of a database as they are at one moment, while others go on writing.

Of SQLite a copy is made by its own online backup and then read at leisure; PostgreSQL is read in one
transaction. What is in the tables is nobody's business here.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from graphlib import TopologicalSorter
from pathlib import Path

from store import schema, sessions
from store.archive import Table, Writer
from store.errors import StartError

AT_ONCE = 50
"""Rows in memory at a time: pictures are the largest, of which these are some 20 MB."""

_KINDS = {
    "INTEGER": "integer",
    "BIGINT": "integer",
    "SMALLINT": "integer",
    "DOUBLE": "real",
    "DOUBLE PRECISION": "real",
    "TEXT": "text",
    "BLOB": "blob",
    "BYTEA": "blob",
}
"""What both databases call the types that the migrations use."""

_APART = "alembic_version"
"""The one table that is not copied: the manifest says the revision."""

BUSY_S = 30.0
"""Seconds to wait for a checkpoint of the program beside us: longer than any takes."""


class NothingToBackUpError(StartError):
    """There is no database yet."""

    key = "nothing_to_back_up"
    sentence = "There is no database at {database} yet: nothing to back up."


class DatabaseDamagedError(StartError):
    """The database itself is not whole."""

    key = "database_damaged"
    sentence = "The database {path} is damaged ({found}): no backup was made; restore an earlier one."


def of_sqlite(path: Path, copy: Path, writer: Writer) -> str:
    """Write everything of the SQLite database at `path`, by way of `copy`; returns its revision.

    Whoever writes meanwhile waits for nothing: the copy is made in one step, from what was committed when it
    began. Raises `NothingToBackUpError` and `DatabaseDamagedError`."""
    if schema.revision(path) is None:
        raise NothingToBackUpError(database=str(path))
    with (
        closing(sqlite3.connect(path, timeout=BUSY_S)) as source,
        closing(sqlite3.connect(copy)) as connection,
    ):
        source.backup(connection, pages=-1)
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DatabaseDamagedError(path=str(path), found=found)
        for table in _sqlite_tables(connection):
            rows = connection.execute(_select(table))
            writing = writer.table(table)
            while some := rows.fetchmany(AT_ONCE):
                writing.add(some)
            writing.end()
    revision = schema.revision(copy)
    schema.is_ours(revision)
    return str(revision)


async def of_postgres(url: str, writer: Writer) -> str:
    """The same of the PostgreSQL database at this address. Raises `NothingToBackUpError`, and what a
    session may."""
    from store import postgres_schema  # noqa: PLC0415 - only where it is used

    if await postgres_schema.revision(url) is None:
        raise NothingToBackUpError(database=sessions.called(url))
    session = await sessions.begin(url)
    try:
        await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        revision = str((await session.fetchrow(f"SELECT version_num FROM {_APART}"))["version_num"])  # noqa: S608 - our own name
        schema.is_ours(revision)
        for table in await _postgres_tables(session):
            await _copy(session, table, writer)
        await session.execute("COMMIT")
    finally:
        await session.close()
    return revision


async def _copy(session: sessions.Session, table: Table, writer: Writer) -> None:
    """By a cursor of the server's: a table may be larger than the memory."""
    writing = writer.table(table)
    cursor = f'"rows of {table.name}"'  # each its own: what is fetched is remembered by its words
    await session.execute(f"DECLARE {cursor} NO SCROLL CURSOR FOR {_select(table)}")
    while some := await session.fetch(f"FETCH {AT_ONCE} FROM {cursor}"):
        writing.add([row[column] for column in table.columns] for row in some)
    await session.execute(f"CLOSE {cursor}")
    writing.end()


def _sqlite_tables(connection: sqlite3.Connection) -> Iterable[Table]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    names = [name for (name,) in connection.execute(named) if name != _APART]
    refers = {
        name: {
            row[0] for row in connection.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (name,))
        }
        for name in names
    }
    for name in in_order(refers):
        columns = connection.execute("SELECT name, type FROM pragma_table_info(?) ORDER BY cid", (name,))
        yield _table(name, dict(columns.fetchall()))


async def _postgres_tables(session: sessions.Session) -> Iterable[Table]:
    columns: dict[str, dict[str, str]] = {}
    for row in await session.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
    ):
        columns.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    refers: dict[str, set[str]] = {name: set() for name in columns if name != _APART}
    for row in await session.fetch(
        "SELECT t.relname AS name, r.relname AS other FROM pg_catalog.pg_constraint c"
        " JOIN pg_catalog.pg_class t ON t.oid = c.conrelid JOIN pg_catalog.pg_class r ON r.oid = c.confrelid"
        " WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace"
    ):
        refers[row["name"]].add(row["other"])
    return [_table(name, columns[name]) for name in in_order(refers)]


def in_order(refers: Mapping[str, set[str]]) -> list[str]:
    """Tables in an order in which they can be filled: after all that they refer to."""
    others = {name: sorted(found - {name}) for name, found in sorted(refers.items())}
    return list(TopologicalSorter(others).static_order())


def _table(name: str, columns: Mapping[str, str]) -> Table:
    kinds = tuple(_KINDS[kind.upper()] for kind in columns.values())
    return Table(name=name, columns=tuple(columns), kinds=kinds)


def _select(table: Table) -> str:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    return f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 - names from the database itself
