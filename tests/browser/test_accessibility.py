"""Every page, in both languages and themes, for people who see little, or not, or hit with the thumb."""

from typing import Literal

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bot import committee
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.browser.examining import beyond, findings, small_targets
from tests.browser.screenshots import chosen
from tests.browser.test_rest import leave
from tests.platforms.house import House
from tests.platforms.scenery import does, evening, whole_ladder

SHEETS = ("/", "/people", "/buildings", "/night", "/duty", "/brief", "/care", "/load", "/hours", "/reveals")
"""The desk's pages."""
OWN = ("/", "/hours", "/share/4", "/no-such-page", "/join/forged")
"""A volunteer's pages, and two of those that say that something went wrong."""
SCREEN = ViewportSize(width=1920, height=1080)


Scheme = Literal["light", "dark"]
BOTH: list[tuple[str, Scheme]] = [("zh_CN", "dark"), ("en", "light")]
"""Every page in both languages and in both themes: what a theme hides, it hides in any language."""


async def speak(home: House, language: str) -> None:
    for person in (await home.store.roster(home.committee_id)).people.values():
        await home.store.set_language(home.committee_id, person.id, language)


async def shut(home: House) -> None:
    """One building is sealed and one controlled, once everybody was asked."""
    for text in ("3号楼 封控 7+7", "7号楼 管控 5天"):
        await home.router.handle(Incoming(address=await home.address("zhao"), text=text, nonce=text))
    await home.settle()


async def check(page: Page, where: str) -> list[str]:
    said = [*await findings(page), *await small_targets(page), *await beyond(page)]
    return [f"{where}: {each}" for each in said]


async def everything(home: House, hand: Hand, scheme: Scheme) -> list[str]:
    """What is wrong on any page."""
    wrong: list[str] = []
    shared = home.links.share(home.committee_id, 4).removeprefix(home.links.base_url)
    await home.router.pause(await home.address("wang"), "open")
    pages = {"zhao": SHEETS, "qian": ("/", "/duty"), "wang": OWN, "li": ("/", shared)}
    for key, paths in pages.items():  # each page once, and again where its reader makes it another one
        phone: Phone = await hand(key, scheme=scheme)
        for path in paths:
            await phone.page.goto(phone.origin + path)
            wrong += await check(phone.page, f"{key} {path}")
        if key == "li":  # a stranger, to whom somebody sent it
            await phone.context.clear_cookies()
            for path in (shared, "/"):
                await phone.page.goto(phone.origin + path)
                wrong += await check(phone.page, f"a stranger {path}")
        if key == "zhao":
            await phone.page.goto(phone.origin + "/people")
            await phone.page.locator("details summary").first.click()
            await phone.page.locator("form[action$='/people/link'] button").first.click()
            wrong += await check(phone.page, "a link to hand out")
        phone.complaints.clear()  # of the page that is not there
    return wrong


@pytest.mark.parametrize(("language", "scheme"), BOTH)
async def test_no_page_has_a_grave_finding(home: House, hand: Hand, language: str, scheme: Scheme) -> None:
    await evening(home)
    await shut(home)
    await speak(home, language)
    assert await everything(home, hand, scheme) == []


@pytest.mark.parametrize(("language", "scheme"), BOTH)
async def test_a_calm_page_and_what_is_seen_only_at_times_has_no_grave_finding(
    home: House, hand: Hand, language: str, scheme: Scheme
) -> None:
    await whole_ladder(home)
    for job in await evening(home):
        await does(home, "zhao", Verb.CANCEL, job)
    await speak(home, language)
    people = ("qian", "zhao", "new", "office")
    qian, zhao, newcomer, office = [await hand(key, scheme=scheme) for key in people]
    await expect(qian.page.locator("#calm")).to_be_visible()
    await zhao.page.fill("#message", "7-301 胰岛素 13800000000")
    await expect(zhao.page.locator("#preview .understood")).to_be_visible()
    wrong = [
        *await check(qian.page, "all is well"),
        *await check(zhao.page, "how it is understood"),
        *await check(newcomer.page, "a newcomer"),
        *await check(office.page, "the office"),
    ]
    await office.page.click("a[href='/brief']")
    wrong += await check(office.page, "the office's brief")
    await qian.page.reload()
    await leave(qian)
    wrong += await check(qian.page, "somebody who is out")
    assert wrong == []


@pytest.mark.parametrize(("language", "theme"), BOTH)
async def test_the_board_has_no_grave_finding(home: House, hand: Hand, language: str, theme: str) -> None:
    await evening(home)
    await shut(home)
    plan = committee.read_plan(committee.DEMO, committee.read_committee(committee.DEMO))
    assert plan is not None
    home.plans.keep("wutongli", plan)
    screen = await hand("zhao")
    await screen.page.set_viewport_size(SCREEN)
    await screen.page.goto(f"{screen.origin}/board?language={language}")
    await screen.page.wait_for_selector("body[data-connected]")
    await chosen(screen.page, theme)
    assert await check(screen.page, "the board") == []


async def test_at_twice_the_size_nothing_is_lost(home: House, hand: Hand) -> None:
    """200 % of a phone of 360 points leaves 180; nobody has to scroll sideways to read on."""
    await evening(home)
    for key, paths in (("zhao", SHEETS), ("wang", ("/", "/hours", "/share/4"))):
        phone = await hand(key)
        await phone.page.set_viewport_size({"width": 180, "height": 370})
        for path in paths:
            await phone.page.goto(phone.origin + path)
            assert await beyond(phone.page) == [], (key, path)


async def test_on_an_office_screen_nothing_stands_beyond_its_edge(home: House, hand: Hand) -> None:
    await evening(home)
    staff = await hand("zhao")
    await staff.page.set_viewport_size(SCREEN)
    for path in SHEETS:
        await staff.page.goto(staff.origin + path)
        assert await beyond(staff.page) == [], path


MOVING = """document.getAnimations().filter((each) =>
  each.playState === "running" && each.effect.getComputedTiming().duration > 0).length"""


async def test_whoever_wants_no_motion_sees_none(home: House, hand: Hand) -> None:
    """On the board a house where life is at stake pulses, and only for those whom that does not disturb."""
    await evening(home)
    plan = committee.read_plan(committee.DEMO, committee.read_committee(committee.DEMO))
    assert plan is not None
    home.plans.keep("wutongli", plan)
    staff = await hand("zhao")
    await staff.page.set_viewport_size(SCREEN)
    await staff.page.goto(f"{staff.origin}/board")
    await expect(staff.page.locator("#plan .mark").first).to_be_visible()
    assert await staff.page.evaluate(MOVING) > 0
    await staff.page.emulate_media(reduced_motion="reduce")
    assert await staff.page.evaluate(MOVING) == 0
    for path in SHEETS:
        await staff.page.goto(staff.origin + path)
        assert await staff.page.evaluate(MOVING) == 0, path


PLANTED = """const main = document.querySelector("main");
main.insertAdjacentHTML("beforeend", "<p class=planted>faint</p><button class=planted></button>");
const [faint, small] = document.querySelectorAll(".planted");
Object.assign(faint.style, {color: "#ccc", background: "#fff", width: "600px"});
Object.assign(small.style, {minHeight: "0", height: "20px", padding: "0"});"""


async def test_the_examination_finds_what_is_grave(hand: Hand) -> None:
    phone = await hand("li")
    await phone.page.evaluate(PLANTED)
    found = " ".join(await findings(phone.page))
    assert "button-name" in found
    assert "color-contrast" in found
    assert any("planted" in each for each in await small_targets(phone.page))
    assert any("planted" in each for each in await beyond(phone.page))
