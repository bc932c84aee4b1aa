"""The staff's page in a real browser: what is typed is understood while it is typed; jobs are handed out."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Hand
from tests.photos import photo
from tests.platforms.house import House
from tests.platforms.scenery import evening, posts

KNOCK = "3号楼502 敲门无应答"


async def test_what_is_typed_is_understood_while_it_is_typed_and_goes_when_it_is_posted(
    home: House, hand: Hand
) -> None:
    staff = await hand("zhao")
    shown = staff.page.locator("#preview .understood")
    await staff.page.type("#message", KNOCK)
    await expect(shown).to_contain_text("上门查看")
    await expect(shown).to_have_class(re.compile("life"))
    await staff.page.type("#message", " 13800000000")
    await expect(shown).to_contain_text("13800000000")
    assert await home.store.open_jobs(home.committee_id) == ()
    await staff.page.click("#post > form > button")
    await expect(staff.page.locator("#job-1")).to_be_visible()
    await expect(shown).to_have_count(0)
    await expect(staff.page.locator("#message")).to_have_value("")


async def test_a_job_is_given_to_somebody_by_one_tap_on_their_name(home: House, hand: Hand) -> None:
    await posts(home, "7-301 胰岛素用完")
    staff = await hand("zhao")
    card = staff.page.locator("#job-1")
    await card.locator("details.act[data-fold=assign] > summary").click()
    async with staff.page.expect_response("**/act"):
        await card.locator("form.quick button", has_text="王阿姨").click()
    await expect(card.locator(".state")).to_contain_text("王阿姨")
    assert (await home.store.situation(home.committee_id, 1)).claims[0].person_id == (
        await home.person("wang")
    ).id


async def test_a_job_is_raised_corrected_and_cancelled_on_its_card(home: House, hand: Hand) -> None:
    await posts(home, "7号楼 搬米 500袋 3人")
    staff = await hand("zhao")
    card = staff.page.locator("#job-1")

    async def does(verb: str, words: str = "") -> None:
        await card.locator("details[data-fold=more] > summary").click()
        fold = card.locator(f"details[data-fold={verb}]")
        if await fold.count():
            await fold.locator("> summary").click()
        if words:
            await fold.locator("textarea").fill(words)
        async with staff.page.expect_response("**/act"):
            await card.locator(f"form:has(input[value={verb}]) button[type=submit]").first.click()
        await expect(staff.page.locator("#toast .said.good")).to_be_visible()
        await staff.page.locator("#toast").click()

    await does("raise")
    await expect(card.locator(".badge")).to_have_text("紧急")
    await staff.page.reload()
    await does("correct", "3号楼601")
    await expect(card).to_contain_text("601")
    await staff.page.reload()
    await does("cancel")
    await expect(staff.page.locator("#closed-cards #job-1")).to_be_attached()


async def test_the_card_says_who_was_asked_and_what_each_of_them_said(home: House, hand: Hand) -> None:
    await evening(home)
    staff = await hand("zhao")
    asked = staff.page.locator("#job-2 details[data-fold=asked]")
    await asked.locator("summary").click()
    await expect(asked).to_contain_text("王阿姨 · 3号楼 · 这次不行")
    volunteer = await hand("li")
    await expect(volunteer.page.locator("details[data-fold=asked]")).to_have_count(0)


async def test_a_photo_is_sent_with_scripts_while_the_card_changes_under_it(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    staff = await hand("zhao")
    fold = staff.page.locator("#job-1 details.photo")
    await fold.locator("summary").click()
    file = {"name": "found.jpg", "mimeType": "image/jpeg", "buffer": photo(mark="3")}
    await fold.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[arg-type]  # a file's dict
    volunteer = await hand("wang")
    await volunteer.tap("claim")
    await home.settle()
    await expect(staff.page.locator("#job-1 .state")).to_contain_text("王阿姨")
    async with staff.page.expect_response("**/photo"):
        await fold.locator("button").click()
    await expect(staff.page.locator("#job-1 .pictures img")).to_have_count(1)


async def test_the_lists_are_printed_without_anything_to_tap(home: House, hand: Hand) -> None:
    await evening(home)
    staff = await hand("zhao")
    for path in ("/", "/people", "/night", "/duty", "/brief"):
        await staff.page.goto(staff.origin + path)
        await staff.page.emulate_media(media="print")
        seen = staff.page.locator("button:visible, input:visible, nav:visible, textarea:visible")
        await expect(seen).to_have_count(0)
        ground = await staff.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
        await expect(staff.page.locator("h1")).to_be_visible()


async def test_a_page_of_an_older_version_still_sends_its_forms(home: House, hand: Hand) -> None:
    """After a deploy an open page has old assets and old versions on its buttons: a tap moves nothing that it
    should not, and says how things stand."""
    await posts(home, KNOCK)
    late = await hand("li", scripts=False)
    first = await hand("wang")
    await first.tap("claim")
    await late.button("claim").click()
    await expect(late.page.locator("#toast")).to_contain_text("王阿姨")
    claims = (await home.store.situation(home.committee_id, 1)).claims
    assert [claim.person_id for claim in claims] == [(await home.person("wang")).id]
    answer = await late.page.request.get(late.origin + "/static/suidao.css?v=of-another-version")
    assert answer.status == 200


async def test_in_two_tabs_the_second_tap_changes_nothing(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    one = await hand("wang", scripts=False)
    two = await hand("wang", scripts=False)
    await one.button("claim").click()
    await two.button("claim").click()
    await expect(two.page.locator("#toast")).to_be_visible()
    assert len((await home.store.situation(home.committee_id, 1)).claims) == 1


async def test_a_phone_whose_clock_is_a_day_off_sees_and_does_the_same(home: House, hand: Hand) -> None:
    await posts(home, KNOCK)
    for key, days in (("wang", 1), ("li", -1)):
        phone = await hand(key)
        await phone.page.clock.set_fixed_time(1_790_000_000_000 + days * 86_400_000)
        await phone.page.reload()
        await expect(phone.page.locator("#job-1")).to_be_visible()
        await phone.tap("claim")
        answer = {"wang": "接单成功", "li": "王阿姨 has it"}[key]
        await expect(phone.page.locator("#toast .said.good")).to_contain_text(answer)
    (claim,) = (await home.store.situation(home.committee_id, 1)).claims
    assert claim.person_id == (await home.person("wang")).id
