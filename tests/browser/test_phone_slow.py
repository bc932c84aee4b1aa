"""The page in a stairwell: a network of 3G speed whose every answer takes two seconds."""

import time
from typing import TypedDict

from playwright.async_api import expect

from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.browser.test_phone_offline import installed
from tests.browser.test_story import post
from tests.platforms.house import House

FIRST_PAGE_BYTES = 100_000
ANSWER_WITHIN_S = 4.0


class Conditions(TypedDict):
    offline: bool
    latency: int
    downloadThroughput: float
    uploadThroughput: float


THIRD_GENERATION = Conditions(
    offline=False, latency=2000, downloadThroughput=1.6e6 / 8, uploadThroughput=750e3 / 8
)
"""Bits a second as Chromium's own "Fast 3G" has them, with the latency of a stairwell."""


async def slow(phone: Phone) -> None:
    session = await phone.context.new_cdp_session(phone.page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", dict(THIRD_GENERATION))


async def weight(phone: Phone) -> int:
    """Bytes that arrive when the page is opened with nothing kept from before."""
    session = await phone.context.new_cdp_session(phone.page)
    arrived: list[int] = []
    session.on("Network.loadingFinished", lambda told: arrived.append(int(told["encodedDataLength"])))
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await session.send("Network.setBypassServiceWorker", {"bypass": True})
    await phone.page.reload(wait_until="load")
    await expect(phone.page.locator("#cards .card")).to_have_count(3)
    assert len(arrived) >= 6  # the page, its styles and its scripts
    return sum(arrived)


async def test_the_first_page_is_small(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    for _ in range(3):
        await post(staff.page)
    await home.settle()
    weights = {key: await weight(await hand(key)) for key in ("li", "zhao", "qian")}
    assert all(each <= FIRST_PAGE_BYTES for each in weights.values()), weights


async def test_a_tap_is_answered_within_four_seconds_on_a_slow_network(home: House, hand: Hand) -> None:
    staff, phone = await hand("zhao"), await installed(await hand("li"))
    await post(staff.page)
    await home.settle()
    await expect(phone.page.locator("#job-1")).to_be_visible()
    await slow(phone)
    began = time.monotonic()
    await phone.button("claim").click()
    await expect(phone.page.locator("#job-1 button:disabled").first).to_be_attached()  # it was felt at once
    await expect(phone.page.locator("#toast .said.good")).to_be_visible()
    took = time.monotonic() - began
    assert THIRD_GENERATION["latency"] / 1000 <= took <= ANSWER_WITHIN_S
    await expect(phone.page.locator("#job-1.mine")).to_contain_text("502")
    await expect(phone.page.locator("#kept .said")).to_have_count(0)
