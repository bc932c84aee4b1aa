"""Medicine that runs out makes its request by itself (R3): once for each day, with others to its hospital;
and what was not got is loud."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dispatch import running_out
from dispatch.jobs import Job, JobStatus, Outcome, Priority
from dispatch.moments import HOUR, MINUTE
from dispatch.refilling import Refilling
from dispatch.supply import Supply
from tests.stories.committee import COMMITTEE, tables
from tests.stories.drivers.web import Visitor
from tests.stories.test_brief import section
from tests.stories.test_family import sends
from tests.stories.world import World

ZONE = ZoneInfo("Asia/Shanghai")
PRESSURE = {
    "key": "chen-pressure",
    "resident": "chen",
    "medicine": "降压药",
    "hospital": "中山医院",
    "box": 28,
    "brings": ["card"],
}
OTHER = {"key": "wu", "name": "吴伯", "building": "7", "unit": "301", "phone": "19900007777"}
PRIVATE = ("502", "301", "陈阿婆", "吴伯", "降压药", "胰岛素", "19900007777")


def today(world: World) -> date:
    return running_out.today(ZONE, world.clock.now())


async def takes(world: World, *medicines: dict[str, object]) -> None:
    """The committee with these medicines, `days` from today."""
    listed = [
        {"until": today(world) + timedelta(days=int(str(each["days"])))}
        | {name: value for name, value in each.items() if name != "days"}
        for each in medicines
    ]
    residents = [*tables(COMMITTEE, "residents"), OTHER]
    await world.founds({**COMMITTEE, "residents": residents, "medicines": listed})


async def morning(world: World, hour: int = 8) -> None:
    """Let time pass until that hour of the first day; stories begin at 03:10."""
    await world.fast_forward(minutes=(hour * HOUR - 3 * HOUR - 10 * MINUTE) / MINUTE + 1)


async def supply(world: World, key: str = "chen-pressure") -> Supply:
    return next(each for each in await world.store.supplies(world.committee.id) if each.key == key)


async def fills(visitor: Visitor, form: str, fields: Mapping[str, str], status: int = 200) -> str:
    """Send a form of the register; the page that answers."""
    origin = visitor._driver.url("/").rstrip("/")
    async with visitor._session.post(
        visitor._driver.url(f"/register/{form}"), data=fields, headers={"Origin": origin}
    ) as response:
        assert response.status == status
        return await response.text()


def runs_of(jobs: tuple[Job, ...]) -> dict[int, int]:
    return {each.id: each.run.stops for each in jobs if each.run is not None}


async def test_what_runs_out_is_asked_for_in_the_morning_as_one_run_and_moves_on_when_it_is_there(
    world: World,
) -> None:
    wu = {**PRESSURE, "key": "wu-pressure", "resident": "wu", "days": 9, "ahead": 9}
    insulin = {**PRESSURE, "key": "wu-insulin", "resident": "wu", "medicine": "胰岛素", "days": 2}
    await takes(world, {**PRESSURE, "days": 3}, wu, insulin)
    before = (await supply(world)).until
    await world.fast_forward(minutes=60)
    assert await world.jobs() == ()  # nobody is woken for what has days
    await morning(world)
    runs = runs_of(await world.jobs())
    assert sorted(runs.values()) == [1, 2]  # what is critical and nearly used up waits for nobody
    job = next(number for number, stops in runs.items() if stops == 2)
    assert (await world.state(job)).job.priority is Priority.URGENT

    lin = await world.person("lin")
    assert await lin.sees("系统自动发起配药", job)
    ana = await world.person(next(iter(sorted(await world.asked(job)))))
    assert not any([await ana.sees(word, job) for word in PRIVATE])
    await ana.taps("claim", job)
    for word in ("502", "301", "降压药"):
        assert await ana.sees(word, job), word
    await ana.writes(f"/tick {job} 1 got it")
    await world.fast_forward(minutes=16)
    moved = {each.key: each.until for each in await world.store.supplies(world.committee.id)}
    assert moved["chen-pressure"] == before + timedelta(days=28)
    await ana.taps("finish", job)  # what was done has brought the other one as well
    await world.fast_forward(minutes=16)
    assert (await supply(world, "wu-pressure")).until == today(world) + timedelta(days=9 + 28)
    assert len(await world.jobs()) == 1  # the insulin alone; nothing is asked for twice


async def test_however_many_look_it_is_asked_for_once_and_once_more_for_the_next_day(pages: World) -> None:
    await takes(pages, {**PRESSURE, "days": 5})
    pages.clock.set(pages.clock.now() + 6 * HOUR)
    refilling = Refilling(pages.service)
    (due,) = await refilling.due(10)
    await asyncio.gather(*(refilling.look(due) for _ in range(4)))
    job = await pages.job()
    assert runs_of(await pages.jobs()) == {job: 1}
    lin = await pages.person("lin")
    await lin.taps("complete", job)
    await pages.fast_forward(minutes=16)
    assert await pages.jobs() == ()
    await pages.sleeps_through(minutes=28 * 24 * 60)
    assert [each.id > job for each in await pages.jobs()] == [True]


async def test_as_the_day_comes_nearer_what_nobody_took_becomes_more_urgent(pages: World) -> None:
    await takes(pages, {**PRESSURE, "days": 5})
    await morning(pages)
    job = await pages.job()
    assert (await pages.state(job)).job.priority is Priority.NORMAL
    await pages.sleeps_through(minutes=40 * 60)
    assert (await pages.state(job)).job.priority is Priority.NORMAL  # three days, and midnight
    await pages.sleeps_through(minutes=8 * 60)
    assert (await pages.state(job)).job.priority is Priority.URGENT
    lin = await pages.person("lin")
    assert await lin.sees("药快用完了，升为紧急", job)
    raised = (await pages.events(job)).count("raised")
    await pages.sleeps_through(minutes=24 * 60)
    assert (await pages.events(job)).count("raised") == raised == 1


async def test_where_no_box_is_known_the_desk_says_until_when_there_is_enough(pages: World) -> None:
    await takes(pages, {name: value for name, value in PRESSURE.items() if name != "box"} | {"days": 4})
    await morning(pages)
    job = await pages.job()
    ana = await pages.person(next(iter(sorted(await pages.asked(job)))))
    await ana.taps("claim", job)
    await ana.writes(f"/tick {job} got it")
    await ana.taps("finish", job)
    before = await supply(pages)
    lin = await pages.visitor("lin")
    _, page = await lin.fetches("/runs")
    assert "已配到：现在够用到哪一天？" in page
    assert "填写新的日期" in page
    new = before.until + timedelta(days=30)
    known = {"table": "medicines", "key": "chen-pressure"}
    form = await fills(lin, "entry", known)
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen is not None
    assert before.until.isoformat() in form
    fields = {**known, "seen": seen[1], "resident": "chen", "medicine": "降压药", "hospital": "中山医院"}
    assert "2026-13-01" in await fills(lin, "save", {**fields, "until": "2026-13-01"}, status=422)
    await fills(lin, "save", {**fields, "until": new.isoformat(), "brings": "card"})
    assert (await supply(pages)).until == new
    _, page = await lin.fetches("/runs")
    assert "还没发起配药" in page
    assert "填写新的日期" not in page


async def test_what_was_asked_for_and_not_got_is_loud_without_a_name(pages: World) -> None:
    await takes(pages, {**PRESSURE, "days": 3}, {**PRESSURE, "key": "later", "days": 40})
    await morning(pages)
    job = await pages.job()
    lin = await pages.visitor("lin")
    await lin.taps("cancel", job)
    assert (await pages.state(job)).job.outcome is Outcome.CANCELLED
    await pages.fast_forward(minutes=24 * 60)
    assert await pages.jobs() == ()  # staff said that nobody is to go
    _, page = await lin.fetches("/runs")
    assert "发起过，没有配到！" in page
    told = await lin.writes("/brief")
    assert "有 1 种药 3 天内用完，还没有配到" in told
    assert not any(word in told for word in PRIVATE)
    assert "有 1 种药 3 天内用完" in section((await lin.fetches("/brief"))[1], "medicine")
    office = await pages.visitor("desk")
    _, page = await office.fetches("/runs")
    assert not any(word in page for word in PRIVATE)


async def test_staff_have_it_asked_for_again_by_one_tap_and_only_once(pages: World) -> None:
    await takes(pages, {**PRESSURE, "days": 3})
    before = (await supply(pages)).until
    await morning(pages)
    cancelled = await pages.job()
    lin, helper = await pages.visitor("lin"), await pages.visitor("v3")
    key = {"key": str(PRESSURE["key"])}
    await lin.taps("cancel", cancelled)
    await pages.fast_forward(minutes=24 * 60)
    assert "再次发起配药" in (await lin.fetches("/runs"))[1]
    await sends(helper, "/runs/again", **key)
    assert await pages.jobs() == ()
    assert "已再次发起" in await sends(lin, "/runs/again", **key)
    assert "没有作任何改动" in await sends(lin, "/runs/again", **key)
    again = await pages.job()
    assert runs_of(await pages.jobs()) == {again: 1}
    assert "再次发起配药" not in (await lin.fetches("/runs"))[1]
    assert not await lin.sees("系统自动发起配药", again)

    await lin.taps("cancel", again)
    refilling = Refilling(pages.service)
    taps = (refilling.again(lin.person, key["key"]) for _ in range(4))
    (third,) = set(await asyncio.gather(*taps)) - {None}
    assert third is not None
    assert (await pages.job(), third > again) == (third, True)
    await lin.taps("complete", third)
    await pages.fast_forward(minutes=16)
    assert (await supply(pages)).until == before + timedelta(days=28)
    assert await pages.jobs() == ()


async def test_what_was_passed_on_moves_the_day_on_where_it_was_got(pages: World) -> None:
    await takes(pages, {**PRESSURE, "days": 4})
    before = (await supply(pages)).until
    await morning(pages)
    job = await pages.job()
    ana = await pages.person(next(iter(sorted(await pages.asked(job)))))
    await ana.taps("claim", job)
    await ana.writes(f"/tick {job} not here")
    await ana.writes(f"/tick {job} pass on")
    await ana.taps("finish", job)
    await pages.fast_forward(minutes=16)
    assert (await supply(pages)).until == before
    passed = await pages.job()
    lin = await pages.person("lin")
    await lin.taps("complete", passed)
    assert (await pages.state(passed)).job.status is JobStatus.CLOSED
    await pages.fast_forward(minutes=16)
    assert (await supply(pages)).until == before + timedelta(days=28)


async def test_the_same_file_again_leaves_the_day_where_what_was_fetched_has_moved_it(pages: World) -> None:
    await takes(pages, {**PRESSURE, "days": 3})
    said = (await supply(pages)).until
    again = {**COMMITTEE, "residents": [*tables(COMMITTEE, "residents"), OTHER]}
    again["medicines"] = [{**PRESSURE, "until": said}]
    await morning(pages)
    lin = await pages.person("lin")
    await lin.taps("complete", await pages.job())
    await pages.fast_forward(minutes=16)
    await pages.founds(again)
    assert (await supply(pages)).until == said + timedelta(days=28)
    told = (await pages.store.contents(pages.committee.id, {"medicines"}))["medicines"]
    assert isinstance(told, list)
    assert [each["until"] for each in told] == [said + timedelta(days=28)]
    await pages.founds({**again, "medicines": [{**PRESSURE, "until": said - timedelta(days=1)}]})
    assert (await supply(pages)).until == said - timedelta(days=1)  # another day is somebody's word
