"""The load: who carries how much, as a page, as a message with a chart, and every morning (R18)."""

import re

from dispatch.moments import MINUTE
from tests.stories.test_brief import KNOCK, WITH_ADVISER
from tests.stories.world import LostBell, World
from workers.digests import Daily


def section(page: str, name: str) -> str:
    """One part of the page, in words; empty where it has none."""
    found = re.search(rf'<section id="{name}">(.*?)</section>', page, flags=re.DOTALL)
    return "" if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


async def a_night(world: World) -> None:
    """One job that nobody takes until leaders are called, and one that is taken at once."""
    lin, ana = await world.person("lin"), await world.person("v5")
    await lin.writes(KNOCK)
    await world.fast_forward(minutes=20)
    await lin.writes("5号楼 缺水")
    await ana.taps("claim", await world.job())


async def test_desk_and_office_are_told_who_carries_how_much_and_a_volunteer_their_own_week(
    chats: World,
) -> None:
    committee = await chats.founds(WITH_ADVISER)
    await a_night(chats)
    lin, ana = await chats.member("lin", committee), await chats.member("v5", committee)
    said = await lin.writes("/load")
    await chats.settles()
    assert said.startswith("📊 负荷 · 梧桐里居民区 · 5月25日周一 03:30")
    assert "发布2件" in said
    assert "5分钟内有人接单的占50%（2件中1件）" in said
    assert "接单1件，12人中1人接过" in said
    assert "接单最多：志愿者5 (1)" in said
    assert re.search(r"夜间（23:00到07:00）呼叫\d+次：.*赵书记 \(\d", said)
    assert "人均接单：0.1，最多1" in said  # one job by twelve people
    assert re.search(r"人均问到：[0-2]\.\d，最多2", said)
    assert "接单的基尼系数：0.92" in said  # (n - 1) / n: one of twelve has it all
    assert re.search(r"最长连续值守：赵书记，至少\d+天", said)
    assert (
        sum("负荷 · 梧桐里居民区" in each for each in lin.received()) == 2
    )  # the words, and the chart's own
    for key in ("zhao", "desk", "old"):
        assert "接单最多" in await (await chats.member(key, committee)).writes("负荷")
    refused = await ana.writes("/load")
    assert "接单" not in refused
    assert re.search(r"最近7天问过您[12]件(任务)?，您接了1件。", await ana.writes("/me"))
    assert "最近7天" not in await lin.writes("/me")  # staff are asked by no wave
    assert not any("负荷" in each for each in ana.received())


async def test_the_digest_comes_every_morning_once_with_its_chart(chats: World) -> None:
    await a_night(chats)
    daily = Daily(chats.store, LostBell(), chats.clock)
    zhao, qian, ana = [await chats.member(key) for key in ("zhao", "qian", "v5")]

    async def morning(minutes: float) -> None:
        chats.clock.set(chats.clock.now() + round(minutes * MINUTE))
        await daily.once()
        await daily.once()
        await chats.settles()

    def digests(said: list[str], title: str) -> int:
        return sum(title in each for each in said)

    await morning(60)  # half past four: everybody sleeps
    assert digests(zhao.received(), "负荷 · ") == 0
    await morning(215)  # five past eight
    assert digests(zhao.received(), "负荷 · 梧桐里居民区 · 5月25日周一 08:") == 2
    assert digests(qian.received(), "Load · 梧桐里居民区 · Mon, May 25 08:") == 2
    assert digests(ana.received(), "负荷") == 0
    (words,) = [each for each in zhao.received() if "早上好" in each]
    assert "最近24小时" in words
    assert "夜间（23:00到07:00）呼叫" in words
    assert "接单的基尼系数：0.92" in words
    assert re.search(r"最长连续值守：赵书记，至少\d+天", words)
    (words,) = [each for each in qian.received() if "Good morning" in each]
    assert "Jobs a person: 0.1, at most 1" in words
    assert "Gini of jobs: 0.92" in words
    assert re.search(r"Longest unbroken watch: .*, at least \d+ days", words)
    await morning(60)
    assert digests(zhao.received(), "负荷 · ") == 2
    await morning(24 * 60)
    assert digests(zhao.received(), "负荷 · ") == 4


async def test_the_page_says_in_words_what_its_bars_show(pages: World) -> None:
    lin = await pages.visitor("lin")
    _, page = await lin.fetches("/load")
    assert section(page, "people") == ""  # nothing happened yet
    assert "一次也没问到：12人中12人（100%）" in section(page, "week")
    assert "基尼系数" not in section(page, "week")
    await a_night(pages)
    status, page = await lin.fetches("/load")
    assert status == 200
    assert "接单1件，12人中1人接过" in section(page, "day")
    assert "志愿者5 问到" in section(page, "people")
    assert re.search(r"5月24日周日夜里 \d", section(page, "nights"))
    assert 'class="took" y="6.5" width="100"' in page or 'class="asked" y="0.5" width="100"' in page
    assert 'href="/load"' in (await lin.fetches("/night"))[1]
    assert 'href="/load"' in (await (await pages.visitor("desk")).fetches("/brief"))[1]
    status, page = await (await pages.visitor("desk")).fetches("/load")
    assert status == 200
    assert 'class="ways"' not in page  # the office has no other page of the desk
    assert (await (await pages.visitor("v5")).fetches("/load"))[0] == 404
