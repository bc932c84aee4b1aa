"""The clients by others work with the test homeserver: what they see is what people see."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.chromium import chromium
from tests.platforms.matrix_clients import HydrogenPhone, SdkPhone
from tests.platforms.matrix_clients.hydrogen import build, hydrogen, served
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone


@pytest.fixture(scope="session")
def client_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hydrogen")
    build(folder)
    return folder


@pytest.fixture
async def desk(synapse: Synapse) -> AsyncIterator[Phone]:
    """Somebody who posts, on a phone of ours."""
    async with Phone(synapse.url, await synapse.register("desk", display_name="值班室")) as phone:
        yield phone


@pytest.fixture
async def wang(synapse: Synapse, desk: Phone, client_files: Path) -> AsyncIterator[HydrogenPhone]:
    """A volunteer with Hydrogen, in a room with the desk."""
    member = await synapse.register("wang", display_name="王阿姨")
    async with Phone(synapse.url, member) as before:
        room_id = await desk.create_room(name="志愿者群", invite=[member.user_id])
        await before.wait_for(lambda: before.rooms[room_id], "the room")
    async with (
        chromium() as chrome,
        served(client_files) as origin,
        hydrogen(chrome, origin, synapse.url, member) as phone,
    ):
        yield phone


async def test_hydrogen_shows_a_card_and_a_tap_on_it_is_a_reaction(desk: Phone, wang: HydrogenPhone) -> None:
    (room_id,) = desk.rooms
    card = await desk.say(room_id, "缺氧气 等人接单", html="<b>缺氧气</b> 等人接单")
    await desk.react(room_id, card, "✅")
    await wang.open("志愿者群")
    await wang.tap("缺氧气", "✅")
    await desk.wait_for(lambda: len(desk.rooms[room_id].message(card).reactions["✅"]) == 2, "the tap")
    await desk.edit(room_id, card, "缺氧气 王阿姨已接单")
    await wang.message("* 缺氧气 王阿姨已接单").wait_for()
    await wang.tap("缺氧气", "✅")
    await desk.wait_for(lambda: len(desk.rooms[room_id].message(card).reactions["✅"]) == 1, "taken back")


async def test_the_sdk_reads_what_another_encrypted(synapse: Synapse, tmp_path: Path) -> None:
    ana, ben = await synapse.register("ana"), await synapse.register("ben")
    async with (
        SdkPhone(synapse.url, ana, log=tmp_path / "ana.log") as one,
        SdkPhone(synapse.url, ben, log=tmp_path / "ben.log") as other,
    ):
        room_id = await one.create(invite=[ben.user_id])
        await one.wait_for(lambda: [room for room in one.rooms if len(room["members"]) == 2], "both are in")
        await one.say(room_id, "门牌 502")
        _, seen = await other.wait_for_message(lambda message: message.body == "门牌 502")
        assert (seen.encrypted, seen.unreadable, seen.shield) == (True, "", 0)
        await other.react(room_id, seen.event_id, "✅")
        _, seen = await one.wait_for_message(lambda message: message.reactions)
        assert seen.reactions == {"✅": [ben.user_id]}
        async with Phone(synapse.url, await synapse.login(ana)) as without_keys:
            (sealed,) = without_keys.rooms[room_id].messages
            assert (sealed.encrypted, sealed.body) == (True, "")
