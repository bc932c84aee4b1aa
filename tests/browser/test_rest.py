"""A volunteer's rest and hours on their page: one tap each way, with scripts and without."""

import pytest
from playwright.async_api import expect

from dispatch.moments import HOUR
from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.browser.test_phone import claimed
from tests.platforms.house import PRIVATE, House
from tests.platforms.scenery import posts

KNOCK = "3号楼502 敲门无应答"


async def rest(phone: Phone, until: str) -> None:
    """Tap one of the three ways to rest."""
    await phone.page.locator("#rest summary").click()
    await phone.page.locator(f"#rest button[value='{until}']").click()


async def leave(phone: Phone) -> None:
    """Tap that a leader is out."""
    await phone.page.locator("#out summary").click()
    await phone.page.locator("#out button[value='']").click()
    await expect(phone.page.locator("#out[data-resting]")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_leader_is_out_by_one_button_and_back_by_one(
    home: House, hand: Hand, *, scripts: bool
) -> None:
    phone = await hand("qian", scripts=scripts)
    await leave(phone)
    await expect(phone.page.locator("#toast .said.good")).to_be_visible()
    assert (await home.person("qian")).out(home.clock.now())
    await phone.page.locator("#out button[value=back]").click()
    await expect(phone.page.locator("#out[data-resting]")).to_have_count(0)
    assert not (await home.person("qian")).out(home.clock.now())


async def test_one_tap_begins_a_rest_and_one_ends_it(home: House, hand: Hand) -> None:
    phone = await hand("li")
    await rest(phone, "4h")
    resting = phone.page.locator("#rest[data-resting]")
    await expect(resting).to_contain_text("You are not asked for jobs until")
    await expect(phone.page.locator("#toast .said.good")).to_be_visible()
    assert (await home.person("li")).paused_until == home.clock.now() + 4 * HOUR
    await posts(home, KNOCK)
    await expect(phone.page.locator("#near-cards #job-1")).to_have_count(0)
    await resting.locator("button").click()
    await expect(resting).to_have_count(0)
    assert (await home.person("li")).paused_until is None


async def test_whoever_rests_finds_open_jobs_and_may_take_one(home: House, hand: Hand) -> None:
    phone = await hand("li")
    await rest(phone, "open")
    await expect(phone.page.locator("#rest[data-resting]")).to_be_visible()
    await posts(home, KNOCK)
    await phone.page.evaluate("htmx.trigger(document.getElementById('near'), 'suidao:near')")
    await expect(phone.page.locator("#near-cards #job-1")).to_be_visible()
    await phone.tap("claim")
    await expect(phone.page.locator("#cards #job-1.mine")).to_contain_text("502")


async def test_a_rest_that_is_over_vanishes_from_an_open_page(home: House, hand: Hand) -> None:
    phone = await hand("li")
    await rest(phone, "4h")
    await expect(phone.page.locator("#rest[data-resting]")).to_be_visible()
    look = "htmx.trigger(document.getElementById('rest'), 'suidao:near')"
    async with phone.page.expect_response("**/rest?*") as unchanged:
        await phone.page.evaluate(look)
    assert (await unchanged.value).status == 204
    home.clock.forward(4 * 3600)
    await phone.page.evaluate(look)
    await expect(phone.page.locator("#rest[data-resting]")).to_have_count(0)
    await expect(phone.page.locator("#rest summary")).to_be_visible()


async def test_without_scripts_a_rest_is_a_plain_form(home: House, hand: Hand) -> None:
    phone = await hand("li", scripts=False)
    await rest(phone, "morning")
    await expect(phone.page.locator("#toast .said.good")).to_contain_text("08:00")
    await phone.page.locator("#rest[data-resting] button").click()
    await expect(phone.page.locator("#toast")).to_contain_text("asked for jobs again")
    await expect(phone.page.locator("#rest[data-resting]")).to_have_count(0)


async def test_a_wish_without_a_connection_is_said_not_to_have_been_sent(home: House, hand: Hand) -> None:
    phone = await hand("li")
    await phone.context.route("**/pause", lambda route: route.abort())
    await rest(phone, "4h")
    await expect(phone.page.locator("#toast .said.bad")).to_be_visible()
    assert (await home.person("li")).paused_until is None
    phone.complaints.clear()  # htmx reports the failed request that this is about


async def test_while_something_is_to_be_done_the_rest_does_not_stand_in_its_way(
    home: House, hand: Hand
) -> None:
    phone = await claimed(home, hand)
    await rest(phone, "morning")
    await expect(phone.page.locator("#toast .said.good")).to_contain_text("Job 1 stays yours")
    mine = await phone.page.locator("#job-1").bounding_box()
    resting = await phone.page.locator("#rest[data-resting]").bounding_box()
    assert mine is not None
    assert resting is not None
    assert mine["y"] < resting["y"]


async def test_my_hours_tell_what_was_done_and_for_how_long_and_nothing_private(
    home: House, hand: Hand
) -> None:
    phone = await claimed(home, hand)
    home.clock.forward(45 * 60)
    await phone.tap("finish")
    await phone.page.locator('.given a[href="/hours"]').click()
    table = phone.page.locator(".given-table tbody tr")
    await expect(table.nth(0)).to_contain_text("1 job")
    await expect(table.nth(0)).to_contain_text("45 min")
    await expect(table.nth(1)).to_contain_text("45 min")
    await expect(phone.page.locator(".list .row")).to_contain_text("Welfare check · 3号楼")
    content = await phone.page.content()
    assert not any(secret in content for secret in (*PRIVATE, "502"))


async def test_the_hours_are_printed_without_anything_to_tap(home: House, hand: Hand) -> None:
    phone = await hand("li")
    await phone.open("/hours")
    await phone.page.emulate_media(media="print")
    await expect(phone.page.locator("button:visible, nav:visible, a[role=button]:visible")).to_have_count(0)
    await expect(phone.page.locator(".given-table")).to_be_visible()


async def test_the_desks_pages_lead_to_the_board_and_a_volunteers_do_not(hand: Hand) -> None:
    for key in ("zhao", "qian"):
        desk = await hand(key)
        await desk.page.locator("a[href='/board']").click()
        await desk.page.wait_for_selector("body[data-connected]")
    volunteer = await hand("li")
    await expect(volunteer.page.locator("a[href='/board']")).to_have_count(0)
