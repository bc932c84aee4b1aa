"""Whom nothing reaches: staff see who, where and why, on their page, in the chat and on the job's card."""

import re

import pytest

from dispatch.moments import HOUR, MINUTE
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"
ASKED = "谁联系不上"


def fold(html: str) -> str:
    """The lines behind the fold of a page."""
    found = re.search(r'<details id="unreached".*?</details>', html, flags=re.DOTALL)
    return "" if found is None else found.group(0)


async def test_somebody_out_of_reach_is_told_of_with_the_reason_and_since_when(chats: World) -> None:
    lin, ways = await chats.member("lin"), chats.chat.ways_out
    assert "志愿者3" not in await lin.writes(ASKED)
    for number, how in enumerate(ways, start=2):
        await (await chats.member(f"v{number}")).shuts(how)
    posted = chats.clock.now()
    await lin.writes(KNOCK)
    await chats.fast_forward(minutes=3)  # where they are asked into a chat first, they have declined by now
    chats.clock.set(posted + 2 * HOUR)
    told = await lin.writes(ASKED)
    for number, why in enumerate(ways.values(), start=2):
        said = rf"志愿者{number} · {chats.chat.title}：{why}（(2小时|1小时5\d分钟)前）。"
        assert re.search(said, told)
    assert (await lin.writes("/unreached")) == told
    assert "请发邀请：志愿者9。" in told  # who has neither a page nor a chat


async def test_whoever_is_heard_from_again_is_told_of_no_more_and_asked_again(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await ana.shuts()
    asked: list[bool] = []
    for back in (False, False, True):
        if back:
            assert "志愿者3" in await lin.writes(ASKED)
            await ana.comes_back()
            assert "志愿者3" not in await lin.writes(ASKED)
        await lin.writes(KNOCK)
        job = await chats.job()
        asked.append("v3" in await chats.asked(job))
        await lin.taps("cancel", job)
    assert asked == [True, False, True]


async def test_the_jobs_card_names_whom_it_did_not_reach(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await ana.shuts()
    await lin.writes(KNOCK)
    job = await chats.job()
    assert "v3" in await chats.asked(job)
    card = (await lin.looks()).card(job)
    assert "还没联系上：志愿者3。" in card
    qian = await chats.member("qian")
    assert "Not reached so far: 志愿者3." in (await qian.looks()).card(job)
    ben = await chats.member("v4")
    assert "志愿者3" not in (await ben.looks()).text


async def test_nothing_that_is_told_holds_a_number(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await ana.shuts()
    await lin.writes(KNOCK)
    addresses = (await chats.store.roster(chats.committee.id)).addresses
    assert len(addresses) > 10
    told = await lin.writes(ASKED)
    page = fold((await (await chats.visitor("lin")).looks()).markup)
    assert "志愿者3" in told
    assert "志愿者3" in page
    for said in (told, page):
        assert [each.value for each in addresses if each.platform != "web" and each.value in said] == []


async def test_the_staffs_page_has_a_fold_with_the_same_and_a_volunteers_has_none(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await ana.shuts()
    await lin.writes(KNOCK)
    page = (await (await chats.visitor("lin")).looks()).markup
    why = next(iter(chats.chat.ways_out.values()))
    assert f"志愿者3 · {chats.chat.title}：{why}" in fold(page)
    assert "open" not in fold(page).partition(">")[0]
    assert "志愿者3 · " not in (await (await chats.visitor("v4")).looks()).markup
    assert fold((await (await chats.visitor("v4")).looks()).markup) == ""


async def test_only_those_who_follow_every_job_may_ask(chats: World) -> None:
    ana = await chats.member("v3")
    said = await ana.writes(ASKED)
    assert "志愿者9" not in said
    assert "不由您操作" in said


async def test_somebody_with_a_closed_page_only_is_told_of_and_not_while_it_is_open(pages: World) -> None:
    lin = await pages.visitor("lin")
    ana = await pages.person("v3")
    (address,) = (await pages.store.roster(pages.committee.id)).addresses_of[ana.id]
    assert "网页从没打开过" in fold((await lin.looks()).markup)
    assert "志愿者3、" in fold((await lin.looks()).markup)
    await pages.store.present(address.id, pages.clock.now() + MINUTE)
    assert "志愿者3、" not in fold((await lin.looks()).markup)
    await pages.store.present(address.id, None)
    pages.clock.set(pages.clock.now() + 20 * MINUTE)
    assert "网页关着：志愿者3（20分钟前）" in fold((await lin.looks()).markup)


async def test_the_fold_is_asked_for_again_when_it_is_opened(pages: World) -> None:
    status, said = await (await pages.visitor("lin")).fetches("/unreached")
    assert status == 200
    assert "从没打开过" in said
    assert 'id="unreached-count"' in said


@pytest.mark.parametrize("key", ["v3", "desk"])
async def test_the_fold_is_not_there_for_others(pages: World, key: str) -> None:
    status, said = await (await pages.visitor(key)).fetches("/unreached")
    assert status == 404
    assert "志愿者" not in said


async def test_a_room_without_the_bot_is_told_of_and_gone_when_it_is_let_in_again(chats: World) -> None:
    lin = await chats.member("lin")
    (room,) = [
        each
        for each in (await chats.store.roster(chats.committee.id)).addresses
        if each.audience is not None and each.audience.value == "volunteers"
    ]
    await chats.store.address_failed(room, "put_out")
    assert f"志愿者群 · {chats.chat.title}：机器人被移出了群" in await lin.writes(ASKED)
    await chats.store.revive(room.platform, room.value)
    assert "志愿者群" not in await lin.writes(ASKED)
