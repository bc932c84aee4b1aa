"""A card on a real Matrix server: one message a room, rung once, edited, the same after a crash."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.events import NoticeKind
from dispatch.verbs import Verb
from handlers.gateways import Delivery
from handlers.messages import Incoming
from tests.platforms.house import PRIVATE
from tests.platforms.matrix_sending import Sending, later, sending
from tests.platforms.matrix_server import Synapse
from tests.platforms.samples import ALARM, CLOSED, DESK, MINE, OFFERED


@pytest.fixture
async def out(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Sending]:
    async with sending(tmp_path, synapse) as made:
        yield made


async def test_the_first_card_opens_a_private_room_and_waits_in_it(out: Sending) -> None:
    sent = await out.sends()
    assert sent.delivery is Delivery.NOT_REACHED  # asked in just now; nobody has looked yet
    room = await out.room()
    assert room.members == {out.bot.user_id, out.phone("wang").user_id}
    assert (await out.one()).body.startswith("🟠 送药 · 7号楼 · 急\n需要 1 人")
    assert (await out.follows("wang", OFFERED, NoticeKind.UPDATE)).delivery is Delivery.DELIVERED


async def test_a_change_edits_the_message_and_rings_nobody(out: Sending) -> None:
    sent = await out.sends("room")
    await out.sends("room", later(OFFERED, "王阿姨去了。"), NoticeKind.UPDATE, sent.ref)
    phone = out.phone("wang")
    message = await phone.wait_for(
        lambda: next(m for m in phone.room(out.room_id).standing if m.edits), "the edit"
    )
    assert "王阿姨去了。" in message.body
    assert message.fallback == f"* {message.body}"
    edit = phone.room(out.room_id).events[-1]
    assert edit["content"]["msgtype"] == "m.notice"
    assert message.kind == "m.text"


async def test_what_wakes_is_a_new_message_in_place_of_the_old(out: Sending) -> None:
    first = await out.follows("wang", OFFERED)
    second = await out.follows("wang", later(OFFERED, "还差 1 人"))
    assert first.ref != second.ref
    message = await out.one()
    assert (message.edits, message.kind) == (0, "m.text")
    assert "还差 1 人" in message.body


async def test_the_same_reason_and_state_rings_once(out: Sending) -> None:
    first, second = await out.follows("wang", OFFERED), await out.follows("wang", OFFERED)
    assert first.ref == second.ref
    assert (await out.one()).edits == 0


async def test_the_reactions_below_are_what_the_card_offers_now(out: Sending) -> None:
    bot = {out.bot.user_id}
    await out.follows("wang", OFFERED)
    assert (await out.one()).reactions == {"✅": bot, "❌": bot}
    await out.follows("wang", MINE, NoticeKind.UPDATE)
    assert (await out.one()).reactions == dict.fromkeys(("🚶", "📍", "🏁", "↩️", "🆘"), bot)
    await out.follows("wang", replace(CLOSED, job_id=42), NoticeKind.UPDATE)
    assert (await out.one()).reactions == {}


async def test_after_a_restart_the_reactions_are_put_right_as_well(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    out.gateway = out.again()
    await out.follows("wang", replace(CLOSED, job_id=42), NoticeKind.UPDATE)
    message = await out.one()
    assert (message.reactions, message.edits) == ({}, 1)


async def test_what_is_asked_for_silently_is_no_message_that_rings(out: Sending) -> None:
    await out.sends(card=replace(OFFERED, silent=True))
    assert (await out.one()).kind == "m.notice"
    await out.sends("li", OFFERED, NoticeKind.UPDATE)
    assert (await out.one("li")).kind == "m.notice"


async def test_an_alarm_calls_its_reader_by_name(out: Sending) -> None:
    await out.follows("wang", ALARM, NoticeKind.ALERT)
    message, room = await out.one(), await out.room()
    wang = out.phone("wang").user_id
    (posted,) = [event for event in room.events if event["event_id"] == message.event_id]
    assert posted["content"]["m.mentions"] == {"user_ids": [wang]}
    assert "@王阿姨 没有人认领" in message.body
    assert f'<a href="https://matrix.to/#/{wang}">王阿姨</a>' in message.html
    await out.sends("li")
    assert (await out.one("li")).mentions == ()


async def test_a_danger_to_life_calls_the_whole_room(out: Sending) -> None:
    card = replace(DESK, facts=(), tone=DESK.tone)
    await out.sends("room", card)
    phone = out.phone("wang")
    message = await phone.wait_for(lambda: phone.room(out.room_id).standing[0], "the card")
    assert message.content["m.mentions"] == {"room": True}


async def test_a_burst_of_changes_is_a_handful_of_edits(out: Sending) -> None:
    sent = await out.sends("room")
    cards = [replace(later(OFFERED, f"候补 {number} 人"), version=4 + number) for number in range(280)]
    done = await asyncio.gather(*(out.sends("room", card, NoticeKind.UPDATE, sent.ref) for card in cards))
    assert {each.delivery for each in done} == {Delivery.DELIVERED}
    phone = out.phone("wang")
    message = await phone.wait_for(
        lambda: next(m for m in phone.room(out.room_id).standing if "候补 279 人" in m.body),
        "the newest state",
    )
    assert message.edits <= 3


async def test_what_is_older_changes_nothing(out: Sending) -> None:
    new = later(OFFERED, "王阿姨去了。")
    sent = await out.follows("wang", new)
    again = await out.sends("wang", OFFERED, NoticeKind.UPDATE, sent.ref)
    assert again.ref == sent.ref
    assert "王阿姨去了。" in (await out.one()).body


async def test_the_answer_to_ones_own_tap_is_an_edit(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    before = await out.one()
    out.gateway.tapped(out.addresses["wang"], MINE)
    await out.follows("wang", MINE, NoticeKind.WON)
    after = await out.one()
    assert (after.event_id, after.edits) == (before.event_id, 1)


async def test_a_card_that_is_asked_for_comes_to_the_end_without_a_sound(out: Sending) -> None:
    job = await out.posts()
    card = replace(OFFERED, job_id=job)
    await out.sends(card=card)
    await out.sends(card=replace(OFFERED, job_id=job + 1))
    await out.gateway.show(out.addresses["wang"], card)
    room = await out.room()
    (first, second) = room.standing
    kept = await out.home.store.card_ref(out.addresses["wang"], job)
    assert kept == f"{room.room_id} {second.event_id}"
    assert second.kind == "m.notice"
    assert first.kind == "m.text"


async def test_sent_again_after_a_crash_it_is_one_message(out: Sending) -> None:
    first = await out.sends()
    out.gateway = out.again()
    assert (await out.sends()).ref == first.ref  # nobody had noted which message it was
    assert (await out.one()).reactions.keys() == {"✅", "❌"}


async def test_sent_again_after_a_crash_it_tells_what_holds_now(out: Sending) -> None:
    first = await out.sends()
    out.gateway = out.again()
    again = await out.sends(card=later(OFFERED, "还差 1 人"))  # the same reason, the job has moved on
    assert again.ref == first.ref
    message = await out.one()
    assert (message.edits, "还差 1 人" in message.body) == (1, True)


async def test_a_new_reason_rings_although_the_old_message_was_lost_from_sight(out: Sending) -> None:
    await out.sends()
    out.gateway = out.again()
    await out.sends(card=replace(ALARM, job_id=42), kind=NoticeKind.ALERT)
    message = await out.one()
    assert message.body.startswith("☎ 救护车 120")
    assert message.edits == 1  # what is private came after the ring


async def test_killed_between_the_new_message_and_the_end_of_the_old_one_stays(out: Sending) -> None:
    first = await out.follows("wang", OFFERED)
    await out.sends(card=later(OFFERED, "还差 1 人"), ref=first.ref)
    out.gateway = out.again()  # which knows the first message only, by the store
    third = await out.sends(card=later(OFFERED, "还差 1 人"), ref=first.ref)
    message = await out.one()
    assert third.ref is not None
    assert third.ref.value.endswith(message.event_id)


async def test_a_room_reads_its_own_language(out: Sending) -> None:
    card = replace(OFFERED, more=DESK.more)
    await out.sends("li", card)
    assert "More, by an answer to this card or a reaction: 5 更正" in (await out.one("li")).body
    await out.sends("wang", card)
    assert "5 更正 · 6 记一笔 · 9 取消" in (await out.one()).body


async def test_what_matrix_can_do_is_declared(out: Sending) -> None:
    able = out.gateway.abilities
    assert (able.buttons, able.edits, able.private_cards, able.encryption, able.calls_by_name) == (True,) * 5
    assert not able.copies_text
    assert out.gateway.reaches(out.addresses["wang"])


async def test_the_whole_way_of_a_job_as_the_worker_sends_it(out: Sending) -> None:
    job = await out.posts()
    wang, deliverer = out.addresses["wang"], out.deliverer()

    async def delivers() -> None:
        rows, out.home.bell.rows = out.home.bell.rows, []
        await deliverer.deliver(rows)

    async def taps(verb: Verb) -> None:
        situation = await out.home.store.situation(out.home.committee_id, job)
        tap = Incoming(address=wang, verb=verb, job_id=job, version=situation.job.version)
        assert (await out.home.router.handle(tap)).ok
        await delivers()

    await delivers()
    asked = await out.one()
    assert asked.reactions.keys() == {"✅", "❌"}
    assert not any(secret in asked.body for secret in PRIVATE)
    await taps(Verb.CLAIM)
    won = await out.one()
    assert all(secret in won.body for secret in ("13800138000", "陈阿姨"))
    assert won.reactions.keys() == {"🚶", "📍", "🏁", "↩️", "🆘"}
    await taps(Verb.START)
    assert "🚶" not in (await out.one()).reactions
    await taps(Verb.FINISH)
    done = await out.one()
    assert (done.kind, done.reactions) == ("m.text", {})
    kept = await out.kept()
    assert not any(secret in kept for secret in PRIVATE)
