"""The three jobs of the brief, from one message to closed, as the field notes tell them."""

import pytest

from dispatch.claims import ClaimStatus
from dispatch.jobs import JobStatus, Outcome, Priority
from tests.stories.world import World


@pytest.mark.parametrize(
    ("message", "kind", "building", "priority"),
    [
        ("3号楼502 敲门无应答 80岁独居", "welfare_check", "3", Priority.LIFE),
        ("12号楼301 氧气机缺水", "oxygen_refill", "12", Priority.LIFE),
        ("7-502 胰岛素用完 中山医院", "medicine_run", "7", Priority.URGENT),
        ("Building 3 Apt 502 no answer at the door, lives alone", "welfare_check", "3", Priority.LIFE),
        ("Building 12, unit 301: oxygen concentrator out of water", "oxygen_refill", "12", Priority.LIFE),
        ("7-502 out of insulin, Zhongshan hospital", "medicine_run", "7", Priority.URGENT),
    ],
)
async def test_one_message_becomes_the_right_job_and_goes_from_post_to_close(
    world: World, message: str, kind: str, building: str, priority: Priority
) -> None:
    lin = await world.person("lin")
    await lin.writes(message)
    job = await world.job()
    posted = await world.state(job)
    assert (posted.job.kind, posted.job.priority) == (kind, priority)
    place = posted.job.building_id
    assert place is not None
    assert posted.roster.buildings[place].key == building

    winner = await world.person(next(iter(await world.asked(job))))
    await winner.taps("claim", job)
    unit = "301" if building == "12" else "502"
    assert await winner.sees(unit, job)
    assert winner.name in (await lin.looks()).card(job)

    for verb in ("start", "arrive", "finish"):
        await winner.taps(verb, job)
    closed = (await world.state(job)).job
    assert (closed.status, closed.outcome) == (JobStatus.CLOSED, Outcome.DONE)
    assert winner.name in (await lin.looks()).card(job)
    assert not await winner.sees(unit, job)


async def test_the_emergency_numbers_come_first_on_a_life_threatening_card(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("3号楼502 敲门无应答 80岁独居")
    job = await world.job()
    winner = await world.person(next(iter(await world.asked(job))))
    await winner.taps("claim", job)
    for reader in (lin, winner, await world.person("zhao")):
        card = (await reader.looks()).card(job)
        assert card.index("120") < card.index("110") < card.index("3号楼")


async def test_on_a_page_the_emergency_numbers_dial_and_stand_before_every_button(pages: World) -> None:
    lin = await pages.person("lin")
    await lin.writes("3号楼502 敲门无应答 80岁独居")
    job = await pages.job()
    html = (await lin.looks()).markup
    card = html[html.index(f'id="job-{job}"') :]
    assert card.index("tel:120") < card.index("tel:110") < card.index("<button")


async def test_a_known_resident_is_found_by_the_door_and_their_family_is_shown_to_the_claimer(
    world: World,
) -> None:
    lin = await world.person("lin")
    await lin.writes("3号楼502 敲门无应答")
    job = await world.job()
    winner = await world.person("v3")
    await winner.taps("claim", job)
    card = (await winner.looks()).card(job)
    for private in ("陈阿婆", "502", "19900001234", "19900005678", "八十岁独居"):
        assert private in card.replace(" ", "").replace("-", "") or private in card


async def test_what_is_missing_is_asked_once_with_an_example_and_holds_nothing_back(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("有老人敲门没人应")
    job = await world.job()
    situation = await world.state(job)
    assert situation.job.status is JobStatus.OPEN
    assert {"building", "unit"} <= situation.job.missing
    assert "1号楼 502" in (await lin.looks()).card(job)
    await lin.taps("correct", job, text="3号楼502")
    corrected = await world.state(job)
    assert corrected.job.building_id is not None
    assert not {"building", "unit"} & corrected.job.missing


async def test_staff_follow_the_work_without_chasing(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    await lin.writes("3号楼502 敲门无应答")
    job = await world.job()
    seen = []
    for verb in ("claim", "start", "arrive", "finish"):
        await ana.taps(verb, job)
        seen.append((await lin.looks()).card(job))
    assert len(set(seen)) == len(seen)
    assert all(ana.name in card for card in seen)


async def test_a_volunteer_without_a_phone_is_given_the_job_by_staff_who_finish_it(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("12号楼301 氧气机缺水")
    job = await world.job()
    people = (await world.state(job)).roster.people
    without_phone = next(person for person in people.values() if person.key == "v9")
    await lin.taps("assign", job, choice=str(without_phone.id))
    situation = await world.state(job)
    assert situation.claims[0].status is ClaimStatus.UNDERWAY
    await lin.taps("finish", job, choice=str(without_phone.id))
    assert (await world.state(job)).job.outcome is Outcome.DONE


async def test_staff_correct_raise_and_cancel(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v7")
    await lin.writes("7-502 胰岛素用完 中山医院")
    job = await world.job()
    await ana.taps("claim", job)
    await lin.taps("correct", job, text="7号楼503")
    assert await ana.sees("503", job)
    await lin.taps("raise", job)
    assert (await world.state(job)).job.priority is Priority.LIFE
    await lin.taps("cancel", job)
    assert (await world.state(job)).job.outcome is Outcome.CANCELLED
    assert not await ana.sees("503", job)


async def test_a_message_that_arrives_twice_is_one_job(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("3号楼502 敲门无应答")
    assert await lin.again()
    assert len(await world.jobs()) == 1


async def test_a_short_form_sent_twice_is_one_job(pages: World) -> None:
    lin = await pages.visitor("lin")
    for _ in range(2):
        await lin.fills(kind="general", building="3", headline="搬大米", nonce="same")
    assert len(await pages.jobs()) == 1


async def test_ten_people_for_the_rice_fill_up_one_by_one(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("1号楼 搬大米 3人")
    job = await world.job()
    for number in (1, 2, 3):
        await (await world.person(f"v{number}")).taps("claim", job)
    situation = await world.state(job)
    assert situation.job.status is JobStatus.FILLED
    late = await world.person("v4")
    await late.taps("claim", job)
    assert "志愿者1" in late.said
