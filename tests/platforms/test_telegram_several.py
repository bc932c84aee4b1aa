"""Two processes that may send to Telegram: what one has begun the other leaves alone, and what one that died
has begun is *unknown* (CONFORMANCE.md 4)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.gateway import TelegramGateway
from store.broker import Broker
from tests.platforms.house import PromptBell
from tests.platforms.telegram_owing import killed_in_mid_send, owed_to_wang, refused_then_sent, status
from tests.platforms.telegram_sending import Sending, sending
from workers.deliver import Deliverer
from workers.pictures import LEASE
from workers.share import Share


@pytest.fixture
async def town(tmp_path: Path, broker: Broker) -> AsyncIterator[Sending]:
    async with sending(tmp_path, broker) as made:
        yield made


def process(town: Sending, gateway: TelegramGateway | None = None) -> Deliverer:
    """One of several; it remembers nothing of the others."""
    chats = {"telegram": gateway or town.again()}
    share = Share(named=frozenset(chats))
    return Deliverer(
        town.home.store, town.home.router, chats, town.home.clock, share=share, bell=PromptBell()
    )


async def test_what_another_process_is_sending_is_left_to_it(town: Sending) -> None:
    ids = await owed_to_wang(town)
    town.server.faults.slow(0.5, "sendMessage")
    first = asyncio.create_task(process(town).deliver(ids))
    assert await town.server.until(lambda: bool(town.seen("wang")))
    await process(town).deliver(ids)
    assert not first.done()
    await first
    assert len(town.seen("wang")) == 1
    assert await status(town, town.addresses["wang"]) == "delivered"


async def test_two_that_begin_in_the_same_moment_send_one_message(town: Sending) -> None:
    ids = await owed_to_wang(town)
    await asyncio.gather(*(process(town).deliver(ids) for _ in range(3)))
    assert len(town.seen("wang")) == 1
    assert await status(town, town.addresses["wang"]) == "delivered"


async def test_conformance_04_what_a_process_that_died_was_sending_is_unknown_and_not_sent_again(
    town: Sending,
) -> None:
    ids = await owed_to_wang(town)
    await killed_in_mid_send(town, ids, process(town))
    await process(town).deliver(ids)
    assert await status(town, town.addresses["wang"]) == "owed"  # it might be alive
    town.home.clock.forward(LEASE / 1_000_000)
    assert ids[0] in await process(town).overdue(town.home.clock.now() + 1, 100)
    await process(town).deliver(ids)
    assert await status(town, town.addresses["wang"]) == "unknown"
    assert len(town.seen("wang")) == 1


async def test_what_one_process_was_refused_another_sends(town: Sending) -> None:
    await refused_then_sent(town, process)


async def test_rows_of_other_platforms_are_left_to_those_who_serve_them(town: Sending) -> None:
    await town.posts()
    ids, town.home.bell.rows = town.home.bell.rows, []
    of_pages = {row.id for row in await town.home.store.outbox(ids) if row.address.platform == "web"}
    assert of_pages
    await process(town).deliver(ids)
    assert {row.id for row in await town.home.store.outbox(ids)} == of_pages
    overdue = await process(town).overdue(town.home.clock.now() + 1, 100)
    assert of_pages.isdisjoint(overdue)
