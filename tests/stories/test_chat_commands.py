"""Words in a chat that do what buttons do, and questions that are answered."""

import pytest

from dispatch.claims import ClaimStatus
from dispatch.jobs import JobStatus, Outcome
from tests.stories.chats import Chat
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"


@pytest.fixture
def chat(world: World) -> Chat:
    return Chat(world)


@pytest.mark.parametrize(
    "text", [KNOCK, f"/job {KNOCK}", f"/job@SuidaoBot {KNOCK}", f"任务 {KNOCK}", f"/任务 {KNOCK}"]
)
async def test_staff_post_with_a_command_or_without(world: World, chat: Chat, text: str) -> None:
    lin = await chat.member("lin", "9001")
    reply = await lin.says(text)
    assert reply.ok
    assert reply.card is not None
    (job,) = await world.jobs()
    private = await world.store.private(world.committee.id, job.id)
    assert (private.text, private.unit) == (KNOCK, "502")


async def test_a_volunteers_command_posts_nothing(world: World, chat: Chat) -> None:
    ana = await chat.member("v3", "1003")
    assert not (await ana.says(f"/job {KNOCK}")).ok
    assert await world.jobs() == ()


@pytest.mark.parametrize("text", ["接单 {job}", "/claim {job}", "!claim #{job}", "claim {job}"])
async def test_a_job_is_claimed_by_its_number(world: World, chat: Chat, text: str) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    await lin.says(KNOCK)
    job = await world.job()
    reply = await ana.says(text.format(job=job))
    assert reply.ok
    assert reply.card is not None
    assert any(fact.private for fact in reply.card.facts)
    assert [claim.person_id for claim in (await world.state(job)).claims] == [(await world.person("v3")).id]
    assert "已经是您的" in (await ana.says(text.format(job=job))).text


async def test_a_job_that_is_not_there_is_said_to_be_not_there(chat: Chat) -> None:
    ana = await chat.member("v3", "1003")
    assert not (await ana.says("接单 999")).ok
    missing = await ana.says("/claim")
    assert not missing.ok
    assert "接单 42" in missing.text


async def test_jobs_shows_at_most_eight_cards_and_says_how_many_more(world: World, chat: Chat) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    assert not (await ana.says("任务")).cards
    for number in range(10):
        await lin.says(f"{number + 1}号楼 缺水")
    reply = await lin.says("/jobs")
    assert len(reply.cards) == 8
    assert "10" in reply.text
    assert "2" in reply.text
    assert [card.rank for card in reply.cards] == sorted(card.rank for card in reply.cards)
    asked = await ana.says("任务")
    assert 0 < len(asked.cards) <= 8
    assert all(not fact.private for card in asked.cards for fact in card.facts)


async def test_me_tells_who_i_am_and_what_i_have_taken(world: World, chat: Chat) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    await lin.says(KNOCK)
    before = await ana.says("我的")
    assert "志愿者3" in before.text
    assert "3号楼" in before.text
    assert before.cards == ()
    await ana.says(f"接单 {await world.job()}")
    after = await ana.says("/me")
    assert [card.job_id for card in after.cards] == [await world.job()]


async def test_duty_names_who_is_on_duty(chat: Chat) -> None:
    assert "赵书记" in (await (await chat.member("v3", "1003")).says("值班")).text


@pytest.mark.parametrize("word", ["/help", "求助", "救命！", "help"])
async def test_help_with_a_job_in_hand_raises_the_alarm_for_the_newest(
    world: World, chat: Chat, word: str
) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    zhao = await chat.member("zhao", "9002")
    for text in (KNOCK, "3号楼601 氧气机缺水"):
        await lin.says(text)
        await ana.says(f"接单 {await world.job()}")
        await world.fast_forward(seconds=10)
    newest = await world.job()
    zhao.chat.radio.sent.clear()
    assert (await ana.says(word)).ok
    assert "help" in await world.events(newest)
    assert "help" not in await world.events(newest - 1)
    assert {message.card.job_id for message in zhao.received} == {newest}
    assert (await ana.says(word, about=newest - 1)).ok  # a reply says which
    assert "help" in await world.events(newest - 1)


async def test_a_call_for_help_goes_out_whatever_card_it_replies_to(world: World, chat: Chat) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    await lin.says(KNOCK)
    mine = await world.job()
    await ana.says(f"接单 {mine}")
    await lin.says("5号楼601 氧气机缺水")
    assert (await ana.says("求助", about=await world.job())).ok
    assert "help" in await world.events(mine)


async def test_help_without_a_job_explains(world: World, chat: Chat) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    await lin.says(KNOCK)
    reply = await ana.says("帮助")
    assert reply.ok
    assert "接单 42" in reply.text
    assert "120" in reply.text
    assert "发布" in (await lin.says("/help")).text
    assert "help" not in await world.events(await world.job())


async def test_cancel_takes_a_reason_and_is_for_staff(world: World, chat: Chat) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    await lin.says(KNOCK)
    job = await world.job()
    assert not (await ana.says(f"取消 {job}")).ok
    assert (await lin.says(f"取消 {job} 老人回来了")).ok
    state = (await world.state(job)).job
    assert (state.status, state.outcome) == (JobStatus.CLOSED, Outcome.CANCELLED)
    assert any(entry.note == "老人回来了" for entry in await world.store.timeline(world.committee.id, job))


async def test_a_reply_to_a_card_corrects_notes_or_is_a_command(world: World, chat: Chat) -> None:
    lin, ana = await chat.member("lin", "9001"), await chat.member("v3", "1003")
    await lin.says("3号楼 敲门无应答")
    job = await world.job()
    assert (await lin.says("3号楼601", about=job)).ok
    assert (await world.store.private(world.committee.id, job)).unit == "601"
    assert (await lin.says("备注：钥匙在邻居家", about=job)).ok
    assert (await ana.says("接单", about=job)).ok
    assert (await ana.says("门卫不让进", about=job)).ok
    notes = [entry.note for entry in await world.store.timeline(world.committee.id, job) if entry.note]
    assert notes[-2:] == ["钥匙在邻居家", "门卫不让进"]
    assert (await world.state(job)).claims[0].status is ClaimStatus.CLAIMED
    assert (await ana.says("求助", about=job)).ok
    assert "help" in await world.events(job)
    assert len(await world.jobs()) == 1


async def test_a_reply_of_somebody_without_a_part_in_it_changes_nothing(world: World, chat: Chat) -> None:
    lin, ben = await chat.member("lin", "9001"), await chat.member("v4", "1004")
    await lin.says(KNOCK)
    before = await world.state(await world.job())
    assert not (await ben.says("4号楼", about=before.job.id)).ok
    assert await world.state(before.job.id) == before


@pytest.mark.parametrize("text", ["/out", "/acting", "/brief", "/pause", "/settings", "/jobb 3号楼"])
async def test_what_is_not_there_is_said_to_be_not_there(world: World, chat: Chat, text: str) -> None:
    reply = await (await chat.member("lin", "9001")).says(text)
    assert not reply.ok
    assert "接单 42" in reply.text
    assert await world.jobs() == ()


@pytest.mark.parametrize("text", ["/join 王小明 3号楼", "加入", "/start"])
async def test_somebody_who_is_in_cannot_join_again(world: World, chat: Chat, text: str) -> None:
    ana = await chat.member("v3", "1003")
    before = await world.store.roster(world.committee.id)
    assert (await ana.says(text)).ok is text.startswith("/start")
    assert not (await ana.says("", phone="13600136000")).ok
    assert await world.store.roster(world.committee.id) == before
    assert await world.store.applications(world.committee.id) == ()


async def test_the_short_forms_words_are_never_a_command(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("求助", kind="general", building="3")
    (job,) = await world.jobs()
    assert (await world.store.private(world.committee.id, job.id)).text == "求助"
