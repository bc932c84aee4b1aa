"""Buildings' statuses on real pages: set without scripts, seen on the plan by colour, pattern and word."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Hand
from tests.browser.test_board import hung
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
