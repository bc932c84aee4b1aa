"""The register in a real browser: its pages for people who see little or hit with the thumb; a file sent."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Hand
from tests.browser.test_accessibility import BOTH, Scheme, check, speak
from tests.platforms.house import House

CSV = "key,name,building,unit,phone,notes\nchen,陈阿姨,3,502,13800138001,新情况\nsun,孙叔,3,101,,\n"
GROUPS = "key,name,leader,members\neast,东组,li,wang、new\n"
WALLS = 'key,name,line,coordinates\neast,东围墙,"31.2031 121.4796; 31.2036 121.4796",wgs84\n'
GATES = "key,name,lat,lon,coordinates\ndoor,东门,31.2034,121.4796,wgs84\n"


async def shoot(page: Page, name: str) -> None:
    """For whoever wants to look: into the folder named by `SUIDAO_SHOTS`."""
    if folder := os.environ.get("SUIDAO_SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def send(page: Page, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # its types want a TypedDict
    await page.locator("form.register button[type=submit]").click()


@pytest.mark.parametrize(("language", "scheme"), BOTH)
async def test_no_page_of_the_register_has_a_grave_finding(
    home: House, hand: Hand, language: str, scheme: Scheme
) -> None:
    await speak(home, language)
    phone = await hand("zhao", scheme=scheme)
    page, wrong, closed = phone.page, [], "关闭" if language == "zh_CN" else "Closed"

    async def look(name: str) -> None:
        await shoot(page, f"{name}-{language}")
        wrong.extend(await check(page, name))

    await page.goto(phone.origin + "/register")
    await page.locator("details summary").first.click()
    await look("register")
    for name, text in (("walls", WALLS), ("gates", GATES), ("groups", GROUPS)):
        await page.goto(phone.origin + "/register")
        await send(page, f"{name}.csv", text)
        if text == GROUPS:
            await look("look")
        await page.locator("form[action$='/confirm'] button").click()
        await expect(page.locator(".said.good")).to_be_visible()
    await look("done")
    for table in ("people", "residents", "buildings", "walls", "gates", "groups"):
        await page.goto(f"{phone.origin}/register/list?table={table}&building=3")
        await look(f"list-{table}")
        await page.locator("form[action$='/entry'] button").first.click()
        await look(f"entry-{table}")
        if table == "gates":
            await page.locator("select[name=closed]").select_option("yes")
            await page.locator("form[action$='/save'] button").click()
            await expect(page.locator(".entries span").first).to_contain_text(closed)
    await page.locator("select[name=leader]").select_option("wang")
    await page.locator("form[action$='/save'] button").click()
    await expect(page.locator(".said.good")).to_be_visible()
    await page.goto(phone.origin + "/register")
    await send(page, "residents.csv", CSV.replace("13800138001", "138-x"))
    await expect(page.locator(".said.bad")).to_be_visible()
    await look("wrong")
    phone.complaints.clear()  # the answer is a 422
    assert wrong == []
