"""What is owed is delivered through a real queue, recorded, retried or given up as the platform says."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress

import pytest

from dispatch.events import NoticeKind
from dispatch.verbs import Verb
from handlers import rush
from handlers.gateways import Delivery, Sent
from handlers.rush import MANY
from store import queue
from tests.workers.office import MINUTE, PATIENCE, PRIVATE, SECOND, Office, until
from tests.workers.radio import Radio
from workers import settings
from workers.deliver import AT_ONCE, Deliverer
from workers.sweep import AT_MOST, Sweep

JOBS = 12
"""Together they owe more cards than are on their way side by side."""

OWED = "SELECT count(*) FROM outbox WHERE status = 'owed'"

RETRY = Sent(delivery=Delivery.RETRY)


async def test_a_burst_delivers_what_is_owed_and_a_second_one_sends_nothing_more(
    office: Office, radio: Radio
) -> None:
    job = await office.posted()
    asked = {office.numbers[key] for key in await _asked(office, job)}
    await office.rung(queue.DELIVERY)
    assert await office.delivers() >= 1
    assert asked <= {message.to for message in radio.sent}
    assert len({message.to for message in radio.sent}) == len(radio.sent)
    assert office.rows("SELECT DISTINCT status FROM outbox") == [("delivered",)]
    cards = dict(office.rows("SELECT a.value, c.ref FROM cards c JOIN addresses a ON a.id = c.address_id"))
    assert set(cards) == {message.to for message in radio.sent}

    sent = len(radio.sent)
    assert await office.delivers() == 0
    await office.sweep.once()
    assert len(radio.sent) == sent


async def test_a_card_is_edited_and_not_repeated(office: Office, radio: Radio) -> None:
    job = await office.posted()
    await office.rung(queue.DELIVERY)
    await office.delivers()
    first, *_ = await _asked(office, job)
    await office.says(first, verb=Verb.CLAIM, job_id=job, version=await office.version(job))
    await office.rung(queue.DELIVERY)
    await office.delivers()
    messages = radio.to(office.numbers[first])
    assert len(messages) == 2
    assert messages[0].edits is None
    ((ref,),) = office.rows(
        "SELECT c.ref FROM cards c JOIN addresses a ON a.id = c.address_id WHERE a.value = ?",
        office.numbers[first],
    )
    assert messages[1].edits == ref


async def test_a_platform_that_hangs_with_all_that_a_sweep_takes_keeps_nothing_from_another(
    office: Office, radio: Radio
) -> None:
    await office.posted()
    radio.room.clear()
    (hangs, _), (waits, number) = office.rows(
        "SELECT o.id, a.value FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " WHERE a.person_id IS NOT NULL ORDER BY o.id LIMIT 2"
    )
    office.write("UPDATE outbox SET due_at = due_at + 1 WHERE id = ?", waits)  # behind all of them
    office.write("UPDATE addresses SET platform = 'elsewhere' WHERE value = ?", number)
    piled = office.pile(hangs, AT_MOST + 1, urgent=1)
    other = Radio()
    deliverer = Deliverer(office.store, office.router, {"telegram": radio, "elsewhere": other}, office.clock)
    office.clock.forward(10)
    going = asyncio.create_task(Sweep(office.service, deliverer, office.clock).forever())
    await until(lambda: other.to(number), "the other platform was given its card")
    assert len(deliverer.under_way.intersection(piled)) >= AT_MOST
    radio.room.set()
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going


async def test_while_many_tap_only_what_rings_is_sent_and_the_rest_shows_what_all_taps_came_to(
    office: Office, radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rush, "GIVE_WAY_S", 60.0)
    job = await office.posted()
    await office.rung(queue.DELIVERY)
    await office.delivers()
    winner, second, *_ = await _asked(office, job)
    with ExitStack() as taps:
        for _ in range(MANY):
            taps.enter_context(office.router.rush.tap())
        await office.says(winner, verb=Verb.CLAIM, job_id=job, version=await office.version(job))
        owed = await office.store.overdue_outbox(office.clock.now() + MINUTE, 100)
        before = len(radio.sent)
        await office.deliverer.begin(owed)
        await until(lambda: len(radio.sent) > before, "the winner has the door")
        assert [(sent.to, sent.kind.wakes) for sent in radio.sent[before:]] == [
            (office.numbers[winner], True)
        ]
        await office.says(winner, verb=Verb.START, job_id=job, version=await office.version(job))
    await office.deliverer.drain()
    (last,) = [sent for sent in radio.sent[before:] if sent.to == office.numbers[second]]
    card = await office.router.card(await office.address(second), job)
    assert last.card.state == card.state


async def test_what_piled_up_while_nobody_delivered_is_one_message_a_person(
    office: Office, radio: Radio
) -> None:
    job = await office.posted()
    first, *_ = await _asked(office, job)
    for verb in (Verb.CLAIM, Verb.START, Verb.ARRIVE, Verb.FINISH):
        office.clock.set(office.clock.now() + MINUTE)
        await office.says(first, verb=verb, job_id=job, version=await office.version(job))
    owed = office.rows(OWED)
    office.clock.set(office.clock.now() + MINUTE)
    await office.sweep.once()
    assert owed > [(len(radio.sent),)]
    assert len({message.to for message in radio.sent}) == len(radio.sent)
    assert all(message.card.closed for message in radio.sent)
    assert office.rows(OWED) == [(0,)]


async def test_a_temporary_refusal_is_tried_again_after_a_back_off_that_grows(
    office: Office, radio: Radio
) -> None:
    job = await office.posted()
    first, *_ = await _asked(office, job)
    number = office.numbers[first]
    radio.will(number, RETRY, RETRY, RETRY)
    await office.rung(queue.DELIVERY)
    await office.delivers()
    pauses = []
    for tries in (1, 2, 3):
        assert office.outbox(first)[0] == ("owed", tries)
        pauses.append(_due(office, number) - office.clock.now())
        office.clock.set(_due(office, number) + PATIENCE - 1)
        await office.sweep.once()
        assert office.outbox(first)[0] == ("owed", tries)
        office.clock.set(_due(office, number) + PATIENCE + 1)
        await office.sweep.once()
    assert office.outbox(first)[0] == ("delivered", 4)
    assert pauses == sorted(pauses)
    assert pauses[0] >= SECOND
    assert pauses[-1] > pauses[0]


async def test_a_platform_that_says_how_long_to_wait_is_waited_for_that_long(
    office: Office, radio: Radio
) -> None:
    job = await office.posted()
    first, *_ = await _asked(office, job)
    radio.will(office.numbers[first], Sent(delivery=Delivery.RETRY, retry_after=37.0))
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert _due(office, office.numbers[first]) == office.clock.now() + 37 * SECOND
    others = {status for status, _ in office.rows("SELECT status, 0 FROM outbox")}
    assert others == {"owed", "delivered"}  # nobody else waits for it


@pytest.mark.parametrize("result", [Delivery.UNREACHABLE, Delivery.UNKNOWN, Delivery.NOT_REACHED])
async def test_what_cannot_be_mended_by_trying_again_is_recorded_and_not_tried_again(
    office: Office, radio: Radio, result: Delivery
) -> None:
    job = await office.posted()
    first, *_ = await _asked(office, job)
    radio.will(office.numbers[first], Sent(delivery=result))
    await office.rung(queue.DELIVERY)
    await office.delivers()
    assert office.outbox(first) == [(result.value, 1)]
    tried = radio.tried
    office.clock.set(office.clock.now() + MINUTE)
    await office.sweep.once()
    assert office.outbox(first) == [(result.value, 1)]
    assert radio.tried == tried


async def test_a_platform_that_fails_for_one_address_holds_nobody_else_up_and_nothing_private_is_logged(
    office: Office, radio: Radio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    job = await office.posted()
    staff = "lin"  # whose card holds the door, the phone and the message
    radio.broken_for.add(office.numbers[staff])
    await office.rung(queue.DELIVERY)
    await office.delivers()
    asked = {office.numbers[key] for key in await _asked(office, job)}
    assert asked <= {message.to for message in radio.sent}
    assert office.outbox(staff)[0][0] == "owed"
    assert caplog.records
    said = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert [word for word in PRIVATE if word in said] == []

    radio.broken_for.clear()
    office.clock.set(office.clock.now() + PATIENCE + 1)
    await office.sweep.once()
    assert office.outbox(staff)[0][0] == "delivered"


async def test_the_sweep_delivers_and_looks_where_no_bell_could_ring(office: Office, radio: Radio) -> None:
    office.broker.stop()
    job = await office.posted()
    before = len(await office.events(job))
    assert radio.tried == 0
    office.clock.set(await office.look_at(job) + PATIENCE + 1)
    await office.sweep.once()
    assert len(await office.events(job)) == before + 1
    office.clock.set(office.clock.now() + PATIENCE + 1)
    await office.sweep.once()
    assert office.rows(OWED) == [(0,)]
    assert {office.numbers[key] for key in await _asked(office, job)} <= {
        message.to for message in radio.sent
    }


async def test_the_sweep_leaves_to_the_queue_what_has_only_just_become_due(
    office: Office, radio: Radio
) -> None:
    job = await office.posted()
    office.clock.set(await office.look_at(job))
    before = await office.state(job)
    office.clock.set(await office.look_at(job) + PATIENCE - 1)
    await office.sweep.once()
    assert await office.state(job) == before


async def test_an_alert_overtakes_all_the_cards_that_wait_for_a_platform(
    office: Office, radio: Radio
) -> None:
    async with _waiting(office, radio, JOBS) as job:
        assert radio.tried == AT_ONCE
        await office.climbs(job)
        await until(lambda: _alerted(radio), "the alert has overtaken them")
        assert {message.kind for message in radio.sent} == {NoticeKind.ALERT}


async def test_what_waits_for_a_platform_is_left_to_whoever_began_with_it(
    office: Office, radio: Radio
) -> None:
    async with _waiting(office, radio, jobs=1):
        tried = radio.tried
        office.clock.set(office.clock.now() + 2 * PATIENCE)
        await office.sweep.once()
        assert radio.tried == tried
    assert radio.tried == len(radio.sent) == tried


async def test_without_a_queue_cards_that_wait_hold_up_neither_an_alarm_nor_its_alert(
    office: Office, radio: Radio
) -> None:
    office.broker.stop()
    radio.room.clear()
    for _ in range(JOBS):
        await office.posted()
    sweeping = asyncio.create_task(office.sweep.forever())
    try:
        await until(lambda: _alerted(radio), "the rung's time came and its alert arrived", within=30)
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
    assert not [message for message in radio.sent if not message.kind.presses]


@asynccontextmanager
async def _waiting(office: Office, radio: Radio, jobs: int) -> AsyncIterator[int]:
    """The ordinary cards of so many jobs wait for their turn; all arrive afterwards. Gives a job."""
    radio.room.clear()
    posted = [await office.posted() for _ in range(jobs)]
    await office.rung(queue.DELIVERY)
    ((owed,),) = office.rows(OWED)
    working = asyncio.create_task(settings.deliveries(office.redis, office.deliverer))
    await until(lambda: radio.tried == min(owed, AT_ONCE), "as many wait as have a place")
    try:
        yield posted[0]
        radio.room.set()
        await until(lambda: office.rows(OWED) == [(0,)], "all arrive", within=30)
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


def _alerted(radio: Radio) -> bool:
    return any(message.kind is NoticeKind.ALERT for message in radio.sent)


async def _asked(office: Office, job: int) -> list[str]:
    """Keys of the volunteers asked so far."""
    situation = await office.state(job)
    return [situation.roster.people[ask.person_id].key for ask in situation.asks if not ask.leader]


def _due(office: Office, number: str) -> int:
    """When the oldest message still owed to an address may be tried next."""
    ((due,),) = office.rows(
        "SELECT min(o.due_at) FROM outbox o JOIN addresses a ON a.id = o.address_id"
        " WHERE a.value = ? AND o.status = 'owed'",
        number,
    )
    return int(due)
