"""The brief: how a committee stands, for whoever takes it over: a message and a page (FIELD_NOTES.md, R7)."""

import logging
import re

import pytest

from dispatch.moments import HOUR
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.drivers.web import Visitor
from tests.stories.test_duty import ROTA
from tests.stories.test_privacy import OTHER, SECRETS
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答 陈阿婆独居失联"
WITH_ADVISER = {
    **COMMITTEE,
    "people": [
        *tables(COMMITTEE, "people"),
        {"key": "old", "name": "老书记", "roles": ["adviser"], "language": "zh_CN"},
    ],
}
RESIDENT = ("陈阿婆", "19900001234", "3号楼 502")
"""What the desk may know of a resident: who, how to ring, which door."""


def section(page: str, name: str) -> str:
    """One part of the page, in words; empty where it has none."""
    found = re.search(rf'<section id="{name}">(.*?)</section>', page, flags=re.DOTALL)
    return "" if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.mark.parametrize("word", ["/brief", "简报", "brief"])
async def test_a_message_tells_how_everything_stands(chats: World, word: str) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v5")
    await lin.writes(KNOCK)
    waits = await chats.job()
    await chats.fast_forward(minutes=20)
    await lin.writes("5号楼 缺水")
    await ana.taps("claim", await chats.job())
    said = await lin.writes(word)
    assert "赵书记" in said.splitlines()[1]
    assert f"#{waits} 🚪 上门查看 · 3号楼 · 20分钟" in said
    assert "志愿者5已接单" in said
    assert "发布2件" in said
    silent = said.partition("没有应答的人")[2]
    assert "赵书记: #" in silent
    assert "志愿者：" in silent
    assert "重点照护住户1人" in said
    assert not any(secret in said for secret in SECRETS)  # a message stays in the chat for good


async def test_open_jobs_stand_by_age_the_oldest_first(world: World) -> None:
    lin = await world.person("lin")
    jobs: list[int] = []
    for text in ("5号楼 路灯坏了", KNOCK, "7号楼 电梯坏了"):  # the middle one is the most urgent by far
        await lin.writes(text)
        jobs.append(await world.job())
        await world.fast_forward(minutes=7)
    await (await world.person("v3")).taps("claim", jobs[0])  # what happened last is no matter
    if isinstance(lin, Visitor):
        said = section((await lin.fetches("/brief"))[1], "open")
    else:
        said = await (await world.member("lin")).writes("/brief")
    named = re.findall(rf"#({'|'.join(str(job) for job in jobs)})\b", said)
    assert [int(number) for number in dict.fromkeys(named)] == jobs
    ages = [said.index(age) for age in ("21分钟", "14分钟", "7分钟")]
    assert ages == sorted(ages)


async def test_a_long_brief_comes_in_several_messages_of_which_nothing_is_lost(chats: World) -> None:
    names = {f"l{number}": f"{number}{'很长的名字' * 18}" for number in range(60)}
    leaders = [{"key": key, "name": name, "roles": ["secretary"]} for key, name in names.items()]
    keys = list(names)
    ladder = {**table(COMMITTEE, "ladder"), "deputy": keys[:20], "director": keys[20:40], "office": keys[40:]}
    people = [*tables(COMMITTEE, "people"), *leaders]
    lin = await chats.member("lin", await chats.founds({**COMMITTEE, "people": people, "ladder": ladder}))
    before = len(lin.received())
    await lin.writes("/brief")
    parts = lin.received()[before:]
    assert len(parts) > 1
    assert all(name in "".join(parts) for name in names.values())
    assert any("重点照护住户1人" in part for part in parts)


async def test_a_volunteer_has_no_brief_and_another_committee_only_its_own(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    refused = await ana.writes("/brief")
    assert "赵书记" not in refused
    assert "发布" not in refused
    other = await chats.founds(OTHER)
    for key in ("staff", "sec", "office", "adviser"):
        said = await (await chats.member(key, other)).writes("简报")
        assert "芳香里" in said
        assert "赵书记" not in said
        assert "3号楼" not in said


async def test_the_page_lists_residents_for_the_desk_and_counts_them_for_the_others(
    pages: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await pages.founds(WITH_ADVISER)
    await (await pages.visitor("lin")).writes(KNOCK)
    for key in ("lin", "zhao"):
        caplog.clear()
        status, page = await (await pages.visitor(key)).fetches("/brief")
        assert status == 200
        assert all(word in section(page, "at-risk") for word in RESIDENT)
        assert "was shown the residents" in caplog.text
        assert not any(secret in caplog.text for secret in SECRETS if not secret.isascii())
    for key in ("desk", "old"):
        caplog.clear()
        status, page = await (await pages.visitor(key)).fetches("/brief")
        assert status == 200
        assert section(page, "at-risk") == "重点照护住户 重点照护住户1人"
        assert not any(secret in page for secret in SECRETS)
        assert "was shown" not in caplog.text
    assert 'href="/brief"' in (await (await pages.visitor("desk")).looks()).markup


async def test_to_volunteers_and_strangers_there_is_no_such_page(pages: World) -> None:
    ana = await pages.visitor("v3")
    assert (await ana.fetches("/brief"))[0] == 404
    other = await pages.founds(OTHER)
    staff = await pages.person("staff", other, on="web")
    assert "陈阿婆" not in (await staff.fetches("/brief"))[1]  # type: ignore[attr-defined]  # at a page


async def test_each_part_follows_what_happens_and_no_heading_is_empty(pages: World) -> None:
    lin, ana = await pages.visitor("lin"), await pages.visitor("v3")
    nobody = {**COMMITTEE, "residents": []}
    other = await pages.founds({**nobody, "committee": {**table(COMMITTEE, "committee"), "key": "new"}})
    fresh = await pages.person("lin", other, on="web")
    _, page = await fresh.fetches("/brief")  # type: ignore[attr-defined]  # at a page
    assert section(page, "at-risk") == section(page, "silent") == ""
    assert section(page, "open") == "进行中 0 现在没有未完成的任务。"
    await lin.writes(KNOCK)
    job = await pages.job()
    await pages.fast_forward(minutes=4)
    _, page = await lin.fetches("/brief")
    assert "03:13呼叫了钱副书记，尚无应答。下一步：主任（03:16）。" in section(page, "open")
    await pages.fast_forward(minutes=56)
    _, page = await lin.fetches("/brief")
    assert "所有人都通知过了，还是没有人应答" in section(page, "open")
    assert "孙主任" in section(page, "silent")
    await ana.taps("claim", job)
    _, page = await lin.fetches("/brief")
    assert "志愿者3已接单" in section(page, "open")
    await ana.taps("finish", job)
    _, page = await lin.fetches("/brief")
    assert "办结1件" in section(page, "day")
    assert "一半在1小时内有人接" in section(page, "day")
    pages.clock.set(pages.clock.now() + 25 * HOUR)
    _, page = await lin.fetches("/brief")
    assert "办结0件" in section(page, "day")
    assert section(page, "silent") == ""


async def test_who_is_on_duty_and_who_is_next_is_told_by_the_rota(pages: World) -> None:
    await pages.founds(ROTA)
    _, page = await (await pages.visitor("lin")).fetches("/brief")
    assert section(page, "on-duty").startswith("值班 值班 钱副书记 下一班 赵书记，5月25日周一 08:00起")


async def test_whoever_is_out_is_named_with_the_moment_until_when(pages: World) -> None:
    qian = await pages.visitor("qian")
    await qian.is_out("4h")
    _, page = await (await pages.visitor("lin")).fetches("/brief")
    assert "离岗 钱副书记（至" in section(page, "on-duty")
