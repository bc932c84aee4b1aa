"""One house a test; for sending through Telegram one queue a file of tests, which is what costs time."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.broker import Broker
from tests.platforms.house import House, house


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    server = Broker(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()
