"""What can go wrong between a card and a chat: each in its own way, none for ever, nothing twice
(CONFORMANCE.md 21 and 23; what follows from it, 24 and 25, in `tests/workers/test_next_address.py`)."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.events import NoticeKind
from handlers.gateways import Delivery
from handlers.messages import MessageRef
from store.broker import Broker
from tests.platforms.samples import ALARM, DESK, MINE, OFFERED
from tests.platforms.telegram_sending import ROOM, Sending, later, sending

WON, ASK, UPDATE, ALERT = NoticeKind.WON, NoticeKind.ASK, NoticeKind.UPDATE, NoticeKind.ALERT


@pytest.fixture
async def out(tmp_path: Path, broker: Broker) -> AsyncIterator[Sending]:
    async with sending(tmp_path, broker) as made:
        yield made


# --- What goes wrong --------------------------------------------------------------------------------------


async def test_conformance_23_somebody_who_blocked_the_bot_is_unreachable(out: Sending) -> None:
    await out.phones["wang"].blocks(out.bot)
    assert (await out.sends()).delivery is Delivery.UNREACHABLE


async def test_somebody_who_never_pressed_start_is_unreachable(out: Sending) -> None:
    out.server.town.private(out.bot, out.phones["wang"].account).started = False
    assert (await out.sends()).delivery is Delivery.UNREACHABLE


async def test_a_group_that_threw_the_bot_out_is_unreachable(out: Sending) -> None:
    out.room.kicks(out.bot)
    assert (await out.sends("room")).delivery is Delivery.UNREACHABLE


@pytest.mark.parametrize("value", ["999999", "@somewhere", "", "12 or 1=1"])
async def test_a_chat_that_there_is_none_of_is_unreachable(out: Sending, value: str) -> None:
    address = replace(out.addresses["wang"], value=value)
    assert (await out.gateway.send(address, OFFERED, ASK, None)).delivery is Delivery.UNREACHABLE


@pytest.mark.parametrize(
    ("code", "said"), [(403, "Forbidden: something new"), (400, "Bad Request: never heard")]
)
async def test_a_refusal_in_unknown_words_is_not_for_ever(out: Sending, code: int, said: str) -> None:
    out.server.faults.fail(code, said)
    assert (await out.sends()).delivery is Delivery.RETRY
    assert (await out.sends()).delivery is Delivery.DELIVERED


async def test_a_message_that_its_reader_deleted_is_sent_anew_without_a_sound(out: Sending) -> None:
    first = await out.sends()
    out.one().raw.deleted = True
    second = await out.sends(card=later(OFFERED, "王阿姨已经认领"), kind=UPDATE, ref=first.ref)
    assert second.ref != first.ref
    assert out.one().silent


async def test_what_is_withdrawn_and_was_deleted_stays_away(out: Sending) -> None:
    first = await out.sends()
    out.one().raw.deleted = True
    sent = await out.sends(card=later(OFFERED, "-"), kind=NoticeKind.WITHDRAW, ref=first.ref)
    assert sent.delivery is Delivery.DELIVERED
    assert out.seen() == []


async def test_an_old_copy_that_cannot_be_deleted_loses_its_words_and_buttons(out: Sending) -> None:
    first = await out.sends(card=MINE, kind=WON)
    old = out.one()
    out.home.clock.forward(49 * 3600)
    second = await out.sends(card=later(MINE, "?"), kind=NoticeKind.NUDGE, ref=first.ref)
    stale, fresh = out.seen()
    assert stale.id == old.id
    assert "502" not in stale.text
    assert stale.labels == ()
    assert second.ref == MessageRef(value=f"1001:{fresh.id}")


async def test_an_old_copy_that_could_not_be_removed_is_removed_with_the_next_edit(out: Sending) -> None:
    first = await out.sends(card=MINE, kind=WON)
    out.server.faults.fail(502, "Bad Gateway", "deleteMessage")
    second = await out.sends(card=later(MINE, "?"), kind=NoticeKind.NUDGE, ref=first.ref)
    assert len(out.seen()) == 2
    third = replace(MINE, version=MINE.version + 2, state="在路上")
    await out.again().send(out.addresses["wang"], third, UPDATE, second.ref)
    assert "在路上" in out.one().text


async def test_a_platform_that_is_away_is_tried_again(out: Sending) -> None:
    out.server.faults.drop_before(times=None)
    edited = await out.sends(ref=MessageRef(value="1001:5"), kind=UPDATE)
    assert edited.delivery is Delivery.RETRY
    out.server.faults.clear()
    out.server.faults.fail(502, "Bad Gateway")
    assert (await out.sends()).delivery is Delivery.RETRY


async def test_conformance_21_a_pause_that_telegram_asks_for_holds_everybody_back_from_that_chat_alone(
    out: Sending,
) -> None:
    out.server.faults.flood(30, chat=1001)
    refused = await out.sends()
    assert (refused.delivery, refused.retry_after) == (Delivery.RETRY, 30.0)
    sent = len(out.server.calls)
    other = await out.again().send(out.addresses["wang"], OFFERED, ASK, None)
    assert other.delivery is Delivery.RETRY
    assert len(out.server.calls) == sent
    assert (await out.sends("li")).delivery is Delivery.DELIVERED
    out.home.clock.forward(31)
    assert (await out.sends()).delivery is Delivery.DELIVERED


# --- Unknown ----------------------------------------------------------------------------------------------


async def test_a_send_without_an_answer_is_unknown_and_counted(out: Sending) -> None:
    out.server.faults.drop_after("sendMessage")
    sent = await out.sends()
    assert sent.delivery is Delivery.UNKNOWN
    assert sent.ref is None
    assert out.gateway.unknown.count == 1


async def test_every_unknown_send_is_told_with_how_many_there_were(
    out: Sending, caplog: pytest.LogCaptureFixture
) -> None:
    for key in ("wang", "li"):
        out.server.faults.drop_after("sendMessage")
        await out.sends(key)
    told = [each.getMessage() for each in caplog.records if "is unknown" in each.getMessage()]
    assert [re.findall(r"(\d+) times since the start, (\d+) are settled", each) for each in told] == [
        [("1", "0")],
        [("2", "0")],
    ]
    await out.sends("wang", later(OFFERED, "李叔叔已经接了"), NoticeKind.UPDATE, None)
    out.server.faults.drop_after("sendMessage")
    await out.sends("zhao")
    assert "3 times since the start, 1 are settled" in caplog.text


async def test_an_unknown_send_is_not_made_again_for_the_same_state(out: Sending) -> None:
    out.server.faults.drop_after("sendMessage")
    results = [await out.sends() for _ in range(3)]
    assert {sent.delivery for sent in results} == {Delivery.UNKNOWN}
    assert out.gateway.unknown.count == 1
    assert len(out.seen()) == 1


async def test_an_alarm_without_an_answer_does_not_ring_again_for_the_same_state(out: Sending) -> None:
    first = await out.sends("qian", DESK, UPDATE)
    out.server.faults.drop_after("sendMessage")
    alarm = replace(ALARM, version=10)
    assert (await out.sends("qian", alarm, ALERT, first.ref)).delivery is Delivery.UNKNOWN
    await out.sends("qian", alarm, ALERT, first.ref)
    assert out.server.count("sendMessage") == 2


async def test_an_edit_without_an_answer_is_made_again(out: Sending) -> None:
    first = await out.sends()
    out.server.faults.drop_after("editMessageText")
    card = later(OFFERED, "王阿姨已经认领")
    assert (await out.sends(card=card, kind=UPDATE, ref=first.ref)).delivery is Delivery.RETRY
    assert (await out.sends(card=card, kind=UPDATE, ref=first.ref)).delivery is Delivery.DELIVERED


async def test_the_next_state_brings_an_unknown_card_for_certain(out: Sending) -> None:
    out.server.faults.drop_before("sendMessage")  # a broken connection looks the same
    assert (await out.sends()).delivery is Delivery.UNKNOWN
    await out.sends(card=later(OFFERED, "还没有人"), kind=UPDATE)
    assert "还没有人" in out.one().text
    assert out.gateway.unknown.settled == 1


async def test_a_tap_on_an_unknown_card_makes_it_known(out: Sending) -> None:
    job = await out.posts()
    out.server.faults.drop_after("sendMessage", chat=1001)
    await out.deliverer().deliver(out.home.bell.rows)
    wang, message = out.addresses["wang"], out.one()
    assert await out.home.store.job_of_ref("telegram", f"1001:{message.id}") is None
    await out.gateway.adopt(wang, job, 1001, message.id)
    assert await out.home.store.job_of_ref("telegram", f"1001:{message.id}") == job
    assert out.gateway.unknown.settled == 1


async def test_of_two_copies_the_later_one_stays_whichever_is_tapped(out: Sending) -> None:
    job = await out.posts()
    out.server.faults.drop_after("sendMessage", chat=1001)
    deliverer = out.deliverer()
    await deliverer.deliver(out.home.bell.rows)
    early = out.one()
    card = replace(await out.home.router.card(out.addresses["wang"], job), version=99)
    sent = await out.sends(card=card, kind=UPDATE)
    assert len(out.seen()) == 2
    assert sent.ref is not None
    await out.home.store.adopt_card(out.addresses["wang"], job, sent.ref.value)
    await out.again().adopt(out.addresses["wang"], job, 1001, early.id)
    assert out.one().id > early.id


async def test_a_message_in_another_chat_is_not_adopted(out: Sending) -> None:
    job = await out.posts()
    await out.gateway.adopt(out.addresses["wang"], job, ROOM, 5)
    assert await out.home.store.card_ref(out.addresses["wang"], job) is None


async def test_who_is_told_to_leave_in_mid_send_leaves_an_unknown_and_no_second_message(out: Sending) -> None:
    out.server.faults.slow(0.3, "sendMessage")
    first = asyncio.ensure_future(out.sends())
    assert await out.server.until(lambda: bool(out.seen()))
    waiting = asyncio.ensure_future(out.sends())
    await asyncio.sleep(0)
    first.cancel()
    assert (await waiting).delivery is Delivery.UNKNOWN
    assert len(out.seen()) == 1
