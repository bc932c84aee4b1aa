"""Somebody acts as a secretary for a while: for another committee, which is asked first, or for their own."""

import re

import pytest

from dispatch import duty
from dispatch.moments import HOUR
from dispatch.people import Committee, Person, Role
from dispatch.relays import RelayKind
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.drivers.base import Actor, ChatActor
from tests.stories.drivers.web import Visitor
from tests.stories.test_transfers import MAPLE
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答 陈阿婆独居失联"
OURS = "陈阿婆"
"""A name that only the desk of ours may read; whoever has read it has seen something of ours."""


async def beside(world: World) -> Committee:
    """The committee beside ours, whose secretary comes to act for us."""
    return await world.founds(MAPLE)


async def offers(world: World, actor: Actor, said: str = "梧桐里 until 4h") -> str:
    """They offer to act, in words; a page sends the same by its form."""
    if not isinstance(actor, Visitor):
        return await actor.writes(f"/acting {said}")
    (address,) = (await world.store.roster(actor.person.committee_id)).addresses_of[actor.id]
    reply = await world.router.acting.said(address, said)
    await world.settles()
    return reply.text


async def number(world: World) -> int:
    """Of what our desk was asked last."""
    ((found,),) = await world.rows("SELECT max(relay_id) FROM actings")
    return int(str(found))


async def guest(world: World) -> Person | None:
    """Who acts for us from elsewhere, at this moment."""
    roster = await world.store.roster(world.committee.id)
    return next((each for each in roster.people.values() if each.guest), None)


async def let_in(world: World) -> tuple[Actor, Person]:
    """The secretary of the other committee, and who they are here, once our staff said yes."""
    sec = await world.person("sec", await beside(world))
    await offers(world, sec)
    await (await world.person("lin")).taps("take_over", await number(world))
    found = await guest(world)
    assert found is not None
    return sec, found


async def at_ours(world: World, sec: Actor, here: Person) -> Actor:
    """The same person where they read what is ours: in their chat, or at the page that their own leads to."""
    return await world.pages.arrives(world.committee, here) if isinstance(sec, Visitor) else sec


async def all_out(world: World) -> None:
    """Secretary, deputy and director fall ill one after the other."""
    for key in ("zhao", "qian", "sun"):
        actor = await world.person(key)
        await (actor.is_out() if isinstance(actor, Visitor) else actor.writes("/out"))


async def holder(world: World) -> int | None:
    return duty.on_duty(await world.store.roster(world.committee.id), world.clock.now())


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


@pytest.mark.parametrize("key", ["old", "zhao"])
async def test_isolated_leaders_read_the_brief_and_write_notes_and_are_called_for_nothing(
    chats: World, key: str
) -> None:
    adviser = {"key": "old", "name": "老书记", "roles": ["adviser"], "language": "zh_CN"}
    await chats.founds({**COMMITTEE, "people": [*tables(COMMITTEE, "people"), adviser]})
    one = await chats.member(key)
    if key == "zhao":
        await one.writes("/out")
    await (await chats.member("lin")).writes(KNOCK)
    job = await chats.job()
    await chats.fast_forward(minutes=20)
    assert f"#{job}" in await one.writes("/brief")
    assert await one.writes(f"/brief {job} 她女儿有钥匙")
    await one.writes("/jobs")
    assert await one.writes("备注 先打给门卫", about=job)
    notes = [each.note for each in await chats.store.timeline(chats.committee.id, job) if each.note]
    assert notes[-2:] == ["她女儿有钥匙", "先打给门卫"]
    assert await one.sees("她女儿有钥匙", job)
    assert key not in await chats.called(job)


@pytest.mark.parametrize("key", ["old", "zhao"])
async def test_on_their_page_isolated_leaders_read_notes_and_write_them(pages: World, key: str) -> None:
    adviser = {"key": "old", "name": "老书记", "roles": ["adviser"], "language": "zh_CN"}
    await pages.founds({**COMMITTEE, "people": [*tables(COMMITTEE, "people"), adviser]})
    one, lin = await pages.visitor(key), await pages.visitor("lin")
    if key == "zhao":
        await one.is_out()
    await lin.writes(KNOCK)
    job = await pages.job()
    await lin.taps("note", job, text="她女儿有钥匙")
    assert await one.sees("她女儿有钥匙", job)
    await one.taps("note", job, text="先打给门卫")
    assert await one.sees("先打给门卫", job)
    assert await lin.sees("先打给门卫", job)
    (*_, last) = await pages.store.timeline(pages.committee.id, job)
    assert (last.note, last.actor_id) == ("先打给门卫", one.id)
    offered = (await one.looks()).buttons(job)
    assert "note" in offered
    if key == "old":  # an adviser does nothing else; who is out may do what they could before
        assert offered.isdisjoint({"claim", "acknowledge", "finish_for", "cancel"})
    status, brief = await one.fetches("/brief")
    assert status == 200
    assert f"#{job}" in brief
    await pages.fast_forward(minutes=60)
    assert key not in await pages.called(job)
