"""A job's way over several phones, without anybody reloading a page."""

import asyncio
import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Hand
from tests.platforms.house import House
from tests.platforms.samples import TAKEN
from tests.platforms.scenery import posts

KNOCK = "3号楼502 敲门无应答 80岁独居"
RICE = "东门 搬米 需要3人"


async def post(page: Page, text: str = KNOCK) -> None:
    """Type one message and send it."""
    folded = page.locator("#posting:not([open]) > summary")
    if await folded.count():  # on the secretary's calm page it is kept behind a fold
        await folded.click()
    await page.fill("#message", text)
    async with page.expect_response("**/post"):
        await page.click("#post > form > button")
    await expect(page.locator("#toast .said")).to_be_visible()


async def unfold(fold: Locator) -> None:
    """Open a button's form, and the fold that it may lie behind."""
    behind = fold.locator("xpath=ancestor::details")
    for closed in [*(await behind.all()), fold]:
        await closed.locator("> summary").click()


async def test_a_job_is_posted_claimed_and_followed_on_four_phones(home: House, hand: Hand) -> None:
    staff, winner, other, secretary = [await hand(key) for key in ("zhao", "li", "wang", "qian")]
    await post(staff.page)
    await expect(staff.page.locator("#job-1")).to_be_visible()
    await home.settle()

    await expect(winner.page.locator("#job-1")).to_be_visible()
    await expect(other.page.locator("#job-1")).to_be_visible()
    await expect(secretary.page.locator("body.alarmed")).to_be_attached()
    await winner.tap("claim")
    await expect(winner.page.locator("#job-1.mine")).to_contain_text("502")
    await expect(winner.page.locator("#toast .said.good")).to_be_visible()
    await home.settle()

    await expect(other.page.locator("#job-1")).to_contain_text("Mr Li")
    await expect(other.page.locator("#job-1")).not_to_contain_text("502")
    await expect(staff.page.locator("#job-1")).to_contain_text("Mr Li")
    for verb in ("start", "arrive", "finish"):
        await winner.tap(verb)
        await expect(winner.page.locator(f"#job-1 input[value={verb}]")).to_have_count(0)
        await home.settle()
    await expect(winner.page.locator("#closed-cards #job-1")).to_be_attached()
    await expect(staff.page.locator("#closed-cards #job-1")).to_be_attached()
    await expect(staff.page.locator("#cards #job-1")).to_have_count(0)


async def test_a_call_for_help_turns_the_secretarys_page_red_until_somebody_answers(
    home: House, hand: Hand
) -> None:
    staff, winner, secretary = [await hand(key) for key in ("zhao", "li", "qian")]
    await post(staff.page, RICE)  # nothing that calls the secretary by itself
    await home.settle()
    await winner.tap("claim")
    await home.settle()
    await expect(secretary.page.locator("body.alarmed")).to_have_count(0)
    await winner.tap("help")
    await home.settle()
    await expect(secretary.page.locator("#alarm")).to_be_visible()
    await expect(secretary.page.locator("#job-1")).to_contain_text("Mr Li")
    await secretary.tap("acknowledge")
    await home.settle()
    await expect(secretary.page.locator("#alarm")).to_be_hidden()
    await expect(staff.page.locator("body.alarmed")).to_have_count(0)
    await expect(winner.page.locator("#job-1.mine")).to_be_visible()


async def test_the_secretarys_page_turns_red_by_itself_until_answered(home: House, hand: Hand) -> None:
    staff, secretary = await hand("zhao"), await hand("qian")
    title = await secretary.page.title()
    await post(staff.page)
    await home.settle()
    await expect(secretary.page.locator("#alarm")).to_be_visible()
    await expect(secretary.page.locator("body")).to_have_css("background-color", "rgb(179, 0, 27)")
    await expect(secretary.page).to_have_title(re.compile(r"^\(!\) "))
    await secretary.tap("acknowledge")
    await expect(secretary.page.locator("#alarm")).to_be_hidden()
    await expect(secretary.page.locator("body.alarmed")).to_have_count(0)
    await expect(secretary.page).to_have_title(title)


async def test_a_double_tap_is_one_claim_and_one_answer(home: House, hand: Hand) -> None:
    staff, volunteer = await hand("zhao"), await hand("li")
    await post(staff.page)
    await home.settle()
    await volunteer.button("claim").dblclick()
    await expect(volunteer.page.locator("#job-1.mine")).to_be_visible()
    await expect(volunteer.page.locator("#toast .said.good")).to_be_visible()
    view = await home.service.view(home.committee_id, 1, await home.person("li"))
    assert len(view.situation.claims) == 1


async def test_of_two_taps_at_the_same_moment_one_has_the_job_and_the_other_reads_who(
    home: House, hand: Hand
) -> None:
    phones = {"Mr Li": await hand("li"), "王阿姨": await hand("wang")}
    await posts(home, KNOCK)
    for phone in phones.values():
        await expect(phone.button("claim")).to_be_visible()
    await asyncio.gather(*[phone.tap("claim") for phone in phones.values()])
    (claim,) = (await home.store.situation(home.committee_id, 1)).claims
    winner = (await home.store.roster(home.committee_id)).people[claim.person_id].name
    for name, phone in phones.items():
        await expect(phone.page.locator("#job-1.mine")).to_have_count(int(name == winner))
        if name != winner:
            await expect(phone.page.locator("#toast .said")).to_contain_text(winner)


async def test_what_was_posted_leaves_an_empty_box_for_the_next_job(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await post(staff.page)
    await expect(staff.page.locator("#message")).to_have_value("")
    await staff.page.click("#toast")
    await post(staff.page)  # the same words again: another resident, another job
    await expect(staff.page.locator("#job-2")).to_be_visible()


async def test_what_is_refused_stays_in_the_box(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await post(staff.page, "急" * 10_001)
    await expect(staff.page.locator("#toast .said.bad")).to_be_visible()
    assert len(await staff.page.input_value("#message")) == 10_001


async def test_what_somebody_is_typing_survives_a_change_of_the_card(home: House, hand: Hand) -> None:
    staff, volunteer = await hand("zhao"), await hand("li")
    await post(staff.page)
    await home.settle()
    note = staff.page.locator("#job-1 details[data-fold=note]")
    await unfold(note)
    await note.locator("textarea").fill("钥匙在门卫")
    await volunteer.tap("claim")
    await expect(volunteer.page.locator("#job-1.mine")).to_be_visible()
    await home.settle()
    await expect(staff.page.locator("#job-1 .state")).to_contain_text("Mr Li")
    await expect(note.locator("textarea")).to_have_value("钥匙在门卫")
    await expect(note.locator("textarea")).to_be_focused()
    await note.locator("button").click()
    await expect(staff.page.locator("#toast .said.good")).to_be_visible()
    await expect(note.locator("textarea")).to_be_hidden()
    await expect(note.locator("textarea")).to_have_value("")


async def test_what_needs_the_reader_first_stands_first(home: House, hand: Hand) -> None:
    staff, volunteer = await hand("zhao"), await hand("li")
    await post(staff.page, RICE)
    await home.settle()
    home.clock.forward(3600)
    await home.look()
    await expect(volunteer.page.locator("#cards .card")).to_have_count(1)
    await post(staff.page)
    await home.settle()
    await expect(volunteer.page.locator("#cards .card")).to_have_count(2)
    ids = await volunteer.page.locator("#cards .card").evaluate_all("cards => cards.map(card => card.id)")
    assert ids == ["job-2", "job-1"]


async def test_an_older_state_never_overwrites_a_newer_one(home: House, hand: Hand) -> None:
    staff, volunteer = await hand("zhao"), await hand("li")
    await post(staff.page)
    await home.settle()
    address = await home.address("li")
    old = await home.router.card(address, 1)
    await volunteer.tap("claim")
    await expect(volunteer.page.locator("#job-1.mine")).to_be_visible()
    await home.settle()
    (stream,) = home.gateway.streams.of(address.id)
    stream.push("late", home.gateway.renderer.card(old, "en"))
    stream.push("after it", home.gateway.renderer.card(TAKEN, "en"))
    await expect(volunteer.page.locator(f"#job-{TAKEN.job_id}")).to_be_visible()
    await expect(volunteer.page.locator("#job-1.mine")).to_be_visible()


async def test_staff_give_a_job_to_somebody_without_a_phone(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await post(staff.page)
    give = staff.page.locator("#job-1 details[data-fold=assign]")
    await unfold(give)
    await give.locator("select").select_option(label=await give.locator("option").nth(1).inner_text())
    async with staff.page.expect_response("**/act"):
        await give.locator("form:not(.quick) button").click()
    await expect(staff.page.locator("#toast .said.good")).to_be_visible()
    view = await home.service.view(home.committee_id, 1, await home.person("zhao"))
    assert [claim.assigned_by for claim in view.situation.claims] == [(await home.person("zhao")).id]


async def test_a_revoked_link_leads_an_open_page_to_the_way_in(home: House, hand: Hand) -> None:
    volunteer, staff = await hand("li"), await hand("zhao")
    await post(staff.page)
    await home.settle()
    await expect(volunteer.page.locator("#job-1")).to_be_visible()
    await home.store.invite(home.committee_id, (await home.person("li")).id, revoke=True)
    home.clock.forward(1)
    await volunteer.tap("claim")
    await expect(volunteer.page.locator("body[data-problem=signed_out]")).to_be_attached()
    volunteer.complaints.clear()  # the browser itself reports the 401 that this is about
