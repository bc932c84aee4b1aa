"""Somebody rests: no wave asks them, nothing rings, and everything else goes on; in chats and on the page."""

import pytest

from dispatch.moments import HOUR
from dispatch.pauses import UNTIL_SAID
from tests.stories.committee import COMMITTEE, table
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"
SLOW = "3号楼 缺水"


async def rests(world: World, key: str, wish: str = "") -> str:
    """Say so in the way of the platform; the page has a button for it."""
    if world.platform == "web":
        return await (await world.visitor(key)).wishes(wish or "morning")
    return await (await world.person(key)).writes(f"/pause {wish}")


async def owed(world: World, name: str, job: int) -> int:
    """Messages that the person was ever owed about the job."""
    ((count,),) = await world.rows(
        "SELECT count(*) FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " JOIN people p ON p.id = a.person_id WHERE p.name = ? AND o.job_id = ?",
        name,
        job,
    )
    return int(str(count))


async def test_somebody_who_rests_is_asked_by_no_wave_and_told_of_nothing(world: World) -> None:
    lin = await world.person("lin")
    said = await rests(world, "v3")
    assert "08:00" in said
    await lin.writes(SLOW)
    job = await world.job()
    await world.fast_forward(minutes=90)  # all waves, and the whole group
    assert await world.asked(job) >= {"v2", "v4"}
    assert "v3" not in await world.asked(job)
    assert await owed(world, "志愿者3", job) == 0 < await owed(world, "志愿者4", job)


async def test_a_rest_that_was_begun_on_one_platform_holds_on_all(everywhere: World) -> None:
    there = await everywhere.person("v3", on="matrix")
    assert "08:00" in await there.writes("!pause")
    page = await everywhere.visitor("v3")
    assert "不派任务" in (await page.looks()).text
    await (await everywhere.person("lin")).writes(SLOW)
    job = await everywhere.job()
    await everywhere.fast_forward(minutes=90)
    assert await owed(everywhere, "志愿者3", job) == 0 < await owed(everywhere, "志愿者4", job)
    assert "已恢复" in await page.wishes("off")
    assert "没有在休息" in await (await everywhere.person("v3", on="telegram")).writes("恢复")


async def test_whoever_rests_may_still_take_a_job(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    await rests(world, "v3")
    await lin.writes(KNOCK)
    job = await world.job()
    await ana.forges("claim", job)
    assert await ana.sees("502", job)
    assert [claim.person_id for claim in (await world.state(job)).claims] == [ana.id]


async def test_a_rest_ends_by_itself(world: World) -> None:
    lin = await world.person("lin")
    await rests(world, "v3", "4h")
    await world.sleeps_through(minutes=4 * 60 - 1)
    await lin.writes(KNOCK)
    assert "v3" not in await world.asked(await world.job())
    await world.sleeps_through(minutes=1)
    await lin.writes("3号楼601 敲门无应答")
    assert "v3" in await world.asked(await world.job())


async def test_whoever_wants_to_be_asked_again_is_asked_at_once(world: World) -> None:
    lin = await world.person("lin")
    assert "恢复" in await rests(world, "v3", "open")
    assert (await world.people())["志愿者3"].paused_until == UNTIL_SAID
    assert "已恢复" in await rests(world, "v3", "off")
    await lin.writes(KNOCK)
    assert "v3" in await world.asked(await world.job())


async def test_the_same_wish_twice_changes_nothing(world: World) -> None:
    ana = await world.person("v3")
    await rests(world, "v3")
    roster = await world.store.roster(world.committee.id)
    await ana.again()
    assert await world.store.roster(world.committee.id) == roster


async def test_a_leader_cannot_step_off_the_ladder_by_resting(world: World) -> None:
    """Rest is about volunteers' jobs. Somebody who is both is told so, and called all the same."""
    people = [
        {**each, "roles": ["secretary", "volunteer"]} if each["key"] == "zhao" else each
        for each in COMMITTEE["people"]  # type: ignore[attr-defined]  # a list of tables
    ]
    await world.founds({**COMMITTEE, "people": people, "committee": table(COMMITTEE, "committee")})
    lin = await world.person("lin")
    assert "带班的呼叫照常" in await rests(world, "zhao")
    await lin.writes(KNOCK)
    job = await world.job()
    assert "zhao" in await world.called(job)
    assert "zhao" not in await world.asked(job)


async def test_somebody_whom_no_wave_asks_has_nothing_to_pause(chats: World) -> None:
    lin = await chats.member("lin")
    assert "不需要暂停" in await lin.writes("/pause")
    assert (await chats.people())["林社工"].paused_until is None


@pytest.mark.parametrize(
    ("words", "hours"), [("暂停 4小时", 4), ("/pause 4", 4), ("/pause until 05:10", 2), ("休息两个小时", 2)]
)
async def test_any_time_can_be_written(chats: World, words: str, hours: int) -> None:
    ana = await chats.member("v3")
    assert "不派任务" in await ana.writes(words)
    assert (await chats.people())["志愿者3"].paused_until == chats.clock.now() + hours * HOUR
    assert "不派任务" in await ana.writes("我的")
    assert "已恢复" in await ana.writes("恢复")
    assert "不派任务" not in await ana.writes("我的")


async def test_what_is_no_time_changes_nothing_and_says_how(chats: World) -> None:
    ana = await chats.member("v3")
    assert "暂停 4小时" in await ana.writes("/pause sometimes")
    assert "没有在休息" in await ana.writes("/pause off")
    assert (await chats.people())["志愿者3"].paused_until is None


async def test_what_somebody_has_taken_stays_theirs_while_they_rest(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    job = await chats.job()
    await ana.taps("claim", job)
    assert f"任务{job}还是您的" in (await ana.writes("暂停")).replace(" ", "")
    await chats.fast_forward(minutes=30)
    assert "nudged" in await chats.events(job)


async def test_a_job_whose_words_begin_with_pause_is_a_job(chats: World) -> None:
    lin = await chats.member("lin")
    await lin.writes("暂停3号楼电梯 有人被困")
    assert len(await chats.jobs()) == 1


async def test_a_place_that_becomes_free_is_not_offered_to_somebody_who_rests(world: World) -> None:
    lin = await world.person("lin")
    ana, ben, eve = [await world.person(key) for key in ("v3", "v4", "v5")]
    await lin.writes(SLOW)
    job = await world.job()
    for each in (ana, ben, eve):
        await each.forges("claim", job)
    await rests(world, "v4")
    await ana.taps("release", job)
    waiting = {each.person_id: each.offered_until for each in (await world.state(job)).waiting}
    assert waiting[ben.id] is None
    assert waiting[eve.id] is not None


async def test_staff_see_who_rests_and_until_when(pages: World) -> None:
    lin = await pages.visitor("lin")
    await rests(pages, "v3", "4h")
    status, page = await lin.fetches("/people?q=休息到")
    assert status == 200
    assert "志愿者3" in page
    assert "休息到今天07:10" in page
    assert "志愿者4" not in page
