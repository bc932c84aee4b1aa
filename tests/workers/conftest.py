"""A fresh office, with a Valkey of its own, for every test of the workers."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.crypto import KEY_FILE, Vault
from store.schema import DATABASE, prepare
from tests.workers.office import Office, an_office
from tests.workers.radio import Radio


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a key and an empty database: migrating takes longer than copying."""
    folder = tmp_path_factory.mktemp("empty")
    Vault.open(folder, None)
    prepare(folder / DATABASE)
    return folder


@pytest.fixture
def radio() -> Radio:
    return Radio()


@pytest.fixture
async def office(empty: Path, tmp_path: Path, radio: Radio) -> AsyncIterator[Office]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    for name in (KEY_FILE, DATABASE):
        shutil.copy2(empty / name, data / name)
    async with an_office(data, radio) as one:
        yield one
