"""For every test of the workers a fresh office with a Valkey of its own, and an auditor for whoever asks."""

import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.crypto import KEY_FILE, Vault
from store.schema import DATABASE, prepare
from tests.workers.audits import Watch, watching
from tests.workers.office import Office, an_office
from tests.workers.radio import Radio
from workers.watch import auditor


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


@pytest.fixture
def watch(office: Office) -> Watch:
    return watching(office)


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What the auditor says loudly."""

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    lines: list[str] = []
    heard = Heard(logging.ERROR)
    auditor.log.addHandler(heard)
    yield lines
    auditor.log.removeHandler(heard)
