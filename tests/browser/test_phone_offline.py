"""The app on a home screen: what is there without a network, and what becomes of a tap that was made then."""

import asyncio
import json
import re

from playwright.async_api import expect

from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.browser.test_phone import claimed
from tests.browser.test_story import post
from tests.platforms.house import House, browser


async def installed(phone: Phone) -> Phone:
    """The service worker has taken over, and the page as it stands now is kept."""
    async with asyncio.timeout(30):
        # Asked from out here each time: what would ask again within the page is evaluated there, which the
        # page's own policy forbids.
        while not await phone.page.evaluate("navigator.serviceWorker.controller !== null"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await phone.page.reload()
    await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
    return phone


async def offline(phone: Phone) -> None:
    await phone.context.set_offline(offline=True)


async def online(phone: Phone) -> None:
    await phone.context.set_offline(offline=False)


async def test_the_page_can_be_put_on_a_home_screen(home: House) -> None:
    async with browser(home) as client:
        answer = await client.get("/manifest.webmanifest")
        assert answer.content_type == "application/manifest+json"
        manifest = json.loads(await answer.text())
        assert manifest["display"] == "standalone"
        assert manifest["start_url"] == manifest["scope"] == "/"
        for icon in manifest["icons"]:
            picture = await client.get(icon["src"])
            assert (picture.status, picture.content_type) == (200, "image/png")
        worker = await client.get("/sw.js")
        assert worker.content_type == "text/javascript"
        assert worker.headers["Cache-Control"] == "no-cache"


async def test_chromium_finds_nothing_missing_for_installing_it(hand: Hand) -> None:
    phone = await installed(await hand("li"))
    session = await phone.context.new_cdp_session(phone.page)
    found = await session.send("Page.getInstallabilityErrors")
    # Incognito windows, such as a test's, never install anything.
    assert {each["errorId"] for each in found["installabilityErrors"]} <= {"in-incognito"}


async def test_without_a_network_the_last_page_is_shown_and_says_since_when(home: House, hand: Hand) -> None:
    phone = await installed(await claimed(home, hand))
    await offline(phone)
    await phone.page.reload()
    await expect(phone.page.locator("#job-1.mine")).to_contain_text("502")
    await expect(phone.page.locator("#lost")).to_contain_text(re.compile(r"since \d\d:\d\d"))
    await online(phone)
    await expect(phone.page.locator("#lost")).to_be_hidden(timeout=15_000)
    phone.complaints.clear()  # the browser itself reports what it could not load


async def test_what_changed_on_the_open_page_is_kept_as_well(home: House, hand: Hand) -> None:
    phone, staff = await installed(await hand("li")), await hand("zhao")
    await post(staff.page)
    await home.settle()
    await expect(phone.page.locator("#job-1")).to_be_visible()
    await phone.page.evaluate(
        """async () => {
            const kept = async () => (await (await caches.match(location.href)).text()).includes("job-1");
            while (!(await kept())) await new Promise(requestAnimationFrame);
        }"""
    )
    await offline(phone)
    await phone.page.reload()
    await expect(phone.page.locator("#job-1")).to_be_visible()
    phone.complaints.clear()


async def test_nothing_is_kept_of_somebody_whose_link_was_revoked(home: House, hand: Hand) -> None:
    phone = await installed(await claimed(home, hand))
    await home.store.invite(home.committee_id, (await home.person("li")).id, revoke=True)
    home.clock.forward(1)
    await phone.page.reload()
    await expect(phone.page.locator("body[data-problem=signed_out]")).to_be_attached()
    await offline(phone)
    await phone.page.reload()
    await expect(phone.page.locator("h1").first).to_have_text("没有网络")
    assert "502" not in await phone.page.content()
    phone.complaints.clear()


async def test_a_tap_without_a_network_is_sent_on_return_and_says_what_became_of_it(
    home: House, hand: Hand
) -> None:
    phone = await installed(await claimed(home, hand))
    await offline(phone)
    await phone.button("start").click()
    await expect(phone.page.locator("#kept .waiting")).to_contain_text("“On my way” from")
    assert await started(home) == [False]
    await online(phone)
    await expect(phone.page.locator("#kept .said.good")).to_contain_text("Noted: on the way", timeout=20_000)
    await expect(phone.page.locator("#job-1 form.act.first input[value=arrive]")).to_be_attached()
    await expect(phone.page.locator("#kept .waiting")).to_have_count(0)
    assert await started(home) == [True]
    phone.complaints.clear()


async def test_a_tap_that_only_the_web_server_before_the_pages_answers_is_sent_again_soon(
    home: House, hand: Hand
) -> None:
    phone = await claimed(home, hand)
    await phone.page.route("**/act", lambda route: route.fulfill(status=502), times=1)
    await phone.button("start").click()
    await expect(phone.page.locator("#kept .said.good")).to_contain_text("Noted: on the way", timeout=20_000)
    await expect(phone.page.locator("#kept .waiting")).to_have_count(0)
    assert await started(home) == [True]
    phone.complaints.clear()  # the browser itself reports such an answer


async def test_a_message_that_only_the_web_server_before_the_pages_answers_stays_in_the_box(
    home: House, hand: Hand
) -> None:
    staff = await hand("zhao")
    await staff.page.route("**/post", lambda route: route.fulfill(status=502), times=1)
    await staff.page.fill("#message", "3号楼 201 氧气机缺水")
    await staff.page.click("#post > form > button")
    await expect(staff.page.locator("#toast .said.bad")).not_to_be_empty()
    await expect(staff.page.locator("#message")).to_have_value("3号楼 201 氧气机缺水")
    await staff.page.click("#post > form > button")
    await expect(staff.page.locator("#cards #job-1")).to_be_visible()
    staff.complaints.clear()


async def test_a_kept_tap_survives_that_the_page_is_closed(home: House, hand: Hand) -> None:
    phone = await installed(await claimed(home, hand))
    await offline(phone)
    await phone.button("start").click()
    await expect(phone.page.locator("#kept .waiting")).to_be_visible()
    await phone.page.goto("about:blank")
    await online(phone)
    await phone.open()
    await expect(phone.page.locator("#kept .said.good")).to_contain_text("Noted: on the way")
    assert await started(home) == [True]
    phone.complaints.clear()


async def test_a_tap_that_somebody_else_has_overtaken_says_who_has_it(home: House, hand: Hand) -> None:
    staff, phone, other = await hand("zhao"), await installed(await hand("li")), await hand("wang")
    await post(staff.page)
    await home.settle()
    await expect(phone.page.locator("#job-1")).to_be_visible()
    await offline(phone)
    await phone.button("claim").click()
    await expect(phone.page.locator("#kept .waiting")).to_be_visible()
    await other.tap("claim")
    await online(phone)
    await expect(phone.page.locator("#kept .said")).to_contain_text("王阿姨 has it", timeout=20_000)
    phone.complaints.clear()


async def test_an_offer_to_go_that_is_too_old_is_not_sent_and_says_so(home: House, hand: Hand) -> None:
    staff, phone = await hand("zhao"), await installed(await hand("li"))
    await post(staff.page)
    await home.settle()
    await phone.page.clock.install()
    await phone.page.reload()
    await expect(phone.page.locator("#job-1")).to_be_visible()
    await offline(phone)
    await phone.button("claim").click()
    await phone.page.clock.run_for(11_000)  # until htmx gives up, if it must
    await expect(phone.page.locator("#kept .waiting")).to_be_visible()
    await phone.page.clock.fast_forward(11 * 60_000)
    await online(phone)
    await phone.page.clock.run_for(20_000)
    await expect(phone.page.locator("#kept .said.bad")).to_contain_text("too old")
    view = await home.service.view(home.committee_id, 1, await home.person("li"))
    assert view.situation.claims == ()
    phone.complaints.clear()


async def test_a_tap_that_two_tabs_keep_is_sent_once_and_told_once(home: House, hand: Hand) -> None:
    phone = await installed(await claimed(home, hand))
    other = await phone.context.new_page()
    await other.goto(phone.origin)
    await other.wait_for_selector("#stream[data-connected]", state="attached")
    sent: list[str] = []
    phone.context.on("requestfinished", lambda told: sent.append(told.url) if "/act" in told.url else None)
    await offline(phone)
    await phone.button("start").click()
    await expect(phone.page.locator("#kept .waiting")).to_have_count(1)
    await online(phone)
    for page in (phone.page, other):
        await expect(page.locator("#kept .waiting")).to_have_count(0, timeout=20_000)
    await home.settle()  # whichever tab did not send it is told by the server
    for page in (phone.page, other):
        await expect(page.locator("#job-1 form.act.first input[value=arrive]")).to_be_attached(timeout=20_000)
    said = [await page.locator("#kept .said").count() for page in (phone.page, other)]
    assert (sum(said), len(sent)) == (1, 1)
    assert await started(home) == [True]
    phone.complaints.clear()


async def test_a_kept_tap_is_not_sent_when_the_clock_has_jumped_a_day_and_says_so(
    home: House, hand: Hand
) -> None:
    phone = await installed(await claimed(home, hand))
    await phone.page.clock.install()
    await phone.page.reload()
    await offline(phone)
    await phone.button("start").click()
    await phone.page.clock.run_for(11_000)  # until htmx gives up, if it must
    await expect(phone.page.locator("#kept .waiting")).to_be_visible()
    now: int = await phone.page.evaluate("Date.now()")
    await phone.page.clock.set_system_time(now - 24 * 3_600_000)
    await online(phone)
    await phone.page.clock.run_for(20_000)
    await expect(phone.page.locator("#kept .said.bad")).to_contain_text("too old")
    assert await started(home) == [False]
    await phone.tap("start")
    await expect(phone.page.locator("#job-1 form.act.first input[value=arrive]")).to_be_attached()
    assert await started(home) == [True]
    phone.complaints.clear()


async def test_a_kept_tap_can_be_taken_back(home: House, hand: Hand) -> None:
    phone = await installed(await claimed(home, hand))
    await offline(phone)
    await phone.button("start").click()
    await phone.page.locator("#kept .waiting button").click()
    await expect(phone.page.locator("#kept .waiting")).to_have_count(0)
    await online(phone)
    await phone.page.reload()
    assert await started(home) == [False]
    phone.complaints.clear()


async def started(home: House) -> list[bool]:
    view = await home.service.view(home.committee_id, 1, await home.person("li"))
    return [claim.started_at is not None for claim in view.situation.claims]
