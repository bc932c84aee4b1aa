"""Finding and starting the Chromium that drives the pages, at the size of a small phone."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, async_playwright

from tests.required import missing

PHONE = ViewportSize(width=360, height=740)
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""Any of them shows the same pages; the first one has no window, no toolbars and no start page to draw, which
costs the others more than our pages do."""
QUIET = (
    "--no-sandbox",  # tests run as root in containers, where the sandbox cannot start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A name that is not localhost: there browsers send no Sec-Fetch-Site, as in any plain-http network.
    "--host-resolver-rules=MAP suidao.test 127.0.0.1",
)
REQUIRED = "SUIDAO_TEST_REQUIRE_BROWSER"


def executable(*, whole: bool = False) -> str:
    """Where Chromium is; skips the test where there is none, or fails it where one is required. The
    `whole` of it also shows notifications, at which the one without a window dies."""
    names = NAMES[1:] if whole else NAMES
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing(f"no Chromium found (looked for {', '.join(names)} in PATH)", REQUIRED)
    return found


@asynccontextmanager
async def chromium(*also: str, whole: bool = False) -> AsyncIterator[Browser]:
    """A headless Chromium; `also` are more of its options, `whole` as in `executable`."""
    path = executable(whole=whole)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=(*QUIET, *also))
        try:
            yield browser
        finally:
            await browser.close()


class Phone:
    """One person's phone: a page of its own, and what went wrong on it."""

    def __init__(self, context: BrowserContext, page: Page, origin: str) -> None:
        self.context = context
        self.page = page
        self.origin = origin
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self._ask(asked.url))

    def _hear(self, kind: str, text: str) -> None:
        # A stream that was cut is reported by the browser itself; that is a test's doing, not a fault.
        cut = any(sign in text for sign in ("net::ERR_", "htmx:sse:error", "elt: div#stream"))
        if kind in ("error", "warning") and not cut:
            self.complaints.append(text)

    def _ask(self, url: str) -> None:
        if not url.startswith((self.origin, "data:")):
            self.elsewhere.append(url)

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.origin + path)

    def button(self, verb: str, job: int = 1) -> Locator:
        return self.page.locator(f"#job-{job} form:has(input[name=verb][value={verb}]) button")

    async def tap(self, verb: str, job: int = 1) -> None:
        """Tap the button of this verb and wait until the server has answered."""
        async with self.page.expect_response("**/act"):
            await self.button(verb, job).click()
