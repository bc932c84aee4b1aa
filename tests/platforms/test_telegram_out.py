"""Cards on Telegram: one message a chat, edited, ringing where it must, and nothing private in a group."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.events import NoticeKind
from dispatch.geography import Point
from dispatch.moments import MINUTE, SECOND
from dispatch.verbs import Verb
from handlers.gateways import Delivery
from handlers.messages import Card, Incoming, MessageRef
from store.broker import Broker
from tests.platforms.samples import ALARM, CLOSED, DESK, MINE, OFFERED, TAKEN
from tests.platforms.telegram_sending import ROOM, Sending, later, sending

WON, ASK, UPDATE, ALERT = NoticeKind.WON, NoticeKind.ASK, NoticeKind.UPDATE, NoticeKind.ALERT
PLACED = replace(MINE, place=Point(lat=31.2, lon=121.4))


@pytest.fixture
async def out(tmp_path: Path, broker: Broker) -> AsyncIterator[Sending]:
    async with sending(tmp_path, broker) as made:
        yield made


# --- One message a chat -----------------------------------------------------------------------------------


async def test_a_card_is_sent_once_and_then_edited(out: Sending) -> None:
    first = await out.sends()
    second = await out.sends(card=later(OFFERED, "王阿姨已经认领"), kind=UPDATE, ref=first.ref)
    assert first.delivery is second.delivery is Delivery.DELIVERED
    assert second.ref == first.ref
    assert "王阿姨已经认领" in out.one().text
    assert out.one().labels == ("我来", "这次不行")


async def test_the_message_is_named_by_chat_and_number(out: Sending) -> None:
    sent = await out.sends()
    assert sent.ref == MessageRef(value=f"1001:{out.one().id}")


async def test_what_wakes_is_a_new_message_in_place_of_the_old(out: Sending) -> None:
    first = await out.sends(who="qian", card=DESK, kind=UPDATE)
    old = out.one("qian")
    alarm = replace(ALARM, version=DESK.version + 1)
    second = await out.sends(who="qian", card=alarm, kind=ALERT, ref=first.ref)
    new = out.one("qian")
    assert new.id > old.id
    assert old.silent
    assert not new.silent
    assert second.ref == MessageRef(value=f"1005:{new.id}")


async def test_the_same_alarm_asked_for_twice_rings_once(out: Sending) -> None:
    first = await out.sends(who="qian", card=ALARM, kind=ALERT)
    again = await out.sends(who="qian", card=ALARM, kind=ALERT, ref=first.ref)
    assert again == first
    assert out.server.count("sendMessage") == 1


async def test_an_ordinary_job_at_night_makes_no_sound(out: Sending) -> None:
    await out.sends(card=replace(OFFERED, silent=True))
    assert out.one().silent


async def test_what_stands_there_already_costs_no_request(out: Sending) -> None:
    first = await out.sends(kind=UPDATE)
    calls = len(out.server.calls)
    again = await out.sends(kind=UPDATE, ref=first.ref)
    assert again == first
    assert len(out.server.calls) == calls


async def test_a_closed_card_has_no_buttons_and_says_how_it_ended(out: Sending) -> None:
    first = await out.sends(card=replace(CLOSED, version=1, closed=False, actions=OFFERED.actions))
    await out.sends(card=CLOSED, kind=UPDATE, ref=first.ref)
    assert out.one().labels == ()
    assert "李师傅办好了" in out.one().text


async def test_a_row_read_too_early_does_not_make_a_second_card(out: Sending) -> None:
    await out.sends()
    await out.sends(card=later(OFFERED, "王阿姨已经认领"), kind=UPDATE, ref=None)
    assert "王阿姨已经认领" in out.one().text


async def test_a_row_that_names_the_replaced_message_edits_the_new_one(out: Sending) -> None:
    first = await out.sends(who="qian", card=DESK)
    await out.sends(who="qian", card=replace(ALARM, version=10), kind=ALERT, ref=first.ref)
    await out.sends(
        who="qian", card=replace(DESK, version=11, state="钱书记在处理"), kind=UPDATE, ref=first.ref
    )
    assert "钱书记在处理" in out.one("qian").text


async def test_a_card_made_earlier_does_not_overwrite_a_newer_one(out: Sending) -> None:
    newer = later(OFFERED, "王阿姨已经认领")
    first = await out.sends(card=newer)
    sent = await out.sends(card=OFFERED, kind=UPDATE, ref=first.ref)
    assert sent.delivery is Delivery.DELIVERED
    assert "王阿姨已经认领" in out.one().text


async def test_three_hundred_changes_of_one_card_cost_a_few_edits(out: Sending) -> None:
    first = await out.sends(who="room")
    cards = [replace(OFFERED, version=4 + n, state=f"候补 {n} 人") for n in range(300)]
    results = await asyncio.gather(*(out.sends("room", card, UPDATE, first.ref) for card in cards))
    assert {sent.delivery for sent in results} == {Delivery.DELIVERED}
    assert "候补 299 人" in out.one("room").text
    assert out.server.count("editMessageText") <= 3


async def test_after_a_restart_the_message_that_the_store_knows_is_edited(out: Sending) -> None:
    first = await out.sends()
    card = later(OFFERED, "王阿姨已经认领")
    await out.again().send(out.addresses["wang"], card, UPDATE, first.ref)
    assert "王阿姨已经认领" in out.one().text


async def test_a_ref_that_is_none_of_ours_counts_as_no_message(out: Sending) -> None:
    sent = await out.sends(ref=MessageRef(value="job-42'); DROP TABLE cards"))
    assert sent.delivery is Delivery.DELIVERED


# --- The reader's own tap ---------------------------------------------------------------------------------


async def test_the_winners_own_tap_edits_the_card_before_their_eyes(out: Sending) -> None:
    first = await out.sends()
    assert first.ref is not None
    mine = replace(MINE, version=4)
    await out.gateway.refresh(out.addresses["wang"], mine, first.ref)
    assert "502" in out.one().text
    won = await out.sends(card=mine, kind=WON, ref=first.ref)
    assert won.ref == first.ref
    assert out.server.count("sendMessage") == 1
    assert out.server.count("editMessageText") == 1


async def test_somebody_who_is_given_the_job_is_woken(out: Sending) -> None:
    first = await out.sends()
    before = out.one().id
    await out.sends(card=replace(MINE, version=4), kind=WON, ref=first.ref)
    assert out.one().id > before
    assert not out.one().silent


async def test_a_tap_in_a_group_never_writes_the_private_card_there(out: Sending) -> None:
    first = await out.sends(who="room")
    assert first.ref is not None
    sent = await out.gateway.refresh(out.addresses["wang"], MINE, first.ref)
    assert sent.delivery is Delivery.NOT_REACHED
    assert "502" not in out.one("room").text
    await out.sends(card=MINE, kind=WON)
    assert "502" in out.one("wang").text


async def test_a_menu_left_open_is_closed_by_the_answer_to_the_tap(out: Sending) -> None:
    first = await out.sends(who="zhao", card=DESK)
    assert first.ref is not None
    bot = out.bots.for_committee("wutongli")
    await bot.edit_message_reply_markup(chat_id=1004, message_id=out.one("zhao").id)
    assert out.one("zhao").labels == ()
    await out.gateway.refresh(out.addresses["zhao"], DESK, first.ref, unfolded=True)
    assert "已经办好" in out.one("zhao").labels


async def test_a_card_that_was_asked_for_comes_to_the_end_of_the_chat_alone_and_quietly(out: Sending) -> None:
    job = await out.posts()
    await out.deliverer().deliver(out.home.bell.rows)
    before = out.one("zhao").id
    card = await out.home.router.card(out.addresses["zhao"], job)
    await out.again().show(out.addresses["zhao"], card)
    assert out.one("zhao").id > before
    assert out.one("zhao").silent
    assert await out.home.store.card_ref(out.addresses["zhao"], job) == f"1004:{out.one('zhao').id}"


# --- What only the claimer may see ------------------------------------------------------------------------


async def test_a_private_card_has_numbers_to_copy_and_cannot_be_passed_on(out: Sending) -> None:
    await out.sends(card=MINE, kind=WON)
    assert out.one().protected
    copied = [button.copy_text for row in out.one().buttons for button in row if button.copy_text]
    assert copied == ["13800000000", "13900000000"]


@pytest.mark.parametrize("card", [MINE, DESK], ids=["claimer", "desk"])
async def test_nothing_private_goes_into_a_group(
    out: Sending, card: Card, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sent = await out.sends("room", card)
    assert sent.delivery is Delivery.NOT_REACHED
    assert out.seen("room") == []
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    assert "502" not in caplog.text
    assert "13800000000" not in caplog.text


async def test_nothing_private_goes_to_a_person_whose_address_is_a_group(out: Sending) -> None:
    address = replace(out.addresses["wang"], value=str(ROOM))
    sent = await out.gateway.send(address, MINE, WON, None)
    assert sent.delivery is Delivery.NOT_REACHED
    assert out.seen("room") == []


async def test_the_winner_gets_a_pin_on_the_map_which_goes_with_the_claim(out: Sending) -> None:
    sent = await out.sends(card=PLACED, kind=WON)
    card, pin = out.seen()
    assert pin.kind == "venue"
    assert pin.content["location"] == {"latitude": 31.2, "longitude": 121.4}
    assert pin.silent
    assert pin.protected
    assert sent.ref == MessageRef(value=f"1001:{card.id}:v{pin.id}")
    done = await out.again().send(out.addresses["wang"], later(MINE, "办好了"), UPDATE, sent.ref)
    assert out.one().id == card.id
    assert done.ref == MessageRef(value=f"1001:{card.id}")


async def test_an_edit_keeps_the_pin_that_is_there(out: Sending) -> None:
    first = await out.sends(card=PLACED, kind=WON)
    second = await out.sends(card=later(PLACED, "你在路上"), kind=UPDATE, ref=first.ref)
    assert second.ref == first.ref
    assert len(out.seen()) == 2


async def test_a_pin_of_which_nobody_knows_is_not_sent_again(out: Sending) -> None:
    out.server.faults.drop_after("sendVenue")
    first = await out.sends(card=PLACED, kind=WON)
    assert first.delivery is Delivery.DELIVERED
    await out.sends(card=later(PLACED, "你在路上"), kind=UPDATE, ref=first.ref)
    assert out.server.count("sendVenue") == 1


# --- Groups -----------------------------------------------------------------------------------------------


async def test_a_group_that_becomes_a_supergroup_gets_the_card_there(out: Sending) -> None:
    first = await out.sends(who="room")
    moved = out.room.migrates()
    sent = await out.sends("room", later(OFFERED, "王阿姨已经认领"), UPDATE, first.ref)
    assert sent.delivery is Delivery.DELIVERED
    (message,) = [each for each in out.phones["wang"].sees(moved) if each.kind == "text"]
    assert "王阿姨已经认领" in message.text
    (address,) = await out.home.store.addresses("telegram", str(moved.id))
    assert address.id == out.addresses["room"].id


async def test_a_topic_gets_its_card_and_a_closed_one_does_not_lose_it(out: Sending) -> None:
    forum = out.server.group(-1001234567890, "楼", [out.bot, out.phones["wang"]], forum=True)
    topic = forum.topic("急事")
    address = replace(out.addresses["room"], value=str(forum.id), topic=str(topic))
    await out.gateway.send(address, OFFERED, ASK, None)
    (message,) = [each for each in out.phones["wang"].sees(forum) if each.kind == "text"]
    assert message.topic == topic
    forum.closes(topic)
    await out.gateway.send(address, replace(TAKEN, actions=()), ASK, None)
    assert any("上门看望" in each.text and each.topic is None for each in out.phones["wang"].sees(forum))


# --- The whole way ----------------------------------------------------------------------------------------


async def test_a_job_runs_from_post_to_close_on_telegram(out: Sending) -> None:
    job = await out.posts()
    await _settle(out)
    assert "502" in out.one("zhao").text
    assert "502" not in out.one("wang").text
    await _does(out, "wang", job, Verb.CLAIM)
    assert any("502" in each.text for each in out.seen("wang"))
    assert "502" not in "".join(each.text for each in out.seen("li"))
    await _does(out, "wang", job, Verb.FINISH)
    assert all("502" not in each.text for each in out.seen("wang"))
    for who in ("wang", "li"):
        assert out.one(who).labels == ()
    assert out.one("zhao").labels == ("谢谢",)


async def _does(out: Sending, who: str, job: int, verb: Verb) -> None:
    card = await out.home.router.card(out.addresses[who], job)
    reply = await out.home.router.handle(
        Incoming(address=out.addresses[who], verb=verb, job_id=job, version=card.version)
    )
    assert reply.ok, reply.text
    await _settle(out)


async def _settle(out: Sending) -> None:
    out.home.clock.forward(MINUTE // SECOND)
    rows, out.home.bell.rows = out.home.bell.rows, []
    await out.deliverer().deliver(rows)
    for due in await out.home.store.due(out.home.clock.now(), 100):
        await out.home.service.look(due.committee_id, due.job_id)
    rows, out.home.bell.rows = out.home.bell.rows, []
    await out.deliverer().deliver(rows)
