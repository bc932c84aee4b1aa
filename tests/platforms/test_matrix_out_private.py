"""What is private on Matrix: not in the message that rings, not in a room, gone when withdrawn."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from mautrix.types import RoomID

from bot.matrix import writing
from dispatch.events import NoticeKind
from dispatch.geography import Point
from handlers.gateways import Delivery
from handlers.messages import Card
from tests.platforms.matrix_sending import Sending, everything, later, sending
from tests.platforms.matrix_server import Synapse
from tests.platforms.samples import DESK, MINE, OFFERED

GIVEN_BACK = replace(OFFERED, version=9, state="你已退回。", actions=())


@pytest.fixture
async def out(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Sending]:
    async with sending(tmp_path, synapse) as made:
        yield made


def holds(text: str, card: Card = MINE) -> bool:
    """Any of the card's private words and numbers."""
    told = [told for fact in card.facts if fact.private for told in (fact.value, fact.phone) if told]
    return any(each in text for each in told)


async def test_the_message_that_rings_tells_no_door_and_no_phone(out: Sending) -> None:
    await out.follows("wang", MINE, NoticeKind.WON)
    message, room = await out.one(), await out.room()
    (rang,) = [event for event in room.events if event["event_id"] == message.event_id]
    assert not holds(str(rang["content"]))
    assert "送药 · 7号楼" in rang["content"]["body"]
    assert all(secret in message.body for secret in ("502", "138 0000 0000", "胰岛素"))
    assert 'href="tel:13800000000"' in message.html


async def test_withdrawn_it_is_gone_from_the_server_too(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    await out.follows("wang", MINE, NoticeKind.WON)
    await out.follows("wang", later(MINE, "你在路上。"), NoticeKind.UPDATE)
    assert holds(await out.kept())
    await out.follows("wang", GIVEN_BACK, NoticeKind.WITHDRAW)
    assert not holds(await out.kept())
    message = await out.one()
    assert "你已退回。" in message.body
    assert not holds(message.body)


async def test_withdrawn_after_a_restart_it_is_gone_as_well(out: Sending) -> None:
    await out.follows("wang", MINE, NoticeKind.WON)
    await out.follows("wang", later(MINE, "你在路上。"), NoticeKind.UPDATE)
    out.gateway = out.again()
    await out.follows("wang", GIVEN_BACK, NoticeKind.UPDATE)
    assert not holds(await out.kept())
    assert "你已退回。" in (await out.one()).body


async def test_an_older_message_leaves_nothing_private_behind(out: Sending) -> None:
    await out.follows("wang", MINE, NoticeKind.WON)
    await out.follows("wang", later(MINE, "你还好吗？"), NoticeKind.NUDGE)
    await out.follows("wang", GIVEN_BACK, NoticeKind.WITHDRAW)
    assert not holds(await out.kept())
    assert len((await out.room()).standing) == 1


async def test_withdrawn_where_nobody_noted_that_it_had_been_shown(out: Sending) -> None:
    await out.sends(card=MINE, kind=NoticeKind.WON)  # the process ends before it can be noted
    out.gateway = out.again()
    await out.follows("wang", GIVEN_BACK, NoticeKind.WON)
    assert not holds(await out.kept())
    assert "你已退回。" in (await out.one()).body


async def test_nothing_private_goes_to_a_room(out: Sending, caplog: pytest.LogCaptureFixture) -> None:
    sent = await out.sends("room", MINE)
    assert sent.delivery is Delivery.NOT_REACHED
    await out.gateway.show(out.addresses["room"], MINE)
    phone = out.phone("wang")
    await phone.sync()
    assert phone.room(out.room_id).messages == ()
    assert "private" in caplog.text
    assert not holds(caplog.text)


async def test_nothing_private_where_somebody_reads_along(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    wang, li = out.phone("wang"), out.phone("li")
    shared = await wang.create_room(name="我们仨", invite=[out.bot.user_id, li.user_id])
    await out.account.client.join_room_by_id(RoomID(shared))
    await li.wait_for(lambda: li.rooms[shared], "the room")
    await out.home.store.keep_matrix_room(wang.user_id, shared)
    await out.sends(card=MINE, kind=NoticeKind.WON)
    await wang.wait_for_message(lambda message: holds(message.body), "the card in another room")
    await li.sync()
    assert li.rooms[shared].messages == ()


async def test_a_room_that_an_answer_finds_shared_is_cleared_at_once(
    out: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the next card: by then it may be forgotten."""
    wang, li = out.phone("wang"), out.phone("li")
    own = await wang.create_room(direct=True, invite=[out.bot.user_id])
    await out.account.client.join_room_by_id(RoomID(own))
    await out.home.store.keep_matrix_room(wang.user_id, own)
    await out.follows("wang", MINE, NoticeKind.WON)
    li.accepts = False
    await wang.invite(own, li.user_id)
    monkeypatch.setattr(writing, "PAGE", 1)  # what goes must not move what is asked for next
    assert await out.gateway.alone(out.addresses["wang"]) not in (None, own)
    await out.gateway.clearing.beside.drain()
    assert not holds(await everything(wang, own))


async def test_the_place_is_for_those_who_may_know_the_door(out: Sending) -> None:
    await out.follows("wang", replace(MINE, place=Point(lat=31.2031, lon=121.4789)), NoticeKind.WON)
    message = await out.one()
    assert 'href="geo:31.203100,121.478900"' in message.html
    assert "geo:31.203100,121.478900" in message.body
    await out.follows("wang", GIVEN_BACK, NoticeKind.WITHDRAW)
    assert "geo:" not in await out.kept()


async def test_the_desk_reads_it_all_but_not_on_a_locked_phone(out: Sending) -> None:
    await out.follows("wang", DESK)
    message, room = await out.one(), await out.room()
    (rang,) = [event for event in room.events if event["event_id"] == message.event_id]
    assert not holds(str(rang["content"]), DESK)
    assert rang["content"]["body"].startswith("☎ 救护车 120\n☎ 报警 110")
    assert holds(message.body, DESK)


async def test_no_log_holds_what_is_private(out: Sending, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await out.follows("wang", MINE, NoticeKind.WON)
    await out.follows("wang", GIVEN_BACK, NoticeKind.WITHDRAW)
    assert not holds(caplog.text)
    assert "你已退回" not in caplog.text
