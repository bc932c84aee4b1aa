"""A new user on a small phone, counted: the taps that a job takes, and whether anything is out of sight."""

from playwright.async_api import Locator, expect

from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.browser.test_secretary import OXYGEN
from tests.browser.test_story import KNOCK
from tests.platforms.house import House
from tests.platforms.scenery import evening, posts

TAPS_TO_FINISH = 5
"""The link itself, going, on the way, there, done."""


class Thumb:
    """Taps what is seen, where it is seen: it never scrolls, and what lies over a button is hit instead."""

    def __init__(self, phone: Phone, taps: int = 0) -> None:
        self.page = phone.page
        self.taps = taps

    async def tap(self, button: Locator) -> None:
        await expect(button).to_be_in_viewport(ratio=1)
        box = await button.bounding_box()
        assert box is not None
        await self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.taps += 1


async def alarmed(home: House, hand: Hand) -> Phone:
    """The staff's page with an evening's jobs on it, one of which calls."""
    await evening(home)
    await home.store.set_language(
        home.committee_id, (await home.person("zhao")).id, "en"
    )  # its lines are longer
    staff = await hand("zhao")
    await expect(staff.page.locator("body.alarmed")).to_be_attached()
    return staff


async def test_a_volunteer_finishes_a_job_in_five_taps_and_never_scrolls(home: House, hand: Hand) -> None:
    await posts(home, OXYGEN)
    phone = await hand("li")
    thumb = Thumb(phone, taps=1)  # on the link
    for verb in ("claim", "start", "arrive", "finish"):
        async with phone.page.expect_response("**/act"):
            await thumb.tap(phone.button(verb))
        await expect(phone.button(verb)).to_have_count(0)
        await home.settle()
    await expect(phone.page.locator("#closed-cards #job-1")).to_be_attached()
    assert thumb.taps <= TAPS_TO_FINISH
    assert await phone.page.evaluate("scrollY") == 0


async def test_a_welfare_check_that_finds_all_well_takes_one_tap_more(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    phone = await hand("li")
    thumb = Thumb(phone, taps=1)  # on the link
    for verb in ("claim", "start", "arrive"):
        async with phone.page.expect_response("**/act"):
            await thumb.tap(phone.button(verb))
        await expect(phone.button(verb)).to_have_count(0)
        await home.settle()
    for found in ("knock.opened", "see.well"):
        button = phone.page.locator(f"#job-1 form:has(input[name=choice][value='{found}']) button")
        async with phone.page.expect_response("**/act"):
            await thumb.tap(button)
        await expect(button).to_have_count(0)
        await home.settle()
    await expect(phone.page.locator("#closed-cards #job-1")).to_be_attached()
    assert thumb.taps == TAPS_TO_FINISH + 1
    assert await phone.page.evaluate("scrollY") == 0


async def type_and_post(home: House, staff: Phone, way: str) -> None:
    """One line, by the thumb; `way` is what is tapped to get into the box."""
    before = len(await home.store.open_jobs(home.committee_id))
    thumb, box = Thumb(staff), staff.page.locator("#message")
    await thumb.tap(staff.page.locator(way))
    await expect(box).to_be_in_viewport(ratio=1)
    await expect(box).to_be_focused()
    await staff.page.keyboard.type(KNOCK)
    await expect(staff.page.locator("#preview .understood")).to_be_visible()
    async with staff.page.expect_response("**/post"):
        await thumb.tap(staff.page.locator("#post > form > button"))
    assert len(await home.store.open_jobs(home.committee_id)) == before + 1
    assert thumb.taps == 2  # into the box, and Post


async def test_staff_type_one_line_and_tap_once(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await expect(staff.page.locator(".to-post")).to_be_hidden()
    await type_and_post(home, staff, "#message")
    assert await staff.page.evaluate("scrollY") == 0


async def test_on_a_red_page_the_card_stands_first_and_the_box_is_one_tap_away(
    home: House, hand: Hand
) -> None:
    staff, secretary = await alarmed(home, hand), await hand("qian")
    assert await staff.page.locator("#cards > .card").count() > 1
    await expect(staff.page.locator(".card.alarm")).to_have_count(1)
    first = staff.page.locator("#cards > .card").first
    await expect(first).to_have_class("card alarm")
    await expect(first.locator(".act.first button")).to_be_in_viewport(ratio=1)
    await type_and_post(home, staff, ".to-post")
    # The page is back at what calls, and nothing lies over its button.
    await Thumb(staff).tap(first.locator(".act.first button"))
    await expect(staff.page.locator("#toast .said.good")).to_be_visible()
    await expect(secretary.page.locator("#alarm")).to_be_in_viewport()
    await Thumb(secretary).tap(secretary.page.locator(".to-post"))
    await expect(secretary.page.locator("#posting > summary")).to_be_in_viewport(ratio=1)
