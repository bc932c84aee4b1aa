"""The client by others for encrypted rooms works with the test homeserver: what it sees is what people see.

Hydrogen, the other one, is used in `test_matrix_server_program`.
"""

from pathlib import Path

from tests.platforms.matrix_clients import SdkPhone
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone


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
