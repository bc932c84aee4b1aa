"""Medicine runs and rounds on a real page, without scripts: taken, and ticked off stop by stop."""

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from dispatch import register
from dispatch.moments import from_datetime
from dispatch.tending import Tending
from dispatch.verbs import Verb
from tests.browser.conftest import Hand
from tests.browser.examining import beyond, small_targets
from tests.platforms.house import COMMITTEE, House
from tests.platforms.scenery import does, posts
from tests.stories.committee import tables
from workers.care import CareWatch

REQUESTS = ("7-301 降压药 还剩2天 中山医院 医保卡", "3-502 降糖药 还剩1天 去中山医院配")


async def test_a_run_is_ticked_off_stop_by_stop_on_a_narrow_phone(
    home: House, hand: Hand, origin: str
) -> None:
    job = min(await posts(home, *REQUESTS))
    await does(home, "wang", Verb.CLAIM, job)
    wang = await hand("wang", scripts=False)
    page = wang.page
    await page.click("text=请求清单和交接清点")
    await expect(page.locator(".stop")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360

    second = page.locator(".stop").nth(1)
    await second.locator("summary").click()
    await second.locator("form.hand").nth(1).locator("button").click()
    await expect(page.locator(".said.good")).to_be_visible()
    await expect(page.locator(".stop").nth(1).locator("summary")).to_contain_text("卡 1")
    await page.locator(".stop").nth(1).locator("button", has_text="这家没有").click()
    await page.locator(".stop").nth(1).locator("input[name=elsewhere]").fill("瑞金医院")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.locator(".stop").nth(1).locator("button", has_text="改去这家").click()
    await expect(page.locator(".stop").nth(1)).to_contain_text("没有的医院：中山医院")


ELDERS = (
    {"key": "li", "name": "李爷爷", "building": "3", "unit": "101", "phone": "199-0000-501", "alone": True},
    {"key": "wu", "name": "吴奶奶", "building": "3", "unit": "1204", "phone": "199-0000-502", "alone": True},
    {"key": "he", "name": "何伯", "building": "7", "unit": "201", "phone": "199-0000-503", "alone": True},
)
RELAY = {"key": "relay", "building": "3", "unit": "102", "phone": "199-0000-504", "relay": True}
ROUND = {"key": "am", "kind": "daily_round", "at": "09:00", "alone": True, "relay": True, "carers": ["wang"]}


async def test_a_round_is_ticked_door_by_door_on_a_narrow_phone(home: House, hand: Hand, origin: str) -> None:
    home.clock.set(from_datetime(datetime(2026, 11, 3, 8, 1, tzinfo=ZoneInfo("Asia/Shanghai"))))
    residents = [*tables(COMMITTEE, "residents"), *ELDERS]
    file = {**COMMITTEE, "residents": residents, "households": [RELAY], "care": [ROUND]}
    parsed = register.parse("committee.toml", file)
    home.clock.forward(-4 * 3600)
    await home.store.load(parsed, prune=False, demo=False)
    home.clock.forward(4 * 3600)
    await CareWatch(Tending(home.service), home.clock).once()
    (job,) = await home.store.open_jobs(home.committee_id)
    await does(home, "wang", Verb.CLAIM, job.id)
    wang = await hand("wang", scripts=False)
    page = wang.page
    await page.click("text=名单，逐家记录")
    await expect(page.locator(".door")).to_have_count(3)
    await page.click("text=已通知各家")
    await expect(page.locator(".said.good")).to_contain_text("2/3")
    await page.locator(".door").nth(1).locator("button", has_text="没人应").click()
    await expect(page.locator(".door").nth(1)).to_contain_text(f"没人应 #{job.id + 1} · 还没人接")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await beyond(page) == []
    assert await small_targets(page) == []
    if folder := os.environ.get("SUIDAO_SHOTS"):
        await page.screenshot(path=Path(folder) / "round.png", full_page=True)
