"""When many tap at once, what rings nobody gives way, and no answer to a tap is lost with a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.telegram import rush
from bot.telegram.rush import MANY, Rush
from dispatch.events import NoticeKind
from handlers.messages import Delivery
from store.broker import Broker
from tests.platforms.samples import ALARM, OFFERED
from tests.platforms.telegram_house import polled, telegram_house
from tests.platforms.telegram_sending import Sending, later, sending
from tests.platforms.telegram_server import TelegramServer


def taps(of: Rush, count: int) -> ExitStack:
    """So many that wait for their answer until it is closed."""
    waiting = ExitStack()
    for _ in range(count):
        waiting.enter_context(of.tap())
    return waiting


@pytest.fixture
async def out(tmp_path: Path, broker: Broker) -> AsyncIterator[Sending]:
    async with sending(tmp_path, broker) as made:
        yield made


async def test_a_few_taps_cost_nobody_any_time() -> None:
    calm = Rush()
    with taps(calm, MANY - 1):
        async with asyncio.timeout(0):
            await calm.over()


async def test_a_rush_is_over_when_nobody_waits_and_nobody_has_tapped_again() -> None:
    busy = Rush()
    with taps(busy, MANY):
        waiting = asyncio.create_task(busy.over())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    async with asyncio.timeout(0):
        await busy.over()


async def test_a_tap_in_the_lull_prolongs_the_rush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rush, "LULL_S", 0.0)
    busy = Rush()
    with taps(busy, MANY):
        pass
    with busy.tap():
        waiting = asyncio.create_task(busy.over())
        for _ in range(3):  # the first lull's moment comes and goes
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_nothing_gives_way_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rush, "GIVE_WAY_S", 0.0)
    busy = Rush()
    with taps(busy, MANY):
        await busy.over()


async def test_a_card_that_rings_nobody_gives_way_and_one_that_rings_does_not(out: Sending) -> None:
    first = await out.sends("wang")
    with taps(out.gateway.rush, MANY):
        edit = asyncio.create_task(
            out.sends("wang", later(OFFERED, "李叔叔已经接了"), NoticeKind.UPDATE, first.ref)
        )
        rung = await out.sends("qian", ALARM, NoticeKind.ALERT)
        assert rung.delivery is Delivery.DELIVERED
        assert not edit.done()
        assert not out.one("wang").edited
    await edit
    assert out.one("wang").edited


async def test_an_answer_that_a_broken_connection_took_along_is_sent_again(tmp_path: Path) -> None:
    async with (
        TelegramServer() as server,
        telegram_house(tmp_path, server) as town,
        polled(town),
    ):
        server.limits.on = False
        await town.posts()
        server.faults.drop_before("answerCallbackQuery")
        answer = await town.phone("wang").taps(town.card("wang"), "我来接单")
        assert "接单成功" in answer.text
