"""Medicine runs on a real page, without scripts: taken, ticked off, and looked at by the sub-district."""

from playwright.async_api import expect

from dispatch.verbs import Verb
from tests.browser.conftest import Hand
from tests.platforms.house import House
from tests.platforms.scenery import does, posts

REQUESTS = ("7-301 降压药 还剩2天 中山医院 医保卡", "3-502 降糖药 还剩1天 去中山医院配")


async def test_a_run_is_ticked_off_stop_by_stop_on_a_narrow_phone(
    home: House, hand: Hand, origin: str
) -> None:
    job = min(await posts(home, *REQUESTS))
    await does(home, "wang", Verb.CLAIM, job)
    wang = await hand("wang", scripts=False)
    page = wang.page
    await page.click("text=请求清单和交接清点")
    await expect(page.locator(".stop")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360

    second = page.locator(".stop").nth(1)
    await second.locator("summary").click()
    await second.locator("form.hand").nth(1).locator("button").click()
    await expect(page.locator(".said.good")).to_be_visible()
    await expect(page.locator(".stop").nth(1).locator("summary")).to_contain_text("卡 1")
    await page.locator(".stop").nth(1).locator("button", has_text="这家没有").click()
    await page.locator(".stop").nth(1).locator("input[name=elsewhere]").fill("瑞金医院")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.locator(".stop").nth(1).locator("button", has_text="改去这家").click()
    await expect(page.locator(".stop").nth(1)).to_contain_text("没有的医院：中山医院")
