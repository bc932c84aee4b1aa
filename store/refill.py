"""A backup put into an empty database: made in the backup's own shape, filled, then brought up to date.

All or nothing: what goes wrong half-way leaves the database as empty as it was.
"""

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Any

from store import schema, sessions
from store.archive import ArchiveDamagedError, Reader, Table
from store.errors import StartError

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and what is left of one whose file alone was deleted."""


class TargetNotEmptyError(StartError):
    """Something is there already."""

    key = "target_not_empty"
    sentence = (
        "There is a database at {database} already: nothing was restored. Restore into an empty folder or "
        "database (SUIDAO_DATA_DIR, SUIDAO_DATABASE_URL), and let the program use that one."
    )


def check_sqlite(path: Path) -> None:
    """Raise `TargetNotEmptyError` where there is a database, or something else of its name."""
    if schema.revision(path) is not None:
        raise TargetNotEmptyError(database=str(path))
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():  # SQLite would take it for the new file's, and read it into that
            raise TargetNotEmptyError(database=str(beside))


async def check_postgres(url: str) -> None:
    """The same of a PostgreSQL database. Raises `DatabaseForbiddenError`, and what a session may, as well."""
    from store import postgres_schema  # noqa: PLC0415 - only where it is used

    if await postgres_schema.revision(url) is not None:
        raise TargetNotEmptyError(database=sessions.called(url))
    await postgres_schema.ask_leave(url)


def into_sqlite(reader: Reader, path: Path) -> None:
    """Restore into a new file at `path`, which is there only once all of it is. The reader was checked."""
    from store import migrations  # noqa: PLC0415 - costs 1.9 s, and is hardly ever needed

    draft = path.with_suffix(".restoring")
    draft.unlink(missing_ok=True)  # of one that was cut off
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        migrations.rebuild(draft, reader.manifest.revision, lambda connection: _fill(reader, connection))
        _sync(draft)
        check_sqlite(path)
        draft.replace(path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


async def into_postgres(reader: Reader, url: str) -> None:
    """Restore into the empty database of that address, in one transaction. The reader was checked."""

    async def fill(connection: Any) -> None:
        for member in reader.manifest.tables:
            await _fill_table(reader, member.table, connection)

    def run() -> None:
        from store import migrations  # noqa: PLC0415 - as above

        # In a thread, with a loop of its own: as for every migration.
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            runner.run(
                migrations.rebuild_postgres(lambda: sessions.begin(url), reader.manifest.revision, fill)
            )

    await asyncio.to_thread(run)


def _fill(reader: Reader, connection: sqlite3.Connection) -> None:
    for member in reader.manifest.tables:
        table = member.table
        known = [
            name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table.name,))
        ]
        _check_shape(reader, table, known)
        marks = ", ".join("?" for _ in table.columns)
        insert = f'INSERT INTO "{table.name}" ({_named(table)}) VALUES ({marks})'  # noqa: S608 - compared with the database's own names
        connection.executemany(insert, reader.rows(table))
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise ArchiveDamagedError(
            path="the backup", what=f"the table {broken[0]} refers to what is not there"
        )


async def _fill_table(reader: Reader, table: Table, connection: Any) -> None:
    rows = await connection.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = $1",
        table.name,
    )
    _check_shape(reader, table, [row["column_name"] for row in rows])
    # PostgreSQL keeps no NUL in a text; SQLite does, where somebody typed one.
    records = (
        tuple(value.replace("\0", "") if isinstance(value, str) else value for value in row)
        for row in reader.rows(table)
    )
    await connection.copy_records_to_table(table.name, columns=table.columns, records=records)
    if "id" in table.columns:
        highest = (
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM \"{table.name}\""  # noqa: S608 - as above
        )
        await connection.execute(f"{highest} HAVING max(id) IS NOT NULL")


def _check_shape(reader: Reader, table: Table, known: list[str]) -> None:
    if not known or not set(table.columns) <= set(known):
        what = f"the table {table.name} is not one of revision {reader.manifest.revision}"
        raise ArchiveDamagedError(path="the backup", what=what)


def _named(table: Table) -> str:
    return ", ".join(f'"{column}"' for column in table.columns)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
