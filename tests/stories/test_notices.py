"""Notices to a building (FIELD_NOTES.md, R12): family of somebody there reads of its status in their chat,
once a change; for households that no chat reaches staff hang a notice at the door."""

import re

from aiohttp import ClientSession

from bot.web.links import LINK_MAX_AGE_S
from dispatch import sealing, telling
from dispatch.gatekeeping import Gatekeeping
from dispatch.moments import SECOND
from dispatch.people import Committee
from dispatch.telling import WantedLink
from tests.stories.committee import COMMITTEE, tables
from tests.stories.drivers.base import ChatActor
from tests.stories.test_family import code_of, desk, linked_to
from tests.stories.test_family_by_sms import texted
from tests.stories.test_privacy import OTHER, hidden
from tests.stories.test_statuses import SEAL, said_on_page
from tests.stories.world import World

(CHEN,) = tables(COMMITTEE, "residents")
LI = {"key": "li", "name": "李大爷", "building": "5", "unit": "101", "phone": "19900002222"}
HOMES = {
    **COMMITTEE,
    "residents": [
        {**CHEN, "contacts": [*tables(CHEN, "contacts"), {"name": "女儿", "phone": ""}]},
        {**LI, "contacts": [{"name": "儿子", "phone": "19900003333"}]},
    ],
}
ELSEWHERE = {**OTHER, "residents": HOMES["residents"]}
"""The same doors in another committee."""
NAMES = ("陈", "李大爷", "林社工", "志愿者", "女儿", "儿子")


async def relative(
    world: World,
    actor: ChatActor,
    committee: Committee | None = None,
    *,
    of: str = "chen",
    name: str = "儿子",
) -> ChatActor:
    """Somebody who opens, in their chat, a link that was made for that contact."""
    wanted = WantedLink(
        committee_id=(committee or world.committee).id,
        resident=of,
        name=name,
        language="en" if name == "女儿" else "zh_CN",
        mark=telling.fresh_mark(),
    )
    made = await world.store.make_family_link(wanted, world.clock.now())
    await actor.follows(world.chat.link((await world.router.families.page(made.ticket)).code))
    return actor


async def stranger(world: World, path: str) -> tuple[int, str]:
    """What somebody finds there who is not signed in."""
    async with ClientSession() as session, session.get(world.pages.url(path)) as response:
        return response.status, await response.text()


def of_building(actor: ChatActor) -> list[str]:
    """What they were ever told of Building 3."""
    return [each for each in actor.received() if "3号楼" in each]


async def test_r12_whoever_cares_for_somebody_there_is_told_once_a_change_and_nobody_else(
    chats: World,
) -> None:
    await chats.founds(HOMES)
    theirs = await chats.founds(ELSEWHERE)
    son = await relative(chats, chats.chat.account("陈伟"))
    daughter = await relative(chats, chats.chat.account("陈红"), name="女儿")
    others = [
        await relative(chats, chats.chat.account("李强"), of="li"),
        await relative(chats, chats.chat.account("外人"), theirs),
        chats.chat.account("路人"),
    ]
    lin = await chats.member("lin")
    answer = await lin.writes(SEAL)
    assert "已在聊天里通知2名住户或家属。登记在册的1户里，有0户没有人能在聊天里收到。" in answer
    await lin.again()
    (told,) = of_building(son)
    assert "封控至6月1日周一 03:10。随后管控至6月8日周一 03:10。随后解除。" in told
    assert "没有防护服的人员不得进楼" in told
    assert "请给居委会打电话，现在是赵书记值班" in told
    (english,) = of_building(daughter)
    assert re.search(r"Sealed until Mon, Jun 1,? 03:10\. Then controlled until", english)
    await chats.fast_forward(minutes=7 * 24 * 60 + 1)
    assert len(of_building(son)) == 2
    assert "管控至6月8日周一 03:10" in of_building(son)[-1]
    assert not any(of_building(each) for each in others)
    everything = "\n".join((*of_building(son), *of_building(daughter)))
    assert hidden(everything)
    assert not any(name in everything for name in NAMES)


async def test_whoever_lives_there_and_is_family_there_is_told_once_and_family_on_the_desk_as_the_desk(
    chats: World,
) -> None:
    await chats.founds(HOMES)
    neighbour = await relative(chats, await chats.member("v3"))
    clerk = await relative(chats, await chats.member("lin"), name="女儿")
    before = len(of_building(neighbour))
    answer = await clerk.writes(SEAL)
    assert "已通知工作台和住在楼里的2名人员。登记在册的1户里，有0户" in answer
    assert len(of_building(neighbour)) == before + 1
    assert not any("Sealed" in each for each in clerk.received())  # who said it has the answer


async def test_a_resident_with_a_chat_hears_of_the_building_and_is_nobodys_family(chats: World) -> None:
    path = await linked_to(chats, name="")
    chen = chats.chat.account("陈阿婆")
    entered = await chen.follows(chats.chat.link(await code_of(chats, path)))
    assert "您住的楼封控、解封" in entered
    assert "谢谢" not in entered
    lin = await chats.member("lin")
    answer = await lin.writes(SEAL)
    assert "已在聊天里通知1名住户或家属。登记在册的1户里，有0户没有人" in answer
    assert len(of_building(chen)) == 1
    page = (await (await desk(chats)).fetches(path))[1]
    assert "封控至" in page
    assert "最近办好的事" not in page
    assert hidden(page)
    assert "没有" in await chen.writes("谢谢")
    await chen.writes("/stop")
    await lin.writes("3号楼 解封")
    assert len(of_building(chen)) == 1


async def test_whoever_stopped_or_is_no_contact_any_more_is_told_nothing_and_sms_is_no_chat(
    chats: World,
) -> None:
    await chats.founds(HOMES)
    son = await relative(chats, chats.chat.account("陈伟"))
    daughter = await relative(chats, chats.chat.account("陈红"), name="女儿")
    await son.writes("/stop")
    await chats.founds({**HOMES, "residents": [CHEN]})
    await texted(chats)
    answer = await (await chats.member("lin")).writes(SEAL)
    assert "住户或家属" not in answer
    assert "登记在册的1户里，有1户没有人能在聊天里收到。" in answer
    await chats.fast_forward(minutes=1)
    assert of_building(son) == of_building(daughter) == []
    assert not await chats.rows("SELECT o.id FROM outbox o WHERE o.kind = 'told'")


async def test_what_was_owed_is_not_sent_once_it_is_nobodys_or_something_newer_is_on_its_way(
    chats: World,
) -> None:
    await chats.founds(HOMES)
    son = await relative(chats, chats.chat.account("陈伟"))
    lin, gates = await chats.store.person(chats.committee.id, "lin"), Gatekeeping(chats.service)
    three = (await chats.store.roster(chats.committee.id)).building_by_key["3"].id
    for scheme in ("sealed 7", "controlled 7"):
        assert await gates.declare(lin, three, sealing.read(scheme), None)
        chats.clock.forward(1)
    await chats.settles()
    (told,) = of_building(son)
    assert "管控至" in told
    assert await gates.declare(lin, three, (), None)
    await chats.rows("DELETE FROM families")
    await chats.settles()
    assert len(of_building(son)) == 1


async def test_the_answer_in_a_chat_leads_to_the_notice_and_nobody_need_be_signed_in(chats: World) -> None:
    lin = await chats.member("lin")
    answer = await lin.writes(SEAL)
    (link,) = re.findall(r"https://suidao\.test(/notice/[\w.-]+)", answer)
    assert "楼栋" in await lin.writes("3、5号楼 管控")  # of several: the page
    page = await stranger(chats, link)
    assert "3号楼" in page[1]
    assert page[0] == 200
    assert (await stranger(chats, link[:-1]))[0] == 404
    chats.clock.set(chats.clock.now() + (LINK_MAX_AGE_S + 1) * SECOND)
    assert (await stranger(chats, link))[0] == 410


async def test_the_desks_page_leads_to_a_sheet_in_both_languages_with_the_posters_code(pages: World) -> None:
    lin, ana = await pages.visitor("lin"), await pages.visitor("v3")
    roster = await pages.store.roster(pages.committee.id)
    said = await said_on_page(lin, building=str(roster.building_by_key["3"].id))
    assert "登记在册的1户里，有1户没有人能在聊天里收到。 请打印楼门通知" in lin.said
    links = re.findall(r'href="[^"]*(/notice/[\w.-]+)"', said)
    assert len(links) == len(roster.buildings)
    sheet = (await stranger(pages, links[0]))[1]
    for words in (
        "封控至6月1日周一 03:10。",
        "Sealed until",
        "Then controlled until",
        "自5月25日周一 03:10起。",
    ):
        assert words in sheet
    assert "120、110" in sheet
    poster = pages.pages.links.poster(pages.committee.id, pages.committee.poster_epoch)
    assert f">{poster}<" in sheet
    assert hidden(re.sub(r"<svg.*?</svg>", "", sheet, flags=re.DOTALL))
    assert not any(name in sheet for name in NAMES)
    assert "/notice/" not in (await ana.fetches("/"))[1]


async def test_the_page_of_a_link_tells_it_while_it_is_news(pages: World) -> None:
    path = await linked_to(pages, language="en")
    lin = await desk(pages)
    assert "3号楼" not in (await lin.fetches(path))[1]
    await lin.writes(SEAL)
    assert "3号楼: Sealed until" in (await lin.fetches(path))[1]
    await lin.writes("3号楼 解封")
    assert "3号楼: Open." in (await lin.fetches(path))[1]
    await pages.fast_forward(minutes=3 * 24 * 60)
    assert "3号楼" not in (await lin.fetches(path))[1]
