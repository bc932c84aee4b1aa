"""The secretary's page: quiet when all is well, one red card when not, and what happened tonight."""

from playwright.async_api import expect

from tests.browser.conftest import Hand
from tests.platforms.house import House
from tests.platforms.scenery import evening, posts

OXYGEN = "3号楼 201 氧气机缺水"


async def test_the_page_is_quiet_until_somebody_is_needed(home: House, hand: Hand) -> None:
    secretary = await hand("qian")
    await expect(secretary.page.locator("#calm")).to_be_visible()
    await expect(secretary.page.locator("#message")).to_be_hidden()
    await posts(home, OXYGEN)
    await expect(secretary.page.locator("#alarm")).to_be_visible()
    await expect(secretary.page.locator("#calm")).to_be_hidden()
    button = secretary.page.locator("#job-1 .act.first button")
    await expect(button).to_be_in_viewport()  # without scrolling, on the smallest phone
    await secretary.tap("acknowledge")
    await expect(secretary.page.locator("#calm")).to_be_visible()


async def test_a_secretary_still_posts_from_the_fold(home: House, hand: Hand) -> None:
    secretary = await hand("qian")
    await secretary.page.locator("#posting > summary").click()
    await secretary.page.fill("#message", OXYGEN)
    async with secretary.page.expect_response("**/post"):
        await secretary.page.click("#post > form > button")
    await expect(secretary.page.locator("#job-1")).to_be_visible()


async def test_the_night_is_one_tap_away(home: House, hand: Hand) -> None:
    await evening(home)
    secretary = await hand("qian")
    await secretary.page.click("nav.ways a[href='/night']")
    await expect(secretary.page.locator(".duty .now")).to_contain_text("钱书记")
    await expect(secretary.page.locator(".hours li").first).to_be_visible()
    await expect(secretary.page.locator("nav.ways a[aria-current]")).to_have_text("今夜")
