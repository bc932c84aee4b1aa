"""How soon the program works again after a SIGKILL of each part, from the moment when it is started again.

A worker: until the rung that fell due meanwhile is committed. The bot: until the card that is owed since is
on a phone. PostgreSQL: until such a rung is committed. Valkey: until alarms come by it, and not by the sweep.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bench import crowd
from bench.ahead import Ahead
from bench.fleet import VOLUNTEERS, Fleet, open_fleet, up
from bench.report import Aim, Figure, Outcome
from dispatch import register
from dispatch.moments import SECOND, Micros
from store.clock import WallClock
from tests.chaos.storm.processes import Process
from tests.platforms.telegram_server import TelegramServer, TgBot, TgUser

ROUNDS = 3
"""Times that each part is killed; the worst one counts."""

AWAY_S = 1.0
"""Seconds for which it is away: less than that changes nothing for anybody."""

SOON: Micros = SECOND // 2
"""From a posting until its rung is due."""

PROBES, PROBE_S = 60, 0.1
"""Rungs one after the other once Valkey is back, and the seconds between two of them."""

BY_THE_QUEUE_MS = 300
"""Whatever is later than that came by the sweep, which gives the queue a second."""

BACK_WITHIN_S = 60.0
LOOK_S = 0.02

LEADER, CHAT = "zhao", 2001


async def measure() -> Outcome:
    """All parts, one after the other."""
    async with TelegramServer() as telegram, open_fleet() as fleet:
        telegram.limits.on = False
        account = telegram.bot()
        phone = telegram.user(CHAT)
        await phone.starts(account)
        await _tied(fleet)
        settings = {"SUIDAO_TELEGRAM__TOKEN": account.token, "SUIDAO_TELEGRAM__API_URL": telegram.url}
        worker, bot = fleet.process("worker", settings), fleet.process("bot", settings)
        async with up(worker, bot, fleet.process("web", settings)), _posting(fleet) as ahead:
            found = {
                "worker_s": await _worst(lambda: _worker(ahead, worker)),
                "bot_s": await _worst(lambda: _bot(ahead, bot, telegram, phone, account)),
                "redis_s": await _worst(lambda: _redis(ahead, fleet)),
                "postgres_s": await _worst(lambda: _postgres(ahead, fleet)),
            }
    figures = [
        Figure(name=f"s until back: {name.removesuffix('_s')}", ours=value, aim=Aim(sign="≤", limit=5))
        for name, value in found.items()
    ]
    return Outcome(figures=figures, values=found)


async def _worst(once: Callable[[], Awaitable[float]]) -> float:
    return max([await once() for _ in range(ROUNDS)])


@asynccontextmanager
async def _posting(fleet: Fleet) -> AsyncIterator[Ahead]:
    ahead = Ahead(fleet)
    try:
        yield ahead
    finally:
        await ahead.close()


async def _tied(fleet: Fleet) -> None:
    """The leader on duty has a chat as well."""
    table: dict[str, Any] = crowd.table(VOLUNTEERS)
    (leader,) = (person for person in table["people"] if person["key"] == LEADER)
    leader["addresses"] = {"telegram": str(CHAT)}
    await fleet.store.load(register.parse("bench.toml", table), prune=False, demo=False)


async def _worker(ahead: Ahead, worker: Process) -> float:
    worker.kill()
    job = await _missed(ahead)
    back = WallClock().now()
    worker.start()
    return (await _committed(ahead, job) - back) / SECOND


async def _bot(ahead: Ahead, bot: Process, telegram: TelegramServer, phone: TgUser, account: TgBot) -> float:
    bot.kill()
    known = len(phone.sees(account))
    await _missed(ahead)
    back = WallClock().now()
    bot.start()
    if not await telegram.until(lambda: len(phone.sees(account)) > known, BACK_WITHIN_S):
        raise TimeoutError("the card did not come")
    return (WallClock().now() - back) / SECOND


async def _postgres(ahead: Ahead, fleet: Fleet) -> float:
    (job,) = await ahead.post([WallClock().now() + SOON])
    fleet.postgres.kill()
    await asyncio.sleep(AWAY_S)
    fleet.postgres.start()
    back = WallClock().now()  # it takes sessions now: how long it mends its own files is its own business
    return (await _committed(ahead, job) - back) / SECOND


async def _redis(ahead: Ahead, fleet: Fleet) -> float:
    fleet.queue.stop(signal.SIGKILL)
    await asyncio.sleep(AWAY_S)
    back = WallClock().now()
    fleet.queue.start()
    dues: dict[int, Micros] = {}
    for _ in range(PROBES):
        dues |= await ahead.post([WallClock().now() + SECOND // 10])
        await asyncio.sleep(PROBE_S)
    late = {job: await _committed(ahead, job) - due for job, due in dues.items()}
    slow = [job for job in dues if late[job] * 1000 / SECOND > BY_THE_QUEUE_MS]
    # Works again from the first one on after which none was slow.
    first = next((job for job in dues if job > max(slow, default=0)), None)
    if first is None:
        raise TimeoutError("the queue was not used again")
    return (dues[first] + late[first] - back) / SECOND


async def _missed(ahead: Ahead) -> int:
    """A job whose rung has fallen due since it was posted."""
    (job,) = await ahead.post([WallClock().now() + SOON])
    await asyncio.sleep(AWAY_S)
    return job


async def _committed(ahead: Ahead, job: int) -> Micros:
    """When its rung was."""
    async with asyncio.timeout(BACK_WITHIN_S):
        while True:
            try:
                if found := await ahead.decided({job: 0}):
                    return found[job]
            except OSError:  # PostgreSQL is not there yet
                pass
            await asyncio.sleep(LOOK_S)
