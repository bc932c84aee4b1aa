"""A process that asks the limiter for moments as fast as it can, beside others that do the same."""

import asyncio
import time
from multiprocessing.synchronize import Barrier
from typing import TypeAlias

from bot.telegram.limits import BOT, GROUP, PRIVATE
from store.limiter import Limiter
from store.queue import client

Grant: TypeAlias = tuple[str, int, int]
"""The chat's gate, and the microseconds between which the granted moment lies."""


TOGETHER_WITHIN = 60.0
"""Seconds for the slowest to start on a busy machine; then the test fails instead of hanging."""

_door: list[Barrier] = []


def stand_at(door: Barrier) -> None:
    """What a process does first: it learns of the door through which all go together."""
    _door.append(door)


def ask(url: str, prefix: str, sender: int, sends: int) -> list[Grant]:
    """Ask for this many moments, once all senders are there; every tenth send goes to one common group."""
    _door[0].wait(TOGETHER_WITHIN)
    return asyncio.run(_ask(url, prefix, sender, sends))


async def _ask(url: str, prefix: str, sender: int, sends: int) -> list[Grant]:
    redis = client(url)
    limiter = Limiter(redis, prefix)
    grants = []
    for n in range(sends):
        chat = GROUP(1, "all") if n % 10 == 0 else PRIVATE(1, f"{sender}-{n}")
        before = time.time_ns() // 1_000
        wait = round(await limiter.reserve([chat, BOT(1)], urgent=n % 25 == 24) * 1_000_000)
        grants.append((chat.key, before + wait, time.time_ns() // 1_000 + wait))
    await redis.aclose()
    return grants
