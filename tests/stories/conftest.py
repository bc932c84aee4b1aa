"""A fresh committee for every story, on every platform that the story can be told on.

world   on every platform
pages   on the web only: stories about pages, forms and cookies
chats   on every platform that people write to: stories about words, invitations and replies
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.broker import Broker
from tests.store.conftest import broker, data, template
from tests.stories.world import World

__all__ = ["broker", "data", "template"]

CHATS = ("telegram",)
PLATFORMS = ("web", *CHATS)


@pytest.fixture(params=PLATFORMS)
async def world(data: Path, broker: Broker, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with World(data, platform=request.param, queue=broker.url) as one:
        yield one


@pytest.fixture
async def pages(data: Path) -> AsyncIterator[World]:
    async with World(data) as one:
        yield one


@pytest.fixture(params=CHATS)
async def chats(data: Path, broker: Broker, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with World(data, platform=request.param, queue=broker.url) as one:
        yield one
