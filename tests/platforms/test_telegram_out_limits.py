"""Telegram's limits, enforced by the tests' own server: nothing is refused, and what is urgent goes first
(CONFORMANCE.md 22)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from heapq import heapify, heappop, heappush
from pathlib import Path

import pytest

from bot.telegram.pacing import PATIENCE_S
from dispatch.events import NoticeKind
from dispatch.geography import Point
from dispatch.moments import SECOND
from handlers.gateways import Delivery
from store.broker import Broker
from tests.platforms.samples import ALARM, MINE, OFFERED
from tests.platforms.telegram_sending import Sending, sending
from tests.platforms.telegram_server import Limits

CARDS = 60
"""Four minutes' worth for one group."""


@pytest.fixture
async def out(tmp_path: Path, broker: Broker) -> AsyncIterator[Sending]:
    async with sending(tmp_path, broker, limits=Limits()) as made:
        yield made
        assert made.server.refused_429 == 0


async def test_many_cards_for_one_group_all_arrive_in_the_time_that_telegram_allows(out: Sending) -> None:
    clock = out.home.clock
    began = clock.now()
    waiting = [(began, job, 1) for job in range(100, 100 + CARDS)]
    heapify(waiting)
    tries = []
    while waiting:
        due, job, tried = heappop(waiting)
        clock.at = max(clock.at, due)
        sent = await out.sends("room", replace(OFFERED, job_id=job))
        if sent.delivery is Delivery.RETRY:
            heappush(waiting, (clock.now() + round(sent.retry_after * SECOND), job, tried + 1))
        else:
            tries.append(tried)
    assert len(out.seen("room")) == CARDS
    assert (clock.now() - began) / SECOND < CARDS * 4 * 1.15
    assert max(tries) <= 4


async def test_a_full_group_holds_nobody_up_for_longer_than_patience(out: Sending) -> None:
    clock = out.home.clock
    for job in range(100, 130):
        began = clock.now()
        await out.sends("room", replace(OFFERED, job_id=job))
        assert (clock.now() - began) / SECOND <= PATIENCE_S


async def test_conformance_22_an_alarm_for_somebody_else_does_not_wait_for_300_cards_for_one_group(
    out: Sending,
) -> None:
    for job in range(100, 400):
        await out.sends("room", replace(OFFERED, job_id=job))
    began = out.home.clock.now()
    sent = await out.sends("qian", ALARM, NoticeKind.ALERT)
    assert sent.delivery is Delivery.DELIVERED
    assert out.home.clock.now() == began


async def test_the_winner_has_card_and_pin_within_two_seconds_of_the_offer(out: Sending) -> None:
    await out.sends()
    began = out.home.clock.now()
    card = replace(MINE, place=Point(lat=31.2, lon=121.4))
    await out.sends(card=card, kind=NoticeKind.WON)
    assert [each.kind for each in out.seen()] == ["text", "venue"]
    assert (out.home.clock.now() - began) / SECOND <= 2.5
