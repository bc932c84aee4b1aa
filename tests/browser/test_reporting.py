"""Reporting in as a phone does it: behind the poster's code, with scripts and without, at 360 pixels."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import PHONE
from tests.browser.conftest import Hand
from tests.browser.examining import beyond, findings, small_targets
from tests.platforms.house import House

COUNTED = (
    "addEventListener('pointerdown', () => (sessionStorage.taps = 1 + Number(sessionStorage.taps ?? 0)))"
)
"""Counts taps, from one page to the next."""


async def wrong(page: Page) -> list[str]:
    return [*await findings(page), *await small_targets(page), *await beyond(page)]


async def newcomer(chrome: Browser, *, language: str, scripts: bool) -> Page:
    context = await chrome.new_context(
        viewport=PHONE,
        java_script_enabled=scripts,
        locale=language,
        color_scheme="dark" if scripts else "light",
    )
    return await context.new_page()


@pytest.mark.parametrize(("language", "scripts"), [("zh-CN", True), ("en-GB", False)])
async def test_somebody_reports_in_and_their_waiting_page_becomes_their_own(
    home: House, hand: Hand, chrome: Browser, origin: str, language: str, scripts: bool
) -> None:
    committee = (await home.store.roster(home.committee_id)).committee
    poster = home.links.poster(committee.id, committee.poster_epoch).removeprefix(home.links.base_url)
    page = await newcomer(chrome, language=language, scripts=scripts)
    await page.add_init_script(COUNTED)
    await page.goto(origin + poster)
    if scripts:
        assert await wrong(page) == []
        await page.reload()  # looking for what is wrong has opened every fold
    await expect(page.locator("details[open]")).to_have_count(0)
    await page.get_by_label("7号楼").click()
    await page.locator("input[type=checkbox]").first.click()
    if scripts:
        assert await wrong(page) == []
    await page.fill("input[name=name]", "王小明")
    await page.locator("button[type=submit]").first.click()
    await expect(page.locator("section.card")).to_be_visible()
    if scripts:
        assert await page.evaluate("sessionStorage.taps") == "3", "three taps and a name"
        assert await wrong(page) == []
    (application,) = await home.store.applications(home.committee_id)
    assert application.offering.skills
    zhao = await hand("zhao")
    await zhao.page.locator(f"#application-{application.id} button").first.click()
    await expect(zhao.page.locator(f"#application-{application.id} button")).to_have_count(0)
    await page.locator("a[href='']").click()
    await expect(page.locator(".top h1")).to_have_text("王小明")
    await page.goto(f"{origin}/link")
    await page.locator("form button").click()
    await expect(page.locator(".letters")).to_be_visible()
    if scripts:
        assert await wrong(page) == []
    await page.goto(origin + poster)
    await expect(page.locator("form")).to_have_count(0)
