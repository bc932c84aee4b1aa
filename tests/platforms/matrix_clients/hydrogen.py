"""Hydrogen, a web client by others, in headless Chromium: people sign in, open a room and tap a reaction.

What is served is its makers' own program, put together by `client.js`. It knows no edits: it shows each as
one more message, by the body that is there for such clients.
"""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, Locator, Page, expect

from bot.web.serving import runner
from tests.browser.chromium import PHONE
from tests.platforms.matrix_clients.installed import HERE, MODULES, NODE, require_clients
from tests.platforms.matrix_server import Member

WITHIN_MS = 30_000
"""Milliseconds for one step while others use the machine; alone all steps together take two seconds."""

_ESBUILD = MODULES / "esbuild" / "bin" / "esbuild"
_HYDROGEN = MODULES / "hydrogen-view-sdk"


def build(folder: Path) -> None:
    """Put the client together in `folder`, ready to be served. Skips the test where it is not installed."""
    require_clients()
    bundle = (str(HERE / "hydrogen" / "client.js"), "--bundle", "--format=esm", "--log-level=warning")
    # Olm looks for these where it runs under Node; in a browser it does not.
    outside = ("--external:fs", "--external:path", "--external:crypto")
    subprocess.run(  # noqa: S603 - a program of our own choice
        [str(NODE), str(_ESBUILD), *bundle, *outside, f"--outfile={folder / 'client.js'}"], check=True
    )
    shutil.copy(HERE / "hydrogen" / "index.html", folder)
    shutil.copy(_HYDROGEN / "lib-build" / "sw.js", folder)
    shutil.copytree(_HYDROGEN / "asset-build" / "assets", folder / "assets")
    shutil.copytree(MODULES / "@matrix-org" / "olm", folder / "olm")


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """The client's origin while it is served."""
    app = web.Application()

    async def index(_: web.Request) -> web.FileResponse:
        return web.FileResponse(folder / "index.html")

    app.router.add_get("/", index)
    app.router.add_static("/", folder)
    serving = runner(app)
    await serving.setup()
    try:
        await web.TCPSite(serving, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{serving.addresses[0][1]}"
    finally:
        await serving.cleanup()


class HydrogenPhone:
    """One account in Hydrogen, on a page of the size of a small phone."""

    def __init__(self, page: Page, member: Member, homeserver: str) -> None:
        self.page = page
        self.member = member
        self._homeserver = homeserver
        self.complaints: list[str] = []
        """Errors that the client stumbled over."""
        self.elsewhere: list[str] = []
        """Addresses that are not on this machine and were asked for."""
        page.set_default_timeout(WITHIN_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self._ask(asked.url))

    def _ask(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.elsewhere.append(url)

    async def sign_in(self, origin: str) -> None:
        """Sign in as a person does: server, name, password; returns when the list of rooms is there."""
        await self.page.goto(f"{origin}/?homeserver={self._homeserver}")
        await self.page.fill("#username", self.member.user_id)
        await self.page.fill("#password", self.member.password)
        await self.page.click("button[type=submit]")
        await self.page.wait_for_selector(".RoomList")

    async def open(self, room: str) -> None:
        """Open the room whose name contains this."""
        await self.page.locator(".RoomList li a", has_text=room).first.click()
        await self.page.wait_for_selector(".Timeline_message")

    async def accept(self, room: str) -> None:
        """Come into the room whose invitation shows this name; it is open then."""
        await self.page.locator(".RoomList li a", has_text=room).first.click()
        await self.page.locator(".InviteView_buttonRow button").first.click()
        await self.page.wait_for_selector(".Timeline_message")

    async def write(self, text: str) -> None:
        """Write into the open room."""
        await self.page.fill(".MessageComposer_input textarea", text)
        await self.page.keyboard.press("Enter")

    async def back(self) -> None:
        """From the room to the list of rooms."""
        await self.page.click(".RoomHeader .close-middle")
        await self.page.wait_for_selector(".RoomList li")

    def message(self, text: str) -> Locator:
        """The newest message that contains this, as it is shown."""
        return self.page.locator(".Timeline_message", has_text=text).last

    def reaction(self, text: str, key: str) -> Locator:
        """The button of this reaction under the newest message that contains this and has it."""
        buttons = self.page.locator(".Timeline_messageReactions button", has_text=key)
        return self.page.locator(".Timeline_message", has_text=text).filter(has=buttons).last.locator(buttons)

    async def tap(self, text: str, key: str) -> None:
        """Tap a reaction that stands under a message: one's own is added or taken back."""
        await self.reaction(text, key).click()

    async def gone(self, text: str) -> None:
        """Wait until no message shows this any more."""
        await expect(self.page.locator(".Timeline_message", has_text=text)).to_have_count(
            0, timeout=WITHIN_MS
        )

    async def screenshot(self, path: Path) -> None:
        """A picture of the phone as it is now."""
        await self.page.screenshot(path=path)


@asynccontextmanager
async def hydrogen(
    chrome: Browser, origin: str, homeserver: str, member: Member
) -> AsyncIterator[HydrogenPhone]:
    """A phone that is signed in. At the end it may have complained of nothing and asked nobody else."""
    context = await chrome.new_context(viewport=PHONE, locale="zh-CN")
    try:
        phone = HydrogenPhone(await context.new_page(), member, homeserver)
        await phone.sign_in(origin)
        yield phone
        assert phone.complaints == []
        assert phone.elsewhere == []
    finally:
        await context.close()
