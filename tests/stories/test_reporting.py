"""Reporting in: behind a poster's code, on a page or in a chat; let in by staff or by the committee's rule,
and vouched for by people alone; and one person with several accounts."""

import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import ClientSession, CookieJar

from dispatch import joining
from dispatch.ages import Ages
from dispatch.joining import Offering
from dispatch.moments import MINUTE, SECOND
from dispatch.people import Role
from tests.platforms import html
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.drivers.web import PageSighting
from tests.stories.world import WEB, World

GIVEN = "13600136000"
AUTO: Mapping[str, object] = {**COMMITTEE, "committee": {**table(COMMITTEE, "committee"), "joining": "auto"}}
GROUPED: Mapping[str, object] = {
    **COMMITTEE,
    "groups": [{"key": "night", "name": "夜班组", "leader": "v1", "members": ["v2"]}],
}


class Passer:
    """Somebody with a browser who is nobody of ours."""

    def __init__(self, world: World, session: ClientSession) -> None:
        self._world = world
        self._session = session
        self.status = 0
        self.path = ""
        self.page = ""

    async def opens(self, path: str) -> str:
        async with self._session.get(self._world.pages.url(path)) as response:
            self.status, self.path, self.page = response.status, response.url.path, await response.text()
        return PageSighting(self.page).text

    async def scans(self) -> str:
        """The committee's poster."""
        (committee,) = [each for each in await self._world.store.committees() if each.key == "wutong"]
        links = self._world.pages.links
        return await self.opens(
            links.poster(committee.id, committee.poster_epoch).removeprefix(links.base_url)
        )

    async def sends(self, path: str = "", **fields: str) -> str:
        """The form that stands on the page, filled in."""
        (form,) = [each for each in html.forms(self.page) if "nonce" in each.fields or "code" in each.fields]
        told = {name: value for name, value in form.fields.items() if name == "nonce"} | fields
        headers = {"Origin": self._world.pages.url("/").rstrip("/")}
        url = self._world.pages.url(path or self.path)
        async with self._session.post(url, data=told, headers=headers) as response:
            self.status, self.path, self.page = response.status, response.url.path, await response.text()
        await self._world.settles()
        return PageSighting(self.page).text


@asynccontextmanager
async def passing(world: World) -> AsyncIterator[Passer]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Passer(world, session)


async def home_of(world: World, name: str) -> str:
    """The number of a building, as the form carries it."""
    roster = await world.store.roster(world.committee.id)
    return next(str(each.id) for each in roster.buildings.values() if each.name == name)


async def code_of(said: str) -> str:
    """The code in an answer."""
    return str(re.findall(r"[/!]link ([0-9A-Z]{8})", said)[0])


# ---- behind the poster


async def test_three_taps_and_a_name_and_the_waiting_page_becomes_their_own(pages: World) -> None:
    lin = await pages.visitor("lin")
    async with passing(pages) as ming:
        assert "梧桐里居民区" in await ming.scans()
        building = await home_of(pages, "3号楼")
        said = await ming.sends(
            name="王小明", building=building, **{"+s.medicine": "1", "vehicle": "+v.ebike"}
        )
        assert "您已报到" in said
        waiting = ming.path
        (application,) = await pages.store.applications(pages.committee.id)
        seen = await lin.looks()
        assert "王小明 · 3号楼" in seen.application(application.id)
        assert "配药" in seen.application(application.id)
        assert "王小明" in await lin.taps("approve", application.id)
        await ming.opens(waiting)
        assert ming.path == "/"
        assert "王小明" in PageSighting(ming.page).text
        person = (await pages.people())["王小明"]
        assert (person.skills, person.vehicle, person.trusted) == (frozenset({"medicine"}), "ebike", False)
        assert (await pages.store.addresses(WEB, f"wutong/{person.key}"))[0].person_id == person.id
        await pages.store.invite(pages.committee.id, person.id, revoke=True)
        pages.clock.set(pages.clock.now() + 2 * SECOND)
    async with passing(pages) as other:
        await other.opens(waiting)
        assert other.status == 410


async def test_the_same_form_again_is_the_same_application_and_another_one_is_another(pages: World) -> None:
    building = await home_of(pages, "3号楼")
    async with passing(pages) as ming:
        await ming.scans()
        first, poster = ming.page, ming.path
        for name in ("王小明", "王晓明"):
            ming.page = first
            await ming.sends(poster, name=name, building=building)
        (application,) = await pages.store.applications(pages.committee.id)
        assert application.name == "王晓明"
        lin = await pages.visitor("lin")
        await lin.taps("approve", application.id)
        ming.page = first
        await ming.sends(poster, name="王晓明", building=building)
        assert ming.path == "/"
        assert await pages.store.applications(pages.committee.id) == ()


async def test_a_replaced_poster_leads_nowhere(pages: World) -> None:
    async with passing(pages) as ming:
        await ming.scans()
        old, page = ming.path, ming.page
        await pages.store.replace_posters(pages.committee.id)
        assert "作废" in await ming.opens(old)
        assert ming.status == 410
        ming.page = page
        await ming.sends(old, name="王小明", building=await home_of(pages, "3号楼"))
        assert ming.status == 410
        await ming.scans()
        assert ming.status == 200
        assert await pages.store.applications(pages.committee.id) == ()


async def test_a_committee_takes_so_many_applications_from_pages_and_chats_go_on(
    chats: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST_WAITING", 2)
    building, said = await home_of(chats, "3号楼"), ""
    async with passing(chats) as crowd:
        for number in range(3):
            await crowd.scans()
            said = await crowd.sends(name=f"路人{number}", building=building)
        assert crowd.status == 422
        assert "收不下了" in said
    await chats.chat.account().writes("/join 王小明 3号楼")
    names = [each.name for each in await chats.store.applications(chats.committee.id)]
    assert names == ["路人0", "路人1", "王小明"]


async def test_the_posters_way_into_the_chat_asks_for_the_building_of_that_committee(chats: World) -> None:
    await chats.founds(
        {**COMMITTEE, "committee": {**table(COMMITTEE, "committee"), "key": "b", "name": "乙"}}
    )
    ming = chats.chat.account("小明")
    async with passing(chats) as scanned:
        await scanned.scans()
        await ming.follows(chats.chat.way_in(scanned.page))
    assert "3号楼" in ming.choices()
    (application,) = await chats.store.applications(chats.committee.id)
    assert application.name == "小明"


async def test_what_somebody_brings_is_tapped_together_in_the_chat(chats: World) -> None:
    await chats.founds(GROUPED)
    lin, ming = await chats.member("lin"), chats.chat.account("小明")
    await ming.writes("/join 王小明 3号楼")
    for said in ("+s.medicine", "+v.car", "+l.english +h.07:00-23:00 +g.night", "+s.sorcery"):
        await ming.writes(f"/join {said}")
    assert "配药" in await ming.writes("/join +s.medicine")
    other = chats.chat.account("李四")
    await other.writes(f"/join 李四 3号楼 {GIVEN}")
    await other.presses("🧰 制氧机")
    assert "制氧机和汽车" in await other.writes("/join +v.car")
    application, another = await chats.store.applications(chats.committee.id)
    assert (application.name, another.name) == ("王小明", "李四")
    assert another.offering == Offering(skills=frozenset({"oxygen"}), vehicle="car")
    await lin.taps("approve", application.id)
    person = (await chats.people())["王小明"]
    assert (person.skills, person.vehicle) == (frozenset({"medicine"}), "car")
    assert person.speaks == {"english"}
    assert person.hours == "07:00-23:00"
    roster = await chats.store.roster(chats.committee.id)
    assert [each.key for each in roster.groups.values() if person.id in each.members] == ["night"]
    assert await ming.writes("/join +s.oxygen")
    assert (await chats.people())["王小明"].skills == {"medicine", "oxygen"}
    await lin.writes("信任 王小明")
    assert "已经加入" in await ming.writes("/join +s.lifting")
    assert (await chats.people())["王小明"].skills == {"medicine", "oxygen"}


async def test_what_somebody_brings_is_ticked_on_the_page(pages: World) -> None:
    await pages.founds(GROUPED)
    async with passing(pages) as ming:
        await ming.scans()
        (form,) = [each for each in html.forms(ming.page) if "nonce" in each.fields]
        ticked = {"+s.medicine": "1", "+l.english": "1", "+g.night": "1"}
        chosen = {"vehicle": "+v.car", "hours": "+h.07:00-23:00"}
        assert ticked.keys() | chosen.keys() <= form.fields.keys()
        building = await home_of(pages, "3号楼")
        assert "您已报到" in await ming.sends(name="王小明", building=building, **ticked, **chosen)
    (application,) = await pages.store.applications(pages.committee.id)
    await (await pages.visitor("lin")).taps("approve", application.id)
    person, roster = (await pages.people())["王小明"], await pages.store.roster(pages.committee.id)
    brought = (person.skills, person.vehicle, person.speaks, person.hours)
    assert brought == (frozenset({"medicine"}), "car", frozenset({"english"}), "07:00-23:00")
    assert [each.key for each in roster.groups.values() if person.id in each.members] == ["night"]


def asks_for_an_age(world: World) -> None:
    """From now on some job is for people up to 65."""
    book = world.playbooks["general"]
    needs = replace(book.needs, age=Ages(high=65))
    world.service.playbooks = {**world.playbooks, book.kind: replace(book, needs=needs)}


async def born(world: World, name: str) -> int | None:
    person = (await world.people())[name]
    return (await world.store.roster(world.committee.id)).born.get(person.id)


async def test_the_page_asks_for_the_year_of_birth_where_some_job_is_for_an_age(pages: World) -> None:
    lin = await pages.visitor("lin")
    async with passing(pages) as ming:
        assert "出生年份" not in await ming.scans()
        asks_for_an_age(pages)
        assert "出生年份" in await ming.scans()
        building = await home_of(pages, "3号楼")
        for slip in ("十八", "56", "3056", "1899"):
            assert "不是出生年份" in await ming.sends(name="王小明", building=building, born=slip)
            assert ming.status == 422
        await ming.sends(name="王小明", building=building, born="1956年")
    (application,) = await pages.store.applications(pages.committee.id)
    assert application.born == 1956
    seen = await lin.looks()
    assert "1956" not in seen.application(application.id)
    await lin.taps("approve", application.id)
    assert await born(pages, "王小明") == 1956


async def test_a_year_of_birth_is_said_in_the_chat_and_kept_only_where_it_is_needed(chats: World) -> None:
    lin, ming = await chats.member("lin"), chats.chat.account("小明")
    assert "1956年生" not in await ming.writes("/join 王小明 3号楼 1961年生")
    asks_for_an_age(chats)
    hong = chats.chat.account("小红")
    assert "1956年生" in await hong.writes("/join 李小红 3号楼")
    assert "出生年份" in await hong.writes("/join 1956年生")
    for application in await chats.store.applications(chats.committee.id):
        await lin.taps("approve", application.id)
    assert [await born(chats, name) for name in ("王小明", "李小红")] == [None, 1956]


# ---- by the committee's rule, and vouched for


async def test_by_the_rule_they_are_in_at_once_and_vouched_for_by_a_word(
    chats: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await chats.founds(AUTO)
    lin, ming = await chats.member("lin"), chats.chat.account("小明")
    await ming.writes("/join 王小明")
    assert "王小明" not in await chats.people()
    assert "担保之前" in await ming.writes("3号楼")
    person = (await chats.people())["王小明"]
    assert (person.trusted, person.roles) == (False, frozenset({Role.VOLUNTEER}))
    assert await ming.owners() == [person.key]
    assert "自动加入" in (await lin.looks()).text
    assert "还没有" in await ming.writes("我的")
    assert "王小明担保" in await lin.writes("信任 王小明")
    assert (await chats.people())["王小明"].trusted
    assert "早已" in await lin.writes("/trust 王小明")
    assert f"person {lin.id} vouches for person {person.id}" in caplog.text
    (line,) = await chats.rows("SELECT by_id, about FROM register_log WHERE about = 'people' AND by_id > 0")
    assert line == (lin.id, "people")


async def test_whom_nobody_has_vouched_for_is_offered_what_is_meant_for_everybody_and_nothing_private(
    chats: World,
) -> None:
    await chats.founds(AUTO)
    lin, ming = await chats.member("lin"), chats.chat.account("小明")
    await ming.writes("/join 王小明 3号楼")
    person = (await chats.people())["王小明"]

    async def asked(said: str) -> bool:
        """Whether a job of these words asks them, however long nobody takes it."""
        answer = await lin.writes(said)
        assert ("人人可见" in answer) is said.startswith("公开")
        job = await chats.job()
        await chats.fast_forward(minutes=10)
        return person.id in {ask.person_id for ask in (await chats.state(job)).asks if not ask.leader}

    assert not await asked("3号楼502 敲门无应答 80岁独居")
    assert not await asked("1号楼 搬大米 3人")  # typed words may hold anything
    assert not await asked("公开 1号楼502 搬大米 3人")  # and a door is private, whatever is said of it
    assert await asked("公开 1号楼 搬大米 3人")
    rice = await chats.job()
    assert "搬大米" in (await ming.looks()).text
    await ming.taps("claim", rice)
    assert person.id in {claim.person_id for claim in (await chats.state(rice)).claims}
    await lin.writes("信任 王小明")
    assert await asked("3号楼503 敲门无应答")


async def test_nobody_vouches_for_themselves_and_volunteers_for_nobody(chats: World) -> None:
    lin, v3 = await chats.member("lin"), await chats.member("v3")
    assert "不能为自己担保" in await lin.writes("/trust 林社工")
    assert not (await chats.people())["林社工"].trusted
    await v3.writes("信任 新来的")
    assert not (await chats.people())["新来的"].trusted
    assert "全名" in await lin.writes("/trust")
    assert "没有" in await lin.writes("/trust 某某某")


async def test_nobody_lets_themselves_in(chats: World, caplog: pytest.LogCaptureFixture) -> None:
    people = [
        {**each, "phone": GIVEN} if each["key"] == "lin" else each for each in tables(COMMITTEE, "people")
    ]
    await chats.founds({**COMMITTEE, "people": people})
    lin, zhao = await chats.member("lin"), await chats.member("zhao")
    again = chats.chat.account("小号")
    await again.writes(f"/join 林小号 3号楼 {GIVEN}")
    (application,) = await chats.store.applications(chats.committee.id)
    before = await chats.store.roster(chats.committee.id)
    await again.writes(f"通过 {application.id}")  # whoever is nobody here decides nothing
    assert "您自己的申请" in await lin.taps("approve", application.id)
    assert await chats.store.roster(chats.committee.id) == before
    assert (await chats.store.application(chats.committee.id, application.id)).open
    assert "own_application" in caplog.text
    assert "林小号" in await zhao.taps("approve", application.id)


# ---- one person, several accounts


async def test_a_code_from_the_page_links_a_chat_and_one_from_the_chat_a_page(
    chats: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    v9, phone = await chats.visitor("v9"), chats.chat.account()
    status, page = await v9.fetches("/link")
    assert (status, "/link/code" in page) == (200, True)
    await v9._does("/link/code", {})
    code = await code_of(PageSighting(v9.received()[-1]).text)
    kept = str(await chats.rows("SELECT * FROM link_codes"))
    assert code not in kept
    assert "志愿者9" in await phone.writes(f"/link {code[:4].lower()}-{code[4:]}")
    assert await phone.owners() == ["v9"]
    other = chats.chat.account()
    assert "无效" in await other.writes(f"/link {code}")  # once is all
    async with passing(chats) as browser:
        assert "/link" in await browser.opens("/link")
        await browser.sends(code=await code_of(await phone.writes("/link")))
        assert (browser.status, browser.path) == (200, "/")
        assert "志愿者9" in PageSighting(browser.page).text
    assert code not in caplog.text


async def test_a_code_is_refused_to_an_account_or_a_browser_of_somebody_else(
    chats: World, caplog: pytest.LogCaptureFixture
) -> None:
    v9, v3, v4 = await chats.visitor("v9"), await chats.member("v3"), await chats.visitor("v4")
    before = await chats.store.roster(chats.committee.id)
    code = await chats.router.joining.linking.code((await chats.store.addresses(WEB, "wutong/v9"))[0])
    assert "已经有人用了" in await v3.writes(f"/link {code}")
    assert await v3.owners() == ["v3"]
    await v4._does("/link", {"code": code})
    assert "已经有人用了" in v4.said
    assert (await v4.looks()).text.count("志愿者4") > 0
    assert await chats.store.roster(chats.committee.id) == before
    assert "account_taken" in caplog.text
    assert "志愿者9" in await chats.chat.account().writes(f"关联 {code}")  # and still counts
    assert v9.id


async def test_codes_are_tried_five_times_and_end_after_a_quarter_of_an_hour(chats: World) -> None:
    v3 = await chats.member("v3")
    guesser, late = chats.chat.account(), chats.chat.account()
    code = await code_of(await v3.writes("/link"))
    for _ in range(5):
        assert "无效" in await guesser.writes("/link ABCD2345")
    assert "太多" in await guesser.writes(f"/link {code}")
    assert await guesser.owners() == []
    chats.clock.set(chats.clock.now() + 16 * MINUTE)
    assert "无效" in await late.writes(f"/link {code}")
    assert await late.owners() == []
