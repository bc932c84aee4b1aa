"""The pages where things are harder: without scripts, without network, on plain http, on small screens."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Hand
from tests.browser.test_story import KNOCK, RICE, post
from tests.platforms.house import House
from tests.platforms.scenery import posts

TARGETS = "button:visible, a:visible, summary:visible, input:visible, select:visible, textarea:visible"
CONTRAST = """() => {
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !one.checkVisibility()) continue;
    const style = getComputedStyle(one);
    const [a, b] = [light(parse(style.color)), light(behind(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${one.tagName}.${one.className} ${one.textContent.trim()} ${ratio}`);
  }
  return poor;
}"""


async def test_everything_works_with_scripts_off(home: House, hand: Hand) -> None:
    staff, volunteer = await hand("zhao", scripts=False), await hand("li", scripts=False)
    await post(staff.page)
    await expect(staff.page.locator("#job-1")).to_be_visible()
    await home.settle()
    await volunteer.open()
    await volunteer.tap("claim")
    await expect(volunteer.page.locator("#toast .said.good")).to_be_visible()
    await expect(volunteer.page.locator("#job-1.mine")).to_contain_text("502")
    release = volunteer.page.locator("#job-1 details[data-fold=release]")
    await release.locator("summary").click()
    await release.locator("button").click()
    await expect(volunteer.page.locator("#job-1.mine")).to_have_count(0)
    await expect(volunteer.page.locator("#job-1")).not_to_contain_text("502")


async def test_without_scripts_leaders_answer_read_leave_and_change_the_language(
    home: House, hand: Hand
) -> None:
    await posts(home, RICE)
    volunteer, secretary = await hand("li", scripts=False), await hand("qian", scripts=False)
    for verb in ("claim", "help"):
        await volunteer.button(verb).click()
        await expect(volunteer.page.locator("#toast .said.good")).to_be_visible()
    await home.settle()
    page = secretary.page
    await page.locator(".without a").click()
    await expect(page.locator("#alarm")).to_be_visible()
    await secretary.button("acknowledge").click()
    await expect(page.locator("#toast .said.good")).to_be_visible()
    await expect(page.locator("#alarm")).to_be_hidden()
    for path, there in (("/duty", ".duty .now"), ("/brief", "#open li")):
        await page.click(f"nav.ways a[href='{path}']")
        await expect(page.locator(there).first).to_be_visible()
    await page.click("button[name=language]")
    await expect(page.locator("html[lang=en]")).to_be_attached()


async def test_a_browser_that_cannot_read_the_scripts_sends_plain_forms(home: House, hand: Hand) -> None:
    staff, volunteer = await hand("zhao", outdated=True), await hand("li", outdated=True)
    await staff.page.fill("#message", KNOCK)
    await staff.page.click("#post > form > button")
    await expect(staff.page.locator("#job-1")).to_be_visible()
    await home.settle()
    await volunteer.page.locator(".without a").click()
    for verb in ("claim", "start", "arrive", "finish"):
        await volunteer.button(verb).click()
        await expect(volunteer.button(verb)).to_have_count(0)
        await expect(volunteer.page.locator("#toast .said.good")).to_be_visible()
    await expect(volunteer.page.locator("#closed-cards #job-1")).to_be_attached()
    for phone in (staff, volunteer):
        assert set(phone.complaints) == {"Unexpected identifier 'error'"}  # and nothing that follows from it
        phone.complaints.clear()


async def test_a_plain_http_network_can_post_with_and_without_scripts(
    home: House, hand: Hand, origin: str
) -> None:
    at = origin.replace("127.0.0.1", "suidao.test")
    scripted, plain = await hand("zhao", at=at), await hand("qian", at=at, scripts=False)
    await post(scripted.page)
    await expect(scripted.page.locator("#job-1")).to_be_visible()
    await post(plain.page, "7-502 胰岛素用完 中山医院")
    await expect(plain.page.locator("#job-2")).to_be_visible()


async def test_a_lost_connection_is_said_and_what_was_missed_is_there_afterwards(
    home: House, hand: Hand
) -> None:
    volunteer, staff = await hand("li"), await hand("zhao", scripts=False)
    lost = volunteer.page.locator("#lost")
    await expect(lost).to_be_hidden()
    await volunteer.context.route("**/events", lambda route: route.abort())
    home.gateway.streams.close()
    await expect(lost).to_be_visible(timeout=15_000)
    await post(staff.page)
    await home.settle()
    await expect(volunteer.page.locator("#job-1")).to_have_count(0)
    await volunteer.context.unroute("**/events")
    await expect(volunteer.page.locator("#job-1")).to_be_visible(timeout=15_000)
    await expect(lost).to_be_hidden()


async def test_a_tap_without_a_connection_is_kept_and_can_be_repeated(home: House, hand: Hand) -> None:
    volunteer, staff = await hand("li"), await hand("zhao", scripts=False)
    await post(staff.page)
    await home.settle()
    await expect(volunteer.page.locator("#job-1")).to_be_visible()
    await volunteer.context.route("**/act", lambda route: route.abort())
    await volunteer.button("claim").click()
    await expect(volunteer.page.locator("#kept .waiting")).to_be_visible()
    await volunteer.context.unroute("**/act")
    await volunteer.tap("claim")
    await expect(volunteer.page.locator("#job-1.mine")).to_be_visible()
    volunteer.complaints.clear()  # htmx reports the failed request that this is about


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["zhao", "qian", "li", "new"])
async def test_a_small_phone_shows_large_targets_readable_words_and_never_scrolls_sideways(
    home: House, hand: Hand, key: str, scheme: str
) -> None:
    staff = await hand("zhao", scripts=False)
    await post(staff.page)
    await home.settle()
    phone = await hand(key, scheme=scheme)
    page = phone.page
    for summary in await page.locator("details:visible > summary").all():
        if await summary.is_visible():
            await summary.click()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    for target in await page.locator(TARGETS).all():
        box = await target.bounding_box()
        assert box is not None
        assert box["height"] >= 47.5, await target.evaluate("one => one.outerHTML")
    assert await page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 18
    assert await page.evaluate(CONTRAST) == []


async def test_the_language_is_changed_by_one_tap(home: House, hand: Hand) -> None:
    volunteer = await hand("li")
    await volunteer.page.click("button[name=language]")
    await expect(volunteer.page.locator("html[lang=zh-CN]")).to_be_attached()
    await volunteer.page.reload()
    await expect(volunteer.page.locator("html[lang=zh-CN]")).to_be_attached()
    other = await hand("li")  # and on every other phone of theirs
    await expect(other.page.locator("html[lang=zh-CN]")).to_be_attached()


async def test_two_peoples_links_in_one_browser_say_so_instead_of_mixing_them_up(
    home: House, hand: Hand, origin: str
) -> None:
    phone = await hand("zhao")
    staff = phone.page
    other = await staff.context.new_page()
    await other.goto(origin + (await home.link("wang")).removeprefix(home.links.base_url))
    await staff.locator("#message").fill(KNOCK)
    await staff.locator("#post > form > button.primary").click()
    await expect(staff.locator("#toast")).to_contain_text("无痕窗口")
    await expect(staff.locator("#message")).to_have_value(KNOCK)
    assert await home.store.open_jobs(home.committee_id) == ()
    (refused,) = phone.complaints
    assert "409" in refused
    phone.complaints.clear()


async def test_words_of_a_message_are_shown_as_words(home: House, hand: Hand) -> None:
    staff = await hand("zhao")
    await post(staff.page, KNOCK + " <img src=x onerror=alert(1)><script>document.title='x'</script>")
    await expect(staff.page.locator("#job-1")).to_contain_text("<img src=x")
    assert await staff.page.locator("#job-1 img, #job-1 script").count() == 0
