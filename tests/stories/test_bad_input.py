"""Whatever is typed: a clear answer in the reader's language, nothing lost, nothing executed."""

import pytest

from dispatch.jobs import JobStatus
from tests.stories.world import World

HOSTILE = [
    "<script>alert(1)</script> 3号楼502",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE jobs; --",
    "{{7*7}} ${7*7} %s {0} {job}",
    "\u202eevil\u202c مرحبا 👩‍👩‍👧‍👦 3号楼",
    "\x00\x01\x02 3号楼",
    "９９９号楼１２３",
    "😀" * 400,
]


async def test_hostile_text_becomes_a_job_whose_words_reach_staff_and_run_nowhere(world: World) -> None:
    lin = await world.person("lin")
    for number, text in enumerate(HOSTILE, start=1):
        await lin.writes(text)
        assert len(await world.jobs()) == number
        kept = await world.store.private(world.committee.id, await world.job())
        assert kept.text.split() == text.split() or kept.text.strip("\x00\x01\x02 ") == text.strip(
            "\x00\x01\x02 "
        )
    seen = await lin.looks()
    assert "<script>alert" not in seen.markup
    assert "<img src=x" not in seen.markup


async def test_an_empty_message_is_answered_and_posts_nothing(world: World) -> None:
    lin = await world.person("lin")
    for text in ("", "   ", "\n\t"):
        assert await lin.writes(text)
    assert await world.jobs() == ()


async def test_the_longest_message_that_can_be_written_is_a_job_and_kept_to_its_end(world: World) -> None:
    lin = await world.person("lin")
    words = "敲门无应答 ".ljust(lin.longest - 1, "很") + "完"
    assert await lin.writes(words)
    kept = await world.store.private(world.committee.id, await world.job())
    assert kept.text == words
    assert "敲门无应答" in (await lin.looks()).card(await world.job())


async def test_one_character_more_than_ten_thousand_is_refused_with_the_limit(pages: World) -> None:
    lin = await pages.person("lin")
    assert lin.longest == 10_000
    assert "10" in await lin.writes("很" * 10_001)
    assert await pages.jobs() == ()


async def test_an_unknown_building_and_an_unknown_kind_hold_nothing_back(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("99号楼 有急事")
    job = await world.job()
    situation = await world.state(job)
    assert situation.job.kind == "general"
    assert situation.job.building_id is None
    assert situation.job.status is JobStatus.OPEN
    assert "99号楼" in (await lin.looks()).card(job)


async def test_a_forged_kind_or_building_in_the_form_is_refused_and_posts_nothing(pages: World) -> None:
    lin = await pages.visitor("lin")
    for building in ({}, {"building": "nowhere"}):
        kind = "general" if building else "nonsense"
        assert await lin.fills(text="x", kind=kind, **building)
    assert await pages.jobs() == ()


async def test_a_volunteers_message_is_no_job_and_gets_an_answer(world: World) -> None:
    ana = await world.person("v1")
    assert await ana.writes("3号楼502 敲门无应答")
    assert await world.jobs() == ()


@pytest.mark.parametrize(("language", "word"), [("en", "Posted"), ("zh_CN", "已发布")])
async def test_answers_come_in_the_readers_language(world: World, language: str, word: str) -> None:
    lin = await world.person("lin")
    await world.store.set_language(world.committee.id, lin.id, language)
    answer = await lin.writes("3号楼502 敲门无应答")
    assert word in answer
