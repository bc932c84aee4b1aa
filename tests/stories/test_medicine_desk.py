"""The sub-district's medicine desk (R3) reads where the runs of all committees go, a committee's staff only
their own; and a day of runs, hour by hour, as docs/medicine-runs.md tells it."""

from dispatch.jobs import JobStatus
from dispatch.people import Committee
from tests.stories.committee import MAPLE
from tests.stories.drivers.base import Actor
from tests.stories.drivers.web import Visitor
from tests.stories.world import WEB, World

OURS = "3号楼502 降压药 还剩9天 中山医院"
THEIRS = "7号楼301 华法林药片 还剩9天 瑞金医院"
PRIVATE = ("502", "301", "降压药", "华法林", "胰岛素")


async def runs(world: World, key: str, committee: Committee | None = None) -> str:
    """The page *Medicine runs*, as that person reads it."""
    reader = await world.person(key, committee, on=WEB)
    assert isinstance(reader, Visitor)
    status, page = await reader.fetches("/runs")
    assert status == 200
    return page


async def stops(world: World, job: int) -> int:
    run = (await world.state(job)).job.run
    return 0 if run is None else run.stops


async def taken(world: World, job: int, key: str) -> Actor:
    """Somebody who was asked takes it and sets out."""
    assert key in await world.asked(job)
    who = await world.person(key)
    for verb in ("claim", "start"):
        await who.taps(verb, job)
    return who


async def test_the_medicine_desk_reads_the_runs_of_all_committees_and_staff_only_their_own(
    pages: World,
) -> None:
    maple = await pages.founds(MAPLE)
    await (await pages.person("lin")).writes(OURS)
    await (await pages.person("staff", maple)).writes(THEIRS)
    desk, ours = [await runs(pages, key) for key in ("desk", "lin")]
    theirs = await runs(pages, "staff", maple)
    assert all(said in desk for said in ("中山医院", "瑞金医院", "梧桐里居民区", "枫林里居民区"))
    assert not any(private in desk for private in PRIVATE)
    assert ("中山医院" in ours, "瑞金医院" in ours, "枫林里" in ours) == (True, False, False)
    assert ("中山医院" in theirs, "瑞金医院" in theirs, "梧桐里" in theirs) == (False, True, False)


async def test_a_day_of_medicine_runs_hour_by_hour(pages: World) -> None:
    lin = await pages.person("lin")
    await pages.until(8)
    await lin.writes("12号楼301 胰岛素还剩9天 瑞金医院")
    earlier = await pages.job()
    ana = await taken(pages, earlier, "v12")
    await ana.writes(f"/tick {earlier} got it")
    await ana.taps("finish", earlier)

    await pages.until(8, 30)
    for number in range(1, 6):
        await lin.writes(f"{number}号楼{number}01 降压药 还剩{number + 3}天 中山医院")
    job = await pages.job()
    await pages.until(8, 32)
    await lin.writes("3号楼502 胰岛素还剩9天 中山医院 医保卡")
    assert (await pages.job(), await stops(pages, job)) == (job, 6)
    await pages.until(8, 35)
    bo = await taken(pages, job, "v3")
    card = (await bo.looks()).card(job)
    assert all(door in card for door in ("101", "201", "301", "401", "501", "502"))
    await bo.writes(f"/tick {job} 6 card 1")

    await pages.until(9)
    for number in range(6, 11):
        await lin.writes(f"{number}号楼{number}01 降压药 还剩{number}天 瑞金医院")
    further = await pages.job()
    assert (further != job, await stops(pages, further)) == (True, 5)
    await pages.until(9, 3)
    assert "瑞金医院" in await bo.writes(f"/tick {job} 6 not here")
    await bo.writes(f"/tick {job} 6 pass on")
    assert await stops(pages, further) == 6
    await pages.until(9, 5)
    driver = await taken(pages, further, "v7")
    card = (await driver.looks()).card(further)
    assert all(said in card for said in ("502", "胰岛素"))
    desk = await runs(pages, "desk")
    assert all(hospital in desk for hospital in ("中山医院", "瑞金医院"))
    assert not any(private in desk for private in PRIVATE)

    await pages.until(10, 30)
    await bo.taps("finish", job)
    assert (await pages.state(job)).job.status is JobStatus.FILLED, "the card is still with them"
    await bo.writes(f"/tick {job} 6 back card 1")
    await driver.writes(f"/tick {further} 6 got it")
    for who, run in ((bo, job), (driver, further)):
        await who.taps("finish", run)
        assert (await pages.state(run)).job.status is JobStatus.CLOSED
    stocks = await pages.store.stocks(pages.committee.id, "胰岛素")
    assert {each.hospital: each.stocked for each in stocks} == {"瑞金医院": True, "中山医院": False}
