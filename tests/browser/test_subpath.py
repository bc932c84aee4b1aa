"""The pages behind a reverse proxy and below a path: nothing on any page leads beside it."""

import re

from playwright.async_api import Browser, expect

from bot import committee
from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.news import BEAT_S
from tests.browser.chromium import PHONE, Phone
from tests.browser.proxying import proxied
from tests.browser.test_phone_offline import installed, offline
from tests.platforms.house import House, visit
from tests.platforms.scenery import evening, posts

ROOT = "/help/suidao"
LEADS = re.compile(r'(?:href|src|action|hx-get|hx-post|hx-sse:connect)="(/[^"]*)"')

CALENDAR = re.compile(rf'href="http://suidao\.test({ROOT}/duty/[^"]+\.ics)"')
SHARED = re.compile(rf"http://suidao\.test({ROOT}/s/[^\s<\"]+)")


async def pick_up(home: House, chrome: Browser, origin: str, key: str) -> Phone:
    context = await chrome.new_context(viewport=PHONE, locale="zh-CN")
    phone = Phone(context, await context.new_page(), origin)
    await phone.open(ROOT + await home.link(key))
    await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
    return phone


async def test_everything_works_below_a_path(home: House, chrome: Browser) -> None:
    await evening(home)
    home.links = Links(b"of this test", f"http://suidao.test{ROOT}", home.clock)
    home.gateway = WebGateway(home.catalogs, home.links.root)
    async with visit(home.app(beat_s=BEAT_S)) as served, proxied(served.origin, ROOT) as outside:
        staff, volunteer = [await pick_up(home, chrome, outside, key) for key in ("zhao", "wang")]
        cookies = await staff.context.cookies()
        assert {each["path"] for each in cookies} == {f"{ROOT}/"}
        await staff.page.fill("#message", "3号楼 201 氧气机缺水")
        await expect(staff.page.locator("#preview .understood")).to_be_visible()
        await staff.page.click("#post > form > button")
        await expect(staff.page.locator("#cards #job-5")).to_be_visible()
        await expect(staff.page.locator(".pictures img").first).to_be_visible()
        for path in ("/", "/people", "/night", "/duty", "/brief", "/hours", "/share/1", "/no-such-page"):
            await leads_nowhere_beside(staff, path)
        await the_calendar_and_the_shared_job_are_found(staff)
        await volunteer.page.click("form[action$='/language'] button")
        await expect(volunteer.page.locator("html")).to_have_attribute("lang", "en")
        await the_board_is_found(home, staff)
        secretary = await pick_up(home, chrome, outside, "qian")
        await secretary.page.click("#out summary")
        await secretary.page.click("#out button[value='4h']")
        await expect(secretary.page.locator("#out[data-resting]")).to_be_visible()
        assert secretary.page.url == f"{outside}{ROOT}/"
        await secretary.context.close()
        assert staff.elsewhere == volunteer.elsewhere == []
        for phone in (staff, volunteer):
            await phone.context.close()


async def leads_nowhere_beside(phone: Phone, path: str) -> None:
    await phone.open(ROOT + path)
    beside = [lead for lead in LEADS.findall(await phone.page.content()) if not lead.startswith(ROOT)]
    assert beside == [], path


async def the_calendar_and_the_shared_job_are_found(phone: Phone) -> None:
    """Both are whole addresses, for other programs: the calendar's for a telephone, the other for a chat."""
    for path, link in (("/duty", CALENDAR), ("/share/1", SHARED)):
        await phone.open(ROOT + path)
        found = link.search(await phone.page.content())
        assert found is not None, path
        assert (await phone.page.request.get(phone.origin + found[1])).status == 200
        if link is SHARED:
            await leads_nowhere_beside(phone, found[1].removeprefix(ROOT))
            await phone.context.clear_cookies()  # a stranger's phone
            await leads_nowhere_beside(phone, found[1].removeprefix(ROOT))


async def the_board_is_found(home: House, screen: Phone) -> None:
    plan = committee.read_plan(committee.DEMO, committee.read_committee(committee.DEMO))
    assert plan is not None
    home.plans.keep("wutongli", plan)
    await screen.open(ROOT + await home.link("zhao"))
    screen.complaints.clear()  # of the page that is not there
    await screen.open(f"{ROOT}/board")
    await screen.page.wait_for_selector("body[data-connected]")
    await expect(screen.page.locator("#plan .leaflet-image-layer")).to_be_visible()
    await expect(screen.page.locator("#plan .mark").first).to_be_visible()
    await expect(screen.page.locator("#curve canvas")).to_be_visible()
    await expect(screen.page.locator(".job")).not_to_have_count(0)
    await leads_nowhere_beside(screen, "/board")
    assert screen.complaints == []


async def test_the_app_lives_below_its_path_and_shows_the_last_page_without_a_network(
    home: House, chrome: Browser
) -> None:
    """Its worker and what that keeps belong to the path, so that it takes nothing of its neighbours."""
    await posts(home, "3号楼502 敲门无应答")
    home.links = Links(b"of this test", f"http://suidao.test{ROOT}", home.clock)
    home.gateway = WebGateway(home.catalogs, home.links.root)
    async with visit(home.app(beat_s=BEAT_S)) as served, proxied(served.origin, ROOT) as outside:
        phone = await pick_up(home, chrome, outside, "wang")
        await installed(phone)
        scope = await phone.page.evaluate("navigator.serviceWorker.ready.then((each) => each.scope)")
        assert scope == f"{outside}{ROOT}/"
        manifest = await (await phone.page.request.get(f"{outside}{ROOT}/manifest.webmanifest")).json()
        assert manifest["start_url"] == manifest["scope"] == f"{ROOT}/"
        assert all(icon["src"].startswith(f"{ROOT}/") for icon in manifest["icons"])
        await offline(phone)
        await phone.page.reload()
        await expect(phone.page.locator("#job-1")).to_be_visible()
        await expect(phone.page.locator("#lost")).to_be_visible()
        await phone.context.close()
