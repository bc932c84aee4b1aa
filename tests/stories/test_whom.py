"""Whom a job asks and whom not, and what the desk reads of it: quiet hours, enough for a day, why not."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from dispatch.barriers import DAILY
from dispatch.moments import HOUR
from dispatch.people import PAGE
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.world import World

SLOW = "3号楼 缺水"
KNOCK = "3号楼502 敲门无应答"


def changed(**people: Mapping[str, object]) -> Mapping[str, object]:
    """The committee's file with more said of some of its people."""
    said = [{**each, **people.get(str(each["key"]), {})} for each in tables(COMMITTEE, "people")]
    return {**COMMITTEE, "people": said}


async def all_can_be_rung(world: World) -> None:
    """Every page is open: whoever cannot be rung is asked beside those who can."""
    for address in (await world.store.roster(world.committee.id)).addresses:
        if address.platform == PAGE:
            await world.store.present(address.id, world.clock.now() + HOUR)


async def test_nobody_is_asked_outside_their_hours_unless_a_life_is_at_stake(world: World) -> None:
    await world.founds(changed(v3={"hours": "07:00-07:05"}))
    lin = await world.person("lin")
    await lin.writes(SLOW)
    slow = await world.job()
    await world.fast_forward(minutes=60)
    assert "v4" in await world.asked(slow)
    assert "v3" not in await world.asked(slow)
    await lin.writes(KNOCK)
    assert "v3" in await world.asked(await world.job())


async def test_nobody_gets_more_offers_in_a_day_than_their_number_unless_a_life_is_at_stake(
    world: World,
) -> None:
    await world.founds(changed(v3={"daily": 1}))
    lin = await world.person("lin")
    asked: list[bool] = []
    for _ in range(2):
        await lin.writes(SLOW)
        job = await world.job()
        asked.append("v3" in await world.asked(job))
        await lin.taps("cancel", job)
    assert asked == [True, False]
    await lin.writes(KNOCK)
    knock = await world.job()
    assert "v3" in await world.asked(knock)
    await lin.taps("cancel", knock)
    await world.sleeps_through(minutes=24 * 60)
    await lin.writes(SLOW)
    assert "v3" in await world.asked(await world.job())


async def test_nobody_gets_more_than_their_number_by_jobs_that_are_posted_at_once(world: World) -> None:
    await world.founds(changed(v3={"daily": 1}))
    desk = [await world.person(key) for key in ("lin", "zhao")]
    posts = [who.writes(f"{SLOW} 第{number}件") for number, who in enumerate(desk * 5)]
    await asyncio.gather(*posts)
    jobs = [job.id for job in await world.jobs()]
    assert len(jobs) == 10
    asked = Counter([key for job in jobs for key in await world.asked(job)])
    assert asked["v3"] == 1
    assert max(asked.values()) <= DAILY


async def test_whoever_named_no_number_has_enough_after_the_usual_one(world: World) -> None:
    lin = await world.person("lin")
    asked: list[bool] = []
    for _ in range(DAILY + 1):
        await lin.writes(SLOW)
        job = await world.job()
        asked.append("v3" in await world.asked(job))
        await lin.taps("cancel", job)
    assert asked == [True] * DAILY + [False]


async def test_who_lives_in_a_building_that_is_only_on_the_plan_is_asked_as_near_as_they_live(
    chats: World,
) -> None:
    plan = [
        {"key": str(number), "name": f"{number}号楼", "spot": [number * 100, 50]} for number in range(1, 13)
    ]
    told = {**table(COMMITTEE, "committee"), "scale": 0.9}
    await chats.founds({**COMMITTEE, "committee": told, "buildings": plan})
    await (await chats.person("lin")).writes("10号楼 缺水")
    asked = await chats.asked(await chats.job())
    assert asked == {"v8", "v10", "v11", "v12", "v7"}, "v9 has no phone"


async def test_the_desk_reads_who_was_asked_and_why_others_were_not(chats: World) -> None:
    await chats.founds(changed(v1={"hours": "07:00-07:05"}, v4={"trusted": False}))
    lin = await chats.person("lin")
    await lin.writes(KNOCK)
    job = await chats.job()
    said = await lin.writes(f"/asked {job}")
    assert "志愿者3 · 3号楼" in said
    assert "还没有人担保：志愿者4" in said
    assert "志愿者1" in said, "a life is at stake: whoever sleeps is asked"
    assert said == await lin.writes(f"问了谁 {job}")
    refused = await (await chats.person("v3")).writes(f"/asked {job}")
    assert "志愿者4" not in refused
    assert "编号" in await lin.writes("/asked")
    await (await chats.person("v3")).taps("claim", job)
    assert "还没有人担保" not in await lin.writes(f"/asked {job}"), "nobody is asked any more"


async def test_the_desks_card_has_a_fold_with_the_same(pages: World) -> None:
    await pages.founds(changed(v4={"trusted": False}))
    lin = await pages.visitor("lin")
    await lin.writes(KNOCK)
    assert "还没有人担保：志愿者4" in (await lin.looks()).text
    assert "还没有人担保" not in (await (await pages.visitor("v3")).looks()).text


async def test_a_policy_asks_a_few_at_once_more_as_nobody_answers_and_somebody_else_for_each_no(
    chats: World,
) -> None:
    chats.seeks()
    lin = await chats.person("lin")
    await lin.writes(SLOW)
    job = await chats.job()
    first = await chats.asked(job)
    assert 1 <= len(first) < 6, "the waves would have asked five at once"
    assert "以前没问过" in await lin.writes(f"/asked {job}"), "why they were asked"
    assert "v3" in first, "whoever lives there is the nearest"
    await (await chats.person("v3")).taps("refuse", job)
    then = await chats.asked(job)
    assert len(then) > len(first), "whoever says no is replaced at once"
    await chats.fast_forward(minutes=4)
    assert len(await chats.asked(job)) > len(then)
    taker = await chats.person(min(await chats.asked(job) - {"v3"}))
    await taker.taps("claim", job)
    asked = await chats.asked(job)
    await chats.fast_forward(minutes=4)
    assert await chats.asked(job) == asked, "a full job asks nobody"
    await taker.taps("release", job)
    assert await chats.asked(job) >= asked


async def test_a_full_job_stands_down_whoever_was_asked_and_has_not_answered(world: World) -> None:
    lin, ana, silent = [await world.person(key) for key in ("lin", "v3", "v4")]
    await lin.writes(SLOW)
    job = await world.job()
    assert {"v3", "v4"} <= await world.asked(job)
    assert (await silent.looks()).buttons(job) >= {"claim", "refuse"}
    assert await silent.sees("您能去吗？", job)
    await ana.taps("claim", job)
    asked = await world.asked(job)
    stood_down = await silent.looks()
    assert ana.name in stood_down.card(job), "who has it"
    assert "您能去吗？" not in stood_down.card(job)
    assert "refuse" not in stood_down.buttons(job), "nothing is wanted of them any more"
    await world.fast_forward(minutes=6)  # by then the next wave would have been asked
    assert await world.asked(job) == asked
    await ana.taps("start", job)
    await ana.taps("finish", job)
    assert await silent.sees("谢谢您随时待命", job)
    assert (await silent.looks()).buttons(job) == set()


async def test_whom_nobody_took_is_asked_of_the_whole_group_and_of_the_ladder_as_before(world: World) -> None:
    world.seeks()
    lin = await world.person("lin")
    await lin.writes(SLOW)
    job = await world.job()
    await world.fast_forward(minutes=16)
    assert await world.asked(job) >= {f"v{number}" for number in range(1, 9)}
    assert not await world.called(job)
    await world.fast_forward(minutes=180)
    assert "zhao" in await world.called(job)


async def test_an_urgent_job_asks_more_at_once_than_a_normal_one_and_a_raised_one_from_then_on(
    world: World,
) -> None:
    world.seeks()
    await all_can_be_rung(world)
    lin = await world.person("lin")
    await lin.writes(SLOW)
    slow = await world.job()
    calm = await world.asked(slow)
    await lin.taps("cancel", slow)
    await lin.writes(f"{SLOW} 紧急")
    urgent = await world.job()
    assert len(await world.asked(urgent)) > len(calm)
    await lin.taps("cancel", urgent)
    await lin.writes(SLOW)
    raised = await world.job()
    before = await world.state(raised)
    assert len(await world.asked(raised)) == len(calm)
    await lin.taps("raise", raised)
    after = await world.state(raised)
    assert len(await world.asked(raised)) > len(calm)
    looks = [each.job.calling.seek_at for each in (before, after)]
    assert None not in looks
    assert looks[1] < looks[0], "and it is looked at again sooner"  # type: ignore[operator]  # just asserted


async def test_a_job_raised_to_life_asks_by_the_waves_at_once(chats: World) -> None:
    chats.seeks()
    lin = await chats.person("lin")
    await lin.writes(SLOW)
    job = await chats.job()
    few = await chats.asked(job)
    for _ in range(2):
        await lin.taps("raise", job)
    assert len(await chats.asked(job)) > len(few) + 4


async def test_how_people_answered_is_counted_once_a_job_and_weighed_in_the_next(chats: World) -> None:
    chats.seeks()
    lin, unwilling = await chats.person("lin"), await chats.person("v3")
    takers: list[str] = []
    for _ in range(6):
        await lin.writes(SLOW)
        job = await chats.job()
        if "v3" in await chats.asked(job):
            await unwilling.taps("refuse", job)
        takers.append(min(await chats.asked(job) - {"v3"}))
        taker = await chats.person(takers[-1])
        await taker.taps("claim", job)
        await taker.taps("finish", job)
        assert await chats.store.learn(10) == 1
        assert await chats.store.learn(10) == 0, "each job counts once"
    assert await counted(chats, "accepted") == dict(Counter(takers))
    refused = await counted(chats, "refused")
    assert refused.keys() == {"v3"}
    assert 1 <= refused["v3"] < 6, "whoever says no again and again is asked less"


async def counted(world: World, what: str) -> Mapping[str, float]:
    """How often people accepted or refused, as it is on record; those who never did are absent."""
    rows = await world.rows(
        f"SELECT p.key, SUM(r.{what}) FROM records r JOIN people p ON p.id = r.person_id"  # noqa: S608 - a column's name
        f" WHERE r.facet = '' AND r.{what} > 0 GROUP BY p.key"
    )
    return {str(key): float(str(number)) for key, number in rows}
