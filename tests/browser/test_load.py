"""The load in a browser: bars that fit a phone, without scripts too, and one side of A4."""

from tests.browser.conftest import Hand
from tests.browser.test_accessibility import check
from tests.browser.test_brief import reads, sides
from tests.platforms.house import House
from tests.platforms.scenery import busy_day


async def test_every_bar_stands_on_a_phone_and_all_of_it_on_one_side(home: House, hand: Hand) -> None:
    await busy_day(home, jobs=12, waiting=6)
    phone = await hand("zhao", scripts=False)
    page = phone.page
    await page.click("nav.ways a[href='/night']")
    await page.click("main a[href='/load']")
    for language in ("zh_CN", "en"):
        await reads(home, page, language)
        assert await sides(page) == 1
        widths = await page.locator("#people rect").evaluate_all(
            "all => all.map(each => each.getAttribute('width'))"
        )
        assert "100" in widths
        drawn = page.locator("#people svg.bars").first
        box = await drawn.bounding_box()
        assert box is not None
        assert box["width"] > 250
    scripted = await hand("zhao")
    await scripted.page.goto(f"{scripted.origin}/load")
    assert await check(scripted.page, "load") == []
