"""The sub-district office: it keeps being asked; and it may be handed a job, which stays ours until then."""

import asyncio
import re

import pytest

from dispatch.jobs import JobStatus, Outcome
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.world import World

MEDICINE = "7-502 胰岛素用完 中山医院"
FIRST_CALL = 40.5
"""Minutes until a medicine run has come up to the office, a little past it."""

TWO_AT_THE_DESK = {
    **COMMITTEE,
    "people": [
        *tables(COMMITTEE, "people"),
        {"key": "night", "name": "街道夜班", "roles": ["office"], "language": "zh_CN"},
    ],
    "ladder": {**table(COMMITTEE, "ladder"), "office": ["desk", "night"]},
}


async def posted(world: World) -> int:
    await (await world.person("lin")).writes(MEDICINE)
    return await world.job()


async def asked(world: World, job: int) -> int:
    """Hand it to the office by the card's button: the number of what its people are asked."""
    await (await world.person("lin")).taps("hand_over", job, choice="0")
    return (await world.store.asked_transfers(world.committee.id))[-1]


async def holders(world: World, job: int) -> list[str]:
    situation = await world.state(job)
    return [situation.roster.people[each.person_id].key for each in situation.claims if each.live]


async def test_the_office_is_asked_again_on_its_own_clock_until_somebody_has_it_in_hand(world: World) -> None:
    job, desk = await posted(world), await world.person("desk")
    await world.fast_forward(minutes=FIRST_CALL)
    assert (await desk.looks()).red
    await world.fast_forward(minutes=20)
    events = await world.events(job)
    assert events.count("rung_again") == 1
    assert "repeated" in events  # the volunteers are asked once more meanwhile, as they would be
    await desk.taps("acknowledge", job)
    await world.fast_forward(minutes=29)  # urged after fifteen, and fifteen more to answer
    assert (await world.events(job)).count("rung_again") == 1
    await world.fast_forward(minutes=22)
    events = await world.events(job)
    assert events.index("lapsed") < len(events) - 1 - events[::-1].index("rung_again")


async def test_the_log_says_that_nobody_there_answered_and_which_time_it_is(pages: World) -> None:
    await posted(pages)
    await pages.fast_forward(minutes=FIRST_CALL + 40)
    log = (await (await pages.person("lin")).looks()).text
    numbers = re.findall(r"街道无人应答 \d\d:\d\d 再次催问街道（第(\d)次）", log)
    assert numbers == ["2", "3"]
    assert log.count("再次催问") == 2


async def test_each_answer_and_each_silence_of_the_office_stands_on_the_log_in_order(pages: World) -> None:
    job, desk = await posted(pages), await pages.person("desk")
    await pages.fast_forward(minutes=FIRST_CALL + 20)
    await desk.taps("note", job, text="两家医院都拒收")
    await pages.fast_forward(minutes=20)
    await desk.taps("acknowledge", job)
    await pages.fast_forward(minutes=31)
    await desk.taps("turn_down", await asked(pages, job))
    for key in ("lin", "zhao", "desk"):  # the desk, and everybody who was called
        log = (await (await pages.person(key)).looks()).card(job)
        theirs = re.findall(
            r"(\d\d:\d\d) ((?:\S*街道\S*)(?: 两家医院都拒收)?)", log[log.index("林社工发布") :]
        )
        assert theirs == [
            ("03:48", "已通知街道（1人）"),
            ("04:08", "街道无人应答"),
            ("04:08", "再次催问街道（第2次）"),
            ("04:10", "街道值班备注: 两家医院都拒收"),
            ("04:28", "再次催问街道（第3次）"),  # somebody there had given a sign of life
            ("04:30", "街道值班来处理"),
            ("04:45", "已催促街道值班"),
            ("05:00", "街道值班没有回应，继续通知下一级"),
            ("05:01", "林社工请街道接手"),
            ("05:01", "街道接不了"),
        ]


async def test_accepted_somebody_of_the_office_has_it_and_finishes_it(world: World) -> None:
    job = await posted(world)
    relay, desk = await asked(world, job), await world.person("desk")
    assert await desk.sees("梧桐里居民区请你们接手")
    assert await desk.sees("胰岛素用完")
    assert await (await world.person("lin")).sees("正在请街道接手", job)
    step = (await world.state(job)).job.calling.step
    await world.fast_forward(minutes=4)
    assert (await world.state(job)).job.calling.step > step  # our clock, until they accept
    await desk.taps("take_over", relay)
    assert await holders(world, job) == ["desk"]
    situation = await world.state(job)
    assert (situation.job.status, situation.job.calling.running) == (JobStatus.FILLED, False)
    assert await desk.sees("502", job)
    for key in ("lin", "v7"):
        assert await (await world.person(key)).sees("街道值班", job)
    for verb in ("start", "arrive", "finish"):
        await desk.taps(verb, job)
    assert (await world.state(job)).job.outcome is Outcome.DONE


async def test_given_back_it_is_ours_and_everybody_is_asked_afresh(world: World) -> None:
    job = await posted(world)
    relay, desk = await asked(world, job), await world.person("desk")
    await desk.taps("take_over", relay)
    loop = (await world.state(job)).job.calling.loop
    await desk.taps("release", job)
    situation = await world.state(job)
    assert (situation.job.status, situation.job.calling.running) == (JobStatus.OPEN, True)
    assert situation.job.calling.loop > loop
    assert not (await desk.looks()).buttons(job) & {"start", "finish", "release"}
    await (await world.person("v7")).taps("claim", job)
    assert await holders(world, job) == ["v7"]


@pytest.mark.parametrize("ends", ["turn_down", "silence"])
async def test_declined_or_unanswered_it_stays_ours_and_the_desk_is_told(pages: World, ends: str) -> None:
    job = await posted(pages)
    relay, desk = await asked(pages, job), await pages.person("desk")
    if ends == "silence":
        await pages.fast_forward(minutes=6)
    else:
        await desk.taps("turn_down", relay)
    said = "街道没有答复" if ends == "silence" else "街道接不了"
    assert await (await pages.person("lin")).sees(said, job)
    assert (await pages.state(job)).job.status is JobStatus.OPEN
    assert await pages.store.asked_transfers(pages.committee.id) == ()
    assert "胰岛素" not in (await desk.looks()).text


async def test_two_at_the_desk_and_a_volunteer_tap_in_the_same_moment_and_one_has_it(world: World) -> None:
    await world.founds(TWO_AT_THE_DESK)
    job = await posted(world)
    relay = await asked(world, job)
    desk, night, ana = [await world.person(key) for key in ("desk", "night", "v7")]
    taps = [
        await desk.aims("take_over", relay),
        await night.aims("take_over", relay),
        await ana.aims("claim", job),
    ]
    await asyncio.gather(*(tap() for tap in taps))
    (winner,) = await holders(world, job)
    assert winner in {"desk", "night", "v7"}
    events = await world.events(job)
    assert events.count("claimed") == 1
    assert events.count("not_handed_over") == (winner == "v7")
    assert await world.store.asked_transfers(world.committee.id) == ()
    for one in (desk, night):
        assert not (await one.looks()).buttons(relay) & {"take_over", "turn_down"}


async def test_once_somebody_here_has_it_an_acceptance_comes_too_late(pages: World) -> None:
    job = await posted(pages)
    relay, desk = await asked(pages, job), await pages.person("desk")
    late = await desk.aims("take_over", relay)
    await (await pages.person("v7")).taps("claim", job)
    assert "不用您再做什么" in await late()
    assert await holders(pages, job) == ["v7"]


async def test_nobody_answers_for_the_office_but_its_own_people(pages: World) -> None:
    """CONFORMANCE 34."""
    job = await posted(pages)
    relay = await asked(pages, job)
    before = await pages.state(job)
    for key in ("lin", "zhao", "v3", "stranger"):
        one = await pages.person(key)
        for verb in ("take_over", "turn_down"):
            assert await one.forges(verb, relay, version=1)
    assert await (await pages.person("v3")).forges("hand_over", job, choice="0", version=before.job.version)
    assert await pages.state(job) == before
    assert await pages.store.asked_transfers(pages.committee.id) == (relay,)


async def test_in_a_chat_the_office_is_named_in_words_or_by_who_is_there(chats: World) -> None:
    job = await posted(chats)
    lin, desk = await chats.member("lin"), await chats.member("desk")
    assert "还是街道" in await lin.writes(f"/handover {job}")
    await lin.writes(f"移交 {job} 街道")
    await desk.writes("退回")
    await lin.writes(f"/移交 {job} 街道值班 钥匙在隔壁")
    assert await desk.sees("钥匙在隔壁")
    await desk.writes("接收")
    assert await holders(chats, job) == ["desk"]


async def test_where_the_office_is_not_there_nobody_is_asked(chats: World) -> None:
    await chats.founds({**COMMITTEE, "ladder": {**table(COMMITTEE, "ladder"), "office": []}})
    job, lin = await posted(chats), await chats.member("lin")
    assert "没有人联系得上" in await lin.writes(f"/移交 {job} 街道")
    assert await chats.store.asked_transfers(chats.committee.id) == ()
