"""Private stays private: between committees (CONFORMANCE.md 34) and before people are vouched for (35)."""

import re

import pytest

from bot.web.forms import BUTTONS
from dispatch.jobs import Priority
from dispatch.verbs import ADMITTING, RELAYING
from tests.stories.committee import COMMITTEE, table
from tests.stories.world import World

SECRETS = ("502", "陈阿婆", "19900001234", "19900005678", "八十岁独居", "独居失联", "1990000")
MESSAGE = "3号楼502 敲门无应答 陈阿婆独居失联 19900001234"

OTHER = {
    **COMMITTEE,
    "committee": {**table(COMMITTEE, "committee"), "key": "fangxiang", "name": "芳香里居民区"},
    "people": [
        {"key": "vol", "name": "外志愿", "roles": ["volunteer"], "trusted": True},
        {"key": "lead", "name": "外组长", "roles": ["leader"], "trusted": True},
        {"key": "staff", "name": "外社工", "roles": ["staff"], "trusted": True},
        {"key": "sec", "name": "外书记", "roles": ["secretary"], "trusted": True},
        {"key": "office", "name": "外街道", "roles": ["office"], "trusted": True},
        {"key": "adviser", "name": "外顾问", "roles": ["adviser"], "trusted": True},
    ],
    "residents": [],
    "ladder": {"duty": ["sec"]},
}
PLAYED = sorted(BUTTONS - ADMITTING - RELAYING)
"""Every verb that stands on some button of a job."""


def hidden(text: str) -> bool:
    """None of the private words stands in it, however they are spaced."""
    squeezed = text.replace(" ", "").replace("-", "")
    return not any(secret in text or secret in squeezed for secret in SECRETS)


def unlogged(text: str) -> bool:
    """The same of a log. How many bytes an answer had says nothing, and may happen to be 5,021."""
    return hidden(re.sub(r'(HTTP/1\.1" \d{3}) \d+', r"\1", text))


async def test_conformance_34_another_committees_people_can_do_nothing_to_a_job_and_learn_nothing_of_it(
    world: World, logged: pytest.LogCaptureFixture
) -> None:
    await (await world.person("lin")).writes(MESSAGE)
    job = await world.job()
    claimer = await world.person("v3")
    await claimer.taps("claim", job)
    before = await world.state(job)
    other = await world.founds(OTHER)
    for key in ("vol", "lead", "staff", "sec", "office", "adviser"):
        stranger = await world.person(key, other)
        for verb in PLAYED:
            logged.clear()
            said = await stranger.forges(verb.value, job, choice=str(claimer.id), text="3号楼")
            assert said, verb
            assert hidden(said), verb
            assert claimer.name not in said
            assert before.roster.committee.name not in said
            assert "refused" in logged.text
        seen = await stranger.looks()
        assert seen.card(job) == ""
        for everything in (*stranger.received(), seen.markup):
            assert hidden(everything.replace("502", ""))  # the post box's examples name that very door
            assert claimer.name not in everything
    assert await world.state(job) == before


async def test_somebody_of_another_committee_finds_no_job_by_its_number(world: World) -> None:
    await (await world.person("lin")).writes(MESSAGE)
    job = await world.job()
    other = await world.founds(OTHER)
    staff = await world.person("staff", other)
    here, nowhere = [await staff.forges("claim", number, version=1) for number in (job, 999_999)]
    assert here.replace(str(job), "#") == nowhere.replace("999999", "#")
    assert here
    assert not (await world.state(job)).claims


async def test_conformance_35_somebody_nobody_vouched_for_never_sees_a_door_a_phone_or_a_health_note(
    world: World, logged: pytest.LogCaptureFixture
) -> None:
    lin, stranger = await world.person("lin"), await world.person("stranger")
    await lin.writes(MESSAGE)
    job = await world.job()
    assert "stranger" not in await world.asked(job)
    await stranger.looks()
    for verb in PLAYED:
        await stranger.forges(verb.value, job, choice=str(stranger.id), text="?")
        await stranger.looks()
    await lin.forges("assign", job, choice=str(stranger.id))
    await stranger.looks()
    await stranger.forges("start", job)
    await world.fast_forward(minutes=200)
    await stranger.looks()
    await lin.taps("cancel", job)
    await stranger.looks()
    assert stranger.received()
    assert all(hidden(each) for each in stranger.received())
    assert unlogged(logged.text)


async def test_everybody_else_sees_kind_building_and_urgency_only(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    await lin.writes(MESSAGE)
    job = await world.job()
    asked = await world.asked(job)
    for key in asked:
        card = (await (await world.person(key)).looks()).card(job)
        assert hidden(card)
        assert "3号楼" in card
    await ana.taps("claim", job)
    await world.fast_forward(minutes=60)
    await lin.taps("cancel", job)
    vouched = ("v3", "lin", "zhao", "qian", "sun", "desk")
    others = await world.everybody(but=vouched)
    for one in others:
        await one.looks()
        assert all(hidden(each) for each in one.received()), one.name
    assert all(hidden(each) for each in world.posted())


async def test_what_was_revealed_is_withdrawn_when_the_claim_ends(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    for ending in ("release", "finish"):
        await lin.writes(MESSAGE)
        job = await world.job()
        await ana.taps("claim", job)
        assert await ana.sees("502", job)
        await ana.taps(ending, job)
        seen = await ana.looks()
        assert hidden(seen.markup)
        assert hidden(seen.text)
        assert not all(hidden(each) for each in ana.received())  # what was there once is not forgotten here


async def test_a_headline_with_a_door_or_a_phone_is_cleaned_before_everybody_reads_it(pages: World) -> None:
    lin = await pages.visitor("lin")
    await lin.fills(kind="general", building="3", headline="帮3号楼502陈家 19900001234 搬米")
    job = await pages.job()
    assert (await pages.state(job)).job.priority is Priority.NORMAL
    for key in await pages.asked(job):
        assert hidden((await (await pages.person(key)).looks()).card(job).replace("陈家", ""))


async def test_every_reveal_is_logged_with_who_what_and_why(world: World) -> None:
    await (await world.person("lin")).writes(MESSAGE)
    job = await world.job()
    ana = await world.person("v3")
    await ana.taps("claim", job)
    rows = await world.rows("SELECT job_id, person_id, fields, reason FROM reveals")
    assert [(row[0], row[1], row[3]) for row in rows] == [(job, ana.id, "claimed")]
    assert "unit" in str(rows[0][2])


async def test_whoever_takes_looks_and_gives_back_is_shown_no_more_until_staff_vouch_again(
    world: World,
) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    for _ in range(3):
        await lin.writes(MESSAGE)
        job = await world.job()
        await ana.taps("claim", job)
        assert await ana.sees("502", job)
        assert not any("一再接单" in each for each in lin.received())
        await ana.taps("release", job)
        await world.fast_forward(minutes=5)
    await lin.looks()
    assert any("一小时内退回了3单" in each for each in lin.received())
    await lin.writes(MESSAGE)
    job = await world.job()
    assert "v3" not in await world.asked(job)
    await ana.forges("claim", job)
    assert not (await world.state(job)).claims
    committee = (await world.state(job)).job.committee_id
    await world.store.vouch(committee, ana.id, lin.id, world.clock.now())
    await ana.forges("claim", job)
    assert [claim.person_id for claim in (await world.state(job)).claims] == [ana.id]
