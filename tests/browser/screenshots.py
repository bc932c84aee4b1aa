"""Screenshots of every page, in both languages and both themes: `make screenshots`, then look at them.

Writes to the folder that is its argument; the committee and the evening are those of the tests.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize

from bot import committee, poster
from bot.web.news import BEAT_S
from dispatch import sealing
from dispatch.gatekeeping import Gatekeeping
from dispatch.verbs import Verb
from tests.browser.chromium import PHONE, chromium
from tests.platforms.house import House, house, visit
from tests.platforms.scenery import busy_day, cared, does, evening, finds, medicine, whole_ladder

SCREEN = ViewportSize(width=1920, height=1080)
DESK = ViewportSize(width=1100, height=800)
POSTER_WIDE = 480
"""Points: as wide as its code has to be to be scanned from a screen."""
Scheme = Literal["light", "dark"]
LANGUAGES = ("zh_CN", "en")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


async def chosen(page: Page, theme: str) -> None:
    """The board's light or dark, by its own button, which draws the curve anew."""
    if await page.evaluate("document.documentElement.dataset.theme") != theme:
        await page.click("#theme")


class Shots:
    """One language and theme: pages of the evening, one picture each."""

    def __init__(self, home: House, chrome: Browser, origin: str, folder: Path, suffix: str, scheme: Scheme):
        self._home = home
        self._chrome = chrome
        self._origin = origin
        self._folder = folder
        self._suffix = suffix
        self._scheme: Scheme = scheme

    @asynccontextmanager
    async def _page(self, key: str | None, size: ViewportSize) -> AsyncIterator[Page]:
        context = await self._chrome.new_context(viewport=size, color_scheme=self._scheme, locale="zh-CN")
        try:
            page = await context.new_page()
            if key is not None:
                await page.goto(self._origin + await self._home.link(key))
            yield page
        finally:
            await context.close()

    def shared(self, job: int) -> str:
        """Where the link leads that somebody put into another chat."""
        return self._home.links.share(self._home.committee_id, job).removeprefix(self._home.links.base_url)

    def poster(self) -> str:
        """Where the code of the committee's poster leads."""
        return self._home.links.poster(self._home.committee_id, 0).removeprefix(self._home.links.base_url)

    async def hang(self, page: Page) -> None:
        """A screen keeps the theme that somebody chose on it."""
        await page.wait_for_selector("body[data-connected]")
        await chosen(page, self._scheme)

    async def take(
        self,
        name: str,
        key: str | None,
        path: str = "/",
        *,
        size: ViewportSize = PHONE,
        whole: bool = False,
        first: Callable[[Page], Awaitable[None]] | None = None,
    ) -> None:
        """The page as this person sees it; `whole` beyond the screen's end, `first` is done before."""
        async with self._page(key, size) as page:
            await page.goto(self._origin + path)
            await page.wait_for_load_state("load")
            if first is not None:
                await first(page)
            await page.screenshot(path=self._folder / f"{name}-{self._suffix}.png", full_page=whole)


async def _resting(page: Page) -> None:
    """Begin a rest, unless it was begun in another theme, and end none."""
    if await page.locator("#rest summary").count():
        await page.locator("#rest summary").click()
        await page.locator("#rest button").first.click()
        await page.wait_for_selector("#rest[data-resting]")


async def _leaving(page: Page) -> None:
    """The fold of somebody who is there, though they may have been out in another theme."""
    if await page.locator("#out[data-resting]").count():
        await page.locator("#out button").click()
        await page.locator("#toast .said").click()  # it would lie over the page
    await page.locator("#out summary").click()
    await page.locator("#out").scroll_into_view_if_needed()


async def _out(page: Page) -> None:
    await _leaving(page)
    await page.locator("#out button[value='morning']").click()
    await page.wait_for_selector("#out[data-resting]")


async def _typing(page: Page) -> None:
    async with page.expect_response("**/preview"):
        await page.type("#message", "7-301 胰岛素 13800000000")
    await page.wait_for_selector("#preview .understood")


async def _steps(page: Page) -> None:
    """The pictures, the first step ticked."""
    await page.locator("ol.ticks input").first.check()
    await page.evaluate("document.querySelector('ol.ticks').scrollIntoView()")
    await page.wait_for_timeout(300)  # the tick is drawn slowly
    for drawing in await page.locator("ol.ticks img").all():
        await drawing.evaluate("each => { each.loading = 'eager'; return each.decode(); }")


async def _handing(page: Page) -> None:
    await page.locator(".row details summary").nth(2).click()
    await page.locator(".row details[open] button").first.click()
    await page.wait_for_selector(".handout")


async def _all(shots: Shots) -> None:
    for size, suffix, whole in ((PHONE, "", False), (PHONE, "-whole", True), (DESK, "-wide", False)):
        await shots.take(f"staff{suffix}", "zhao", size=size, whole=whole)
        await shots.take(f"volunteer{suffix}", "wang", size=size, whole=whole)
        await shots.take(f"secretary{suffix}", "qian", size=size, whole=whole)
        await shots.take(f"people{suffix}", "zhao", "/people", size=size, whole=whole)
        await shots.take(f"buildings{suffix}", "zhao", "/buildings", size=size, whole=whole)
        await shots.take(f"night{suffix}", "qian", "/night", size=size, whole=whole)
        await shots.take(f"brief{suffix}", "qian", "/brief", size=size, whole=whole)
        await shots.take(f"duty{suffix}", "zhao", "/duty", size=size, whole=whole)
    await shots.take("hours", "li", "/hours")
    await shots.take("share", "li", "/share/4")
    await shots.take("rest", "li", whole=True, first=_resting)
    await shots.take("newcomer", "new", whole=True)
    await shots.take("link", "zhao", "/people", first=_handing)
    await shots.take("stranger", None)
    await shots.take("shared", None, shots.shared(4))
    await shots.take("report", None, shots.poster(), whole=True)
    await shots.take("problem", None, "/join/forged")
    await shots.take("office", "office", whole=True)
    await shots.take("office-brief", "office", "/brief")
    await shots.take("board", "zhao", "/board", size=SCREEN, first=shots.hang)


async def _asked(shots: Shots) -> None:
    await shots.take("door", "wang", whole=True)


async def _found(shots: Shots) -> None:
    for suffix, whole in (("", False), ("-whole", True)):
        await shots.take(f"found{suffix}", "wang", whole=whole)
        await shots.take(f"found-desk{suffix}", "zhao", whole=whole)
        await shots.take(f"found-secretary{suffix}", "qian", whole=whole)


async def _cared(shots: Shots) -> None:
    await shots.take("care", "zhao", "/care", whole=True)
    await shots.take("oxygen", "wang")
    await shots.take("oxygen-whole", "wang", whole=True)
    await shots.take("oxygen-steps", "wang", first=_steps)


async def _quiet(shots: Shots) -> None:
    await shots.take("leaving", "qian", whole=True, first=_leaving)
    await shots.take("secretary-quiet", "qian")
    await shots.take("typing", "zhao", first=_typing)
    await shots.take("out", "qian", first=_out)


async def _runs(shots: Shots) -> None:
    await shots.take("run", "wang", "/runs")
    await shots.take("run-whole", "wang", "/runs", whole=True)
    await shots.take("runs-desk", "zhao", "/runs#medicines")
    await shots.take("runs-desk-whole", "zhao", "/runs", whole=True)


async def _counted(shots: Shots) -> None:
    """What is counted of a day, the register, and buildings that are not open."""
    for suffix, whole in (("", False), ("-whole", True)):
        await shots.take(f"load{suffix}", "zhao", "/load", whole=whole)
        await shots.take(f"register{suffix}", "zhao", "/register", whole=whole)
        await shots.take(f"sealed{suffix}", "zhao", "/buildings", whole=whole)


async def _seals(home: House) -> None:
    """One building may not be left, and the other with measures alone."""
    roster, gates = await home.store.roster(home.committee_id), Gatekeeping(home.service)
    for key, scheme in (("3", "sealed 7, controlled 7"), ("7", "controlled 7")):
        building = roster.building_by_key[key].id
        await gates.declare(await home.person("zhao"), building, sealing.read(scheme), None)
    await home.settle()


async def _poster(home: House, folder: Path) -> None:
    """The poster, as small as it can be read on a page."""
    (committee,) = await home.store.committees()
    url = home.links.poster(committee.id, 0).replace(home.links.base_url, "https://suidao.example.org")
    drawn = poster.draw(poster.Notice(committee=committee, url=url), home.catalogs, poster.font_file())
    drawn.thumbnail((POSTER_WIDE, drawn.height))
    poster.save(drawn, folder / "poster.png")


async def main(folder: Path) -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as data:
        async with house(Path(data)) as home, chromium() as chrome, visit(home.app(beat_s=BEAT_S)) as served:
            await medicine(home)
            await _each(_runs, home, chrome, served.origin, folder)
    with tempfile.TemporaryDirectory() as data:
        async with house(Path(data)) as home, chromium() as chrome, visit(home.app(beat_s=BEAT_S)) as served:
            jobs = await evening(home)
            plan = committee.read_plan(committee.DEMO, committee.read_committee(committee.DEMO))
            if plan is not None:
                home.plans.keep("wutongli", plan)
            await whole_ladder(home)
            await _each(_all, home, chrome, served.origin, folder)
            await does(home, "wang", Verb.ARRIVE, jobs[0])
            await _each(_asked, home, chrome, served.origin, folder)
            await finds(home, "wang", jobs[0], "knock.none", "phone.none", "neighbours.none", "police.rung")
            await _each(_found, home, chrome, served.origin, folder)
            for job in jobs:
                await does(home, "zhao", Verb.CANCEL, job)
            job = await cared(home)
            await _each(_cared, home, chrome, served.origin, folder)
            await does(home, "zhao", Verb.CANCEL, job)
            await _each(_quiet, home, chrome, served.origin, folder)
    with tempfile.TemporaryDirectory() as data:
        async with house(Path(data)) as home, chromium() as chrome, visit(home.app(beat_s=BEAT_S)) as served:
            await evening(home)
            await busy_day(home, jobs=5, waiting=3)
            await _seals(home)
            await _poster(home, folder)
            await _each(_counted, home, chrome, served.origin, folder)


async def _each(
    part: Callable[[Shots], Awaitable[None]], home: House, chrome: Browser, origin: str, folder: Path
) -> None:
    for language in LANGUAGES:
        for person in (await home.store.roster(home.committee_id)).people.values():
            await home.store.set_language(home.committee_id, person.id, language)
        home.clock.forward(2)  # what pages know of a committee is a second old at most
        for scheme in SCHEMES:
            home.clock.forward(1)  # who goes out twice in a moment asks others once
            await part(Shots(home, chrome, origin, folder, f"{language[:2]}-{scheme}", scheme))


if __name__ == "__main__":
    taken = Path(sys.argv[1])
    taken.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(taken))
