"""One house a test, alone or with Matrix; for sending through Telegram one queue a file of tests, which is
what costs time."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.broker import Broker
from tests.platforms import house as houses
from tests.platforms.house import House
from tests.platforms.matrix_hearing import Hearing, followed, hearing
from tests.platforms.matrix_server import Synapse


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with houses.house(tmp_path) as made:
        yield made


@pytest.fixture
async def house(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Hearing]:
    """With Matrix; nobody follows the rooms yet."""
    async with hearing(tmp_path, synapse) as made:
        yield made


@pytest.fixture
async def town(house: Hearing) -> AsyncIterator[Hearing]:
    """With Matrix; the bot follows the rooms."""
    async with followed(house):
        yield house


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    server = Broker(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()
