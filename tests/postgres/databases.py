"""Databases on a PostgreSQL server, one a test: copied from one that was migrated once."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from store import postgres_schema

T = TypeVar("T")

OWNER = "suidao"
"""Who owns the databases on a server of our own: nobody special, as in earnest."""


def at_once(doing: Coroutine[Any, Any, T]) -> T:
    """Do it in a loop of its own, from where none is running."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(doing)


class Databases:
    """What tests make on a server, and clear away. `owner` is another user than the address names."""

    def __init__(self, server: str, owner: str | None = None) -> None:
        self._server = server
        self._owner = owner
        self._template: str | None = None
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

    def drop(self, address: str) -> None:
        """Clear a database away, whoever still uses it."""
        at_once(self._tell(f"DROP DATABASE IF EXISTS {name_of(address)} WITH (FORCE)"))

    def close(self) -> None:
        """Clear away what all tests shared."""
        if self._template is not None:
            self.drop(self._address(self._template))

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
