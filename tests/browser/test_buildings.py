"""Buildings' statuses on real pages: set without scripts, seen on the plan by colour, pattern and word, and
on paper at the door."""

import io

import zxingcpp
from PIL import Image
from playwright.async_api import Browser, expect

from dispatch import sealing
from dispatch.gatekeeping import Gatekeeping
from tests.browser.chromium import PHONE
from tests.browser.conftest import Hand
from tests.browser.test_accessibility import check
from tests.browser.test_board import hung
from tests.browser.test_brief import sides
from tests.platforms.house import House


async def test_a_status_set_on_the_page_covers_the_building_on_the_plan(
    home: House, hand: Hand, chrome: Browser, origin: str
) -> None:
    zhao = await hand("zhao", scripts=False)
    page = zhao.page
    await page.goto(f"{origin}/buildings")
    for building, scheme in (("3号楼", "7+7"), ("7号楼", "controlled 7")):
        await page.click("details#set summary")
        await page.select_option("select[name=building]", label=building)
        await page.select_option("select[name=scheme]", scheme)
        await page.click(".status-form button")
        await expect(page.locator(".said.good")).to_contain_text(building)
    await expect(page.locator(".row.sealed")).to_contain_text("3号楼")
    await expect(page.locator(".row.controlled")).to_contain_text("7号楼")
    await page.goto(f"{origin}/brief")
    await expect(page.locator("#buildings li")).to_have_count(2)
    async with hung(home, chrome, origin) as screen:
        await expect(screen.page.locator("#plan .status .sealed")).to_have_text("封控")
        await expect(screen.page.locator("#plan .status .controlled")).to_have_text("管控")
        for status in ("sealed", "controlled"):
            await expect(screen.page.locator(f"#plan path[fill='url(#hatch-{status})']")).to_have_count(1)
        await expect(screen.page.locator(".shut li")).to_have_count(2)
        await page.goto(f"{origin}/buildings")
        await page.click("details#set summary")
        await page.select_option("select[name=building]", label="3号楼")
        await page.select_option("select[name=scheme]", "open")
        await page.click(".status-form button")
        await expect(screen.page.locator(".shut li")).to_have_count(1)
        await expect(screen.page.locator("#plan .status .sealed")).to_have_count(0)


async def test_the_notice_for_the_door_is_one_side_of_paper_with_a_code_that_a_phone_reads(
    home: House, hand: Hand, origin: str
) -> None:
    zhao = await hand("zhao")
    gates, page = Gatekeeping(home.service), zhao.page
    three = (await home.store.roster(home.committee_id)).building_by_key["3"].id
    longest = ", ".join(["sealed 2, controlled 2"] * (sealing.MOST_STAGES // 2))
    for scheme in (longest, "sealed 7, controlled 7"):
        await gates.declare(await home.person("zhao"), three, sealing.read(scheme), None)
        home.clock.forward(2)
        await page.goto(f"{origin}/buildings")
        link = await page.locator(".row.sealed a").get_attribute("href") or ""
        await page.goto(origin + link.removeprefix(home.links.base_url))
        assert await sides(page) == 1
    assert await check(page, "notice") == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.emulate_media(media="print")
    code = await page.locator(".code").screenshot(scale="device")
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(code)))
    assert read.text == home.links.poster(home.committee_id, 0)
