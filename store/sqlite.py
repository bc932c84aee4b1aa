"""The engine on SQLite: one writer, one lane of consistent views beside it, and aiosqlite for lists.

Durable in full: a result is handed out only after its commit has reached the disk.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, TypeVar

import aiosqlite

from store import statements
from store.engine import Plan, Query, Row, Work
from store.lane import Lane, translate

R = TypeVar("R")

BUSY_MS = 5_000
"""How long to wait for another process that is writing (a `load`, a backup): longer than any of them
holds the database, shorter than a person's patience."""

STATEMENTS = 256
"""Prepared statements kept by a connection: more than there are in `sql/`."""

WAL_LIMIT = 64 * 1024 * 1024
"""Bytes to which the write-ahead log is cut back after a burst."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # every commit reaches the disk: a claim that was told is kept
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = FAST",  # what was let go of is overwritten, where the page is written anyway
    f"PRAGMA busy_timeout = {BUSY_MS}",
    f"PRAGMA journal_size_limit = {WAL_LIMIT}",
)
_READER = ("PRAGMA query_only = ON", f"PRAGMA busy_timeout = {BUSY_MS}")


def connect(path: Path) -> sqlite3.Connection:
    """A connection set up for writing, in nobody's transaction."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
    )
    connection.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


class SqliteEngine:
    """`store.engine.Engine` on one SQLite file. Open it with `SqliteEngine.open`."""

    def __init__(self, writer: Lane, viewer: Lane, lists: aiosqlite.Connection) -> None:
        self._writer = writer
        self._viewer = viewer
        self._lists = lists
        self._statements = statements.load()

    @classmethod
    async def open(cls, path: Path, *, lost: Callable[[], None] = lambda: None) -> Self:
        """Open an existing database. `lost` is called when a commit failed (see `Lane`).

        Raises `StoreUnavailableError` when the file cannot be used.
        """
        texts = statements.load()
        try:
            writing, viewing = connect(path), connect(path)
            for pragma in _READER:
                viewing.execute(pragma)
            lists = await aiosqlite.connect(path, isolation_level=None, cached_statements=STATEMENTS)
        except sqlite3.Error as error:
            raise translate(error) from error
        lists.row_factory = sqlite3.Row
        for pragma in _READER:
            await lists.execute(pragma)
        writer = Lane(writing, texts, begin="BEGIN IMMEDIATE", lost=lost)
        return cls(writer, Lane(viewing, texts, begin="BEGIN", lost=lambda: None, only_reads=True), lists)

    async def run(self, work: Work[R]) -> R:
        """See `Engine.run`."""
        return await self._writer.run(work)

    async def look(self, work: Work[R]) -> R:
        """See `Engine.look`."""
        return await self._viewer.run(work)

    async def read(self, query: Query) -> Sequence[Row]:
        """See `Engine.read`."""
        try:
            rows = await self._lists.execute_fetchall(self._statements[query.name], dict(query.params))
        except sqlite3.Error as error:
            raise translate(error) from error
        return list(rows)

    async def glance(self, query: Query) -> Sequence[Row]:
        """See `Engine.glance`."""
        return await self._viewer.run(Work((query,), lambda rows: Plan((), lambda _rows: rows[query.name])))

    async def maintain(self, task: Callable[[sqlite3.Connection], R]) -> R:
        """Run something that is no unit of work (a checkpoint, a backup) on the writer, between two
        transactions."""
        return await self._writer.alone(task)

    async def close(self) -> None:
        """See `Engine.close`."""
        await self._writer.close()
        await self._viewer.close()
        await self._lists.close()
