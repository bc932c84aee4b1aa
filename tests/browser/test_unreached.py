"""The quiet fold of the staff's page, which is as true as the moment in which it is opened."""

from playwright.async_api import expect

from tests.browser.conftest import Hand
from tests.platforms.house import House


async def test_the_fold_tells_the_truth_of_the_moment_when_it_is_opened(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    fold = staff.page.locator("#unreached")
    await expect(fold.locator("#unreached-lines")).to_be_hidden()
    await expect(fold.locator("#unreached-lines")).to_contain_text("Mr Li")
    await hand("li")  # whose page is open from now on
    async with staff.page.expect_response("**/unreached"):
        await fold.locator("summary").click()
    await expect(fold.locator("#unreached-lines")).to_be_visible()
    await expect(fold.locator("#unreached-lines")).not_to_contain_text("Mr Li")
    await expect(fold.locator("#unreached-count")).to_have_count(1)


async def test_the_fold_stays_as_it_is_while_the_page_has_news(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    async with staff.page.expect_response("**/unreached"):
        await staff.page.locator("#unreached summary").click()
    await staff.page.fill("#message", "3号楼502 敲门无应答")
    async with staff.page.expect_response("**/post"):
        await staff.page.click("#post > form > button")
    await home.settle()
    await expect(staff.page.locator("#cards #job-1")).to_be_visible()
    await expect(staff.page.locator("#unreached-lines")).to_be_visible()


async def test_without_scripts_the_fold_opens_as_well(hand: Hand) -> None:
    staff = await hand("zhao", scripts=False)
    await staff.page.locator("#unreached summary").click()
    await expect(staff.page.locator("#unreached-lines")).to_contain_text("Mr Li")


async def test_a_volunteers_page_has_no_such_fold(hand: Hand) -> None:
    volunteer = await hand("li")
    await expect(volunteer.page.locator("#unreached")).to_have_count(0)
