"""Somebody acts for two committees beside their own: each is apart from the other, with an end of its own."""

import re

from dispatch.people import Committee
from tests.stories.acting import KNOCK, OURS, beside, guest, number, offers
from tests.stories.committee import MAPLE, table
from tests.stories.drivers.base import Actor, ChatActor
from tests.stories.drivers.web import Visitor
from tests.stories.world import World

ROSES = {**MAPLE, "committee": {**table(MAPLE, "committee"), "key": "fangxiang", "name": "芳香里居民区"}}
THEIRS = "陆爷爷"
"""A name that only the desk of the third committee may read."""
DOOR = r'href="([^"]*/join/[^"]*)"[^>]*>.*我在(\w+里)居民区的页面'
"""On a page, the link to one's page of another committee, and whose it is."""


async def acts_for_both(world: World) -> tuple[Actor, Committee]:
    """The secretary of one committee, let in by ours for four hours and by a third one for eight."""
    maple, roses = await beside(world), await world.founds(ROSES)
    sec = await world.person("sec", maple)
    for name, length, desk in (
        ("梧桐里", "4h", await world.person("lin")),
        ("芳香里", "8h", await world.person("staff", roses)),
    ):
        await offers(world, sec, f"{name} until {length}")
        await desk.taps("take_over", await number(world))
    return sec, roses


async def test_whoever_acts_for_two_committees_is_in_both_and_each_ends_at_its_own_time(chats: World) -> None:
    sec, roses = await acts_for_both(chats)
    lin, staff = await chats.person("lin"), await chats.person("staff", roses)
    await lin.writes(KNOCK)
    await staff.writes(f"3号楼501 敲门无应答 {THEIRS}独居失联")
    job = await chats.job()
    (other,) = await chats.store.open_jobs(roses.id)
    for name, number_of, secret in (("梧桐里", job, OURS), ("芳香里", other.id, THEIRS)):
        said = await sec.writes(f"/brief {name}")
        assert re.findall(r"#(\d+)", said)[0] == str(number_of)
        assert set(re.findall(r"#(\d+)", said)) == {str(number_of)}
        await sec.writes(f"/jobs {name}")
        assert await sec.sees(secret, number_of)
        await sec.writes(f"/note {number_of} {name}的钥匙在门卫")
    for committee, number_of, name in ((chats.committee, job, "梧桐里"), (roses, other.id, "芳香里")):
        notes = [each.note for each in await chats.store.timeline(committee.id, number_of) if each.note]
        assert notes == [f"{name}的钥匙在门卫"]
    assert not any(THEIRS in each for each in lin.received())
    assert not any(OURS in each for each in staff.received())

    await sec.writes("5号楼 缺水")
    assert isinstance(sec, ChatActor)
    assert set(sec.choices()) == {"梧桐里居民区", "芳香里居民区", "枫林里居民区"}
    await sec.presses(next(each for each in sec.choices() if each.startswith("芳香里")))
    assert len(await chats.store.open_jobs(roses.id)) == 2
    assert len(await chats.jobs()) == 1

    await chats.sleeps_through(minutes=4 * 60)
    assert await guest(chats) is None
    assert f"#{job}" not in await sec.writes("/brief 梧桐里")
    assert f"#{other.id}" in await sec.writes("/brief 芳香里")
    await chats.sleeps_through(minutes=4 * 60)
    assert f"#{other.id}" not in await sec.writes("/brief 芳香里")
    assert await chats.store.selves(sec.person, chats.clock.now()) == ()


async def test_their_own_page_leads_to_both_committees_for_which_they_act(pages: World) -> None:
    sec, roses = await acts_for_both(pages)
    assert isinstance(sec, Visitor)
    staff = await pages.person("staff", roses)
    await staff.writes(f"3号楼501 敲门无应答 {THEIRS}独居失联")
    await (await pages.visitor("lin")).writes(KNOCK)
    shown = await sec.looks()
    assert not any(secret in shown.markup for secret in (OURS, THEIRS))  # at home there is nothing of either
    links = re.findall(DOOR, shown.markup)
    doors = {name: door[door.index("/join/") :] for door, name in links}
    assert set(doors) == {"梧桐里", "芳香里"}
    for name, seen, unseen in (("梧桐里", OURS, THEIRS), ("芳香里", THEIRS, OURS)):
        assert (await sec.fetches(doors[name]))[0] == 200
        page = (await sec.looks()).markup
        assert seen in page
        assert unseen not in page
        (home,) = [door for door, committee in re.findall(DOOR, page) if committee == "枫林里"]
        assert (await sec.fetches(home[home.index("/join/") :]))[0] == 200
    await pages.sleeps_through(minutes=4 * 60)
    assert (await sec.fetches(doors["梧桐里"]))[0] == 410
    assert (await sec.fetches(doors["芳香里"]))[0] == 200
