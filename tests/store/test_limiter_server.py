"""The limiter and its server: shared by processes, what it keeps there, and when it is away."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.telegram.limits import BOT, GROUP, PRIVATE
from dispatch.moments import HOUR, SECOND
from store.bookings import TIDY_AT, Bookings
from store.broker import Broker
from store.gates import SLOWEST, Gate
from store.limiter import ALONE, PROBE_EVERY, Limiter
from store.limiter_scripts import KEPT_MS, MOST_AHEAD
from store.queue import client
from tests.store import senders
from tests.store.sides import START, assert_keeps, fresh, to_many


@pytest.fixture
async def redis(broker: Broker) -> AsyncIterator[Redis]:
    connected = client(broker.url)
    yield connected
    await connected.aclose()


@pytest.fixture
def limiter(redis: Redis) -> Limiter:
    return Limiter(redis, fresh())


# --- Several processes ----------------------------------------------------------------------------------


async def test_three_processes_share_one_rate_and_use_it(broker: Broker) -> None:
    prefix, sends = fresh(), 100
    context = get_context("spawn")
    starting = (context.Barrier(3),)
    with ProcessPoolExecutor(3, context, senders.stand_at, starting) as pool:
        asked = [pool.submit(senders.ask, broker.url, prefix, n, sends) for n in range(3)]
        grants = [grant for each in asked for grant in await asyncio.wrap_future(each)]
    unsure = max(latest - earliest for _chat, earliest, latest in grants)
    assert_keeps(BOT(1), [earliest for _chat, earliest, _latest in grants], unsure=unsure)
    in_group = [earliest for chat, earliest, _latest in grants if chat == GROUP(1, "all").key]
    assert len(in_group) == 30
    assert_keeps(GROUP(1, "all"), in_group, unsure=unsure)
    to_people = [earliest for chat, earliest, _latest in grants if chat != GROUP(1, "all").key]
    assert len(to_people) / ((max(to_people) - min(to_people)) / SECOND) >= 0.9 * BOT.rate


async def test_a_grant_is_one_call(redis: Redis, limiter: Limiter) -> None:
    await limiter.reserve([BOT(1)])  # the first one loads the script
    await redis.config_resetstat()
    for gates in to_many(100):
        await limiter.reserve(gates)
    assert (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"] == 100


async def test_a_server_that_forgot_the_script_still_knows_the_promises(
    redis: Redis, limiter: Limiter
) -> None:
    before = [await limiter.reserve([GROUP(1, 7)], at=START) for _ in range(6)]
    await redis.script_flush()
    assert await limiter.reserve([GROUP(1, 7)], at=START) > max(before)


# --- What is kept ---------------------------------------------------------------------------------------


async def test_every_key_expires_soon_after_it_would_hold_anybody_up(redis: Redis) -> None:
    prefix = fresh()
    limiter = Limiter(redis, prefix)
    waits = [await limiter.reserve([GROUP(1, 7), BOT(1)]) for _ in range(30)]
    await limiter.pause("chat", 100)
    await limiter.pause(GROUP(1, 7).key, 1)
    await limiter.reserve([Gate(key="idle", rate=1, burst=1)])
    left = sorted([await redis.pttl(key) async for key in redis.scan_iter(f"{prefix}*")])
    needed = [1_000, 100_000, 1_000 * max(waits), 1_000 * max(waits)]  # idle, paused, the group and the bot
    assert len(left) == len(needed)
    slack = 1_000 * 2 * GROUP.burst / GROUP.rate
    for each, matters in zip(left, needed, strict=True):
        assert matters - 5_000 < each - KEPT_MS <= matters + slack


async def test_more_promises_than_a_lane_keeps_break_no_rule(limiter: Limiter) -> None:
    quick = Gate(key="quick", rate=1_000.0, burst=20)
    waits = [await limiter.reserve([quick], at=START) for _ in range(MOST_AHEAD + 100)]
    moments = [round(wait * SECOND) for wait in waits]
    assert moments == sorted(moments)
    for n in range(len(moments) - 1):  # in a queue without gaps neighbours and tens say it all
        for last in (n + 1, n + 10, n + 30):
            if last < len(moments):
                assert last - n + 1 <= quick.burst + (moments[last] - moments[n]) / SECOND * quick.rate
    assert await limiter.reserve([quick], urgent=True, at=START) == 0


def test_a_process_on_its_own_forgets_idle_gates() -> None:
    bookings = Bookings(slower=1)
    for n in range(3 * TIDY_AT):
        bookings.book([PRIVATE(1, n), BOT(1)], urgent=False, at=START + n * SECOND, latest=START + HOUR)
    assert len(bookings._tracks) <= TIDY_AT + 1


async def test_a_clock_that_steps_back_moves_the_promises_with_it(redis: Redis) -> None:
    prefix, group = fresh(), [GROUP(1, 7)]
    limiter, another = Limiter(redis, prefix), Limiter(redis, prefix)
    before = [await limiter.reserve(group, at=START) for _ in range(6)]
    await limiter.pause("chat", 30, at=START)
    stepped = START - HOUR
    assert max(before) < await limiter.reserve(group, at=stepped) < max(before) + 2 / GROUP.rate
    assert await another.paused([Gate(key="chat", rate=1, burst=1)], at=stepped) == 30
    assert await another.reserve([Gate(key="chat", rate=1, burst=1)], at=stepped) == 30


# --- Bad input ------------------------------------------------------------------------------------------

HOSTILE = [
    "",
    " ",
    "*",
    "{a}",
    "a:b",
    "a\r\nFLUSHALL\r\n",
    "a\0b",
    "梧桐里 🏮",
    "\ud800",  # half of a pair, as broken JSON brings it
    "x" * 1_000_000,
    "'; return redis.call('FLUSHALL') --",
    "../../etc/passwd",
]


async def test_whatever_a_chat_is_called_it_has_a_gate_of_its_own(redis: Redis) -> None:
    prefix = fresh()
    limiter = Limiter(redis, prefix)
    gates = [Gate(key=key, rate=1, burst=2) for key in HOSTILE]
    for gate in gates:
        assert await limiter.reserve([gate], at=START) == 0
    for gate in gates:
        assert await limiter.reserve([gate], at=START) > 0
    keys = [key async for key in redis.scan_iter(f"{prefix}*")]
    assert len(keys) == len(HOSTILE)
    assert {len(key) for key in keys} == {len(prefix) + 34}


@pytest.mark.parametrize("rate", [0, -1, math.nan, math.inf, SLOWEST / 2])
def test_a_rate_that_is_none_makes_no_gate(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Gate(key="chat", rate=rate, burst=1)


def test_a_gate_that_lets_nothing_through_is_none() -> None:
    with pytest.raises(ValueError, match="burst"):
        Gate(key="chat", rate=1, burst=0)


async def test_one_gate_named_twice_is_a_mistake_and_no_gate_is_no_wait(limiter: Limiter) -> None:
    with pytest.raises(ValueError, match="once"):
        await limiter.reserve([BOT(1), BOT(1)])
    assert await limiter.reserve([]) == 0


# --- Without the server ---------------------------------------------------------------------------------


async def test_without_its_server_it_says_so_once_and_goes_on_and_finds_it_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "store.limiter")
    server = Broker(tmp_path)
    server.start()
    redis, nanos = client(server.url), 1_000 * HOUR
    limiter = Limiter(redis, fresh(), nanos=lambda: nanos)
    try:
        assert await limiter.reserve([BOT(1)]) == 0
        assert not caplog.records
        server.stop()
        alone = [await limiter.reserve([BOT(1)]) for _ in range(100)]
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert max(alone) >= 100 / (BOT.rate / ALONE) * 0.95
        server.start()
        still = await limiter.reserve([BOT(1)])  # it was looked for a moment ago
        assert still > max(alone)
        nanos += 1_000 * PROBE_EVERY
        assert await limiter.reserve([BOT(1)]) < 1
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
        assert "/" not in caplog.records[0].getMessage().replace("1/2", "")  # no path, no key
    finally:
        await redis.aclose()
        server.stop()


async def test_a_pause_that_the_server_was_not_there_to_hear_of_is_told_to_it(tmp_path: Path) -> None:
    server = Broker(tmp_path)
    redis, prefix, nanos = client(server.url), fresh(), 1_000 * HOUR
    refused, other = Limiter(redis, prefix, nanos=lambda: nanos), Limiter(redis, prefix)
    chat = Gate(key="chat", rate=1, burst=2)
    await refused.pause(chat.key, 300)
    server.start()
    try:
        nanos += 1_000 * PROBE_EVERY
        assert await refused.reserve([chat]) == 299
        assert 200 < await other.paused([chat]) <= 299
    finally:
        await redis.aclose()
        server.stop()
