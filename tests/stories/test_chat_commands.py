"""Words in a chat that do what buttons do, and questions that are answered."""

import pytest

from dispatch.claims import ClaimStatus
from dispatch.jobs import JobStatus, Outcome
from tests.stories.committee import COMMITTEE, table
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"


@pytest.mark.parametrize(
    "text", [KNOCK, f"/job {KNOCK}", f"/job@SuidaoBot {KNOCK}", f"任务 {KNOCK}", f"/任务 {KNOCK}"]
)
async def test_staff_post_with_a_command_or_without(chats: World, text: str) -> None:
    lin = await chats.member("lin")
    said = await lin.writes(text)
    (job,) = await chats.jobs()
    assert f"任务{job.id}" in said.replace(" ", "")
    assert "cancel" in (await lin.looks()).buttons(job.id)
    private = await chats.store.private(chats.committee.id, job.id)
    assert (private.text, private.unit) == (KNOCK, "502")


async def test_a_volunteers_command_posts_nothing(chats: World) -> None:
    ana = await chats.member("v3")
    assert "120" in await ana.writes(f"/job {KNOCK}")
    assert await chats.jobs() == ()


@pytest.mark.parametrize("text", ["接单 {job}", "/claim {job}", "!claim #{job}", "claim {job}"])
async def test_a_job_is_claimed_by_its_number(chats: World, text: str) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    job = await chats.job()
    assert "接单成功" in await ana.writes(text.format(job=job))
    assert await ana.sees("502", job)
    assert [claim.person_id for claim in (await chats.state(job)).claims] == [ana.id]
    assert "已经是您的" in await ana.writes(text.format(job=job))


async def test_a_job_that_is_not_there_is_said_to_be_not_there(chats: World) -> None:
    ana = await chats.member("v3")
    assert "没有这个任务" in await ana.writes("接单 999")
    assert "接单 42" in await ana.writes("/claim")


async def test_commands_of_another_committees_people_do_nothing_and_tell_nothing(chats: World) -> None:
    await (await chats.member("lin")).writes(KNOCK)
    job = await chats.job()
    before = await chats.state(job)
    other = {
        **COMMITTEE,
        "committee": {**table(COMMITTEE, "committee"), "key": "fangxiang", "name": "芳香里居民区"},
        "people": [{"key": "staff", "name": "外社工", "roles": ["staff", "volunteer"], "trusted": True}],
        "residents": [],
        "ladder": {},
    }
    foreign = await chats.member("staff", await chats.founds(other))
    nowhere = await foreign.writes("接单 999")
    for words in ("接单 {}", "取消 {}", "备注 {} 在哪里", "/claim {}"):
        said = await foreign.writes(words.format(job))
        assert said.replace(str(job), "#") == nowhere.replace("999", "#")
    assert await chats.state(job) == before
    assert (await foreign.looks()).card(job) == ""


async def test_jobs_shows_at_most_eight_cards_and_says_how_many_more(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    assert await ana.writes("任务")
    assert ana.shown() == []
    for number in range(10):
        await lin.writes(f"{number + 1}号楼 缺水")
    numbers = sorted(job.id for job in await chats.jobs())
    said = await lin.writes("/jobs")
    assert "10" in said
    assert "2" in said
    assert lin.shown() == numbers[:8]
    await ana.writes("任务")
    assert 0 < len(ana.shown()) <= 8


async def test_me_tells_who_i_am_and_what_i_have_taken(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    before = await ana.writes("我的")
    assert "志愿者3" in before
    assert "3号楼" in before
    assert ana.shown() == []
    await ana.writes(f"接单 {await chats.job()}")
    assert await ana.writes("/me")
    assert ana.shown() == [await chats.job()]


async def test_duty_names_who_is_on_duty(chats: World) -> None:
    assert "赵书记" in await (await chats.member("v3")).writes("值班")


@pytest.mark.parametrize("word", ["/help", "求助", "救命！", "help"])
async def test_help_with_a_job_in_hand_raises_the_alarm_for_the_newest(chats: World, word: str) -> None:
    lin, ana, zhao = await chats.member("lin"), await chats.member("v3"), await chats.member("zhao")
    for text in (KNOCK, "3号楼601 氧气机缺水"):
        await lin.writes(text)
        await ana.writes(f"接单 {await chats.job()}")
        await chats.fast_forward(seconds=10)
    newest = await chats.job()
    assert await ana.writes(word)
    assert "help" in await chats.events(newest)
    assert "help" not in await chats.events(newest - 1)
    assert await zhao.sees("志愿者3需要帮助", newest)
    assert not await zhao.sees("志愿者3需要帮助", newest - 1)
    assert await ana.writes(word, about=newest - 1)  # a reply says which
    assert "help" in await chats.events(newest - 1)


async def test_a_call_for_help_goes_out_whatever_card_it_replies_to(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    mine = await chats.job()
    await ana.writes(f"接单 {mine}")
    await lin.writes("5号楼601 氧气机缺水")
    await chats.fast_forward(minutes=5)  # by then everybody was asked, those at work too
    assert await ana.writes("求助", about=await chats.job())
    assert "help" in await chats.events(mine)


async def test_help_without_a_job_explains(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    said = await ana.writes("帮助")
    assert "接单 42" in said
    assert "120" in said
    assert "发布" in await lin.writes("/help")
    assert "help" not in await chats.events(await chats.job())


async def test_cancel_takes_a_reason_and_is_for_staff(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes(KNOCK)
    job = await chats.job()
    assert await ana.writes(f"取消 {job}")
    assert (await chats.state(job)).job.status is JobStatus.OPEN
    assert await lin.writes(f"取消 {job} 老人回来了")
    state = (await chats.state(job)).job
    assert (state.status, state.outcome) == (JobStatus.CLOSED, Outcome.CANCELLED)
    assert any(entry.note == "老人回来了" for entry in await chats.store.timeline(chats.committee.id, job))


async def test_a_reply_to_a_card_corrects_notes_or_is_a_command(chats: World) -> None:
    lin, ana = await chats.member("lin"), await chats.member("v3")
    await lin.writes("3号楼 敲门无应答")
    job = await chats.job()
    assert await lin.writes("3号楼601", about=job)
    assert (await chats.store.private(chats.committee.id, job)).unit == "601"
    assert await lin.writes("备注：钥匙在邻居家", about=job)
    assert "接单成功" in await ana.writes("接单", about=job)
    assert await ana.writes("门卫不让进", about=job)
    notes = [entry.note for entry in await chats.store.timeline(chats.committee.id, job) if entry.note]
    assert notes[-2:] == ["钥匙在邻居家", "门卫不让进"]
    assert (await chats.state(job)).claims[0].status is ClaimStatus.CLAIMED
    assert await ana.writes("求助", about=job)
    assert "help" in await chats.events(job)
    assert len(await chats.jobs()) == 1


async def test_a_reply_of_somebody_without_a_part_in_it_changes_nothing(chats: World) -> None:
    lin, ben = await chats.member("lin"), await chats.member("v4")
    await lin.writes(KNOCK)
    before = await chats.state(await chats.job())
    assert await ben.writes("4号楼", about=before.job.id)
    assert await chats.state(before.job.id) == before


@pytest.mark.parametrize("text", ["/settings", "/jobb 3号楼"])
async def test_what_is_not_there_is_said_to_be_not_there(chats: World, text: str) -> None:
    assert "接单 42" in await (await chats.member("lin")).writes(text)
    assert await chats.jobs() == ()


@pytest.mark.parametrize("text", ["/join 王小明 3号楼", "加入", "/start"])
async def test_somebody_who_is_in_cannot_join_again(chats: World, text: str) -> None:
    ana = await chats.member("v3")
    before = await chats.store.roster(chats.committee.id)
    assert await ana.writes(text)
    assert not ana.choices()
    assert not ana.asked_for_number()
    assert await ana.shares("13600136000")
    assert await chats.store.roster(chats.committee.id) == before
    assert await chats.store.applications(chats.committee.id) == ()


async def test_the_short_forms_words_are_never_a_command(pages: World) -> None:
    lin = await pages.visitor("lin")
    await lin.fills(text="求助", kind="general", building="3")
    (job,) = await pages.jobs()
    assert (await pages.store.private(pages.committee.id, job.id)).text == "求助"
