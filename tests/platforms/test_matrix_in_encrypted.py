"""Encrypted rooms, incoming: what is said there is read, and what cannot be is answered honestly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.matrix.account import Account
from bot.matrix.batch import Task
from bot.matrix.keyring import Keyring
from bot.matrix.sealed import Sealed
from dispatch.jobs import JobStatus, Outcome
from tests.platforms.matrix_hearing import Hearing, followed, hearing
from tests.platforms.matrix_sending import SECRET, settings
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.timeline import Message


@dataclass(frozen=True)
class Encrypting:
    """The staff member's second device, which has keys. The first one shows what was answered."""

    town: Hearing
    account: Account
    room_id: str

    async def says(self, text: str, **more: object) -> str:
        """Write something that only the room's members can read; the event."""
        content = {"msgtype": "m.text", "body": text, **more}
        sealed = await self.account.encrypted(self.room_id, "m.room.message", content)
        return await self.town.phone("zhao").send(self.room_id, "m.room.encrypted", sealed)


@asynccontextmanager
async def encrypting(town: Hearing, folder: Path) -> AsyncIterator[Encrypting]:
    """The staff member's direct chat with the bot, which is there already, and their device."""
    phone = town.phone("zhao")
    await asyncio.to_thread(folder.mkdir)
    room_id = await phone.create_room(invite=[town.bot.user_id], direct=True, encrypted=True)
    await phone.wait_for(lambda: town.bot.user_id in phone.room(room_id).members, "the bot has come")
    async with Account(settings(town.synapse, phone.member), folder, SECRET) as own:
        yield Encrypting(town, own, room_id)


@pytest.fixture
async def zhao(town: Hearing, tmp_path: Path) -> AsyncIterator[Encrypting]:
    async with encrypting(town, tmp_path / "zhao") as made:
        yield made


async def test_a_job_is_posted_and_a_card_answered_in_an_encrypted_room(zhao: Encrypting) -> None:
    town = zhao.town
    event = await zhao.says("7号楼 送药")
    await town.settles()
    (job,) = await town.jobs()
    phone = town.phone("zhao")
    answer = await phone.wait_for(
        lambda: next(each for each in phone.room(zhao.room_id).standing if each.reply_to == event),
        "the answer",
    )
    assert answer.encrypted
    card = await _card(town, job.id)
    await zhao.says("取消", **{"m.relates_to": {"m.in_reply_to": {"event_id": card}}})
    await town.settles()
    assert await town.jobs() == ()


async def test_taps_below_an_encrypted_card_count_as_below_any_other(zhao: Encrypting) -> None:
    """Reactions are never encrypted; which card it is, is known from what we sent ourselves."""
    town = zhao.town
    await zhao.says("7号楼 送药")
    await town.settles()
    (job,) = await town.jobs()
    phone = town.phone("zhao")
    event = await _card(town, job.id)
    await phone.react(zhao.room_id, event, "✅")
    await town.held_by(job.id, ["zhao"])
    trace = await town.home.store.matrix_trace(event)
    assert trace is not None
    assert trace.number == job.id


async def test_a_volunteers_room_that_was_switched_to_encryption_is_one_where_jobs_are_taken(
    town: Hearing,
) -> None:
    _, open_card = await town.announced("7号楼 送药")
    await town.phone("zhao").encrypt(town.room_id)
    await town.settles()
    job, card = await town.announced("3号楼 送菜")
    assert (open_card.encrypted, card.encrypted) == (False, True)
    await town.phone("wang").react(town.room_id, card.event_id, "✅")
    await town.held_by(job, ["wang"])


@pytest.mark.parametrize("encrypted", [False, True])
async def test_the_three_jobs_go_from_the_volunteers_room_to_close(town: Hearing, *, encrypted: bool) -> None:
    """Whatever was said where many read, what the winner gets is in their own room."""
    wang = town.phone("wang")
    if encrypted:
        await town.phone("zhao").encrypt(town.room_id)
        await town.settles()
    for text in ("3号楼502 敲门无应答 80岁独居", "12号楼301 氧气机缺水", "7-502 胰岛素用完 中山医院"):
        job, card = await town.announced(text)
        assert card.encrypted is encrypted
        await wang.react(town.room_id, card.event_id, "✅")
        await town.held_by(job, ["wang"])
        for step in ("🚶", "📍", "🏁"):
            await town.settles()
            room, own = await wang.wait_for_message(partial(_offers, town.bot.user_id, job, step), step)
            await wang.react(room.room_id, own.event_id, step)
        await town.settles()
        closed = (await town.state(job)).job
        assert (closed.status, closed.outcome) == (JobStatus.CLOSED, Outcome.DONE)
        await wang.wait_for(
            partial(_offers_nothing, town, card.event_id), "nothing can be tapped in the room any more"
        )


async def test_after_a_restart_what_is_said_on_in_the_same_session_is_read(
    tmp_path: Path, synapse: Synapse
) -> None:
    """Clients keep one key for many messages and hand it out once: it must be in the bot's folder."""
    async with hearing(tmp_path, synapse) as town, AsyncExitStack() as stack:
        async with followed(town):
            zhao = await stack.enter_async_context(encrypting(town, tmp_path / "zhao"))
            await zhao.says("7号楼 送药")
            await town.settles()
            assert len(await town.jobs()) == 1
        await town.restarted(stack)
        async with followed(town):
            await zhao.says("3号楼 送菜")
            await town.settles()
            assert len(await town.jobs()) == 2
    said = [each.content for each in synapse.kept.events([zhao.room_id]) if each.kind == "m.room.encrypted"]
    written = [each["session_id"] for each in said if each["device_id"] == zhao.account.device_id]
    assert len(written) == 2
    assert len(set(written)) == 1


async def test_words_that_a_sync_leaves_out_are_read_back_and_opened(
    tmp_path: Path, synapse: Synapse
) -> None:
    """Their key comes with the sync, they themselves out of the room's past."""
    async with hearing(tmp_path, synapse) as town, AsyncExitStack() as stack:
        async with followed(town):
            zhao = await stack.enter_async_context(encrypting(town, tmp_path / "zhao"))
            await town.settles()
        event = await zhao.says("7号楼 送药")
        nods = (town.phone("zhao").react(zhao.room_id, event, f"{number}") for number in range(120))
        await asyncio.gather(*nods)
        async with followed(town):
            await town.settles()
        assert len(await town.jobs()) == 1


async def test_what_cannot_be_decrypted_is_answered_once_and_holds_nobody_up(
    zhao: Encrypting, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.matrix.sealed.PATIENCE_S", 0.5)
    town, phone = zhao.town, zhao.town.phone("zhao")
    sealed = await zhao.account.encrypted(zhao.room_id, "m.room.message", {"msgtype": "m.text", "body": "x"})
    for _ in range(2):
        await phone.send(zhao.room_id, "m.room.encrypted", sealed | {"session_id": "of no key that there is"})
    await phone.send(zhao.room_id, "m.room.encrypted", {"algorithm": "rot13", "ciphertext": 7})
    await zhao.says("7号楼 送药")
    await town.settles()
    assert len(await town.jobs()) == 1
    await phone.wait_for(
        lambda: len([each for each in phone.room(zhao.room_id).standing if each.reply_to]) >= 2, "answers"
    )
    assert caplog.text.count("could not be decrypted") == 3
    answers = [each for each in phone.room(zhao.room_id).standing if each.reply_to]
    assert len(answers) == 2  # the job's, and one for all that could not be read


async def test_a_message_is_held_until_its_key_comes(
    zhao: Encrypting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys travel beside messages. How far was read is not written down before."""
    town = zhao.town
    absorb, held = Keyring.absorb, []

    async def late(self: Keyring, news: dict[str, object]) -> None:
        held.append(news)
        if len(held) > 4:
            for each in held:
                await absorb(self, each)
            held.clear()

    monkeypatch.setattr(Keyring, "absorb", late)
    await zhao.says("7号楼 送药")
    written: set[str | None] = set()

    async def posted() -> bool:
        if town.syncing.holds:
            written.add(await town.home.store.matrix_token(town.bot.user_id))
        return bool(await town.jobs())

    await town.until(posted, "the job is posted when the key has come")
    assert len(written) == 1


async def test_a_message_whose_key_came_in_a_turn_that_failed_is_not_lost(
    zhao: Encrypting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network breaks after it was opened, and before anything was done about it."""
    monkeypatch.setattr("bot.matrix.patience.SHORTEST_S", 0.01)
    absorb, opened, late, broken = Keyring.absorb, Sealed.opened, list[dict[str, object]](), list[int]()

    async def later(self: Keyring, news: dict[str, object]) -> None:
        late.append(news)
        if zhao.town.syncing.holds:
            for each in late:
                await absorb(self, each)
            late.clear()

    async def breaking(self: Sealed) -> list[Task]:
        tasks = await opened(self)
        if tasks and not broken:
            broken.append(len(tasks))
            raise OSError
        return tasks

    monkeypatch.setattr(Keyring, "absorb", later)
    monkeypatch.setattr(Sealed, "opened", breaking)
    await zhao.says("7号楼 送药")

    async def posted() -> bool:
        return bool(await zhao.town.jobs())

    await zhao.town.until(posted, "the job is posted")
    await zhao.town.settles()
    assert broken == [1]
    assert len(await zhao.town.jobs()) == 1


async def _card(town: Hearing, job: int) -> str:
    """The event that the staff member's card of the job is; a phone without keys cannot tell."""
    await town.deliver()
    ref = await town.home.store.card_ref(await town.address("zhao"), job)
    assert ref is not None
    await town.settles()
    return ref.split()[1]


def _offers(bot: str, job: int, key: str, message: Message) -> bool:
    """The job's card, on which the bot has put this to tap."""
    return f"#{job}" in message.body and bot in message.reactions.get(key, ())


def _offers_nothing(town: Hearing, card: str) -> bool:
    below = town.phone("wang").room(town.room_id).message(card).reactions
    return not any(town.bot.user_id in people for people in below.values())
