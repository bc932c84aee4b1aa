"""Phones in a real browser, on the real pages of a small committee.

One Chromium serves all tests of a process, since starting one costs a second; every phone is a context of its
own, which shares nothing with another. A browser belongs to the loop that started it, so all of these tests
and their fixtures run in one loop.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.web.news import BEAT_S
from tests.browser.chromium import PHONE, Phone, chromium
from tests.platforms.house import House, house, visit

HERE = Path(__file__).parent

Hand = Callable[..., Awaitable[Phone]]
"""Gives a person a phone on which their page is open."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder run in the browser's loop."""
    for item in items:
        if item.path.parent == HERE and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def chrome(shared_chrome: Browser) -> AsyncIterator[Browser]:
    """The browser, without anything of the test before."""
    yield shared_chrome
    for context in shared_chrome.contexts:  # a test that failed may have left some open
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def origin(home: House) -> AsyncIterator[str]:
    """The pages, served."""
    async with visit(home.app(beat_s=BEAT_S)) as served:
        yield served.origin


@pytest_asyncio.fixture(loop_scope="session")
async def hand(home: House, chrome: Browser, origin: str) -> AsyncIterator[Hand]:
    """Phones at 360 x 740. At the end no page may have complained or asked another host for anything."""
    phones: list[Phone] = []
    async with AsyncExitStack() as stack:

        async def give(
            key: str,
            *,
            at: str = origin,
            scripts: bool = True,
            scheme: Literal["light", "dark"] = "light",
            outdated: bool = False,
        ) -> Phone:
            context = await chrome.new_context(
                viewport=PHONE,
                java_script_enabled=scripts,
                color_scheme=scheme,
                locale="zh-CN",
            )
            stack.push_async_callback(context.close)
            phone = Phone(context, await context.new_page(), at)
            phones.append(phone)
            if outdated:  # a web view that cannot read today's scripts
                await context.add_init_script("delete Navigator.prototype.serviceWorker")
                await context.route("**/vendor/htmx-*/*", lambda route: route.fulfill(body="syntax error("))
            await phone.open(await home.link(key))
            if scripts and not outdated:
                await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
            return phone

        yield give
        for phone in phones:
            assert phone.complaints == []
            assert phone.elsewhere == []
