"""The daily round (R1, R11): doors of people who live alone, each a tick or a *no answer*, which is a welfare
check at once; and a household that tells the others of its building."""

from dispatch.doors import DoorState
from dispatch.jobs import JobStatus, Outcome, Priority
from dispatch.lately import Wish
from tests.stories.committee import COMMITTEE, speaking, tables
from tests.stories.world import World

CARER = "v1"
ELDERS = [
    {"key": "li", "name": "李爷爷", "building": "3", "unit": "101", "phone": "19900000101", "alone": True},
    {"key": "wu", "name": "吴奶奶", "building": "3", "unit": "301", "phone": "19900000301", "alone": True},
    {"key": "he", "name": "何伯", "building": "5", "unit": "201", "phone": "19900000201", "alone": True},
]
RELAY = {"key": "door-3-102", "building": "3", "unit": "102", "phone": "19900000102", "relay": True}
ROUND = {
    "key": "morning",
    "kind": "daily_round",
    "at": "09:00",
    "ahead": 60,
    "within": 120,
    "alone": True,
    "carers": [CARER],
}
TO_THE_PAGE = "The doors, to tick"
PRIVATE = ("李爷爷", "19900000101", "吴奶奶", "301", "何伯")


async def rounds(world: World, language: str = "zh_CN", **changed: object) -> int:
    """The committee with a round at nine over three who live alone, while it is ten past three. Whoever walks
    it reads that language, everybody else Chinese."""
    residents = [*tables(COMMITTEE, "residents"), *ELDERS]
    file = {**COMMITTEE, "residents": residents, "households": [RELAY], "care": [{**ROUND, **changed}]}
    await world.founds({**file, "people": speaking(**{CARER: language})})
    (plan,) = await world.store.care_plans(world.committee.id)
    return plan.id


async def opened(world: World) -> int:
    """The round, a minute after eight."""
    await world.fast_forward(minutes=4 * 60 + 51)
    return await world.job()


async def test_every_door_is_a_tick_or_a_check_that_opens_by_itself(world: World) -> None:
    await rounds(world, "en")
    job = await opened(world)
    state = await world.state(job)
    assert (state.job.kind, state.job.priority) == ("daily_round", Priority.NORMAL)
    assert state.job.round is not None
    assert state.job.round.doors == 3
    assert await world.asked(job) == {CARER}
    carer = await world.person(CARER)
    assert not any([await carer.sees(word, job) for word in PRIVATE])
    await carer.taps("claim", job)
    for word in PRIVATE:
        assert await carer.sees(word, job), word
    card = (await carer.looks()).card(job)
    assert TO_THE_PAGE in card, "from a chat by a link of their own"
    assert "Tick every door, by its number" in card
    assert not any("/runs/" in said for said in world.posted())

    await carer.writes(f"/tick {job} 1 ok")
    said = await carer.writes(f"{job} 2 no answer")
    (check,) = [each for each in await world.jobs() if each.id != job]
    assert f"Somebody is asked to look there: #{check.id}" in said
    assert (check.kind, check.priority) == ("welfare_check", Priority.LIFE)
    assert check.walk is not None
    assert check.walk.step == "phone", "whoever stood at the door has knocked"
    private = await world.store.private(world.committee.id, check.id)
    assert (private.unit, private.phone, private.resident_name) == ("301", "19900000301", "吴奶奶")
    await carer.writes(f"清点 {job} 2 没人应")
    assert len(await world.jobs()) == 2, "once, in whatever words"

    await carer.taps("finish", job)
    assert (await world.state(job)).job.status is JobStatus.FILLED
    assert "3" in carer.said
    lin = await world.person("lin")
    assert "2/3" in (await lin.looks()).card(job)
    await carer.writes(f"清点 {job} 3 好")
    await carer.taps("finish", job)
    assert (await world.state(job)).job.outcome is Outcome.DONE
    assert not any([await carer.sees(word, job) for word in (*PRIVATE, TO_THE_PAGE)])
    await world.sleeps_through(minutes=60)
    assert [each.kind for each in await world.jobs()] == ["welfare_check"], "the check goes on"


async def test_a_relay_household_tells_the_others_and_whom_it_does_not_reach_is_looked_after(
    world: World,
) -> None:
    await rounds(world, relay=True)
    job = await opened(world)
    carer, page = await world.person(CARER), await world.visitor(CARER)
    assert (await page.fetches("/runs"))[0] == 404, "nobody reads doors before the round is theirs"
    await carer.taps("claim", job)
    status, shown = await page.fetches("/runs")
    assert status == 200
    assert all(word in shown for word in ("3号楼 102", "19900000102", "传话户", "吴奶奶"))
    for _ in range(2):
        await carer.writes(f"/tick {job} 1-2 已通知")
    await carer.writes(f"/tick {job} 2 没人应")
    await carer.writes(f"/tick {job} 3 已通知")  # lives in another building: nobody told them
    doors = await world.store.doors(world.committee.id, job)
    assert [door.state for door in doors] == [DoorState.PASSED_ON, DoorState.NO_ANSWER, DoorState.OPEN]
    (check,) = [each for each in await world.jobs() if each.id != job]
    assert doors[1].check == check.id
    shown = (await page.fetches("/runs"))[1]
    assert f"#{check.id}" in shown
    assert "还没人接" in shown
    helper = await world.person(next(iter(sorted(await world.asked(check.id)))))
    await helper.taps("claim", check.id)
    assert "有人接了" in (await page.fetches("/runs"))[1]


async def test_a_round_that_nobody_walked_is_urgent_and_calls_leaders(pages: World) -> None:
    await rounds(pages)
    job = await opened(pages)
    await pages.fast_forward(minutes=10)
    assert len(await pages.asked(job)) > 1, "others are asked"
    await pages.fast_forward(minutes=3 * 60)
    assert (await pages.state(job)).job.priority is Priority.URGENT
    assert await pages.called(job)
    lin = await pages.visitor("lin")
    brief = (await lin.fetches("/brief"))[1]
    assert "每日巡访" in brief
    assert "0/3" in brief


async def test_nobody_else_ticks_a_door_and_what_cannot_be_ticked_changes_nothing(pages: World) -> None:
    await rounds(pages)
    job = await opened(pages)
    carer, other = await pages.person(CARER), await pages.person("v2")
    await carer.taps("claim", job)
    before = await pages.version(job)
    await other.writes(f"/tick {job} 1 没人应")
    for words in ("", "1", "9 ok", "0 ok", "3-1 ok", "1 told", "1 teapot", "1 got it"):
        assert await carer.writes(f"/tick {job} {words}")
    assert await pages.version(job) == before
    assert len(await pages.jobs()) == 1


async def test_the_desk_ticks_for_whoever_has_no_phone_and_everything_is_logged(pages: World) -> None:
    await rounds(pages, alone=False, buildings=["3"], residents=["he"])
    job = await opened(pages)
    carer, lin = await pages.person(CARER), await pages.person("lin")
    await carer.taps("claim", job)
    assert "4" in await lin.writes(f"/tick {job} 1-4 ok")
    wish = Wish(since=0, until=pages.clock.now(), job_id=job)
    (shown,) = await pages.store.reveals(pages.committee.id, wish, 9)
    assert shown.fields == {"unit", "phone", "resident"}
    await carer.taps("finish", job)
    assert (await pages.state(job)).job.outcome is Outcome.DONE
    assert await lin.sees("林社工，第4家：好", job)


async def test_whoever_was_forgotten_is_not_gone_to_and_a_round_of_nobody_is_not_opened(pages: World) -> None:
    await rounds(pages, residents=["chen"], alone=False)
    await pages.store.forget_resident(pages.committee.id, "chen")
    (plan,) = await pages.store.care_plans(pages.committee.id)
    assert plan.scope is not None
    assert plan.scope.residents == ()
    await pages.fast_forward(minutes=6 * 60)
    assert await pages.jobs() == ()
