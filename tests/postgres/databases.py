"""Databases on a PostgreSQL server, one a test: copied from one that was migrated once.

Copying one takes longer than most tests, and emptying one a tenth of that: a test's database is emptied after
it and lent to the next (`lend`, `take_back`), unless its shape was changed.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from store import postgres_schema

T = TypeVar("T")

LOANS = 40
"""How many tests have one database after each other: what was deleted leaves empty pages behind."""

OWNER = "suidao"
"""Who owns the databases on a server of our own: nobody special, as in earnest."""


def at_once(doing: Coroutine[Any, Any, T]) -> T:
    """Do it in a loop of its own, from where none is running."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(doing)


_SHAPE = """
    SELECT string_agg(concat_ws(' ', rows, newest), ',' ORDER BY catalogue) FROM (
    SELECT 1 AS catalogue, count(*) AS rows, max(xmin::text::bigint) AS newest FROM pg_class
    UNION ALL SELECT 2, count(*), max(xmin::text::bigint) FROM pg_attribute
    UNION ALL SELECT 3, count(*), max(xmin::text::bigint) FROM pg_attrdef
    UNION ALL SELECT 4, count(*), max(xmin::text::bigint) FROM pg_index
    UNION ALL SELECT 5, count(*), max(xmin::text::bigint) FROM pg_constraint
    UNION ALL SELECT 6, count(*), max(xmin::text::bigint) FROM pg_proc
    UNION ALL SELECT 7, count(*), max(xmin::text::bigint) FROM pg_trigger
    UNION ALL SELECT 8, count(*), max(xmin::text::bigint) FROM pg_namespace
    UNION ALL SELECT 9, count(*), 0 FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
        WHERE d.datname = current_database()
    UNION ALL SELECT 10, count(*), max(version_num::bigint) FROM alembic_version) AS all_of_them
"""
"""What changes with every change of a database's shape: each catalogue's rows, and which was written last."""

_TABLES = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""

_END_SESSIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

_COUNT_ANEW = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"


class Databases:
    """What tests make on a server, and clear away. `owner` is another user than the address names."""

    def __init__(self, server: str, owner: str | None = None) -> None:
        self._server = server
        self._owner = owner
        self._template: str | None = None
        self._idle: list[str] = []
        self._loans: Counter[str] = Counter()
        self._shape = ""
        if owner is not None:
            at_once(self._tell(f"CREATE ROLE {owner} LOGIN"))

    def make(self, how: str = "") -> str:
        """An empty database; its address."""
        name = f"suidao_test_{uuid4().hex}"
        at_once(self._tell(f"CREATE DATABASE {name} {how}{self._of_owner()}"))
        return self._address(name)

    def make_migrated(self) -> str:
        """A database of today's shape with nothing in it; its address."""
        if self._template is None:
            template = self.make()
            at_once(postgres_schema.prepare(template))
            self._template = name_of(template)
        return self.make(f"TEMPLATE {self._template}")

    def lend(self) -> str:
        """A database of today's shape with nothing in it, which may have been another test's; its address."""
        if not self._idle:
            self._idle.append(self.make_migrated())
        address = self._idle.pop()
        self._shape = self._shape or at_once(self._shape_of(address))
        self._loans[address] += 1
        return address

    def take_back(self, address: str) -> None:
        """Empty what was lent, whoever still uses it; drop it where it has served long enough or has another
        shape than it had."""
        if self._loans[address] < LOANS and at_once(self._empty(address)):
            self._idle.append(address)
        else:
            self.drop(address)

    def drop(self, address: str) -> None:
        """Clear a database away, whoever still uses it."""
        at_once(self._tell(f"DROP DATABASE IF EXISTS {name_of(address)} WITH (FORCE)"))

    def close(self) -> None:
        """Clear away what all tests shared."""
        for address in self._idle:
            self.drop(address)
        if self._template is not None:
            self.drop(self._address(self._template))

    async def _shape_of(self, address: str) -> str:
        session = await asyncpg.connect(self._as_administrator(address))
        try:
            return str(await session.fetchval(_SHAPE))
        finally:
            await session.close()

    async def _empty(self, address: str) -> bool:
        """Delete every row; False where that cannot be done, or would not leave what was lent."""
        try:
            session = await asyncpg.connect(self._as_administrator(address))
        except asyncpg.PostgresError:
            return False
        try:
            await session.execute(_END_SESSIONS)
            if str(await session.fetchval(_SHAPE)) != self._shape:
                return False
            # So that no key refers to what is gone, and no trigger runs; only for administrators.
            await session.execute("SET session_replication_role = replica")
            tables = [str(row[0]) for row in await session.fetch(_TABLES)]
            await session.execute(";".join(f"DELETE FROM {table}" for table in tables))  # noqa: S608 - our own names
            await session.execute(_COUNT_ANEW)
        except asyncpg.PostgresError:
            return False
        finally:
            await session.close()
        return True

    def _as_administrator(self, address: str) -> str:
        return urlsplit(self._server)._replace(path=f"/{name_of(address)}").geturl()

    def _of_owner(self) -> str:
        return f" OWNER {self._owner}" if self._owner else ""

    def _address(self, name: str) -> str:
        parts = urlsplit(self._server)
        where = parts.netloc.rpartition("@")[2]
        netloc = f"{self._owner}@{where}" if self._owner else parts.netloc
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{netloc}/{name}{query}"

    async def _tell(self, statement: str) -> None:
        session = await asyncpg.connect(self._server)
        try:
            await session.execute(statement)
        finally:
            await session.close()


def name_of(address: str) -> str:
    """The database that an address names."""
    return urlsplit(address).path.lstrip("/")
