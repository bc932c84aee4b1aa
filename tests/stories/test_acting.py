"""Somebody acts as a secretary for a while: for another committee, which is asked first, or for their own."""

import re

import pytest

from dispatch import duty
from dispatch.moments import HOUR
from dispatch.people import Role
from dispatch.relays import RelayKind
from tests.stories.acting import KNOCK, OURS, all_out, at_ours, beside, guest, holder, let_in, number, offers
from tests.stories.committee import COMMITTEE, MAPLE, table, tables
from tests.stories.drivers.web import Visitor
from tests.stories.world import World


async def test_before_we_say_yes_they_read_nothing_then_all_of_it_and_after_the_end_nothing_new(
    world: World,
) -> None:
    maple = await beside(world)
    lin, sec, staff = [
        await world.person("lin"),
        *[await world.person(key, maple) for key in ("sec", "staff")],
    ]
    await lin.writes(KNOCK)
    job = await world.job()
    assert "梧桐里居民区" in await offers(world, sec)
    assert await lin.sees("枫林里居民区的冯书记愿意来这里代理书记")
    await sec.looks()
    assert not any(OURS in each for each in sec.received())
    await lin.taps("take_over", await number(world))
    assert await sec.sees("梧桐里居民区同意了")
    here = await guest(world)
    assert here is not None
    assert here.name == "冯书记"
    assert here.roles == {Role.SECRETARY}
    ours = await at_ours(world, sec, here)
    await all_out(world)
    await world.fast_forward(minutes=8)
    assert await ours.sees(OURS, job)
    await ours.taps("acknowledge", job)
    assert (await world.state(job)).job.calling.acknowledged_by == here.id
    assert not any(OURS in each for each in staff.received())
    await world.sleeps_through(minutes=4 * 60)
    assert await guest(world) is None
    handed = [each for each in await world.relays() if each.kind is RelayKind.HANDOVER]
    assert any(job in each.jobs and each.about_id == here.id for each in handed)
    for platform, value in await world.rows(
        "SELECT platform, value FROM addresses WHERE person_id = ?", here.id
    ):
        found = await world.store.addresses(str(platform), str(value))
        assert here.id not in {each.person_id for each in found}
    before = await world.state(job)
    if not isinstance(sec, Visitor):  # a page that is shut has no buttons
        assert await sec.forges("settle", job)
    assert await world.state(job) == before


async def test_declined_they_are_told_and_nothing_of_ours_was_theirs(world: World) -> None:
    sec = await world.person("sec", await beside(world))
    lin = await world.person("lin")
    await lin.writes(KNOCK)
    await offers(world, sec)
    late = await (await world.person("zhao")).aims("take_over", await number(world))
    await lin.taps("turn_down", await number(world))
    assert "不用您再做什么" in await late()
    assert await guest(world) is None
    (address, *_) = (await world.store.roster(sec.person.committee_id)).addresses_of[sec.id]
    ((origin,),) = await world.rows("SELECT max(origin_id) FROM actings")
    assert "没有同意" in (await world.router.relay_card(address, int(str(origin)))).state
    await sec.looks()
    assert not any(OURS in each for each in sec.received())


async def test_with_everybody_of_the_ladder_out_whoever_acts_has_the_duty_until_somebody_is_back(
    pages: World,
) -> None:
    """FIELD_NOTES R6."""
    _, here = await let_in(pages)
    zhao = await pages.visitor("zhao")
    assert await holder(pages) == zhao.id
    line = duty.line(await pages.store.roster(pages.committee.id), pages.clock.now())
    assert line.index(here.id) == line.index((await pages.visitor("qian")).id) + 1
    await all_out(pages)
    assert await holder(pages) == here.id
    assert "冯书记" in (await (await pages.visitor("lin")).fetches("/duty"))[1]
    await zhao.is_out("back")
    assert await holder(pages) == zhao.id


async def test_their_own_page_leads_to_ours_and_back_and_nobody_elses_does(pages: World) -> None:
    sec, here = await let_in(pages)
    assert isinstance(sec, Visitor)
    name = "我在梧桐里居民区的页面"
    (door,) = re.findall(r'href="([^"]*/join/[^"]*)"', (await sec.looks()).markup)
    for key in ("lin", "zhao"):
        assert not await (await pages.visitor(key)).sees("我在")
    staff = await pages.person("staff", await beside(pages))
    assert not await staff.sees(name)
    status, _ = await sec.fetches(door[door.index("/join/") :])
    assert status == 200
    assert await sec.sees("我在枫林里居民区的页面")
    assert (await pages.store.selves(here, pages.clock.now()))[0].id == sec.id
    await pages.sleeps_through(minutes=4 * 60)
    assert (await sec.fetches("/"))[0] == 401
    assert (await sec.fetches(door[door.index("/join/") :]))[0] == 410


async def test_the_page_about_duty_has_a_form_for_it(pages: World) -> None:
    await beside(pages)
    sec = await pages.person("sec", await beside(pages))
    assert isinstance(sec, Visitor)
    _, page = await sec.fetches("/duty")
    assert f'<option value="c{pages.committee.id}">梧桐里居民区</option>' in page
    (until,) = re.findall(r'type="date"[^>]* max="([^"]*)"', page)
    await sec._does("/duty/acting", {"who": f"c{pages.committee.id}", "until": until})
    await (await pages.visitor("lin")).taps("take_over", await number(pages))
    here = await guest(pages)
    assert here is not None
    zhao = await pages.visitor("zhao")
    assert "冯书记代理书记到" in (await zhao.fetches("/duty"))[1]
    await zhao._does("/duty/acting", {"who": f"p{here.id}", "until": "off"})
    assert await guest(pages) is None
    _, page = await (await pages.visitor("lin")).fetches("/duty")
    assert "<optgroup" in page
    assert f'value="p{zhao.id}"' not in page.partition('id="acting"')[2]  # staff appoint nobody


async def test_a_secretary_appoints_one_of_their_own_at_once_for_a_time(chats: World) -> None:
    zhao, ana, lin = [await chats.member(key) for key in ("zhao", "v3", "lin")]
    await lin.writes(KNOCK)
    job = await chats.job()
    said = await zhao.writes("/代理 志愿者3 到今天18:00")
    assert "本居民区的志愿者3" in said
    assert await ana.sees("赵书记请您代理")
    acting = (await chats.people())["志愿者3"]
    assert acting.roles == {Role.VOLUNTEER, Role.SECRETARY}
    await ana.writes("/jobs")
    assert await ana.sees(OURS, job)
    await all_out(chats)
    assert await holder(chats) == ana.id
    await ana.writes("/acting off")
    assert (await chats.people())["志愿者3"].roles == {Role.VOLUNTEER}
    assert await holder(chats) != ana.id


async def test_nobody_appoints_themselves_or_above_their_place_or_makes_their_own_time_longer(
    chats: World,
) -> None:
    maple = await beside(chats)
    zhao, lin, ana, sec = [
        *[await chats.member(key) for key in ("zhao", "lin", "v3")],
        await chats.member("sec", maple),
    ]
    for actor, words in ((zhao, "赵书记 until 4h"), (lin, "志愿者3 until 4h"), (ana, "枫林里 until 4h")):
        await actor.writes(f"/acting {words}")
    assert not [each for each in (await chats.people()).values() if each.acting_until]
    await zhao.writes("/acting 志愿者3 until 4h")
    ends = (await chats.people())["志愿者3"].acting_until
    for words in ("志愿者3 until 3d", "志愿者4 until 3d", "枫林里 until 3d"):
        await ana.writes(f"/acting {words}")
    assert [each.acting_until for each in (await chats.people()).values() if each.acting_until] == [ends]
    await offers(chats, sec)
    await ana.forges("take_over", await number(chats), version=1)
    assert await guest(chats) is None


async def test_an_end_is_needed_and_a_far_one_is_none(chats: World) -> None:
    sec = await chats.member("sec", await beside(chats))
    for words in ("梧桐里", "梧桐里 一直", "梧桐里 until 20d", "梧桐里 someday", "", "没有这个地方 until 4h"):
        await sec.writes(f"/acting {words}")
    assert await chats.rows("SELECT 1 FROM actings") == []
    assert "到周五" in await sec.writes("/acting 梧桐里")
    assert "5月30日" in await sec.writes("/代理 梧桐里 到周五")  # the end of Friday
    assert "还没有答复" in await sec.writes("/acting 梧桐里 until 4h")
    assert len(await chats.rows("SELECT 1 FROM actings")) == 1
    await sec.writes("/acting 梧桐里 off")
    assert not await (await chats.member("lin")).sees("愿意来这里代理书记，")
    assert await guest(chats) is None


async def test_a_name_that_fits_a_committee_and_a_person_is_asked_about(chats: World) -> None:
    await chats.founds(
        {**MAPLE, "committee": {**table(MAPLE, "committee"), "key": "lin2", "name": "林社工一村"}}
    )
    zhao = await chats.member("zhao")
    await zhao.writes("/acting 林社工 until 4h")
    assert [each.partition(" ")[0] for each in zhao.choices()] == ["居民区：林社工一村", "林社工"]
    assert not [each for each in (await chats.people()).values() if each.acting_until]
    await zhao.presses(zhao.choices()[1])
    lin = (await chats.people())["林社工"]
    assert lin.acting_until == (lin.acting_since or 0) + 4 * HOUR
    assert await chats.rows("SELECT 1 FROM actings") == []


async def test_words_of_somebody_of_two_committees_are_never_posted_into_a_guessed_one(chats: World) -> None:
    _, here = await let_in(chats)
    sec = await chats.member("sec", await beside(chats))
    maple = sec.person.committee_id
    await sec.writes("5号楼 缺水")
    assert await chats.jobs() == await chats.store.open_jobs(maple) == ()
    assert set(sec.choices()) == {"梧桐里居民区", "枫林里居民区"}
    ours = next(each for each in sec.choices() if each.startswith("梧桐里"))
    await sec.presses(ours)
    await sec.again()
    (job,) = await chats.jobs()
    assert job.posted_by == here.id
    await sec.writes("枫林里 6号楼 缺水")
    assert len(await chats.store.open_jobs(maple)) == 1
    await sec.writes(f"/note {job.id} 门卫有钥匙")
    assert "noted" in await chats.events(job.id)
    assert f"#{job.id}" in await sec.writes("/brief 梧桐里")
    assert f"#{job.id}" not in await sec.writes("/brief")
    await chats.sleeps_through(minutes=4 * 60)
    await sec.writes("7号楼 缺水")  # at home alone again: nothing is asked
    assert len(await chats.store.open_jobs(maple)) == 2


async def test_whoever_is_out_at_home_is_out_where_they_act(pages: World) -> None:
    sec, here = await let_in(pages)
    assert isinstance(sec, Visitor)
    await sec.is_out()
    assert (await pages.store.roster(pages.committee.id)).people[here.id].out(pages.clock.now())
    await all_out(pages)
    assert await holder(pages) is None


@pytest.mark.parametrize("ends", ["themselves", "our desk", "their leaving", "their lost phone"])
async def test_it_ends_before_its_time_by_any_of_those_whom_it_concerns(pages: World, ends: str) -> None:
    sec, here = await let_in(pages)
    if ends == "themselves":
        assert "代理从现在起结束" in await offers(pages, sec, "梧桐里 off")
    elif ends == "our desk":
        assert "冯书记" in await offers(pages, await pages.visitor("lin"), "冯书记 off")
    elif ends == "their leaving":
        stays = [each for each in tables(MAPLE, "people") if each["key"] != "sec"]
        await pages.founds({**MAPLE, "people": stays, "ladder": {}}, prune=True)
    else:
        await pages.store.invite(sec.person.committee_id, sec.id, revoke=True)
    assert await guest(pages) is None
    assert await pages.store.selves(sec.person, pages.clock.now()) == ()
    assert here.id not in (await pages.store.roster(pages.committee.id)).people


async def test_the_committees_file_read_again_leaves_whoever_acts_as_they_are(pages: World) -> None:
    _, here = await let_in(pages)
    await offers(pages, await pages.visitor("zhao"), "林社工 until 4h")
    await pages.founds(COMMITTEE, prune=True)
    assert await guest(pages) == here
    assert (await pages.people())["林社工"].roles == {Role.STAFF, Role.SECRETARY}
    assert len(await pages.store.committees()) == 2


async def test_somebody_whose_account_is_ours_already_acts_as_who_they_are_here(chats: World) -> None:
    sec = await chats.member("sec", await beside(chats))
    chat = (await chats.store.roster(sec.person.committee_id)).addresses_of[sec.id][0]
    ana = (await chats.people())["志愿者9"]
    where = (chats.committee.id, ana.id, chat.platform, chat.value)
    await chats.rows(
        "INSERT INTO addresses (committee_id, person_id, platform, value, topic, active) "
        "VALUES (?, ?, ?, ?, '', 1)",
        *where,
    )
    await offers(chats, sec)
    await (await chats.member("lin")).taps("take_over", await number(chats))
    assert await guest(chats) is None
    assert (await chats.people())["志愿者9"].roles == {Role.VOLUNTEER, Role.SECRETARY}
