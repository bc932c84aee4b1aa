"""Encrypted rooms with a client by others, strict as Element: what is said is heard and answered readably.

Each phone here is a new device of its person; the one without keys would take its keys from it.
"""

from contextlib import AsyncExitStack

import pytest

from dispatch.moments import HOUR
from tests.platforms.matrix_clients import SdkPhone, Shown
from tests.platforms.matrix_hearing import Hearing, followed
from tests.platforms.matrix_sending import lose_keys
from tests.platforms.matrix_server import Member


async def sdk(stack: AsyncExitStack, town: Hearing, member: Member) -> SdkPhone:
    """The person signs in on one more device."""
    device = await town.synapse.login(member)
    log = town.folder / f"{member.name}.log"
    return await stack.enter_async_context(SdkPhone(town.synapse.url, device, log=log))


async def chat(phone: SdkPhone, town: Hearing) -> str:
    """A chat with the bot, opened as Element does it: encrypted, and ready for words as soon as this client
    knows for whom they are. Whether the bot has come already is not waited for."""
    room_id = await phone.create(invite=[town.bot.user_id])

    def ready() -> bool:
        (room,) = (each for each in phone.rooms if each["room_id"] == room_id)
        return room["encrypted"] and town.bot.user_id in {*room["members"], *room["invited"]}

    await phone.wait_for(ready, "the chat")
    return room_id


async def told(
    phone: SdkPhone, room_id: str, words: str = "", *, thread: str | None = None, offers: str = ""
) -> Shown:
    """The newest thing there with these words in it, and that reaction below it, that is not the person's
    own; readable, and without a warning."""

    def found() -> Shown:
        return next(
            each
            for each in reversed(phone.messages[room_id])
            if each.sender != phone.user_id
            and words in each.body
            and each.thread == thread
            and (not offers or offers in each.reactions)
        )

    shown = await phone.wait_for(found, f"{words} {offers}")
    assert (shown.encrypted, shown.unreadable, shown.shield) == (True, "", 0)
    return shown


async def test_who_lost_its_keys_says_so_and_reads_and_writes_on(
    house: Hearing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The same folder and account, and the same client of the staff's, which goes on in the same chat."""
    monkeypatch.setattr("bot.matrix.sealed.PATIENCE_S", 0.5)
    async with AsyncExitStack() as stack:
        zhao = await sdk(stack, house, house.phone("zhao").member)
        async with followed(house):
            room_id = await chat(zhao, house)
            await zhao.say(room_id, "7号楼 送药")
            await told(zhao, room_id, "已发布，任务1")
            await house.settles()
        old = house.account.device_id
        await zhao.say(room_id, "5号楼 送水")  # for a device that will never be again
        lose_keys(house.folder)
        await house.restarted(stack)
        assert house.account.device_id != old
        (loud,) = (record for record in caplog.records if record.levelname == "ERROR")
        assert f"the Matrix keys of device {old} are lost" in loud.message
        assert "must write again" in loud.message
        async with followed(house):
            await told(zhao, room_id, "解不开")
            await zhao.say(room_id, "3号楼 送菜")
            await told(zhao, room_id, "已发布，任务2")
            assert len(await house.jobs()) == 2


async def test_an_invitation_is_taken_up_in_a_chat_that_its_persons_client_encrypts(town: Hearing) -> None:
    """With the first words there, before the bot has come."""
    wang = await town.home.person("wang")
    await town.home.store.invite(town.home.committee_id, wang.id, revoke=True)  # a new phone
    wang = await town.home.person("wang")
    code = town.codes.make(wang.committee_id, wang.id, wang.link_epoch, town.home.clock.now() + HOUR)
    member = await town.synapse.register("zhou")
    async with AsyncExitStack() as stack:
        zhou = await sdk(stack, town, member)
        room_id = await chat(zhou, town)
        await zhou.say(room_id, f"!join {code}")
        await told(zhou, room_id, "王阿姨")
        (address,) = await town.home.store.addresses("matrix", member.user_id)
        assert address.person_id == wang.id
        job = await town.posts("7号楼 送药")
        card = await told(zhou, room_id, offers="✅")
        await zhou.react(room_id, card.event_id, "✅")
        await town.held_by(job, ["wang"])


async def test_a_stranger_applies_and_is_let_in_in_a_chat_that_their_client_encrypts(town: Hearing) -> None:
    member = await town.synapse.register("zhou", display_name="周小姐")
    async with AsyncExitStack() as stack:
        zhou = await sdk(stack, town, member)
        room_id = await chat(zhou, town)
        await zhou.say(room_id, "!join 周小姐 7号楼")
        await told(zhou, room_id, "13800000000")  # how a number is given here
        await zhou.say(room_id, "!join 13900001111")
        await town.settles()
        (application,) = await town.home.store.applications(town.home.committee_id)
        assert (application.name, application.phone) == ("周小姐", "13900001111")
        desk, card = await town.own_card("zhao", "✅")
        await town.phone("zhao").react(desk.room_id, card.event_id, "✅")
        await town.settles()
        (address,) = await town.home.store.addresses("matrix", member.user_id)
        assert address.person_id is not None
        assert await town.home.store.matrix_room(member.user_id) == room_id
        await told(zhou, room_id, "欢迎")


async def test_a_private_card_in_an_encrypted_chat_is_tapped_and_the_tap_taken_back(town: Hearing) -> None:
    """By whom the first wave asks. The one who is called when nobody else comes is called by name, by the
    rules that their own client goes by; nobody else is."""
    async with AsyncExitStack() as stack:
        wang, qian = [await sdk(stack, town, town.phone(key).member) for key in ("wang", "qian")]
        room_id, called_in = await chat(wang, town), await chat(qian, town)
        await town.settles()
        job = await town.posts("7号楼 送药")
        card = await told(wang, room_id, offers="✅")
        tap = await wang.react(room_id, card.event_id, "✅")
        await town.held_by(job, ["wang"])
        await town.settles()
        await told(wang, room_id, offers="🚶")
        await wang.redact(room_id, tap)
        await town.held_by(job, [])
        await town.settles()
        for _ in range(6):
            await town.passes(1)
        alarm = await told(qian, called_in, offers="👍")
        assert alarm.highlight
        await wang.look()
        assert not any(each.highlight for each in wang.messages[room_id])


async def test_a_job_is_taken_missed_and_given_back_in_an_encrypted_group_over_a_restart(
    house: Hearing,
) -> None:
    """Who tapped too late is told in a thread: one message for all of them, the bot restarted or not."""
    await house.phone("zhao").encrypt(house.room_id)
    async with AsyncExitStack() as stack:
        wang = await sdk(stack, house, house.phone("wang").member)
        async with followed(house):
            job, card = await house.announced("7号楼 送药")
            assert (await told(wang, house.room_id, "还没有人接单")).event_id == card.event_id
            tap = await wang.react(house.room_id, card.event_id, "✅")
            await house.held_by(job, ["wang"])
            for late in ("li", "zhao"):
                await house.phone(late).react(house.room_id, card.event_id, "✅")
            await house.settles()
            said = await told(wang, house.room_id, "王阿姨", thread=card.event_id)
        await house.restarted(stack)
        async with followed(house):
            await house.phone("qian").react(house.room_id, card.event_id, "✅")
            await house.settles()
            assert len((await house.state(job)).waiting) == 3
            li = house.phone("li")
            await li.sync()
            assert [each.event_id for each in li.room(house.room_id).thread(card.event_id)] == [said.event_id]
            assert (await told(wang, house.room_id, thread=card.event_id)).body == said.body
            await wang.redact(house.room_id, tap)
            await house.held_by(job, [])


async def test_words_are_heard_in_an_encrypted_group(house: Hearing) -> None:
    """By number, and in reply to the card; the answers come in private."""
    await house.phone("zhao").encrypt(house.room_id)
    async with AsyncExitStack() as stack:
        wang = await sdk(stack, house, house.phone("wang").member)
        async with followed(house):
            job, card = await house.announced("7号楼 送药")
            await told(wang, house.room_id, "还没有人接单")
            await wang.say(house.room_id, f"!claim {job}")
            await house.held_by(job, ["wang"])
            await wang.say(house.room_id, f"去不了 {job}")
            await house.held_by(job, [])
            await wang.reply(house.room_id, card.event_id, "接单")
            await house.held_by(job, ["wang"])
