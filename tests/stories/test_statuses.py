"""Buildings that are sealed and controlled (FIELD_NOTES.md, R12): who is told, who is asked, and what a tap
on an old card does."""

import re

import pytest

from dispatch.gatekeeping import Gatekeeping
from dispatch.moments import HOUR, Micros
from dispatch.rehearsal import rehearse
from dispatch.sealing import Status, status_at
from dispatch.sealing import read as read_scheme
from handlers.rehearsal import lines
from handlers.texts import Catalogs
from store.maps import Geodesic
from tests.stories.committee import COMMITTEE, tables
from tests.stories.drivers.web import Visitor
from tests.stories.test_brief import section
from tests.stories.test_privacy import OTHER
from tests.stories.world import World
from workers.buildings import StatusWatch

DAY: Micros = 24 * HOUR
SEAL = "3号楼 封控 7+7"
HERE, THERE = "3号楼 缺水", "1号楼 缺水"
ENDING = "3号楼 封控 7+7 自5月18日 03:13起"
"""Seven days of it are over three minutes after the beginning of every story."""
WITH_GEAR = {
    **COMMITTEE,
    "people": [{**each, "gear": each["key"] in ("v5", "v9")} for each in tables(COMMITTEE, "people")],
}

NOBODY_INSIDE = {
    **COMMITTEE,
    "people": [
        {
            **each,
            "gear": each["key"] == "zhao",
            **({"building": "4"} if each.get("building") == "3" else {}),
        }
        for each in tables(COMMITTEE, "people")
    ],
}
"""Building 3 has no volunteer, and a secretary alone has protective gear."""


SAID = [
    ("/status 3 封控 7+7+7", Status.OPEN),
    ("/status 3 sealed since 1-1", Status.OPEN),
    ("/status 99 sealed", Status.OPEN),
    ("/status 3 sealed 7+7", Status.SEALED),
    ("/status Building 3 controlled", Status.CONTROLLED),
    ("3号楼 解封", Status.OPEN),
    ("3号楼 封控 从昨天起", Status.SEALED),
    ("/状态 3号楼 管控5天", Status.CONTROLLED),
    ("/status 3 maybe", Status.CONTROLLED),
    ("1、3、5号楼 封控 2+12", Status.SEALED),
    ("Buildings 3, 5 and 7 open", Status.OPEN),
    ("3、99号楼 封控", Status.OPEN),
    ("99号楼 封控 7+7", Status.OPEN),
]
"""One after the other, and what holds then."""
UNCLEAR = (
    "/status 3 封控 7+7+7",
    "/status 3 sealed since 1-1",
    "/status 99 sealed",
    "/status 3 maybe",
    "3、99号楼 封控",
    "99号楼 封控 7+7",
)


async def status(world: World, key: str) -> Status:
    roster = await world.store.roster(world.committee.id)
    return status_at(roster.courses.get(roster.building_by_key[key].id, ()), world.clock.now())


async def notices(world: World, name: str) -> int:
    """Cards about statuses that somebody was ever owed in one place."""
    ((count,),) = await world.rows(
        "SELECT count(DISTINCT o.relay_id) FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " JOIN people p ON p.id = a.person_id JOIN relays r ON r.id = o.relay_id"
        " WHERE p.name = ? AND r.kind = 'status'",
        name,
    )
    return int(str(count))


async def test_one_message_seals_a_building_and_tells_its_people_and_the_desk(world: World) -> None:
    lin, ana, zhao = [await world.person(key) for key in ("lin", "v3", "zhao")]
    said = await lin.writes(SEAL)
    assert "3号楼: 封控至6月1日周一 03:10。随后管控至6月8日周一 03:10。随后解除。" in said
    assert await world.jobs() == ()
    assert await status(world, "3") is Status.SEALED
    assert await ana.sees("封控至6月1日周一 03:10")
    assert await ana.sees("只会请您处理本楼内的任务")
    assert await zhao.sees("林社工")
    assert await notices(world, "志愿者4") == 0
    assert await notices(world, "林社工") == 0  # who said it has the answer


async def test_somebody_sealed_in_is_asked_for_nothing_outside(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes(SEAL)
    await lin.writes(THERE)
    job = await world.job()
    await world.fast_forward(minutes=90)  # all waves, and the whole group
    assert await world.asked(job) >= {"v1", "v2", "v4"}
    assert "v3" not in await world.asked(job)


async def test_a_sealed_buildings_job_goes_to_those_inside_and_those_with_gear(world: World) -> None:
    await world.founds(WITH_GEAR)
    lin, ana = await world.person("lin"), await world.person("v3")
    await lin.writes(SEAL)
    await lin.writes(HERE)
    job = await world.job()
    assert await ana.sees("除本楼住户外，需穿防护服", job)
    await world.fast_forward(minutes=90)
    assert await world.asked(job) == {"v3", "v5"}  # nothing reaches v9


async def test_where_staff_alone_have_gear_they_are_asked_and_can_take_it(world: World) -> None:
    await world.founds(NOBODY_INSIDE)
    lin, zhao = await world.person("lin"), await world.person("zhao")
    await lin.writes(THERE)
    assert "zhao" not in await world.asked(await world.job())
    await lin.writes(SEAL)
    await lin.writes(HERE)
    job = await world.job()
    assert await world.asked(job) == {"zhao"}
    assert "赵书记" in await lin.writes(f"/asked {job}")
    await zhao.taps("claim", job)
    assert [claim.person_id for claim in (await world.state(job)).claims] == [zhao.id]
    await zhao.writes("/pause 4")
    resting = (await world.state(job)).roster.people[zhao.id].resting(world.clock.now())
    assert resting, "whoever may be asked may rest from it"


async def test_a_status_steps_over_by_itself_and_the_next_wave_follows_it(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    await lin.writes(ENDING)
    assert await status(world, "3") is Status.SEALED
    before = await notices(world, "志愿者3")
    await lin.writes(HERE)
    job = await world.job()
    assert await world.asked(job) <= {"v3", "stranger"}
    await world.fast_forward(minutes=4)
    assert await status(world, "3") is Status.CONTROLLED
    assert await notices(world, "志愿者3") == before + 1
    assert await notices(world, "林社工") == 1
    assert await ana.sees("也可能请您到别处帮忙")
    await world.fast_forward(minutes=90)
    assert await world.asked(job) >= {"v2", "v4"}
    assert await notices(world, "志愿者3") == before + 1


async def test_everything_down_across_two_steps_gives_one_notice(pages: World) -> None:
    await (await pages.person("lin")).writes(SEAL)
    before = await notices(pages, "志愿者3")
    await pages.sleeps_through(minutes=20 * 24 * 60)
    assert await status(pages, "3") is Status.OPEN
    assert await notices(pages, "志愿者3") == before + 1
    await pages.fast_forward(minutes=5)
    assert await notices(pages, "志愿者3") == before + 1


async def test_a_tap_on_an_old_card_is_refused_with_the_reason(world: World) -> None:
    lin, ana, wu = [await world.person(key) for key in ("lin", "v1", "v2")]
    await lin.writes(THERE)
    job = await world.job()
    before = await world.version(job)
    await lin.writes("2号楼 封控")
    assert "您所在的楼正在封控" in await wu.forges("claim", job, version=before)
    await lin.writes("2号楼 解封")
    await lin.writes("1号楼 封控 2+12")
    assert "登记有防护服" in await wu.forges("claim", job, version=before)
    assert (await world.state(job)).claims == ()
    await ana.taps("claim", job)
    assert [claim.person_id for claim in (await world.state(job)).claims] == [ana.id]


async def test_words_are_refused_as_taps_are_in_the_volunteers_room_too(chats: World) -> None:
    lin, wu = await chats.member("lin"), await chats.member("v2")
    await lin.writes("2号楼 封控")
    await lin.writes(THERE)
    job = await chats.job()
    assert not await wu.sees("缺水", job)
    await chats.fast_forward(minutes=90)  # the whole group is asked, in the room
    assert "v2" not in await chats.asked(job)
    assert await wu.sees("1号楼", job), "a room is read by everybody"
    assert "您所在的楼正在封控" in await wu.taps("claim", job)
    assert "您所在的楼正在封控" in await wu.writes(f"接单 {job}")
    assert (await chats.state(job)).claims == ()


async def test_staff_may_give_it_to_somebody_all_the_same_and_are_warned(world: World) -> None:
    lin, wu = await world.person("lin"), await world.person("v2")
    await lin.writes(THERE)
    job = await world.job()
    await lin.writes("2号楼 封控")
    said = await lin.taps("assign", job, choice=str(wu.id))
    assert "正在封控" in said
    assert [claim.person_id for claim in (await world.state(job)).claims] == [wu.id]
    again = await lin.writes("2号楼 封控 7+7")  # whoever is out there stands in the answer
    assert f"#{job}" in again
    assert wu.name in again


async def test_words_say_it_in_both_languages_and_what_is_unclear_changes_nothing(chats: World) -> None:
    lin = await chats.member("lin")
    for words, seen in SAID:
        said = await lin.writes(words)
        assert await status(chats, "3") is seen, words
        assert ("status 3 " in said or "没有这栋楼" in said) is (words in UNCLEAR), said
    assert await chats.jobs() == ()


async def test_anybody_may_ask_and_only_the_desk_may_say(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v5")
    assert "所有楼栋均正常" in await ana.writes("/status")
    await lin.writes(SEAL)
    await lin.writes("7号楼 管控 5天")
    told = (await ana.writes("状态")).splitlines()
    assert [line[2:5] for line in told[:2]] == ["3号楼", "7号楼"]
    assert "其他楼栋均正常" in told[2]
    assert "封控至" in await ana.writes("/status 3号楼")
    for words in ("3号楼 解封", "/status 3 open"):
        assert "不由您操作" in await ana.writes(words)
    assert await status(chats, "3") is Status.SEALED


async def test_the_same_message_that_arrives_again_changes_nothing(chats: World) -> None:
    lin = await chats.member("lin")
    await lin.writes(SEAL)
    told = await notices(chats, "志愿者3")
    await lin.again()
    assert len(await chats.store.sealings_said(chats.committee.id, 10)) == 1
    assert await notices(chats, "志愿者3") == told


async def said_on_page(visitor: Visitor, **fields: str) -> str:
    """Fill in the page's form and read the page that comes then."""
    _, page = await visitor.fetches("/buildings")
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce is not None
    form = {"nonce": nonce[1], "scheme": "7+7", "since": "", "own": "", **fields}
    await visitor._does("/buildings", form)
    return (await visitor.fetches("/buildings"))[1]


async def test_the_desks_page_shows_each_step_sets_them_and_tells_who_did(pages: World) -> None:
    lin = await pages.visitor("lin")
    roster = await pages.store.roster(pages.committee.id)
    three, five = (str(roster.building_by_key[key].id) for key in ("3", "5"))
    page = await said_on_page(lin, building=three)
    assert "随后管控至6月8日周一 03:10" in page
    assert "林社工: 3号楼, 7+7" in re.sub(r"：|，", lambda found: ": " if found[0] == "：" else ", ", page)
    await lin.again()  # the form sent twice
    assert len(await pages.store.sealings_said(pages.committee.id, 10)) == 1
    await said_on_page(lin, building=five, scheme="own", own="封控3天 管控10天", since="2026-05-24T08:00")
    assert await status(pages, "5") is Status.SEALED
    await said_on_page(lin, building=three, scheme="open")
    assert await status(pages, "3") is Status.OPEN
    said = await pages.store.sealings_said(pages.committee.id, 10)
    assert [each.by_id for each in said] == [lin.id] * 3
    unreadable = await said_on_page(lin, building=three, scheme="own", own="maybe")
    assert "/status 3" in unreadable or len(await pages.store.sealings_said(pages.committee.id, 10)) == 3


async def test_the_page_is_nobodys_who_may_not_see_the_board(pages: World) -> None:
    ana, desk = await pages.visitor("v3"), await pages.visitor("desk")
    assert (await ana.fetches("/buildings"))[0] == 404
    found, page = await desk.fetches("/buildings")
    assert found == 200
    assert "<form" not in page.partition("<main>")[2]


async def test_the_brief_tells_buildings_with_dates_and_the_next_step(pages: World) -> None:
    lin = await pages.visitor("lin")
    await lin.writes(SEAL)
    _, page = await lin.fetches("/brief")
    told = section(page, "buildings")
    assert "3号楼 封控至6月1日周一 03:10。随后管控至6月8日周一 03:10。随后解除。" in told
    assert "其他楼栋均正常" in told
    assert "3号楼: 封控至6月1日周一 03:10。" in await lin.writes("/brief")


async def test_what_if_knows_who_may_go_then(pages: World) -> None:
    await (await pages.person("lin")).writes(SEAL)
    roster = await pages.store.roster(pages.committee.id)
    there, book = roster.building_by_key["3"].id, pages.playbooks["general"]
    texts = Catalogs.load().texts("zh_CN")
    asked = []
    for days in (1, 8):
        at = pages.clock.now() + days * DAY
        scenes = rehearse(book, roster, there, at, Geodesic())
        told = list(lines(scenes, book, roster, there, texts))
        assert ("封控至" in told[1]) is (days == 1)
        assert ("管控至" in told[1]) is True
        asked.append({who.person_id for scene in scenes for who in scene.people})
    assert len(asked[0]) < len(asked[1])


async def test_a_fault_in_one_committee_keeps_no_other_one_in_the_dark(
    pages: World, caplog: pytest.LogCaptureFixture
) -> None:
    await (await pages.visitor("lin")).writes(SEAL)
    other = await pages.founds(OTHER)
    gates = Gatekeeping(pages.service)
    desk = next(each for each in (await pages.store.roster(other.id)).people.values() if each.desk)
    building = next(iter((await pages.store.roster(other.id)).buildings))
    await gates.declare(desk, building, read_scheme("sealed 7"), None)
    await pages.rows("UPDATE sealings SET scheme = 'nonsense' WHERE committee_id = ?", pages.committee.id)
    pages.clock.set(pages.clock.now() + 7 * DAY)
    await StatusWatch(gates, pages.clock).once()
    assert "ValueError" in caplog.text
    assert await gates.due(10) == (pages.committee.id,)
    assert len(await pages.store.status_notices(other.id)) == 1
