"""A volunteer's own page: what to tap next, how to get there, what to do; and what else is open nearby."""

import io
from collections.abc import Iterable

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Locator, expect

from dispatch import register
from tests.browser.chromium import PHONE, Phone
from tests.browser.conftest import Hand
from tests.browser.test_story import KNOCK, post
from tests.platforms.house import COMMITTEE, House

ELSEWHERE = "7号楼301 东门搬米"
LAMP = "3号楼502 楼道灯坏了"
"""A job whose steps are only read."""
PEOPLE: Iterable[object] = COMMITTEE["people"]  # type: ignore[assignment]  # the table of a file


async def claimed(
    home: House, hand: Hand, key: str = "li", *, scripts: bool = True, job: str = KNOCK
) -> Phone:
    """The phone of somebody who has just taken the job."""
    staff = await hand("zhao")
    await post(staff.page, job)
    await home.settle()
    phone = await hand(key, scripts=scripts)
    await phone.button("claim").click()
    await expect(phone.page.locator("#job-1.mine")).to_be_visible()
    await home.settle()
    return phone


async def top(part: Locator) -> float:
    box = await part.bounding_box()
    assert box is not None
    return box["y"]


async def test_the_next_button_stands_before_everything_but_the_emergency_and_the_door(
    home: House, hand: Hand
) -> None:
    phone = await claimed(home, hand)
    card = phone.page.locator("#job-1")
    for verb, said in (("start", ""), ("arrive", ""), ("find", "knock.opened"), ("find", "see.well")):
        following = card.locator("form.act.first button")
        await expect(following).to_have_count(1)
        form = card.locator("form.act.first")
        await expect(form.locator("input[name=verb]")).to_have_value(verb)
        if said:
            await expect(form.locator("input[name=choice]")).to_have_value(said)
        below = card.locator(".reach, .found, dl")
        assert all([await top(following) < await top(part) for part in await below.all()])
        await following.scroll_into_view_if_needed()
        async with phone.page.expect_response("**/act"):
            await following.click()
        await home.settle()
    await expect(phone.page.locator("#closed-cards #job-1")).to_be_attached()


async def test_the_next_button_is_seen_without_scrolling(home: House, hand: Hand) -> None:
    phone = await claimed(home, hand)
    await phone.page.evaluate("scrollTo(0, 0)")
    box = await phone.page.locator("#job-1 form.act.first button").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"]
    assert box["height"] >= 56


async def test_help_and_the_phone_number_are_large_enough_for_a_thumb(home: House, hand: Hand) -> None:
    phone = await claimed(home, hand)
    await phone.tap("arrive")
    await expect(phone.page.locator("#job-1 .asked button")).to_have_count(2)
    for part in await phone.page.locator("#job-1 :is(button, .dial, .plain, summary):visible").all():
        box = await part.bounding_box()
        assert box is not None
        assert box["height"] >= 48, await part.inner_text()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


async def test_a_ticked_step_stays_ticked_until_the_job_is_done(home: House, hand: Hand) -> None:
    phone = await claimed(home, hand, job=LAMP)
    for label in await phone.page.locator("#job-1 .ticks label").all():
        box = await label.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    boxes = phone.page.locator("#job-1 .ticks input")
    await boxes.nth(1).check()
    await phone.tap("start")  # the card is replaced
    await expect(phone.page.locator("#job-1 input[value=start]")).to_have_count(0)
    await expect(boxes.nth(1)).to_be_checked()
    await phone.page.reload()
    await expect(boxes.nth(1)).to_be_checked()
    await expect(boxes.nth(0)).not_to_be_checked()
    await phone.tap("finish")
    await expect(phone.page.locator("#closed-cards #job-1")).to_be_attached()
    assert await phone.page.evaluate("localStorage.length") == 0


async def test_without_scripts_the_next_button_works_and_steps_can_be_ticked(home: House, hand: Hand) -> None:
    phone = await claimed(home, hand, scripts=False, job=LAMP)
    await phone.page.locator("#job-1 .ticks input").first.check()
    await phone.page.locator("#job-1 form.act.first button").click()
    await expect(phone.page.locator("#job-1 form.act.first input[value=arrive]")).to_be_attached()


@pytest.mark.parametrize("scripts", [True, False])
async def test_what_is_found_at_the_door_is_tapped_step_by_step(
    home: House, hand: Hand, scripts: bool
) -> None:
    phone = await claimed(home, hand, scripts=scripts)
    card = phone.page.locator("#job-1")
    await expect(card.locator(".asked p")).to_contain_text("Knock three times")
    await card.locator("form:has(input[value=arrive]) button").click()
    for said in ("knock.none", "phone.none"):
        await card.locator(f"form:has(input[value='{said}']) button").click()
    await expect(card.locator(".asked p")).to_contain_text("Ask neighbours")
    await expect(card.locator(".found li").first).to_have_text("✓ Knock three times: No answer")
    await expect(card.locator("input[value=finish]")).to_have_count(0)
    fold = card.locator("details[data-fold='find-neighbours.elsewhere']")
    await fold.locator("summary").click()
    await fold.locator("textarea").fill("At her daughter's, says the guard")
    await fold.locator("button").click()
    await expect(card.locator(".found li")).to_have_count(3)
    noted = await home.store.timeline(home.committee_id, 1)
    assert [entry.note for entry in noted if entry.note] == ["At her daughter's, says the guard"]


async def arrive_late(home: House, *keys: str, trusted: bool = True) -> None:
    """Volunteers who come to the committee when everybody else was asked already."""
    late = [
        {
            "key": key,
            "name": key,
            "language": "en",
            "roles": ["volunteer"],
            "trusted": trusted,
            "building": "3",
            "skills": ["medicine", "oxygen"],
        }
        for key in keys
    ]
    file = {**COMMITTEE, "people": [*PEOPLE, *late]}
    await home.store.load(register.parse("committee.toml", file), prune=False, demo=True)
    for key in keys:
        await home.store.invite(home.committee_id, (await home.person(key)).id, revoke=False)


async def test_what_is_open_nearby_can_be_taken_before_anybody_asks(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await post(staff.page, ELSEWHERE)
    await home.settle()
    await arrive_late(home, "sun")
    phone = await hand("sun")
    card = phone.page.locator("#near-cards #job-1")
    await expect(card.locator(".away")).to_have_text("🚶 About 90 m on foot")
    await expect(phone.page.locator("#quiet")).to_be_visible()
    home.clock.forward(12 * 60)
    await phone.page.reload()
    await expect(card.locator(".state")).to_contain_text("12 min")
    await phone.tap("claim")
    await expect(phone.page.locator("#cards #job-1.mine")).to_be_visible()
    await expect(phone.page.locator("#near")).to_be_hidden()


async def test_a_job_nearby_that_somebody_took_goes_away_when_the_page_looks_again(
    home: House, hand: Hand
) -> None:
    staff = await hand("zhao")
    await post(staff.page, ELSEWHERE)
    await home.settle()
    await arrive_late(home, "sun", "zhou")
    one, other = await hand("sun"), await hand("zhou")
    await expect(other.page.locator("#near-cards #job-1")).to_be_visible()
    await one.tap("claim")
    async with other.page.expect_response("**/near"):
        await other.page.evaluate("htmx.trigger(document.getElementById('near'), 'suidao:near')")
    await expect(other.page.locator("#near-cards .card")).to_have_count(0)
    await expect(other.page.locator("#near")).to_be_hidden()


async def test_nobody_is_shown_a_job_nearby_that_they_may_not_take(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await post(staff.page, ELSEWHERE)
    await home.settle()
    await arrive_late(home, "sun", trusted=False)
    phone = await hand("sun")
    await expect(phone.page.locator("#near")).to_be_hidden()
    await expect(phone.page.locator(".card")).to_have_count(0)
    await expect(staff.page.locator("#near")).to_have_count(0)


async def test_the_code_of_a_shared_job_is_read_by_a_camera(home: House, hand: Hand) -> None:
    phone = await claimed(home, hand)
    await phone.open("/share/1")
    seen = Image.open(io.BytesIO(await phone.page.locator(".code").screenshot())).convert("L")
    codes = [found.text for found in zxingcpp.read_barcodes(seen)]
    assert codes == [home.links.share(home.committee_id, 1)]
