"""A job is handed over to another committee: it is theirs once they accept, and until then it is not."""

import pytest

from dispatch.jobs import JobStatus, Outcome, Priority
from dispatch.people import Committee
from tests.stories.committee import COMMITTEE, HELPERS, MAPLE, table
from tests.stories.drivers.base import Actor
from tests.stories.world import World

MOTHER = "3号楼502 敲门无应答 书记的母亲独居重病 19900001234"


async def posted(world: World, said: str = MOTHER) -> tuple[int, Committee]:
    """A job of ours, and the committee beside us."""
    maple = await world.founds(MAPLE)
    await (await world.person("lin")).writes(said)
    return await world.job(), maple


async def handed(world: World, job: int, maple: Committee) -> int:
    """Hand it over by the card's button: the number of what they are asked."""
    await (await world.person("lin")).taps("hand_over", job, choice=str(maple.id))
    return (await world.store.asked_transfers(maple.id))[-1]


async def theirs(world: World, maple: Committee) -> list[int]:
    """The jobs that are open there."""
    return [each.id for each in await world.store.open_jobs(maple.id)]


async def outcome(world: World, job: int) -> Outcome | None:
    return (await world.state(job)).job.outcome


async def test_it_stays_ours_with_our_clock_until_they_accept_and_is_theirs_from_then_on(
    world: World,
) -> None:
    job, maple = await posted(world)
    lin, staff, helper = [
        await world.person("lin"),
        *[await world.person(key, maple) for key in ("staff", "h0")],
    ]
    relay = await handed(world, job, maple)
    assert await staff.sees("梧桐里居民区请你们接手")
    assert await staff.sees("书记的母亲独居重病")
    assert await lin.sees("枫林里居民区接手", job)
    before = (await world.state(job)).job
    assert before.status is JobStatus.OPEN
    await world.fast_forward(minutes=4)
    assert (await world.state(job)).job.calling.step > before.calling.step
    assert await theirs(world, maple) == []
    await staff.taps("take_over", relay)
    (made,) = await theirs(world, maple)
    assert await outcome(world, job) is Outcome.HANDED_OVER
    assert await staff.sees("书记的母亲独居重病", made)
    assert await lin.sees("由方社工接收", job)
    assert await lin.sees("那边还没有人接", job)
    await helper.taps("claim", made)
    assert await lin.sees("那边已有人接了", job)
    for verb in ("start", "arrive", "finish"):
        await helper.taps(verb, made)
    assert await lin.sees("已办完", job)
    for one in await world.everybody():
        await one.looks()
        assert not any(name in said for said in one.received() for name in HELPERS), one.name


async def test_declined_it_stays_ours_and_the_desk_is_told(world: World) -> None:
    job, maple = await posted(world)
    relay = await handed(world, job, maple)
    staff = await world.person("staff", maple)
    await staff.taps("turn_down", relay)
    assert await (await world.person("lin")).sees("枫林里居民区接不了", job)
    state = (await world.state(job)).job
    assert (state.status, state.outcome) == (JobStatus.OPEN, None)
    assert await theirs(world, maple) == []
    assert "书记的母亲" not in (await staff.looks()).text


async def test_unanswered_for_five_minutes_it_is_not_asked_any_more(pages: World) -> None:
    job, maple = await posted(pages)
    await handed(pages, job, maple)
    await pages.fast_forward(minutes=6)
    assert await (await pages.person("lin")).sees("枫林里居民区没有答复", job)
    pending = (await pages.state(job)).job.pending
    assert pending is not None
    assert not pending.open
    assert await pages.store.asked_transfers(maple.id) == ()
    assert "书记的母亲" not in (await (await pages.person("staff", maple)).looks()).text
    await handed(pages, job, maple)
    assert len(await pages.store.asked_transfers(maple.id)) == 1  # they may be asked again


@pytest.mark.parametrize("ends", ["claim", "cancel"])
async def test_once_somebody_here_has_it_or_it_is_over_an_acceptance_comes_too_late(
    pages: World, ends: str
) -> None:
    job, maple = await posted(pages)
    relay = await handed(pages, job, maple)
    sec = await pages.person("sec", maple)
    late = await sec.aims("take_over", relay)
    await (await pages.person("lin")).taps(ends, job)
    assert "不用您再做什么" in await late()
    assert await theirs(pages, maple) == []
    assert "not_handed_over" in await pages.events(job)


async def test_repeated_taps_and_old_buttons_change_nothing(pages: World) -> None:
    job, maple = await posted(pages)
    lin, staff, sec = [
        await pages.person("lin"),
        *[await pages.person(key, maple) for key in ("staff", "sec")],
    ]
    again = await lin.aims("hand_over", job, choice=str(maple.id))
    relay = await handed(pages, job, maple)
    await again()
    assert await pages.store.asked_transfers(maple.id) == (relay,)
    taps = [await each.aims("take_over", relay) for each in (staff, sec, staff)]
    declines = await sec.aims("turn_down", relay)
    said = [await tap() for tap in taps]
    assert "方社工" in said[1]
    await declines()
    await again()
    assert len(await theirs(pages, maple)) == 1
    assert (await pages.events(job)).count("handed_over") == 1


async def test_in_a_chat_it_is_a_command_with_the_committees_name_and_a_note(chats: World) -> None:
    job, maple = await posted(chats)
    lin, staff = await chats.member("lin"), await chats.member("staff", maple)
    assert "转交给哪个居民区" in await lin.writes(f"/handover {job}")
    assert "没有叫这个名字" in await lin.writes(f"/handover {job} 柳林里")
    await lin.writes(f"/转交 {job} 枫林里 钥匙在隔壁")
    assert await staff.sees("钥匙在隔壁")
    await staff.writes("接收")
    (made,) = await theirs(chats, maple)
    assert await staff.sees("钥匙在隔壁", made)
    assert await outcome(chats, job) is Outcome.HANDED_OVER


async def test_their_volunteers_and_a_third_committee_learn_nothing_and_can_answer_nothing(
    world: World,
) -> None:
    """CONFORMANCE 34."""
    job, maple = await posted(world)
    third = {
        **MAPLE,
        "committee": {**table(COMMITTEE, "committee"), "key": "liulin", "name": "柳林里居民区"},
    }
    willow = await world.founds(third)
    relay = await handed(world, job, maple)
    before = await world.state(job)
    strangers: list[Actor] = [await world.person(key, willow) for key in ("staff", "sec", "h0")]
    strangers += [await world.person("h0", maple), await world.person("v3"), await world.person("lin")]
    for one in strangers:
        for verb in ("take_over", "turn_down"):
            await one.forges(verb, relay, version=1)
        await one.looks()
    for one in strangers[:4]:
        await one.forges("hand_over", job, choice=str(willow.id), version=before.job.version)
        assert not any("书记的母亲" in said for said in one.received()), one.name
    assert await world.state(job) == before
    assert await theirs(world, maple) == await theirs(world, willow) == []


async def test_how_urgent_it_is_goes_with_it_and_so_does_the_place_where_they_know_it(pages: World) -> None:
    job, maple = await posted(pages, "3号楼502 缺水")
    await (await pages.person("lin")).taps("raise", job)
    relay = await handed(pages, job, maple)
    await (await pages.person("sec", maple)).taps("take_over", relay)
    (made,) = await pages.store.open_jobs(maple.id)
    roster = await pages.store.roster(maple.id)
    assert made.priority is Priority.URGENT
    assert made.building_id == roster.building_by_key["3"].id
    assert (await pages.store.private(maple.id, made.id)).unit == "502"
