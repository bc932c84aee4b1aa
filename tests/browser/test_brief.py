"""The brief in a browser: a part a phone's screen, and a whole day on one side of A4."""

import re

from playwright.async_api import Page, expect

from tests.browser.chromium import PHONE
from tests.browser.conftest import Hand
from tests.browser.test_accessibility import check
from tests.platforms.house import House
from tests.platforms.scenery import busy_day

HEIGHTS = (
    "[...document.querySelectorAll('.brief > section')].map(each => each.getBoundingClientRect().height)"
)
MOST_OPEN = 30
"""As many as the field notes know of a whole day: here none of them is done."""


async def sides(page: Page) -> int:
    """How many sides of A4 the page takes when it is printed."""
    paper = await page.pdf(prefer_css_page_size=True)
    width, height = (float(each) for each in re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", paper)[0])
    assert (round(width), round(height)) == (595, 842)  # A4 in points
    return len(re.findall(rb"/Type ?/Page\b", paper))


async def reads(home: House, page: Page, language: str) -> None:
    """The page in this language."""
    await home.store.set_language(home.committee_id, (await home.person("zhao")).id, language)
    home.clock.forward(2)  # what pages know of a committee is a second old at most
    await page.reload()


async def test_a_day_fits_on_one_side_and_each_part_on_a_phone(home: House, hand: Hand) -> None:
    await busy_day(home, jobs=MOST_OPEN + 6, waiting=MOST_OPEN)
    page = (await hand("zhao")).page
    await page.click("nav.ways a[href='/brief']")
    for language in ("zh_CN", "en"):
        await reads(home, page, language)
        assert max(await page.evaluate(HEIGHTS)) <= PHONE["height"]
        assert await sides(page) == 1
    await expect(page.locator("#open li:visible")).to_have_count(5)
    assert await check(page, "brief") == []
    await page.click("#open .unfold a")
    await expect(page.locator("#open li:visible")).to_have_count(MOST_OPEN)
    await page.emulate_media(media="print")
    await expect(page.locator("#open li:visible")).to_have_count(MOST_OPEN)
    await expect(page.locator("#at-risk li:visible")).to_have_count(25)
    await page.evaluate("document.querySelector('.brief').style.paddingBottom = '290mm'")
    assert await sides(page) > 1  # a second one would be seen
