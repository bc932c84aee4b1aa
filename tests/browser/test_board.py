"""The board on a real screen of 1920 x 1080: it follows within a second, and comes back by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from bot import committee
from bot.web.news import BEAT_S
from bot.web.serving import runner
from dispatch import register
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.browser.chromium import Phone
from tests.platforms.house import COMMITTEE, House, visit

SCREEN = ViewportSize(width=1920, height=1080)
SECOND_MS = 1000
"""What the board promises; what changes is looked for four times a second."""

DRAWN = (
    """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"""
)
FIRST_AGE = """() => {
  window.firstAge = new Promise((done) => new MutationObserver((_, watching) => {
    const age = document.querySelector("#plan .mark time");
    if (age) { watching.disconnect(); done(age.textContent); }
  }).observe(document.getElementById("plan"), { childList: true, subtree: true }));
}"""
"""What the first age on the plan says when it is put there, before any clock of the page has run."""


@asynccontextmanager
async def hung(home: House, chrome: Browser, origin: str, path: str = "/board") -> AsyncIterator[Phone]:
    """The office screen, signed in by a member of staff."""
    context = await chrome.new_context(viewport=SCREEN, color_scheme="light")
    screen = Phone(context, await context.new_page(), origin)
    await screen.open(await home.link("zhao"))
    await screen.open(path)
    await screen.page.wait_for_selector("body[data-connected]")
    try:
        yield screen
        assert screen.complaints == []
        assert screen.elsewhere == []
    finally:
        await context.close()


async def post(home: House, text: str = "3号楼502 敲门无应答") -> None:
    await home.router.handle(Incoming(address=await home.address("zhao"), text=text, nonce=text))
    await home.settle()


async def serve(home: House, port: int) -> web.AppRunner:
    """The pages on that port; 0 is any free one."""
    serving = runner(home.app(beat_s=BEAT_S))
    await serving.setup()
    await web.TCPSite(serving, "127.0.0.1", port).start()
    return serving


async def wide(page: Page) -> bool:
    """Something lies outside the screen."""
    size = await page.evaluate(
        "({wide: document.documentElement.scrollWidth, high: document.documentElement.scrollHeight})"
    )
    return bool(size["wide"] > SCREEN["width"] or size["high"] > SCREEN["height"])


async def test_the_board_follows_a_job_within_a_second(home: House, chrome: Browser, origin: str) -> None:
    plan = committee.read_plan(committee.DEMO, committee.read_committee(committee.DEMO))
    assert plan is not None
    home.plans.keep("wutongli", plan)
    async with hung(home, chrome, origin) as screen:
        job = screen.page.locator(".job")
        await expect(job).to_have_count(0)
        await post(home)
        await expect(job).to_contain_text("3号楼", timeout=SECOND_MS)
        await expect(screen.page.locator("#plan .house.life")).to_have_count(1)
        await home.router.handle(
            Incoming(address=await home.address("wang"), verb=Verb.CLAIM, job_id=1, version=99)
        )
        await expect(job).to_contain_text("王阿姨", timeout=SECOND_MS)
        await expect(screen.page.locator("#plan .house.held")).to_have_count(1)
        await expect(screen.page.locator(".claims li")).to_have_count(1)
        await expect(screen.page.locator("#plan .leaflet-image-layer")).to_be_visible()
        assert await screen.page.evaluate("document.documentElement.dataset.theme") == "dark"
        await expect(screen.page.locator("#curve canvas")).to_have_count(0)  # one claim is no curve
        home.clock.forward(5 * 60)
        await post(home, "7号楼 氧气机缺水 201")
        home.clock.forward(3 * 60)
        await home.router.handle(
            Incoming(address=await home.address("li"), verb=Verb.CLAIM, job_id=2, version=99)
        )
        await expect(screen.page.locator("#curve canvas")).to_be_visible(timeout=SECOND_MS)
        assert await screen.page.locator("#curve canvas").evaluate(DRAWN)
        assert not await wide(screen.page)


async def test_names_made_of_markup_are_read_and_make_nothing(
    home: House, chrome: Browser, origin: str
) -> None:
    """A person's, who is on duty and has the job, and that of a building on the plan."""
    evil = "<img src=x onerror=alert(1)>"
    people = [
        {**each, "name": evil, "roles": ["secretary", "volunteer"]} if each["key"] == "qian" else each
        for each in COMMITTEE["people"]  # type: ignore[attr-defined]  # a list of tables, as the file has it
    ]
    buildings = [{**each, "name": evil} for each in COMMITTEE["buildings"]]  # type: ignore[attr-defined]  # as above
    file = {**COMMITTEE, "people": people, "buildings": buildings, "residents": []}
    await home.store.load(register.parse("a.toml", file), prune=False, demo=True)
    await post(home)
    await home.router.handle(
        Incoming(address=await home.address("qian"), verb=Verb.CLAIM, job_id=1, version=99)
    )
    async with hung(home, chrome, origin) as screen:
        for place in (".duty b", ".job .state", ".claims li", "#plan .name >> nth=0"):
            await expect(screen.page.locator(place)).to_contain_text("<img src=x")
        assert await screen.page.locator("img").count() == 0


async def test_ages_stand_on_a_plan_that_comes_after_the_news(
    home: House, chrome: Browser, origin: str
) -> None:
    await post(home)
    home.clock.forward(75)
    free = asyncio.Event()

    async def late(route: Route) -> None:
        await free.wait()
        await route.continue_()

    async with hung(home, chrome, origin) as screen:
        await screen.page.route("**/board/plan", late)
        await screen.open("/board")
        await screen.page.wait_for_selector("body[data-connected]")
        await screen.page.evaluate(FIRST_AGE)
        free.set()
        age: str = await screen.page.evaluate("window.firstAge")
        assert age.startswith("1:")


async def test_the_board_says_that_it_is_lost_and_comes_back_by_itself(home: House, chrome: Browser) -> None:
    first = await serve(home, 0)
    port = first.addresses[0][1]
    async with hung(home, chrome, f"http://127.0.0.1:{port}") as screen:
        await first.cleanup()
        await expect(screen.page.locator("#lost")).to_be_visible(timeout=15 * SECOND_MS)
        await post(home)
        second = await serve(home, port)
        await expect(screen.page.locator(".job")).to_contain_text("3号楼", timeout=15 * SECOND_MS)
        await expect(screen.page.locator("#lost")).to_be_hidden()
    await second.cleanup()


async def test_twenty_jobs_still_fit_on_the_screen(home: House, chrome: Browser, origin: str) -> None:
    for number in range(20):
        await post(home, f"7号楼{number + 101} 敲门无应答")
    async with hung(home, chrome, origin) as screen:
        await expect(screen.page.locator(".job")).to_have_count(14)
        await expect(screen.page.locator(".more")).to_contain_text("6")
        await expect(screen.page.locator(".more")).to_be_in_viewport(ratio=0.9)
        assert not await wide(screen.page)


async def test_without_scripts_the_board_can_be_read(home: House, chrome: Browser, origin: str) -> None:
    await post(home)
    context = await chrome.new_context(viewport=SCREEN, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(origin + await home.link("zhao"))
    await page.goto(f"{origin}/board")
    await expect(page.locator(".job")).to_contain_text("3号楼")
    await context.close()


async def test_a_screen_keeps_light_when_somebody_chose_it(home: House, chrome: Browser, origin: str) -> None:
    async with hung(home, chrome, origin) as screen:
        await screen.page.click("#theme")
        await screen.open("/board")
        assert await screen.page.evaluate("document.documentElement.dataset.theme") == "light"


async def test_a_sub_path_in_front_of_the_board_changes_nothing(home: House) -> None:
    """Every address on the page is relative to it."""
    await post(home)
    async with visit(home.app()) as client:
        await client.enter(await home.link("zhao"))
        page = await (await client.get("/board")).text()
    assert 'data-events="board/events"' in page
    assert 'data-plan="board/plan"' in page
