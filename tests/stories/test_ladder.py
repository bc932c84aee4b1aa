"""Nobody taps: waves, then the ladder, until a human answers (CONFORMANCE.md 1-3, 9-11, 13-15, 17, 18)."""

import asyncio
from dataclasses import replace

import pytest

from dispatch.jobs import JobStatus
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.world import WEB, World

MEDICINE = "7-502 胰岛素用完 中山医院"
RUNGS = ("zhao", "qian", "sun", "desk")
LADDER = table(COMMITTEE, "ladder")


async def posted(world: World, text: str = MEDICINE) -> int:
    await (await world.person("lin")).writes(text)
    return await world.job()


async def test_the_duty_secretary_sees_red_and_is_urged_until_they_answer(world: World) -> None:
    job = await posted(world)
    zhao = await world.person("zhao")
    assert not (await zhao.looks()).red
    await world.fast_forward(minutes=10.5)
    assert await world.called(job) == {"zhao"}
    page = await zhao.looks()
    assert page.red
    assert "acknowledge" in page.buttons(job)
    await zhao.taps("acknowledge", job)
    assert not (await zhao.looks()).red
    await world.fast_forward(minutes=15.1)
    assert "urged" in await world.events(job)
    assert (await zhao.looks()).red


async def test_deputy_director_and_office_are_called_one_after_the_other(world: World) -> None:
    job = await posted(world)
    await world.fast_forward(minutes=10.5)
    for index in range(len(RUNGS)):
        assert await world.called(job) == set(RUNGS[: index + 1])
        await world.fast_forward(minutes=10)


async def test_an_unclaimed_job_never_stops_being_called(world: World) -> None:
    job, hours = await posted(world), 24 if world.platform == WEB else 8
    await world.fast_forward(minutes=hours * 60)  # every call is a message in a leader's chat
    situation = await world.state(job)
    assert situation.job.status is JobStatus.OPEN
    assert situation.job.look_at is not None
    assert situation.job.look_at > world.clock.now()
    events = await world.events(job)
    assert events.count("exhausted") == 1
    assert events.count("called_again") > hours - 4


async def test_everything_down_across_several_due_times_gives_one_message_a_person(world: World) -> None:
    job = await posted(world)
    zhao = await world.person("zhao")
    before = await world.events(job)
    await world.sleeps_through(minutes=25)
    fired = (await world.events(job))[len(before) :]
    assert fired.count("called") == 2
    assert fired.count("asked") >= 1
    (address,) = (await world.store.roster(world.committee.id)).addresses_of[zhao.id]
    query = "SELECT cause, kind FROM outbox WHERE address_id = ? AND job_id = ?"
    rows = await world.rows(query, address.id, job)
    assert len({cause for cause, _ in rows}) == len(rows)
    assert len([kind for _, kind in rows if kind == "alert"]) == 1


async def test_two_workers_on_one_due_job_advance_it_once(world: World) -> None:
    job = await posted(world)
    due = (await world.state(job)).job.look_at
    assert due is not None
    world.clock.set(due)
    before = len(await world.events(job))
    await asyncio.gather(*(world.service.look(world.committee.id, job) for _ in range(8)))
    assert len(await world.events(job)) == before + 1


async def test_a_stale_alarm_does_nothing(world: World) -> None:
    job = await posted(world)
    before = await world.state(job)
    await world.service.look(world.committee.id, job)
    assert await world.state(job) == before


@pytest.mark.parametrize("deleted", [False, True])
async def test_conformance_15_a_playbook_edited_or_deleted_in_mid_run_does_not_change_the_job(
    world: World, *, deleted: bool
) -> None:
    job = await posted(world)
    started_with = (await world.state(job)).playbook
    edited = replace(world.playbooks["medicine_run"], digest="edited", waves=(), rungs=(), loops=1)
    world.service.playbooks = {} if deleted else {"medicine_run": edited}
    await world.fast_forward(minutes=10.5)
    assert (await world.state(job)).playbook == started_with
    assert await world.called(job) == {"zhao"}


async def test_conformance_13_nobody_on_duty_is_passed_on_at_once_and_the_last_resort_is_called(
    world: World,
) -> None:
    await world.founds({**COMMITTEE, "ladder": {**LADDER, "duty": []}})
    job = await posted(world)
    await world.fast_forward(minutes=10.5)
    assert {"qian", "sun", "desk"} <= await world.called(job)
    assert "rung_empty" in await world.events(job)
    assert (await world.state(job)).job.status is JobStatus.OPEN


async def test_an_empty_ladder_still_calls_somebody(world: World) -> None:
    await world.founds({**COMMITTEE, "ladder": {}})
    job = await posted(world)
    await world.fast_forward(minutes=10.5)
    assert await world.called(job)


async def test_a_leader_removed_in_mid_run_is_passed_over(world: World) -> None:
    job = await posted(world)
    people = [person for person in tables(COMMITTEE, "people") if person["key"] != "qian"]
    file = {**COMMITTEE, "people": people, "ladder": {**LADDER, "deputy": []}}
    await world.founds(file, prune=True)
    await world.fast_forward(minutes=21)
    assert await world.called(job) == {"zhao", "sun"}


async def test_conformance_18_claimed_and_silent_is_nudged_once_and_reopened_without_that_person(
    world: World,
) -> None:
    job = await posted(world)
    ana = await world.person("v7")
    await ana.taps("claim", job)
    assert await ana.sees("502", job)
    await world.fast_forward(minutes=15.1)
    assert (await world.events(job)).count("nudged") == 1
    await world.fast_forward(minutes=16)
    situation = await world.state(job)
    assert situation.job.status is JobStatus.OPEN
    assert (await world.events(job)).count("nudged") == 1
    again = {ask.person_id for ask in situation.asks if ask.loop == situation.job.calling.loop}
    assert again
    assert ana.id not in again
    assert not await ana.sees("502", job)


async def test_under_way_and_silent_brings_staff_and_duty_and_asks_after_the_volunteer(
    world: World,
) -> None:
    job = await posted(world)
    ana, zhao, lin = await world.person("v7"), await world.person("zhao"), await world.person("lin")
    await ana.taps("claim", job)
    await ana.taps("start", job)
    await world.fast_forward(minutes=3 * 60 + 16)
    assert {"zhao", "lin"} <= await world.called(job)
    for leader in (zhao, lin):
        assert ana.name in (await leader.looks()).card(job)
    assert (await zhao.looks()).red
    await ana.taps("arrive", job)
    assert not (await zhao.looks()).red


async def test_help_reaches_staff_and_duty_at_once(world: World) -> None:
    job = await posted(world)
    ana, zhao = await world.person("v7"), await world.person("zhao")
    await ana.taps("claim", job)
    await ana.taps("start", job)
    await ana.taps("help", job)
    assert {"zhao", "lin"} <= await world.called(job)
    assert "acknowledge" in (await zhao.looks()).buttons(job)


async def test_an_old_button_shows_the_present_state_and_moves_nothing(world: World) -> None:
    job = await posted(world)
    ana, ben = await world.person("v7"), await world.person("v6")
    asked = await world.version(job)
    assert "claim" in (await ben.looks()).buttons(job)
    await ana.taps("claim", job)
    claimed = await world.version(job)
    await ana.taps("release", job)
    await ana.taps("claim", job, version=asked)
    claimed_again = await world.state(job)
    assert await ana.taps("release", job, version=claimed)
    assert await world.state(job) == claimed_again
    await ana.taps("finish", job)
    before = await world.state(job)
    assert await ben.taps("claim", job, version=asked)
    assert await ana.taps("start", job, version=claimed)
    assert await world.state(job) == before
    for person in (ana, ben):
        assert not (await person.looks()).buttons(job)


async def test_a_tap_that_arrives_again_moves_nothing(chats: World) -> None:
    job = await posted(chats)
    ana, lin = await chats.person("v7"), await chats.person("lin")
    await ana.taps("claim", job)
    await lin.taps("release", job, choice=str(ana.id))
    before = await chats.state(job)
    assert await ana.again()
    assert await chats.state(job) == before


async def test_whatever_has_a_receipt_that_was_seen_before_moves_nothing(world: World) -> None:
    job = await posted(world)
    ana = await world.person("v7")
    (address,) = (await world.store.roster(world.committee.id)).addresses_of[ana.id]

    async def comes(verb: Verb, receipt: str) -> None:
        version = await world.version(job)
        incoming = Incoming(address=address, verb=verb, job_id=job, version=version, receipt=receipt)
        await world.router.handle(incoming)

    await comes(Verb.CLAIM, "chat:1")
    await comes(Verb.RELEASE, "chat:2")
    before = await world.state(job)
    await comes(Verb.CLAIM, "chat:1")
    assert await world.state(job) == before
    await comes(Verb.CLAIM, "chat:3")
    assert (await world.state(job)).job.status is JobStatus.FILLED
