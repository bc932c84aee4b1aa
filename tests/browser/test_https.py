"""The https recipes of docs/https.md, behind a real Caddy: what people are told to type is what is tried."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.news import BEAT_S
from tests.browser.caddy import NAME, caddy, recipe
from tests.browser.chromium import PHONE, Phone, chromium
from tests.browser.test_phone_offline import installed
from tests.photos import photo
from tests.platforms.house import House, visit
from tests.ports import free_port


@pytest_asyncio.fixture(loop_scope="session")
async def trusting() -> AsyncIterator[Browser]:
    """A browser that takes Caddy's own authority for a real one."""
    async with chromium("--ignore-certificate-errors") as browser:
        yield browser


async def pick_up(home: House, chrome: Browser, origin: str, key: str) -> Phone:
    """A phone on the person's own page."""
    context = await chrome.new_context(viewport=PHONE, locale="zh-CN")
    phone = Phone(context, await context.new_page(), origin)
    await phone.open(home.links.root + await home.link(key))
    await phone.page.wait_for_selector("#stream[data-connected]", state="attached")
    return phone


async def adds_a_photo(phone: Phone) -> None:
    fold = phone.page.locator("#job-1 details.photo")
    await fold.locator("summary").click()
    file = FilePayload(name="DCIM0001.jpg", mimeType="image/jpeg", buffer=photo(1200, 900))
    await fold.locator("input[type=file]").set_input_files(file)
    await expect(fold.locator("button")).to_be_enabled()
    async with phone.page.expect_response("**/photo"):
        await fold.locator("button").click()


@pytest.mark.parametrize(("number", "root"), [(0, ""), (1, "/suidao")], ids=["of its own", "below a path"])
async def test_a_job_is_posted_and_claimed_over_https_as_the_recipe_says(
    home: House, trusting: Browser, tmp_path: Path, number: int, root: str
) -> None:
    https = free_port()
    home.links = Links(b"of this test", f"https://{NAME}:{https}{root}", home.clock)
    home.gateway = WebGateway(home.catalogs, home.links.root)
    async with visit(home.app(beat_s=BEAT_S)) as served:
        behind = int(served.origin.rpartition(":")[2])
        async with caddy(tmp_path, recipe(number), behind, https):
            origin = f"https://{NAME}:{https}"
            staff, volunteer = [await pick_up(home, trusting, origin, key) for key in ("zhao", "wang")]
            cookies = await staff.context.cookies()
            assert {(each["secure"], each["path"]) for each in cookies} == {(True, f"{root}/")}
            await staff.page.fill("#message", "3号楼 201 氧气机缺水")
            await expect(staff.page.locator("#preview .understood")).to_be_visible()
            await staff.page.click("#post > form > button")
            await expect(staff.page.locator("#cards #job-1")).to_be_visible()
            await home.look()  # nobody reloads: the card comes through Caddy on the stream of news
            await expect(volunteer.page.locator("#job-1")).to_be_visible()
            await volunteer.tap("claim")
            await home.settle()
            await expect(staff.page.locator("#job-1")).to_contain_text("王阿姨")
            await adds_a_photo(staff)
            await expect(staff.page.locator("#job-1 .pictures img")).to_have_count(1)
            await installed(volunteer)  # what browsers offer over https alone
            for phone in (staff, volunteer):
                assert (phone.complaints, phone.elsewhere) == ([], [])
                await phone.context.close()
