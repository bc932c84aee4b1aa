"""Private stays private: between committees (CONFORMANCE.md 34) and before people are vouched for (35)."""

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from dispatch.jobs import Priority
from dispatch.people import Address
from dispatch.verbs import ADMITTING, Verb
from handlers.messages import Incoming
from store.schema import DATABASE
from tests.stories.world import COMMITTEE, World

SECRETS = ("502", "陈阿婆", "19900001234", "19900005678", "八十岁独居", "独居失联", "1990000")
MESSAGE = "3号楼502 敲门无应答 陈阿婆独居失联 19900001234"

OTHER = {
    **COMMITTEE,
    "committee": {**COMMITTEE["committee"], "key": "fangxiang", "name": "芳香里居民区"},  # type: ignore[dict-item]  # a file's table
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
PLAYED = [verb for verb in Verb if not verb.value.startswith("see_") and verb not in {Verb.POST, *ADMITTING}]


def hidden(text: str) -> bool:
    """None of the private words stands in it, however they are spaced."""
    squeezed = text.replace(" ", "").replace("-", "")
    return not any(secret in text or secret in squeezed for secret in SECRETS)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)  # as the program logs
    return caplog


async def test_another_committees_people_can_do_nothing_to_a_job_and_learn_nothing_of_it(
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
            said = await stranger.taps(verb.value, job, choice=str(claimer.id), text="3号楼")
            assert hidden(said), verb
            assert claimer.name not in said
            assert before.roster.committee.name not in said
            assert "refused" in logged.text
        page = await stranger.looks()
        assert page.card(job) == ""
        assert hidden(page.html.replace("502", ""))  # the post box's examples name that very door
    assert await world.state(job) == before


async def test_an_address_of_another_committee_finds_no_job_by_its_number(world: World) -> None:
    await (await world.person("lin")).writes(MESSAGE)
    job = await world.job()
    other = await world.founds(OTHER)
    staff = await world.person("staff", other)
    roster = await world.store.roster(other.id)
    address: Address = roster.addresses_of[staff.id][0]
    forged = Incoming(address=address, verb=Verb.CLAIM, job_id=job, version=1)
    missing = replace(forged, job_id=999_999)
    answers = [await world.router.handle(incoming) for incoming in (forged, missing)]
    assert answers[0].text.replace(str(job), "#") == answers[1].text.replace("999999", "#")
    assert not any(answer.ok for answer in answers)


async def test_somebody_nobody_vouched_for_never_sees_a_door_a_phone_or_a_health_note(
    world: World, logged: pytest.LogCaptureFixture
) -> None:
    lin, stranger = await world.person("lin"), await world.person("stranger")
    pages: list[str] = []

    async def spies() -> None:
        pages.append((await stranger.looks()).html)

    await lin.writes(MESSAGE)
    job = await world.job()
    assert "stranger" not in await world.asked(job)
    await spies()
    for verb in PLAYED:
        pages.append(await stranger.taps(verb.value, job, choice=str(stranger.id), text="?"))
        await spies()
    await lin.taps("assign", job, choice=str(stranger.id))
    await spies()
    await stranger.taps("start", job)
    await world.fast_forward(minutes=200)
    await spies()
    await lin.taps("cancel", job)
    await spies()
    assert all(hidden(page) for page in pages)
    assert hidden(logged.text)


async def test_everybody_else_sees_kind_building_and_urgency_only(world: World) -> None:
    await (await world.person("lin")).writes(MESSAGE)
    job = await world.job()
    for key in await world.asked(job):
        page = await (await world.person(key)).looks()
        assert hidden(page.card(job))
        assert "3号楼" in page.card(job)


async def test_what_was_revealed_is_withdrawn_when_the_claim_ends(world: World) -> None:
    lin, ana = await world.person("lin"), await world.person("v3")
    for ending in ("release", "finish"):
        await lin.writes(MESSAGE)
        job = await world.job()
        await ana.taps("claim", job)
        assert await ana.sees("502", job)
        await ana.taps(ending, job)
        assert hidden((await ana.looks()).html)


async def test_a_headline_with_a_door_or_a_phone_is_cleaned_before_everybody_reads_it(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("", kind="general", building="3", headline="帮3号楼502陈家 19900001234 搬米")
    job = await world.job()
    assert (await world.state(job)).job.priority is Priority.NORMAL
    for key in await world.asked(job):
        assert hidden((await (await world.person(key)).looks()).card(job).replace("陈家", ""))


async def test_every_reveal_is_logged_with_who_what_and_why(world: World) -> None:
    await (await world.person("lin")).writes(MESSAGE)
    job = await world.job()
    await (await world.person("v3")).taps("claim", job)
    with closing(sqlite3.connect(world.data / DATABASE)) as connection:
        rows = connection.execute("SELECT job_id, person_id, fields, reason FROM reveals").fetchall()
    assert len(rows) == 1
    assert rows[0][0] == job
    assert "unit" in rows[0][2]
    assert rows[0][3] == "claimed"
