"""Jobs that are worked from the first to the last step by words alone: nobody taps a button.

A sign before each of them, as every chat takes it: `/` on Telegram, `!` on Matrix.
"""

import pytest

from dispatch.claims import ClaimStatus
from dispatch.jobs import CallCause, JobStatus, Outcome, Priority
from tests.stories.drivers.base import ChatActor
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"
RICE = "3号楼 帮忙搬一袋大米"


async def posted(chats: World, lin: ChatActor, text: str = KNOCK) -> int:
    """What staff post with one message."""
    await lin.writes(text)
    return await chats.job()


async def status(chats: World, job: int) -> list[tuple[int, ClaimStatus]]:
    return [(claim.person_id, claim.status) for claim in (await chats.state(job)).claims]


@pytest.mark.parametrize(
    "words",
    [
        ("接单 {}", "出发 {}", "到了 {}", "完成 {}"),
        ("!claim {}", "!going {}", "!arrived {}", "!done {}"),
        ("!claim {}", "!onmyway", "!arrived", "!done"),
    ],
)
async def test_a_volunteer_works_a_job_by_words(chats: World, words: tuple[str, ...]) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    job = await posted(chats, lin)
    claim, going, arrived, done = (word.format(job) for word in words)
    assert "接单成功" in await ana.writes(claim)
    assert await status(chats, job) == [(ana.id, ClaimStatus.CLAIMED)]
    assert await ana.writes(going)
    assert await status(chats, job) == [(ana.id, ClaimStatus.UNDERWAY)]
    assert await ana.writes(arrived)
    assert (await chats.state(job)).claims[0].arrived_at is not None
    assert await ana.writes(done)
    state = (await chats.state(job)).job
    assert (state.status, state.outcome) == (JobStatus.CLOSED, Outcome.DONE)
    assert await lin.sees("志愿者3", job)


async def test_on_matrix_the_same_words_do_the_same(everywhere: World) -> None:
    lin, ana = await everywhere.person("lin"), await everywhere.person("v3", on="matrix")
    await lin.writes(KNOCK)
    job = await everywhere.job()
    for words in ("!claim {}", "!going {}", "!arrived", "完成 {}"):
        assert await ana.writes(words.format(job))
    state = (await everywhere.state(job)).job
    assert (state.status, state.outcome) == (JobStatus.CLOSED, Outcome.DONE)
    assert (await everywhere.state(job)).claims[0].person_id == ana.id


async def test_a_job_is_given_back_and_refused_by_words(chats: World) -> None:
    lin, ana, ben = await chats.member("lin"), await chats.member("v3"), await chats.member("v4")
    job = await posted(chats, lin)
    await ana.writes(f"接单 {job}")
    assert await ana.writes(f"去不了 {job}")
    assert await status(chats, job) == [(ana.id, ClaimStatus.RELEASED)]
    assert await ben.writes(f"不去 {job}")
    asked = {ask.person_id: ask.refused_at for ask in (await chats.state(job)).asks if not ask.leader}
    assert asked[ben.id] is not None


async def test_whoever_is_on_duty_answers_and_settles_by_words(chats: World) -> None:
    lin, ana, zhao = await chats.member("lin"), await chats.member("v3"), await chats.member("zhao")
    job = await posted(chats, lin)
    await ana.writes(f"接单 {job}")
    await ana.writes(f"求助 {job}")
    assert (await chats.state(job)).job.calling.cause is CallCause.HELP
    assert await zhao.writes(f"我来处理 {job}")
    assert (await chats.state(job)).job.calling.acknowledged_by == zhao.id
    assert await zhao.writes(f"已解决 {job}")
    assert (await chats.state(job)).job.calling.cause is CallCause.UNCLAIMED  # for the second person


async def test_staff_give_raise_correct_and_close_a_job_by_words(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    job = await posted(chats, lin, RICE)
    assert (await chats.state(job)).job.priority is Priority.NORMAL
    assert await lin.writes(f"升级 {job}")
    assert (await chats.state(job)).job.priority is Priority.URGENT
    assert await lin.writes(f"更正 {job} 5号楼601")
    assert (await chats.store.private(chats.committee.id, job)).unit == "601"
    assert "志愿者3" in await lin.writes(f"!assign {job} 志愿者3")
    assert await status(chats, job) == [(ana.id, ClaimStatus.CLAIMED)]
    assert await lin.writes(f"办结 {job}")
    state = (await chats.state(job)).job
    assert (state.status, state.outcome) == (JobStatus.CLOSED, Outcome.DONE)


async def test_giving_it_to_somebody_else_takes_it_from_whoever_had_it(chats: World) -> None:
    lin, ana, ben = await chats.member("lin"), await chats.member("v3"), await chats.member("v4")
    job = await posted(chats, lin)
    await ana.writes(f"接单 {job}")
    assert ben.name in await lin.writes(f"!assign {job} {ben.name}")
    live = [claim.person_id for claim in (await chats.state(job)).claims if claim.live]
    assert live == [ben.id]


async def test_staff_say_it_for_somebody_without_a_phone(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    job = await posted(chats, lin)
    await ana.writes(f"接单 {job}")
    assert await lin.writes(f"!arrived {job} {ana.name}")
    assert (await chats.state(job)).claims[0].arrived_at is not None
    assert await lin.writes(f"!done {job} {ana.name}")
    assert (await chats.state(job)).job.status is JobStatus.CLOSED


@pytest.mark.parametrize("words", ["!assign {} 没有这个人", "!assign {}", "!done {} 志愿者5"])
async def test_a_name_that_is_not_clear_changes_nothing(chats: World, words: str) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    job = await posted(chats, lin)
    await ana.writes(f"接单 {job}")
    before = await chats.state(job)
    assert "名" in await lin.writes(words.format(job))
    assert await chats.state(job) == before


@pytest.mark.parametrize(
    "words", ["!assign {} 志愿者4", "!close {}", "!raise {}", "!correct {} 7-502", "!settled {}", "!onit {}"]
)
async def test_words_of_the_desk_are_refused_to_a_volunteer(chats: World, words: str) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    job = await posted(chats, lin)
    before = await chats.state(job)
    assert "不由您" in await ana.writes(words.format(job))
    assert await chats.state(job) == before


async def test_with_several_jobs_in_hand_the_number_is_asked_for(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    jobs = [await posted(chats, lin, text) for text in (KNOCK, "3号楼601 氧气机缺水")]
    for job in jobs:
        await ana.writes(f"接单 {job}")
    before = [await chats.state(job) for job in jobs]
    assert "编号" in await ana.writes("!done")
    assert [await chats.state(job) for job in jobs] == before


async def test_the_same_words_twice_are_one_step(chats: World) -> None:
    lin = await chats.member("lin")
    job = await posted(chats, lin, RICE)
    await lin.writes(f"升级 {job}")
    await lin.again()
    assert (await chats.state(job)).job.priority is Priority.URGENT
