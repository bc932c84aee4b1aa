"""Real databases of both kinds and one real embedded Valkey for all tests of the store.

Whatever uses `store`, `engine` or `base` runs twice: on SQLite and on PostgreSQL.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store import SqlStore, sessions
from store.broker import Broker
from store.crypto import KEY_FILE, Vault
from store.engine import Engine
from store.schema import DATABASE, prepare
from store.sessions import Session
from tests.store.bases import Base
from tests.store.samples import OurClock


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a key and an empty database: migrating takes longer than copying."""
    folder = tmp_path_factory.mktemp("template")
    Vault.open(folder, None)
    prepare(folder / DATABASE)
    return folder


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A fresh data folder."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    for name in (KEY_FILE, DATABASE):
        shutil.copy2(template / name, folder / name)
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def base(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Base:
    """A fresh database beside a data folder with its key."""
    if request.param == "sqlite":
        return Base(data=request.getfixturevalue("data"))
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy2(template / KEY_FILE, folder / KEY_FILE)
    return Base(data=folder, url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def vault(base: Base) -> Vault:
    return Vault.open(base.data, None)


@pytest.fixture
def clock() -> OurClock:
    return OurClock()


@pytest.fixture
async def store(base: Base, vault: Vault, clock: OurClock) -> AsyncIterator[SqlStore]:
    opened = await base.open(vault, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def engine(base: Base) -> AsyncIterator[Engine]:
    opened = await base.engine()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One embedded Valkey for the whole session; tests use queues or ids of their own."""
    server = Broker(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def rival(postgres_url: str) -> AsyncIterator[Session]:
    """A session of another process, in mid-work."""
    session = await sessions.begin(postgres_url)
    await session.execute("BEGIN")
    yield session
    await session.close()
