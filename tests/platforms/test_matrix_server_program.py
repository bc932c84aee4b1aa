"""The whole program on a real homeserver, used with clients by others: the jobs of the field notes, from post
to close, in plain and in encrypted rooms."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.browser.chromium import chromium
from tests.platforms.matrix_clients import SdkPhone, Shown
from tests.platforms.matrix_clients.hydrogen import build, hydrogen, served
from tests.platforms.matrix_hearing import followed, hearing
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message
from tests.platforms.matrix_town import MatrixTown, matrix_town

THREE_JOBS = [
    ("3号楼502 敲门无应答 80岁独居", "502", "敲门三次"),
    ("12号楼301 氧气机缺水", "301", "带上纯净水或蒸馏水"),
    ("7-502 胰岛素用完 中山医院", "502", "拿医保卡、病历卡、处方和现金"),
]
"""The jobs of the field notes, the door that only the winner may read, and what they are to do."""

SEALED = "请带蓝色梯子"
"""Said in encrypted rooms only."""

CARD = "上门查看"
"""What the first job's card says wherever it is shown."""

STEPS = ("🚶", "📍", "🏁")


@pytest.fixture
async def town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[MatrixTown]:
    async with matrix_town(synapse, tmp_path) as made:
        yield made


@pytest.fixture
async def lin(town: MatrixTown) -> AsyncIterator[Phone]:
    """The staff's phone; a chat with the bot is open on it."""
    async with Phone(town.synapse.url, town.members["lin"]) as phone:
        yield phone


def _said(body: str) -> str:
    """Without the building, whose number may look like a door's."""
    return body.replace("号楼", "")


def _offers(bot: str, step: str, words: str, message: Message | Shown) -> bool:
    """The message says this, and the bot has put the reaction under it."""
    return words in message.body and bot in message.reactions.get(step, ())


def _both_in(phone: SdkPhone, room_id: str) -> bool:
    return any(room["room_id"] == room_id and len(room["members"]) == 2 for room in phone.rooms)


async def writes(lin: Phone, town: MatrixTown, text: str) -> None:
    """Write to the bot in a direct chat, opened for it if there is none."""
    chats = [room for room in lin.rooms.values() if town.bot.user_id in room.members | room.invited]
    direct = [room.room_id for room in chats if room.room_id != town.room_id]
    room_id = direct[0] if direct else await lin.create_room(invite=[town.bot.user_id], direct=True)
    await lin.wait_for(lambda: town.bot.user_id in lin.rooms[room_id].members, "the bot has come")
    await lin.say(room_id, text)


@pytest.mark.parametrize(("text", "door", "todo"), THREE_JOBS)
async def test_a_job_goes_from_post_to_close_by_taps(
    town: MatrixTown, lin: Phone, text: str, door: str, todo: str
) -> None:
    async with Phone(town.synapse.url, town.members["v3"]) as neighbour:
        await writes(lin, town, text)
        room, card = await neighbour.wait_for_message(lambda message: "✅" in message.reactions, "the card")
        assert door not in _said(card.body)
        job = await town.posted()
        await neighbour.react(room.room_id, card.event_id, "✅")
        for step in STEPS:
            here, card = await neighbour.wait_for_message(partial(_offers, town.bot.user_id, step, ""), step)
            assert door in _said(card.body)
            assert todo in card.body
            await neighbour.react(here.room_id, card.event_id, step)
        await town.closed(job)
        await neighbour.wait_for(
            lambda: (
                not any(door in _said(message.body) for message in neighbour.rooms[room.room_id].standing)
            ),
            "the door is out of the chat again",
        )


async def test_a_volunteer_with_hydrogen_claims_by_one_tap_on_the_card_in_the_room(
    synapse: Synapse, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """By a clock of the tests' own, for the room is asked minutes later. The pictures that it takes on the
    way stand in docs/screens, when they are good."""
    files = tmp_path_factory.mktemp("hydrogen")
    build(files)
    async with hearing(tmp_path, synapse) as town, followed(town), AsyncExitStack() as stack:
        job, _ = await town.announced(THREE_JOBS[0][0])
        chrome = await stack.enter_async_context(chromium())
        origin = await stack.enter_async_context(served(files))
        member = town.phone("wang").member
        phone = await stack.enter_async_context(hydrogen(chrome, origin, synapse.url, member))
        await phone.open("志愿者")
        await phone.reaction(CARD, "✅").wait_for()
        assert await phone.message("502").count() == 0
        await phone.screenshot(tmp_path / "card.png")
        await phone.tap(CARD, "✅")
        await town.held_by(job, ["wang"])
        await town.settles()
        await phone.back()
        await phone.open("随到")
        await phone.reaction(CARD, "🚶").wait_for()
        await phone.message("502").wait_for()
        await phone.screenshot(tmp_path / "claimed.png")
        for step in STEPS:
            await phone.tap(CARD, step)

        async def closed() -> bool:
            return not await town.jobs()

        await town.until(closed, f"job {job} is closed")
        await town.settles()
        await phone.gone("13800138000")  # it stood in every edit, and this client shows them all
        await phone.screenshot(tmp_path / "closed.png")


async def test_the_three_jobs_go_from_post_to_close_in_encrypted_rooms(
    synapse: Synapse, tmp_path: Path
) -> None:
    """Staff and a volunteer whose clients trust only devices that their owner has signed, as Element does."""
    async with (
        matrix_town(synapse, tmp_path, encrypted=True) as town,
        SdkPhone(synapse.url, town.members["lin"], log=tmp_path / "lin.log") as desk,
        SdkPhone(synapse.url, town.members["v3"], log=tmp_path / "v3.log") as neighbour,
    ):
        chat = await desk.create(invite=[town.bot.user_id])
        await desk.wait_for(lambda: _both_in(desk, chat), "the bot has come")
        for text, door, todo in THREE_JOBS:
            known = await town.jobs()
            await desk.say(chat, f"{text} {SEALED}")
            job = await town.posted(known)
            for step in ("✅", *STEPS):
                offered = partial(_offers, town.bot.user_id, step, f"#{job}")
                room_id, card = await neighbour.wait_for_message(offered, step)
                assert (card.encrypted, card.unreadable, card.shield) == (True, "", 0)
                assert (door in _said(card.body), todo in card.body) == (step != "✅", step != "✅")
                await neighbour.react(room_id, card.event_id, step)
            await town.closed(job)
    kept = b"".join(file.read_bytes() for file in synapse.folder.glob("homeserver.db*"))
    assert "志愿者群".encode() in kept  # a room's name, which Matrix does not encrypt
    assert SEALED.encode() not in kept
