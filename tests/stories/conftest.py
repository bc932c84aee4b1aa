"""A fresh committee for every story, on every platform that the story can be told on.

world       on every platform
pages       on the web only: stories about pages, forms and cookies
chats       on every platform that people write to: stories about words, invitations and replies
everywhere  on Telegram, with everybody on Matrix and at their page as well: stories that mix them

On Matrix a story costs five seconds, since the homeserver is a real one. So a file is told there if it is
about what a platform shows, hides and takes as a tap, and not if it is about words, which the handlers
understand for every chat alike, or about coming in and staying away, where chats differ: `tests/platforms`
has Matrix's.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.broker import Broker
from tests.platforms.matrix_server import Synapse
from tests.store.conftest import broker, data, template
from tests.stories.world import WEB, World

__all__ = ["broker", "data", "template"]

TELEGRAM, MATRIX = "telegram", "matrix"

ON_MATRIX = frozenset(
    {"test_urgent_jobs", "test_race", "test_ladder", "test_privacy", "test_mixed", "test_bad_input"}
)
"""The files whose stories are told on Matrix, too."""

MATRIX_TIMEOUT_S = 600
"""280 people with a private room each are two minutes' work for the homeserver, alone on its processor."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every story on the platforms of its fixture and of its file."""
    matrix = [pytest.param(MATRIX, marks=pytest.mark.timeout(MATRIX_TIMEOUT_S))]
    chats = [TELEGRAM, *(matrix if metafunc.module.__name__.rpartition(".")[2] in ON_MATRIX else [])]
    for fixture, platforms in (("world", [WEB, *chats]), ("chats", chats)):
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, platforms, indirect=True)


@pytest.fixture
async def world(data: Path, broker: Broker, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with _told(request, data, broker) as one:
        yield one


@pytest.fixture
async def chats(data: Path, broker: Broker, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with _told(request, data, broker) as one:
        yield one


@pytest.fixture
async def pages(data: Path) -> AsyncIterator[World]:
    async with World(data) as one:
        yield one


@pytest.fixture
async def everywhere(data: Path, broker: Broker, synapse: Synapse) -> AsyncIterator[World]:
    async with World(data, platform=TELEGRAM, beside=[MATRIX], queue=broker.url, homeserver=synapse) as one:
        yield one


def _told(request: pytest.FixtureRequest, data: Path, broker: Broker) -> World:
    # Only whoever needs a homeserver starts one.
    homeserver = request.getfixturevalue("synapse") if request.param == MATRIX else None
    return World(data, platform=request.param, queue=broker.url, homeserver=homeserver)
