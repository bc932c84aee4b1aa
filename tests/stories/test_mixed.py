"""One job, and people on different platforms (CONFORMANCE.md 11 and 12): in chats, at a page."""

import asyncio

from dispatch.jobs import JobStatus, Outcome
from tests.stories.world import WEB, World

KNOCK = "3号楼502 敲门无应答"


async def test_a_tap_in_the_chat_and_one_on_a_page_in_the_same_second_have_one_winner(chats: World) -> None:
    await (await chats.person("lin")).writes(KNOCK)
    job = await chats.job()
    ana, ben = await chats.person("v3"), await chats.person("v4", on=WEB)
    fingers = [await one.aims("claim", job) for one in (ana, ben)]
    await asyncio.gather(*(press() for press in fingers))
    await chats.settles()
    (claim,) = (await chats.state(job)).claims
    winner, loser = (ana, ben) if claim.person_id == ana.id else (ben, ana)
    assert winner.name in loser.said
    assert winner.name in (await loser.looks()).card(job)
    assert await winner.sees("502", job)
    assert not await loser.sees("502", job)


async def test_a_crowd_in_chats_and_on_pages_fills_every_place_once_and_the_rest_learn_who(
    chats: World,
) -> None:
    await (await chats.person("lin")).writes("1号楼 搬大米 3人")
    job = await chats.job()
    await chats.fast_forward(minutes=16)  # by then the whole group was asked
    keys = [f"v{number}" for number in range(1, 13) if number != 9]
    crowd = [await chats.person(key, on=WEB if number % 2 else "") for number, key in enumerate(keys)]
    fingers = [await one.aims("claim", job) for one in crowd]
    await asyncio.gather(*(press() for press in fingers))
    await chats.settles()
    situation = await chats.state(job)
    assert sorted(claim.place for claim in situation.claims) == [1, 2, 3]
    winners = {claim.person_id for claim in situation.claims}
    names = {one.name for one in crowd if one.id in winners}
    assert len(names) == 3
    for late in crowd:
        assert late.id in winners or all(name in late.said for name in names)
    assert len(situation.waiting) == len(crowd) - 3


async def test_conformance_12_taps_on_every_platform_at_once_have_one_winner_a_place_and_the_others_learn_who(
    everywhere: World,
) -> None:
    await (await everywhere.person("lin", on=WEB)).writes("1号楼 搬大米 2人")
    job = await everywhere.job()
    await everywhere.fast_forward(minutes=16)  # by then the whole group was asked
    places = ("telegram", "matrix", WEB) * 2
    crowd = [await everywhere.person(f"v{number}", on=place) for number, place in enumerate(places, start=1)]
    fingers = [await one.aims("claim", job) for one in crowd]
    await asyncio.gather(*(press() for press in fingers))
    await everywhere.settles()
    situation = await everywhere.state(job)
    assert sorted(claim.place for claim in situation.claims) == [1, 2]
    holders = {claim.person_id for claim in situation.claims}
    names = {one.name for one in crowd if one.id in holders}
    assert len(names) == 2
    for late in crowd:
        assert late.id in holders or all(name in late.said for name in names)
        card = (await late.looks()).card(job)
        assert late.id in holders or all(name in card for name in names)
    assert len(situation.waiting) == len(crowd) - 2


async def test_one_person_who_taps_on_every_platform_in_the_same_second_has_one_place(
    everywhere: World,
) -> None:
    await (await everywhere.person("lin", on="matrix")).writes("1号楼 搬大米 3人")
    job = await everywhere.job()
    await everywhere.fast_forward(minutes=16)
    ana = [await everywhere.person("v3", on=place) for place in ("telegram", "matrix", WEB)]
    fingers = [await one.aims("claim", job) for one in ana]
    await asyncio.gather(*(press() for press in fingers))
    await everywhere.settles()
    (claim,) = (await everywhere.state(job)).claims
    assert claim.person_id == ana[0].id
    first_chat, second_chat, page = [await phone.looks() for phone in ana]
    assert "start" in first_chat.buttons(job) & page.buttons(job)
    assert ana[0].name in second_chat.card(job)


async def test_a_button_left_in_the_chat_moves_nothing_that_went_on_elsewhere(chats: World) -> None:
    await (await chats.person("lin")).writes(KNOCK)
    job, asked = await chats.job(), await chats.version(await chats.job())
    ana, ben = await chats.person("v3"), await chats.person("v4", on=WEB)
    assert "claim" in (await ana.looks()).buttons(job)
    for verb in ("claim", "start", "arrive"):
        await ben.taps(verb, job)
    before = (await chats.state(job)).claims
    assert ben.name in await ana.taps("claim", job, version=asked)
    assert (await chats.state(job)).claims == before
    await ben.taps("finish", job)
    closed = await chats.state(job)
    assert closed.job.outcome is Outcome.DONE
    assert await ana.taps("claim", job, version=asked)
    assert await chats.state(job) == closed
    assert not (await ana.looks()).buttons(job)


async def test_a_job_begun_in_the_chat_is_finished_on_the_page_and_leaves_no_door_in_the_chat(
    chats: World,
) -> None:
    lin = await chats.person("lin", on=WEB)
    await lin.writes(KNOCK)
    job = await chats.job()
    there, here = await chats.person("v3"), await chats.person("v3", on=WEB)
    await there.taps("claim", job)
    for person in (there, here):
        assert await person.sees("502", job)
    await here.taps("start", job)
    assert "arrive" in (await there.looks()).buttons(job)
    assert "start" not in (await there.looks()).buttons(job)
    await there.taps("arrive", job)
    await here.taps("finish", job)
    assert (await chats.state(job)).job.status is JobStatus.CLOSED
    for person in (there, here):
        seen = await person.looks()
        assert "502" not in seen.card(job)
        assert not seen.buttons(job)
    for desk in (lin, await chats.person("zhao")):
        assert here.name in (await desk.looks()).card(job)


async def test_an_alarm_answered_on_the_page_is_quiet_in_the_chat_and_urged_in_both(chats: World) -> None:
    await (await chats.person("lin")).writes("7-502 胰岛素用完 中山医院")
    job = await chats.job()
    there, here = await chats.person("zhao"), await chats.person("zhao", on=WEB)
    await chats.fast_forward(minutes=10.5)
    for place in (there, here):
        assert (await place.looks()).red
    await here.taps("acknowledge", job)
    for place in (there, here):
        assert not (await place.looks()).red
    await chats.fast_forward(minutes=15.1)
    for place in (there, here):
        assert (await place.looks()).red
