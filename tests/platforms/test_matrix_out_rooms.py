"""Private rooms on a real Matrix server: opened once, kept, left, declined, shut; and rooms of many."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from mautrix.types import RoomID

from bot.matrix import rooms as our_rooms
from bot.matrix.rooms import Rooms
from dispatch.events import NoticeKind
from dispatch.reach import Reason
from handlers.gateways import Delivery
from tests.platforms.matrix_sending import Sending, later, sending
from tests.platforms.matrix_server import Synapse
from tests.platforms.samples import OFFERED


@pytest.fixture
async def out(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Sending]:
    async with sending(tmp_path, synapse) as made:
        yield made


async def test_one_private_room_a_person_over_restarts(out: Sending) -> None:
    await out.sends()
    before = (await out.room()).room_id
    out.gateway = out.again()
    await out.sends(card=replace(OFFERED, job_id=43))
    assert (await out.room()).room_id == before
    assert await out.home.store.matrix_room(out.phone("wang").user_id) == before


async def test_a_room_that_was_opened_and_never_noted_is_found_again(out: Sending) -> None:
    found = await Rooms(out.account, out.home.store).of(out.addresses["wang"])
    assert isinstance(found, str)
    await out.home.store.drop_matrix_room(found)
    assert await Rooms(out.account, out.home.store).of(out.addresses["wang"]) == found


async def test_the_person_may_react_and_take_back_and_nobody_else_is_let_in(out: Sending) -> None:
    await out.sends()
    room, message, wang = await out.room(), await out.one(), out.phone("wang")
    await wang.react(room.room_id, message.event_id, "✅")
    await wang.sync()
    await wang.unreact(room.room_id, message.event_id, "✅")
    with pytest.raises(Exception, match="M_FORBIDDEN"):
        await wang.invite(room.room_id, out.phone("li").user_id)


async def test_who_left_is_asked_in_once_more_and_then_left_alone(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    room, wang = await out.room(), out.phone("wang")
    await wang.leave(room.room_id)
    wang.accepts = False
    again = await out.follows("wang", later(OFFERED, "还差 1 人"))
    assert again.delivery is Delivery.NOT_REACHED
    await wang.wait_for(lambda: room.room_id in wang.invites, "the invitation")
    await wang.leave(room.room_id)
    sent = await out.follows("wang", replace(OFFERED, version=5))
    assert (sent.delivery, sent.reason) == (Delivery.UNREACHABLE, Reason.BLOCKED)
    await wang.sync()
    assert room.room_id not in wang.invites


async def test_who_came_back_is_reached_again(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    room, wang = await out.room(), out.phone("wang")
    await wang.leave(room.room_id)
    await out.follows("wang", later(OFFERED, "还差 1 人"))
    await wang.wait_for(lambda: "还差 1 人" in wang.room_with(out.bot.user_id).standing[-1].body, "the card")
    assert (await out.follows("wang", replace(OFFERED, version=5))).delivery is Delivery.DELIVERED


async def test_an_invitation_that_nobody_answers_is_no_way_to_reach_them(
    out: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.phone("wang").accepts = False
    assert (await out.follows("wang", OFFERED)).delivery is Delivery.NOT_REACHED
    monkeypatch.setattr(our_rooms, "ANSWERED_WITHIN", 0)  # ten minutes later
    sent = await out.follows("wang", later(OFFERED, "还差 1 人"))
    assert (sent.delivery, sent.reason) == (Delivery.UNREACHABLE, Reason.NOT_STARTED)


async def test_until_they_come_in_a_quiet_change_does_not_count_as_having_reached_them(out: Sending) -> None:
    out.phone("wang").accepts = False
    await out.follows("wang", OFFERED)
    changed = await out.follows("wang", later(OFFERED, "还差 1 人"), NoticeKind.UPDATE)
    assert changed.delivery is Delivery.NOT_REACHED
    await out.phone("wang").sync()
    await out.phone("wang").join(next(iter(out.phone("wang").invites)))
    changed = await out.follows("wang", replace(OFFERED, version=5), NoticeKind.UPDATE)
    assert changed.delivery is Delivery.DELIVERED


async def test_where_the_bot_is_out_of_a_private_room_it_opens_another(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    first = (await out.room()).room_id
    await out.account.client.leave_room(RoomID(first))
    await out.follows("wang", later(OFFERED, "还差 1 人"))
    wang = out.phone("wang")
    second, _ = await wang.wait_for_message(lambda message: "还差 1 人" in message.body, "the card")
    assert second.room_id != first
    assert await out.home.store.matrix_room(wang.user_id) == second.room_id


async def test_where_the_bot_cannot_ask_somebody_back_it_opens_another_room(out: Sending) -> None:
    wang, bot = out.phone("wang"), out.bot.user_id
    own = await wang.create_room(
        direct=True, preset="private_chat", invite=[bot], power_level_content_override={"invite": 100}
    )
    await out.account.client.join_room_by_id(RoomID(own))
    await out.home.store.keep_matrix_room(wang.user_id, own)
    await out.follows("wang", OFFERED)
    await wang.leave(own)
    assert (await out.follows("wang", later(OFFERED, "还差 1 人"))).delivery is Delivery.NOT_REACHED
    room, _ = await wang.wait_for_message(lambda message: "还差 1 人" in message.body, "the card")
    assert room.room_id != own


async def test_a_direct_chat_that_the_person_began_is_theirs(out: Sending) -> None:
    wang = out.phone("wang")
    own = await wang.create_room(direct=True, invite=[out.bot.user_id])
    await out.account.client.join_room_by_id(RoomID(own))
    await out.home.store.keep_matrix_room(wang.user_id, own)
    assert (await out.follows("wang", OFFERED)).delivery is Delivery.DELIVERED
    assert (await out.room()).room_id == own


async def test_an_account_that_does_not_exist_is_given_up(out: Sending) -> None:
    nobody = replace(out.addresses["wang"], value="@nobody:suidao.test")
    sent = await out.gateway.send(nobody, OFFERED, NoticeKind.ASK, None)
    assert (sent.delivery, sent.reason) == (Delivery.UNREACHABLE, Reason.ACCOUNT_GONE)


@pytest.mark.parametrize("value", ["wang", "@wang", "@wang:elsewhere.test", "@" + "x" * 300 + ":suidao.test"])
async def test_an_address_that_leads_nowhere_is_given_up(out: Sending, value: str) -> None:
    lost = replace(out.addresses["wang"], value=value)
    sent = await out.gateway.send(lost, OFFERED, NoticeKind.ASK, None)
    assert sent.delivery in (Delivery.UNREACHABLE, Delivery.RETRY)
    if ":elsewhere" not in value:  # another server may only be away
        assert sent.delivery is Delivery.UNREACHABLE


async def test_a_room_that_put_the_bot_out_is_given_up(out: Sending) -> None:
    wang = out.phone("wang")
    await wang.kick(out.room_id, out.bot.user_id)
    sent = await out.sends("room")
    assert (sent.delivery, sent.reason) == (Delivery.UNREACHABLE, Reason.PUT_OUT)


async def test_a_room_where_the_bot_may_not_write_is_given_up(out: Sending) -> None:
    await out.phone("wang").allow(out.room_id, out.bot.user_id, -1)
    sent = await out.sends("room")
    assert (sent.delivery, sent.reason) == (Delivery.UNREACHABLE, Reason.REFUSED)


async def test_where_no_reactions_may_stand_a_restart_says_it_no_second_time(
    out: Sending, caplog: pytest.LogCaptureFixture
) -> None:
    """And the older copy goes as everywhere; whoever reads the log is told once."""
    wang = out.phone("wang")
    await wang.need(out.room_id, "m.reaction", 50)
    sent = await out.follows("room", OFFERED)
    assert sent.delivery is Delivery.DELIVERED
    out.gateway = out.again()
    again = await out.follows("room", later(OFFERED, "还在找人"), NoticeKind.UPDATE)
    assert again.delivery is Delivery.DELIVERED
    await wang.sync()
    card, said = wang.room(out.room_id).standing
    assert "还在找人" in card.body
    assert (said.thread, card.reactions) == (card.event_id, {})
    assert f"!claim {OFFERED.job_id}" in said.body
    caplog.clear()
    await out.follows("room", replace(OFFERED, version=5), NoticeKind.URGE)
    await wang.sync()
    assert card.event_id not in [each.event_id for each in wang.room(out.room_id).standing]
    await out.follows("room", replace(OFFERED, version=6, actions=()), NoticeKind.HELP)
    await out.follows("room", replace(OFFERED, version=7), NoticeKind.UPDATE)
    assert "it needs a higher level" not in caplog.text
