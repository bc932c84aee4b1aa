"""The sign of life for somebody outside: sent while all is well, else held back; each change is said once."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
from aiohttp import ClientSession, ClientTimeout

from tests.chaos.monitors import Monitor, monitoring
from tests.workers.office import until
from workers.figures import Figures
from workers.watch.health import Health, Wrong
from workers.watch.heartbeat import Heartbeat, Outside

PATIENCE_S = 0.2
VALID_S = 60.0
"""Seconds for which an audit counts."""


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with monitoring() as one:
        yield one


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=PATIENCE_S)) as one:
        yield one


@pytest.fixture
def health() -> Health:
    one = Health(time.monotonic, 60.0)
    one.audited(well=True)
    return one


async def test_each_change_is_said_once_and_the_address_never(
    monitor: Monitor, session: ClientSession, health: Health, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "workers.watch.heartbeat")
    figures = Figures()
    heartbeat = Heartbeat(Outside(url=monitor.url, every_s=1), health, figures)

    async def beat(times: int = 2) -> list[str]:
        caplog.clear()
        for _ in range(times):
            await heartbeat.once(session)
        return [record.getMessage() for record in caplog.records]

    assert await beat() == []
    assert len(monitor.beats) == 2
    monitor.status = 404
    assert await beat() == ["the heartbeat's address cannot be fetched (it answers 404)"]
    monitor.status = 200
    monitor.hanging.set()
    assert await beat() == ["the heartbeat's address cannot be fetched (TimeoutError)"]
    monitor.goes_on()
    assert await beat() == ["heartbeats are sent again"]
    sent = len(monitor.beats)
    health.set(Wrong.LATE, holds=True)
    assert await beat() == ["heartbeats are held back: something is late"]
    health.set(Wrong.SYNTHETIC, holds=True)
    health.audited(well=False)
    assert await beat() == [
        "heartbeats are held back: something is late, the synthetic job was missed, "
        "the auditor has failed or stands still"
    ]
    assert len(monitor.beats) == sent
    health.audited(well=True)
    health.set(Wrong.LATE, holds=False)
    health.set(Wrong.SYNTHETIC, holds=False)
    assert await beat() == ["heartbeats are sent again"]
    text = figures.text().decode()
    for result, count in (("sent", 6), ("failed", 4), ("held_back", 4)):
        assert f'suidao_heartbeats_total{{result="{result}"}} {count}.0' in text


async def test_without_an_auditor_no_heartbeat_is_ever_sent(
    monitor: Monitor, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    health, figures = Health(lambda: now, VALID_S), Figures()
    heartbeat = Heartbeat(Outside(url=monitor.url, every_s=0.01), health, figures)
    beating = asyncio.create_task(heartbeat.forever())

    async def held_back() -> bool:
        return 'suidao_heartbeats_total{result="held_back"}' in figures.text().decode()

    try:
        await asyncio.sleep(PATIENCE_S)  # twenty times as long as from one heartbeat to the next
        assert not beating.done()
        assert monitor.beats == []
        health.audited(well=True)
        await until(lambda: len(monitor.beats) > 1, "heartbeats are sent once there was an audit")
        now = VALID_S + 1  # the auditor is off: its last word counts no more
        await until(held_back, "they are held back")
        sent = len(monitor.beats)
        await asyncio.sleep(PATIENCE_S)
        assert len(monitor.beats) == sent
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
    said = [record.getMessage() for record in caplog.records]
    assert said == ["heartbeats are held back: the auditor has failed or stands still"]


async def test_an_address_that_hangs_is_given_up_said_once_and_tried_again(
    monitor: Monitor, health: Health, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "workers.watch.heartbeat")
    monitor.hanging.set()
    figures, outside = Figures(), Outside(url=monitor.url, every_s=0.01)
    beating = asyncio.create_task(Heartbeat(outside, health, figures, patience_s=0.05).forever())
    said = "the heartbeat's address cannot be fetched (TimeoutError)"
    try:
        await until(lambda: len(monitor.beats) > 3, "it is tried again and again")
        assert [record.getMessage() for record in caplog.records] == [said]
        monitor.goes_on()
        await until(lambda: len(caplog.records) > 1, "it is well again")
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
    assert [record.getMessage() for record in caplog.records] == [said, "heartbeats are sent again"]
    assert 'suidao_heartbeats_total{result="failed"}' in figures.text().decode()


async def test_an_address_where_nobody_listens_is_a_failure_and_no_end(
    session: ClientSession, health: Health, caplog: pytest.LogCaptureFixture
) -> None:
    with monitoring() as gone:
        url = gone.url
    await Heartbeat(Outside(url=url, every_s=1), health, Figures()).once(session)
    (said,) = (record.getMessage() for record in caplog.records)
    assert said == "the heartbeat's address cannot be fetched (ClientConnectorError)"
