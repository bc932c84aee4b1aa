"""Phones in a real browser, on the real pages of a small committee."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from bot.web.news import BEAT_S
from tests.browser.chromium import PHONE, Phone, chromium
from tests.platforms.house import House, house, visit

Hand = Callable[..., Awaitable[Phone]]
"""Gives a person a phone on which their page is open."""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as made:
        yield made


@pytest.fixture
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def origin(home: House) -> AsyncIterator[str]:
    """The pages, served."""
    async with visit(home.app(beat_s=BEAT_S)) as served:
        yield served.origin


@pytest.fixture
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
        ) -> Phone:
            context = await chrome.new_context(
                viewport=PHONE, java_script_enabled=scripts, color_scheme=scheme, locale="zh-CN"
            )
            stack.push_async_callback(context.close)
            phone = Phone(context, await context.new_page(), at)
            phones.append(phone)
            await phone.open(await home.link(key))
            if scripts:
                await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
            return phone

        yield give
        for phone in phones:
            assert phone.complaints == []
            assert phone.elsewhere == []
