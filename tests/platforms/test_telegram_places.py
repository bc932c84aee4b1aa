"""Places on the map, sent on Telegram: the desk's become a job's pin, for whoever takes it alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.geography import Point
from tests.platforms.telegram_house import TelegramHouse, unhurried
from tests.platforms.telegram_server import Seen

JOB = "3号楼502 敲门无应答"
GATE = (31.2077, 121.4788)
BUILDING = (31.2031, 121.4789)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        yield made


def said(town: TelegramHouse, key: str) -> list[str]:
    """What the bot wrote to somebody in private, cards left out."""
    return [
        each.text for each in town.phone(key).sees(town.account) if not each.buttons and each.kind == "text"
    ]


def pins(town: TelegramHouse, key: str) -> list[tuple[float, float]]:
    """The places on the map in somebody's private chat."""
    seen = [each for each in town.phone(key).sees(town.account) if each.kind == "venue"]
    return [(each.content["location"]["latitude"], each.content["location"]["longitude"]) for each in seen]


async def place(town: TelegramHouse, job: int) -> Point | None:
    return (await town.home.store.private(town.home.committee_id, job)).place


async def sends(
    town: TelegramHouse, key: str, where: tuple[float, float], reply_to: Seen | None = None
) -> None:
    await town.phone(key).sends_location(town.account, *where, reply_to)
    await town.settles()


async def test_a_place_that_replies_to_the_card_is_the_pin_of_whoever_takes_the_job(
    town: TelegramHouse,
) -> None:
    job = await town.posts(JOB)
    await sends(town, "zhao", GATE, town.card("zhao"))
    assert await place(town, job) == Point(lat=GATE[0], lon=GATE[1])
    assert f"任务 {job} 的位置已设好" in said(town, "zhao")[-1]
    assert "31.20770, 121.47880" in town.card("zhao").text
    assert "31.2077" not in town.card("wang").text
    await town.phone("wang").taps(town.card("wang"), "我来接单")
    await town.settles()
    assert pins(town, "wang") == [GATE]
    assert "31.20770, 121.47880" in town.card("wang").text


async def test_without_a_pin_of_its_own_a_job_is_where_its_building_is(town: TelegramHouse) -> None:
    await town.posts(JOB)
    await town.phone("wang").taps(town.card("wang"), "我来接单")
    await town.settles()
    assert pins(town, "wang") == [BUILDING]
    assert "地图定位" not in town.card("wang").text


async def test_a_pin_that_is_moved_while_somebody_is_on_the_way_moves_for_them(town: TelegramHouse) -> None:
    await town.posts(JOB)
    await town.phone("wang").taps(town.card("wang"), "我来接单")
    await town.settles()
    await sends(town, "zhao", GATE, town.card("zhao"))
    assert pins(town, "wang") == [GATE]
    moved = (31.2078, 121.4780)
    await sends(town, "zhao", moved, town.card("zhao"))
    assert pins(town, "wang") == [moved]


async def test_the_pin_goes_away_with_the_claim(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await sends(town, "zhao", GATE, town.card("zhao"))
    await town.phone("wang").taps(town.card("wang"), "我来接单")
    await town.settles()
    await town.writes("zhao", f"/cancel {job}")
    assert pins(town, "wang") == []
    assert not any("31.2077" in each.text for each in town.phone("wang").sees(town.account))


async def test_a_place_right_after_a_job_is_that_jobs_and_later_it_is_asked_for(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await sends(town, "zhao", GATE)
    assert await place(town, job) == Point(lat=GATE[0], lon=GATE[1])
    town.home.clock.forward(121)
    await sends(town, "zhao", BUILDING)
    assert "哪个任务" in said(town, "zhao")[-1]
    assert await place(town, job) == Point(lat=GATE[0], lon=GATE[1])


async def test_a_place_after_somebody_elses_job_is_not_that_jobs(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await sends(town, "qian", GATE)
    assert await place(town, job) is None
    assert "哪个任务" in said(town, "qian")[-1]


async def test_a_place_that_replies_to_ones_own_words_is_for_what_they_posted(town: TelegramHouse) -> None:
    words = await town.phone("zhao").writes(town.account, JOB)
    await town.settles()
    (job,) = await town.jobs()
    await town.posts("7号楼 搬米")
    await sends(town, "zhao", GATE, words)
    assert await place(town, job.id) == Point(lat=GATE[0], lon=GATE[1])


async def test_a_place_with_a_name_keeps_its_name_with_what_was_said(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await town.phone("zhao").sends_venue(town.account, *GATE, "/cancel 东门", town.card("zhao"))
    await town.settles()
    private = await town.home.store.private(town.home.committee_id, job)
    assert private.place == Point(lat=GATE[0], lon=GATE[1])
    assert private.text.endswith("/cancel 东门"), "a place's name is no command"
    assert len(await town.jobs()) == 1


async def test_a_place_below_a_card_in_the_staff_group_sets_the_pin_and_says_nothing_there(
    town: TelegramHouse,
) -> None:
    zhao = town.phone("zhao")
    job = await town.posts(JOB)
    card = next(each for each in zhao.sees(town.desk_room) if f"#{job}" in each.text)
    await zhao.sends_location(town.desk_room, *GATE, card)
    await town.settles()
    assert await place(town, job) == Point(lat=GATE[0], lon=GATE[1])
    assert not any("31.2077" in each.text for each in zhao.sees(town.desk_room))


async def test_the_place_of_a_volunteer_is_a_remark_on_their_job_and_no_pin(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await town.phone("wang").taps(town.card("wang"), "我来接单")
    await town.settles()
    await sends(town, "wang", GATE, town.card("wang"))
    assert await place(town, job) is None
    notes = [each.note for each in await town.home.store.timeline(town.home.committee_id, job)]
    assert any("31.20770" in note for note in notes)
    await sends(town, "new", GATE)
    assert "哪个任务" in said(town, "new")[-1]


async def test_the_place_of_somebody_who_may_not_is_refused(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    version = await town.version(job)
    await sends(town, "li", GATE, town.card("li"))
    assert await town.version(job) == version
    assert "ask the committee's staff" in said(town, "li")[-1]


@pytest.mark.parametrize("where", [(91.0, 10.0), (-90.5, 10.0), (10.0, 180.1), (10.0, -1e9)])
async def test_a_place_that_is_not_on_the_map_changes_nothing(
    town: TelegramHouse, where: tuple[float, float]
) -> None:
    job = await town.posts(JOB)
    version = await town.version(job)
    await sends(town, "zhao", where, town.card("zhao"))
    assert await town.version(job) == version
    assert "没有这个位置" in said(town, "zhao")[-1]


async def test_the_same_place_brought_twice_is_one_correction(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await sends(town, "zhao", GATE, town.card("zhao"))
    version = await town.version(job)
    update = next(each for each in town.server.updates(town.account) if "location" in each.get("message", {}))
    town.server.redeliver(town.account, update["update_id"])
    await town.settles()
    assert await town.version(job) == version


async def near(town: TelegramHouse, job: int) -> dict[str, str | None]:
    """At which buildings people are taken to be, by keys."""
    state = await town.state(job)
    roster = state.roster
    return {
        roster.people[who].key: None if there is None else roster.buildings[there].key
        for who, there in state.near.items()
    }


async def test_a_live_place_says_where_a_volunteer_is_until_they_stop_and_is_told_to_nobody(
    town: TelegramHouse,
) -> None:
    job = await town.posts(JOB)
    live = await town.phone("wang").shares_location(town.account, 31.2034, 121.4796, 8 * 3600)
    await town.settles()
    assert await near(town, job) == {"wang": "7"}
    assert "您按现在在7号楼" in said(town, "wang")[-1]
    told = len(said(town, "wang"))
    await town.phone("wang").moves(live, 31.25, 121.5)
    await town.settles()
    assert await near(town, job) == {"wang": None}
    assert len(said(town, "wang")) == told, "a phone that moves is not answered every few seconds"
    await town.phone("wang").stops_sharing(live)
    await town.settles()
    assert await near(town, job) == {}
    assert "又算在家" in said(town, "wang")[-1]
    assert await place(town, job) is None
    assert not any("7号楼" in each for key in ("zhao", "qian") for each in said(town, key))


async def test_a_live_place_counts_no_longer_than_it_lives_and_not_at_all_of_whom_nobody_asks(
    town: TelegramHouse,
) -> None:
    job = await town.posts(JOB)
    await town.phone("wang").shares_location(town.account, 31.2034, 121.4796, 600)
    await town.phone("qian").shares_location(town.account, 31.2034, 121.4796, 600)
    await town.settles()
    assert await near(town, job) == {"wang": "7"}
    town.home.clock.forward(601)
    assert await near(town, job) == {}
