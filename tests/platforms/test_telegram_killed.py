"""A program that is alone dies in the middle of a message: it is unknown at the next start, told as such, and
not made again (CONFORMANCE.md 4)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.errors import StoreUnavailableError
from handlers.gateways import Gateway
from store.broker import Broker
from tests.platforms.telegram_owing import killed_in_mid_send, owed_to_wang, refused_then_sent, status
from tests.platforms.telegram_sending import Sending, sending
from workers.deliver import Deliverer
from workers.pictures import LEASE


@pytest.fixture
async def town(tmp_path: Path, broker: Broker) -> AsyncIterator[Sending]:
    async with sending(tmp_path, broker) as made:
        yield made


def program(town: Sending) -> Deliverer:
    """One that is alone, just started: it remembers nothing."""
    gateways: dict[str, Gateway] = {"web": town.home.gateway, "telegram": town.again()}
    return Deliverer(town.home.store, town.home.router, gateways, town.home.clock)


async def test_conformance_04_alone_what_was_on_its_way_is_unknown_at_the_next_start_and_not_sent_again(
    town: Sending,
) -> None:
    ids = await owed_to_wang(town)
    await killed_in_mid_send(town, ids, program(town))
    town.home.clock.forward(2)
    again = program(town)
    found = await again.overdue(town.home.clock.now() - 1, 100)
    assert set(ids) <= set(found)
    await again.deliver(found)
    assert await status(town, town.addresses["wang"]) == "unknown"
    assert len(town.seen("wang")) == 1
    assert await again.overdue(town.home.clock.now() + LEASE, 100) == ()


async def test_alone_a_message_on_its_way_is_ones_own_however_long_it_takes(town: Sending) -> None:
    ids = await owed_to_wang(town)
    town.server.faults.slow(0.5, "sendMessage")
    alone = program(town)
    sending = asyncio.create_task(alone.deliver(ids))
    assert await town.server.until(lambda: bool(town.seen("wang")))
    town.home.clock.forward(2 * LEASE / 1_000_000)
    await alone.deliver(ids)
    assert await status(town, town.addresses["wang"]) == "owed"
    await sending
    assert await status(town, town.addresses["wang"]) == "delivered"
    assert len(town.seen("wang")) == 1


async def test_what_was_refused_before_the_end_is_sent_by_the_next_start(town: Sending) -> None:
    await refused_then_sent(town, program)
    assert await status(town, town.addresses["wang"]) == "delivered"


async def test_alone_a_message_that_a_full_disk_lets_nobody_write_down_is_sent_all_the_same(
    town: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await owed_to_wang(town)

    async def full(*_: object) -> frozenset[int]:
        raise StoreUnavailableError(reason="disk_full")

    monkeypatch.setattr(town.home.store, "begin_sends", full)
    alone = program(town)
    await alone.deliver(ids)
    await alone.deliver(ids)
    assert len(town.seen("wang")) == 1


async def test_a_program_that_leaves_begins_no_message_and_waits_for_those_on_their_way(
    town: Sending,
) -> None:
    ids = await owed_to_wang(town)
    owed = await town.home.store.outbox(await program(town).overdue(town.home.clock.now() + 1, 100))
    (li,) = [row for row in owed if row.address.id == town.addresses["li"].id]
    town.server.faults.slow(0.5, "sendMessage")
    alone = program(town)
    await alone.begin(ids)
    assert await town.server.until(lambda: bool(town.seen("wang")))
    leaving = asyncio.create_task(alone.leave(10))
    await asyncio.sleep(0)
    await alone.deliver([li.id])
    assert town.seen("li") == []
    await leaving
    assert await status(town, town.addresses["wang"]) == "delivered"
    (waits,) = await town.home.store.outbox([li.id])
    assert waits.begun_at is None

    await program(town).deliver([li.id])
    assert await status(town, li.address) == "delivered"
    assert len(town.seen("li")) == 1
