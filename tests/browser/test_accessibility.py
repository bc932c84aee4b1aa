"""Every page, in both languages and themes, for people who see little, or not, or hit with the thumb."""

from typing import Literal

import pytest
from playwright.async_api import Page

from tests.browser.chromium import Phone
from tests.browser.conftest import Hand
from tests.browser.examining import beyond, findings, small_targets
from tests.platforms.house import House
from tests.platforms.scenery import evening

SHEETS = ("/", "/people", "/night")


async def speak(home: House, language: str) -> None:
    for person in (await home.store.roster(home.committee_id)).people.values():
        await home.store.set_language(home.committee_id, person.id, language)


async def check(page: Page, where: str) -> list[str]:
    said = [*await findings(page), *await small_targets(page), *await beyond(page)]
    return [f"{where}: {each}" for each in said]


async def everything(hand: Hand, scheme: Literal["light", "dark"]) -> list[str]:
    """What is wrong on any page."""
    wrong: list[str] = []
    for key in ("zhao", "qian", "wang", "li"):
        phone: Phone = await hand(key, scheme=scheme)
        paths = SHEETS if key in ("zhao", "qian") else ("/", "/no-such-page")
        for path in paths:
            await phone.page.goto(phone.origin + path)
            wrong += await check(phone.page, f"{key} {path}")
        if key == "zhao":
            await phone.page.goto(phone.origin + "/people")
            await phone.page.locator("details summary").first.click()
            await phone.page.locator("form[action$='/people/link'] button").first.click()
            wrong += await check(phone.page, "a link to hand out")
        phone.complaints.clear()  # of the page that is not there
    return wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_no_page_has_a_grave_finding(
    home: House, hand: Hand, language: str, scheme: Literal["light", "dark"]
) -> None:
    await evening(home)
    await speak(home, language)
    assert await everything(hand, scheme) == []


async def test_at_twice_the_size_nothing_is_lost(home: House, hand: Hand) -> None:
    """200 % of a phone of 360 points leaves 180; nobody has to scroll sideways to read on."""
    await evening(home)
    for key, paths in (("zhao", SHEETS), ("wang", ("/",))):
        phone = await hand(key)
        await phone.page.set_viewport_size({"width": 180, "height": 370})
        for path in paths:
            await phone.page.goto(phone.origin + path)
            assert await beyond(phone.page) == [], (key, path)


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
