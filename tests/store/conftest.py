"""Real databases and one real embedded Valkey for all tests of the store."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store import SqlStore, open_store
from store.broker import Broker
from store.crypto import KEY_FILE, Vault
from store.schema import DATABASE, prepare
from store.sqlite import SqliteEngine
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


@pytest.fixture
def vault(data: Path) -> Vault:
    return Vault.open(data, None)


@pytest.fixture
def clock() -> OurClock:
    return OurClock()


@pytest.fixture
async def store(data: Path, vault: Vault, clock: OurClock) -> AsyncIterator[SqlStore]:
    opened = await open_store(data, vault, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def engine(data: Path) -> AsyncIterator[SqliteEngine]:
    opened = await SqliteEngine.open(data / DATABASE)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One embedded Valkey for the whole session; tests use queues or ids of their own."""
    server = Broker(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()
