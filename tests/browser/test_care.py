"""Care plans on real pages: written down, seen on the brief, and opened by one tap, also without scripts."""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from dispatch.moments import Micros, from_datetime
from dispatch.tending import Tending
from tests.browser.conftest import Hand
from tests.browser.examining import beyond, findings, small_targets
from tests.platforms.house import House
from workers.care import CareWatch

NIGHT: Micros = from_datetime(datetime(2026, 11, 3, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
"""Before any turn of the day."""


async def writes_a_plan(page: Page, origin: str) -> None:
    """Fill in the form as staff would."""
    await page.goto(f"{origin}/care")
    await page.click("text=新增、修改或停用照护计划")
    await page.click('button:text-is("新增")')
    await page.fill("input[name=key]", "chen-oxygen")
    await page.select_option("select[name=resident]", label="3号楼 502 · 陈阿姨")
    await page.select_option("select[name=kind]", label="制氧机加水")
    await page.fill("input[name=at]", "08:00、20:00")
    await page.select_option("select[name=carers]", label=["王阿姨"])
    await page.fill("textarea[name=device]", "卧室床头的制氧机")
    await page.fill("textarea[name=words]", "加纯净水到刻度线")
    await page.click("button.primary")


async def test_a_plan_is_written_down_seen_on_the_brief_and_opened_by_one_tap(
    home: House, hand: Hand, origin: str
) -> None:
    home.clock.set(NIGHT)
    zhao = await hand("zhao")
    page = zhao.page
    await writes_a_plan(page, origin)
    await expect(page.locator(".said.good")).to_be_visible()
    await CareWatch(Tending(home.service), home.clock).once()
    for path in ("/care", "/brief"):
        await page.goto(f"{origin}{path}")
        await expect(page.locator(".turns li")).to_have_count(2)
        await expect(page.locator(".turns .whose").first).to_have_text("陈阿姨 502")
        assert [*await findings(page), *await small_targets(page), *await beyond(page)] == []
    wang = await hand("wang", scripts=False)
    await wang.page.click("text=我做的照护")
    await expect(wang.page.locator("main")).not_to_contain_text("陈阿姨")
    await wang.page.click("text=下次我来不了")
    await expect(wang.page.locator(".said.good")).to_contain_text("已作为任务")
    await page.goto(f"{origin}/brief")
    await expect(page.locator(".turns .urgent")).to_contain_text("还没有人接")
