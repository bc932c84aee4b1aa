"""The test homeserver is a real one, alone on loopback, and outlives nobody; phones see what people see."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientError

from tests.platforms.matrix_server import MatrixError, Synapse
from tests.platforms.matrix_server.fixtures import require_server
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.wire import ADMIN, path

MEMBER = "m.room.member"


@pytest.fixture
async def pair(synapse: Synapse) -> AsyncIterator[tuple[Phone, Phone, str]]:
    """Wang, Li and a room of theirs."""
    wang, li = await synapse.register("wang", display_name="王阿姨"), await synapse.register("li")
    async with Phone(synapse.url, wang) as one, Phone(synapse.url, li) as other:
        room_id = await one.create_room(name="3号楼", invite=[li.user_id])
        await other.wait_for(lambda: other.rooms[room_id], "the room")
        await one.wait_for(lambda: li.user_id in one.rooms[room_id].members, "Li has come")
        yield one, other, room_id


async def test_an_account_is_made_and_signed_in(synapse: Synapse) -> None:
    wang = await synapse.register("wang", display_name="王阿姨")
    again = await synapse.register("wang")
    assert wang.user_id.endswith(f":{synapse.server_name}")
    assert again.user_id != wang.user_id
    second = await synapse.login(wang)
    assert second.user_id == wang.user_id
    assert second.device_id != wang.device_id


async def test_an_account_that_was_written_beside_the_server_is_as_one_that_was_registered(
    synapse: Synapse,
) -> None:
    wang = await synapse.register("wang", display_name="王阿姨")
    li, ana = synapse.populate([("li", "李叔"), ("ana", "ana")])
    assert len({wang.user_id, li.user_id, ana.user_id}) == 3
    second = await synapse.login(li)
    assert (second.user_id, second.device_id != li.device_id) == (li.user_id, True)
    async with Phone(synapse.url, wang) as one, Phone(synapse.url, li) as other:
        room_id = await one.create_room(name="3号楼", invite=[li.user_id])
        await other.wait_for(lambda: other.rooms[room_id], "the room")
        states = other.rooms[room_id].state
        shown = {key: content["displayname"] for (kind, key), content in states.items() if kind == MEMBER}
        assert shown == {wang.user_id: "王阿姨", li.user_id: "李叔"}
        answers = [await phone.wire.call("GET", path("devices")) for phone in (one, other)]
        assert [len(each["devices"]) for each in answers] == [1, 2]
        for phone in (one, other):
            told = await phone.wire.call("GET", path("account", "whoami"))
            assert (told["user_id"], told["device_id"]) == (phone.user_id, phone.member.device_id)
    found = [
        await synapse.admin.call("GET", path("v2", "users", each.user_id, under=ADMIN))
        for each in (wang, ana)
    ]
    own = ("name", "displayname", "creation_ts", "last_seen_ts")
    assert (
        len({json.dumps({key: said for key, said in each.items() if key not in own}) for each in found}) == 1
    )


async def test_what_one_writes_the_other_sees(pair: tuple[Phone, Phone, str]) -> None:
    wang, li, room_id = pair
    card = await wang.say(room_id, "缺氧气", html="<b>缺氧气</b>", mentions=[li.user_id])
    await li.reply(room_id, card, "我去")
    await li.say_in_thread(room_id, card, "五分钟")
    await wang.wait_for(lambda: len(wang.rooms[room_id].messages) == 3, "three messages")
    first, answer, inside = wang.rooms[room_id].messages
    assert (first.body, first.html, first.mentions) == ("缺氧气", "<b>缺氧气</b>", (li.user_id,))
    assert (answer.reply_to, answer.thread) == (card, None)
    assert (inside.reply_to, inside.thread) == (None, card)
    assert wang.rooms[room_id].thread(card) == (inside,)
    assert wang.rooms[room_id].name == "3号楼"


async def test_an_edit_counts_from_its_sender_only(pair: tuple[Phone, Phone, str]) -> None:
    wang, li, room_id = pair
    card = await wang.say(room_id, "等人接单")
    await li.edit(room_id, card, "已取消")
    await wang.edit(room_id, card, "王阿姨已接单")
    await li.wait_for(lambda: li.rooms[room_id].message(card).edits, "the edit")
    (seen,) = li.rooms[room_id].messages
    assert (seen.body, seen.fallback, seen.edits) == ("王阿姨已接单", "* 王阿姨已接单", 1)


async def test_a_reaction_can_be_taken_back_and_not_be_given_twice(pair: tuple[Phone, Phone, str]) -> None:
    wang, li, room_id = pair
    card = await wang.say(room_id, "等人接单")
    await li.react(room_id, card, "✅")
    with pytest.raises(MatrixError, match="M_DUPLICATE_ANNOTATION"):
        await li.react(room_id, card, "✅")
    await wang.wait_for(lambda: wang.rooms[room_id].message(card).reactions, "the reaction")
    assert wang.rooms[room_id].message(card).reactions == {"✅": {li.user_id}}
    await li.sync()
    await li.unreact(room_id, card, "✅")
    await wang.wait_for(lambda: not wang.rooms[room_id].message(card).reactions, "it was taken back")
    await wang.redact(room_id, card)
    await li.wait_for(lambda: li.rooms[room_id].message(card).redacted, "the message was taken back")
    assert li.rooms[room_id].standing == ()


async def test_a_phone_reads_back_what_a_sync_leaves_out(pair: tuple[Phone, Phone, str]) -> None:
    wang, li, room_id = pair
    card = await wang.say(room_id, "等人接单")
    await li.sync()
    for number in range(150):  # a sync shows a hundred at most
        await wang.say(room_id, str(number))
    await li.sync()
    assert [message.body for message in li.rooms[room_id].messages[1:]] == list(map(str, range(150)))
    assert li.rooms[room_id].messages[0].event_id == card


async def test_a_phone_that_declines_is_not_in_the_room(synapse: Synapse) -> None:
    wang, li = await synapse.register("wang"), await synapse.register("li")
    async with Phone(synapse.url, wang) as one, Phone(synapse.url, li, accepts=False) as other:
        room_id = await one.create_room(invite=[li.user_id], direct=True)
        await other.wait_for(lambda: other.invites, "the invitation")
        assert other.invites == {room_id: wang.user_id}
        await other.leave(room_id)
        await one.wait_for(lambda: li.user_id not in one.rooms[room_id].invited, "Li has declined")
        assert one.rooms[room_id].members == {wang.user_id}


async def test_who_was_put_out_knows(pair: tuple[Phone, Phone, str]) -> None:
    wang, li, room_id = pair
    await wang.kick(room_id, li.user_id, ban=True)
    await li.wait_for(lambda: room_id in li.left, "put out")
    with pytest.raises(MatrixError, match="M_FORBIDDEN"):
        await li.say(room_id, "?")


async def test_the_same_turn_is_the_same_event(pair: tuple[Phone, Phone, str]) -> None:
    wang, li, room_id = pair
    content = {"msgtype": "m.text", "body": "一次"}
    once = await wang.send(room_id, "m.room.message", content, turn="row-1")
    assert await wang.send(room_id, "m.room.message", content, turn="row-1") == once
    await li.wait_for(lambda: li.rooms[room_id].messages, "the message")
    assert len(li.rooms[room_id].messages) == 1


async def test_after_an_outage_it_is_the_same_server(
    pair: tuple[Phone, Phone, str], synapse: Synapse
) -> None:
    wang, li, room_id = pair
    before = await wang.say(room_id, "之前")
    async with synapse.outage():
        with pytest.raises(ClientError):
            await li.sync()
    await wang.say(room_id, "之后")
    await li.wait_for(lambda: len(li.rooms[room_id].messages) == 2, "both messages")
    assert li.rooms[room_id].message(before).body == "之前"


async def test_a_frozen_server_keeps_a_caller_waiting(
    pair: tuple[Phone, Phone, str], synapse: Synapse
) -> None:
    wang, li, room_id = pair
    async with synapse.frozen():
        said = asyncio.create_task(wang.say(room_id, "在吗"))
        done, _ = await asyncio.wait({said}, timeout=0.2)
        assert not done
    assert await said
    await li.wait_for(lambda: li.rooms[room_id].messages, "the message")


async def test_a_device_that_was_signed_out_is_unknown(synapse: Synapse) -> None:
    wang = await synapse.register("wang")
    await synapse.admin.sign_out(wang)
    with pytest.raises(MatrixError, match="M_UNKNOWN_TOKEN"):
        async with Phone(synapse.url, wang):
            pass


def test_it_listens_on_loopback_only_and_asks_nobody(synapse: Synapse) -> None:
    there = psutil.Process(synapse.pid).net_connections()
    assert {ip for each in there for ip in (*each.laddr[:1], *each.raddr[:1])} == {"127.0.0.1"}


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    require_server()
    program = (
        "import sys, pathlib; from tests.platforms.matrix_server import Synapse;"
        "server = Synapse(pathlib.Path(sys.argv[1])); server.launch();"
        "print(server.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        server_pid = int(parent.stdout.readline())
        process = psutil.Process(server_pid)
        os.kill(parent.pid, signal.SIGKILL)
    assert psutil.wait_procs([process], timeout=20)[0] == [process]
