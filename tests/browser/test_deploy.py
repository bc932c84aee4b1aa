"""A page that was open when another release took over: its taps are answered truthfully, and once."""

import shutil
from pathlib import Path

from playwright.async_api import Browser, Route, expect

from bot.web.assets import STATIC, Assets
from bot.web.gateway import WebGateway
from bot.web.render import Renderer
from dispatch.verbs import Verb
from tests.browser.chromium import PHONE, Phone
from tests.browser.test_board import serve
from tests.platforms.house import House
from tests.platforms.scenery import does, posts

KNOCK = "3号楼502 敲门无应答"


def released(home: House, folder: Path) -> WebGateway:
    """The pages of a release whose script is another one."""
    shutil.copytree(STATIC, folder)
    with (folder / "suidao.js").open("a", encoding="utf-8") as script:
        script.write("// another release\n")
    gateway = WebGateway(home.catalogs, ringing=home.ringing)
    gateway.assets = Assets(directory=folder)
    gateway.renderer = Renderer(home.catalogs, gateway.assets, push_key=home.ringing.key)
    return gateway


async def picked_up(home: House, chrome: Browser, origin: str, key: str) -> Phone:
    """A phone whose page is open and hears nothing any more: what stands on it grows old."""
    context = await chrome.new_context(viewport=PHONE, locale="zh-CN")
    phone = Phone(context, await context.new_page(), origin)
    await phone.open(await home.link(key))
    await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
    await phone.page.route("**/events*", deaf)
    return phone


async def deaf(route: Route) -> None:
    await route.abort()


async def test_a_page_from_before_a_deploy_says_what_became_of_its_taps(
    home: House, chrome: Browser, tmp_path: Path
) -> None:
    await posts(home, KNOCK)
    first = await serve(home, 0)
    port = first.addresses[0][1]
    origin = f"http://127.0.0.1:{port}"
    volunteer, staff = [await picked_up(home, chrome, origin, key) for key in ("li", "zhao")]
    before = home.gateway.assets.url("suidao.js")
    await first.cleanup()
    await does(home, "wang", Verb.CLAIM, 1)
    home.gateway = released(home, tmp_path / "released")
    second = await serve(home, port)
    await volunteer.tap("claim")
    await expect(volunteer.page.locator("#toast .said")).to_contain_text("王阿姨")
    await expect(volunteer.page.locator("#job-1")).to_contain_text("王阿姨")
    await expect(volunteer.button("claim")).to_have_count(0)
    claims = await home.store.claims_since(home.committee_id, 0)
    assert [each.person_id for each in claims] == [(await home.person("wang")).id]
    await staff.page.fill("#message", "7号楼 搬米")
    await staff.page.locator("#post > form > button").dblclick()
    await expect(staff.page.locator("#cards #job-2")).to_be_visible()
    await expect(staff.page.locator("#toast .said.good")).to_be_visible()
    assert len(await home.store.open_jobs(home.committee_id)) == 2
    # The old address now gives the new script, which must not be kept for a year under it.
    answer = await staff.page.request.get(origin + before)
    assert answer.headers["cache-control"] == "no-cache"
    await volunteer.open("/")
    after = await volunteer.page.locator("script[src*='suidao.js']").get_attribute("src")
    assert after == home.gateway.assets.url("suidao.js") != before
    for phone in (volunteer, staff):
        assert phone.complaints == []
        await phone.context.close()
    await second.cleanup()
