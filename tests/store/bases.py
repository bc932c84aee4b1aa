"""Where the store of a test is kept, on either engine, and a way past the store to what lies there."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from dispatch.ports import Clock
from store import SqlStore, open_store
from store.bucket import Bucket
from store.crypto import Vault
from store.engine import Engine, Row
from store.postgres import PostgresEngine
from store.schema import DATABASE
from store.sqlite import SqliteEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A data folder with a key, and a database of today's shape: in the folder, or at `url`."""

    data: Path
    url: str | None = None

    async def open(self, vault: Vault, clock: Clock) -> SqlStore:
        """Another store on the same database, as another process would open it."""
        return await open_store(self.data, vault, clock, database_url=self.url)

    @asynccontextmanager
    async def beside(self, bucket: Bucket | None, vault: Vault, clock: Clock) -> AsyncIterator[SqlStore]:
        """The same with its pictures in that bucket, or in the database. It is closed in the end."""
        store = await open_store(self.data, vault, clock, database_url=self.url, bucket=bucket)
        try:
            yield store
        finally:
            await store.close()

    async def engine(self, lost: Callable[[], None] = lambda: None) -> Engine:
        """The same without a store around it."""
        if self.url is None:
            return await SqliteEngine.open(self.data / DATABASE, lost=lost)
        return await PostgresEngine.open(self.url, lost=lost)

    async def kept(self) -> bytes:
        """Everything that lies there: the files of SQLite, its log included; every row of PostgreSQL, into
        whose files `test_postgres_files` looks."""
        if self.url is None:
            return b"".join(file.read_bytes() for file in sorted(self.data.glob(f"{DATABASE}*")))
        tables = await self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for table in tables for row in await self.rows(f"SELECT * FROM {table['tablename']}")]  # noqa: S608 - its own tables
        values = [value for row in rows for value in dict(row).values()]  # type: ignore[call-overload]  # a record is a mapping
        return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)

    async def rows(self, query: str) -> Sequence[Row]:
        """What a plain connection finds there."""
        if self.url is None:
            with closing(sqlite3.connect(self.data / DATABASE)) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(query).fetchall()
        session = await asyncpg.connect(self.url)
        try:
            found: list[Row] = await session.fetch(query)
            return found
        finally:
            await session.close()
