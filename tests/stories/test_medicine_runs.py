"""Medicine by runs (R3): several requests for one hospital go together, what is handed over comes back, and
what one hospital does not have is looked for in the next."""

from collections.abc import Mapping

from dispatch.jobs import JobStatus, Priority
from dispatch.people import Role
from tests.stories.committee import COMMITTEE, speaking, tables
from tests.stories.world import World

FIRST = "3号楼502 降压药 还剩2天 中山医院 李医生 医保卡"
SECOND = "7-301 华法林药片 还剩9天 去中山医院配"


async def _run(world: World) -> int:
    """Two requests for one hospital; the number of their job."""
    lin = await world.person("lin")
    await lin.writes(FIRST)
    job = await world.job()
    await lin.writes(SECOND)
    assert await world.job() == job, "they are one run"
    return job


async def test_requests_for_one_hospital_are_one_run_with_every_door_for_whoever_takes_it(
    world: World,
) -> None:
    job = await _run(world)
    run = (await world.state(job)).job.run
    assert run is not None
    assert (run.hospital, run.stops) == ("中山医院", 2)
    asked = await world.person(next(iter(await world.asked(job))))
    shown = (await asked.looks()).card(job)
    assert "中山医院" in shown
    assert "502" not in shown
    assert "降压药" not in shown

    await asked.taps("claim", job)
    card = (await asked.looks()).card(job)
    assert all(said in card for said in ("502", "301", "降压药", "李医生", "华法林"))


async def test_what_a_critical_medicine_cannot_wait_for_goes_alone(pages: World) -> None:
    lin = await pages.person("lin")
    await lin.writes("3号楼502 降压药 还剩2天 中山医院")
    first = await pages.job()
    await lin.writes("7-301 胰岛素用完 中山医院")
    alone = await pages.job()
    assert alone != first
    await lin.writes(SECOND)
    runs = {each.id: each.run.stops for each in await pages.jobs() if each.run is not None}
    assert runs == {first: 2, alone: 1}


async def test_a_request_after_the_run_was_taken_is_a_job_of_its_own(pages: World) -> None:
    lin = await pages.person("lin")
    await lin.writes(FIRST)
    job = await pages.job()
    await (await pages.person(next(iter(await pages.asked(job))))).taps("claim", job)
    await lin.writes(SECOND)
    assert await pages.job() != job
    run = (await pages.state(job)).job.run
    assert run is not None
    assert run.stops == 1


async def test_done_waits_until_what_was_received_is_given_back(world: World) -> None:
    job = await _run(world)
    ana = await world.person(next(iter(await world.asked(job))))
    await ana.taps("claim", job)
    await ana.writes(f"/tick {job} 1 card 1")
    await ana.writes(f"/tick {job} 2 收现金200")
    await ana.writes(f"/tick {job} 2 got it")
    await ana.taps("finish", job)
    assert (await world.state(job)).job.status is JobStatus.FILLED
    assert "2" in ana.said
    lin = await world.person("lin")
    assert "200" in (await lin.looks()).card(job), "the desk reads what is out"

    await ana.writes(f"/tick {job} 1 back card 1")
    await ana.writes(f"/tick {job} 2 还现金35")
    await ana.taps("finish", job)
    assert (await world.state(job)).job.status is JobStatus.CLOSED
    assert not await ana.sees("301", job)


async def test_what_one_hospital_does_not_have_is_looked_for_where_it_was_found_before(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("12号楼301 华法林药片 还剩9天 瑞金医院")
    earlier = await world.job()
    ana = await world.person(next(iter(await world.asked(earlier))))
    await ana.taps("claim", earlier)
    await ana.writes(f"/tick {earlier} got it")
    await ana.taps("finish", earlier)

    job = await _run(world)
    bo = await world.person(next(iter(await world.asked(job))))
    await bo.taps("claim", job)
    assert "瑞金医院" in await bo.writes(f"/tick {job} 2 not here")
    await bo.writes(f"/tick {job} 2 pass on")
    await bo.writes(f"/tick {job} 2 pass on")
    passed = [each for each in await world.jobs() if each.id not in (job, earlier)]
    assert [each.run.hospital for each in passed if each.run is not None] == ["瑞金医院"]
    stocks = await world.store.stocks(world.committee.id, "华法林")
    assert {each.hospital: each.stocked for each in stocks} == {"瑞金医院": True, "中山医院": False}


async def test_nobody_else_ticks_off_a_run(pages: World) -> None:
    job = await _run(pages)
    keys = sorted(await pages.asked(job))
    await (await pages.person(keys[0])).taps("claim", job)
    other = await pages.person(keys[1])
    await other.writes(f"/tick {job} 1 got it")
    stops = await pages.store.stops(pages.committee.id, job)
    assert [stop.state.value for stop in stops] == ["open", "open"]


async def test_what_cannot_be_ticked_off_is_said_and_changes_nothing(pages: World) -> None:
    job = await _run(pages)
    ana = await pages.person(next(iter(await pages.asked(job))))
    await ana.taps("claim", job)
    before = await pages.version(job)
    for words in ("", "1", "9 got it", "1 teapot", "1 back card 3", "1 cash 99999999", "next"):
        assert await ana.writes(f"/tick {job} {words}")
    assert await pages.version(job) == before


async def test_the_same_message_twice_is_one_request(pages: World) -> None:
    lin = await pages.visitor("lin")
    await lin.writes(FIRST)
    job = await pages.job()
    for _ in range(2):
        await lin.fills(text=SECOND, nonce="once more")
    stops = await pages.store.stops(pages.committee.id, job)
    assert len(stops) == 2


async def test_the_page_lists_the_stops_and_ticks_them_off_without_a_script(pages: World) -> None:
    job = await _run(pages)
    ana = await pages.visitor(next(iter(await pages.asked(job))))
    assert (await ana.fetches("/runs"))[0] == 404, "nobody reads doors before the run is theirs"
    await ana.taps("claim", job)
    status, page = await ana.fetches("/runs")
    assert status == 200
    assert "华法林" in page
    tick = {"job": str(job), "number": "2", "act": "received", "good": "card", "count": "1"}
    for _ in range(2):
        await ana._does("/runs/tick", tick)
    run = (await pages.state(job)).job.run
    assert run is not None
    assert run.owed == 1


async def test_the_office_reads_where_runs_go_and_no_door(pages: World) -> None:
    await _run(pages)
    people = (await pages.people()).values()
    office = next(each.key for each in people if Role.OFFICE in each.roles)
    _, page = await (await pages.visitor(office)).fetches("/runs")
    assert "中山医院" in page
    assert all(private not in page for private in ("502", "301", "降压药", "华法林"))


async def test_a_request_that_is_more_urgent_makes_its_run_so_and_calls_anew(pages: World) -> None:
    lin = await pages.person("lin")
    await lin.writes(SECOND)  # nine days: ordinary
    job = await pages.job()
    before = (await pages.state(job)).job
    assert before.priority is Priority.NORMAL
    await pages.fast_forward(minutes=3)
    await lin.writes(FIRST)
    after = (await pages.state(job)).job
    assert (after.run is not None and after.run.stops, after.priority) == (2, Priority.URGENT)
    assert after.calling.loop > before.calling.loop  # from the nearest ones on, as where staff raise it
    assert await lin.sees("新加入的请求更急，升为紧急", job)


async def test_who_lives_behind_a_door_that_joined_later_is_in_the_log_of_what_was_shown(
    pages: World,
) -> None:
    lin = await pages.person("lin")
    await lin.writes(SECOND)
    job = await pages.job()
    await lin.writes(FIRST)  # of somebody in the register
    key = next(iter(await pages.asked(job)))
    await (await pages.person(key)).taps("claim", job)
    rows = await pages.rows("SELECT fields FROM reveals WHERE job_id = ?", job)
    assert ["resident" in str(fields) and "phone" in str(fields) for (fields,) in rows] == [True]
    kept = await pages.store.kept_about_resident(pages.committee.id, "chen")
    assert [row["job_id"] for row in kept.tables["reveals"]] == [job]


async def test_a_job_of_another_kind_is_no_run_any_more_and_one_that_becomes_medicine_is(
    pages: World,
) -> None:
    lin = await pages.person("lin")
    await lin.writes(FIRST)
    job = await pages.job()
    await lin.taps("correct", job, text="敲门")
    found = (await pages.state(job)).job
    assert (found.kind, found.run) == ("welfare_check", None)
    await lin.writes(SECOND)
    other = await pages.job()
    assert other != job, "nobody's medicine goes with a welfare check"
    await lin.taps("correct", job, text="配药")
    again = (await pages.state(job)).job
    assert again.run is not None
    assert (again.kind, again.run.hospital) == ("medicine_run", "中山医院")
    (stop,) = await pages.store.stops(pages.committee.id, job)
    assert (stop.drug, stop.days, stop.hospital) == ("降压药", 2, "中山医院")


async def test_what_others_asked_for_is_not_lost_by_a_correction(pages: World) -> None:
    job = await _run(pages)
    lin = await pages.person("lin")
    await lin.taps("correct", job, text="敲门")
    assert "仍是配药任务" in lin.said
    run = (await pages.state(job)).job.run
    assert run is not None
    assert run.stops == 2


async def r3(world: World, said: Mapping[str, str], hospitals: tuple[str, str]) -> None:
    """As R3 tells it: ten requests and more in a day, insulin that one hospital does not have, a private car
    on the way to the next one, and the sub-district's desk, which sees where everything goes."""
    here, there = hospitals
    lin = await world.person("lin")
    await lin.writes(said["insulin"].format(building=12, door=301, hospital=there))
    known = await world.job()
    ana = await world.person(next(iter(await world.asked(known))))
    await ana.taps("claim", known)
    await ana.writes(f"/tick {known} got it")
    await ana.taps("finish", known)

    for number in range(1, 11):
        asks = {"building": number, "door": f"{number}01", "days": number + 3}
        await lin.writes(said["other"].format(**asks, hospital=hospitals[number % 2]))
    await lin.writes(said["insulin"].format(building=3, door=502, hospital=here))
    runs = {each.run.hospital: (each.id, each.run.stops) for each in await world.jobs() if each.run}
    assert {name: stops for name, (_, stops) in runs.items()} == {here: 6, there: 5}
    job, (further, _) = runs[here][0], runs[there]
    driver = await world.person(next(iter(await world.asked(job))))
    await driver.taps("claim", job)
    assert there in await driver.writes(f"/tick {job} 6 not here")
    for _ in range(2):  # once, whatever is sent again
        await driver.writes(f"/tick {job} 6 pass on")
    joined = await world.store.stops(world.committee.id, further)
    assert len(joined) == 6, "whoever drives there takes it along"
    assert joined[-1].drug == said["drug"]
    _, page = await (await world.visitor("desk")).fetches("/runs")
    assert all(hospital in page for hospital in runs)
    assert said["drug"] not in page


async def test_insulin_next_morning_goes_on_to_the_run_that_is_open_for_the_next_hospital(
    world: World,
) -> None:
    await r3(
        world,
        {
            "drug": "胰岛素",
            "insulin": "{building}号楼{door} 胰岛素还剩9天 {hospital}",
            "other": "{building}号楼{door} 降压药 还剩{days}天 {hospital}",
        },
        ("中山医院", "瑞金医院"),
    )


async def test_the_same_is_told_in_english(world: World) -> None:
    everybody = {str(each["key"]): "en" for each in tables(COMMITTEE, "people")}
    await world.founds({**COMMITTEE, "people": speaking(**everybody)})
    await r3(
        world,
        {
            "drug": "insulin",
            "insulin": "Building {building} unit {door}, insulin, 9 days left, medicine from {hospital}",
            "other": "Building {building} unit {door}, warfarin, {days} days left, medicine from {hospital}",
        },
        ("Zhongshan Hospital", "Ruijin Hospital"),
    )


async def test_r3_in_english(world: World) -> None:
    await world.founds({**COMMITTEE, "people": speaking(v3="en")})
    qian, ana = await world.person("qian"), await world.person("v3")
    await qian.writes(
        "Building 3 unit 502, warfarin, 9 days left, medicine from Zhongshan Hospital, insurance card"
    )
    job = await world.job()
    await qian.writes("Building 7 unit 301, insulin, 9 days left, medicine from Zhongshan Hospital")
    assert await world.job() == job
    await ana.taps("claim", job)
    card = (await ana.looks()).card(job)
    assert all(said in card for said in ("Zhongshan Hospital", "502", "301", "warfarin", "insulin"))
    assert "Ticked off" in await ana.writes(f"/tick {job} 1 card 1")
    await ana.writes(f"/tick {job} 1 got it")
    assert "No other hospital is known to have it" in await ana.writes(f"/tick {job} 2 not here")
    await ana.writes(f"/tick {job} 2 pass on")
    await ana.taps("finish", job)
    assert (await world.state(job)).job.status is JobStatus.FILLED
    await ana.writes(f"/tick {job} 1 back card 1")
    await ana.taps("finish", job)
    assert (await world.state(job)).job.status is JobStatus.CLOSED
