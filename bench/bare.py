"""The reference of alarms: as many bare ARQ workers as ours, in processes of their own, and empty tasks."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from arq.connections import create_pool

from bench.bare_alarms import TASK
from dispatch.moments import SECOND, Micros, to_datetime
from store.clock import WallClock
from store.queue import redis_settings
from tests.chaos.runs import ROOT

TOGETHER = 500
LOOK_S = 0.2
PATIENCE_S = 60.0


async def lateness(where: str, dues: Sequence[Micros], workers: int) -> Sequence[float]:
    """How late each of these empty tasks was, in ms."""
    pool = await create_pool(redis_settings(where))
    processes = [_worker(where) for _ in range(workers)]
    try:
        for start in range(0, len(dues), TOGETHER):
            some = dues[start : start + TOGETHER]
            await asyncio.gather(
                *(pool.enqueue_job(TASK, due, _defer_until=to_datetime(due)) for due in some)
            )
        if WallClock().now() >= min(dues):
            raise RuntimeError("the tasks were not handed over in time")
        async with asyncio.timeout((max(dues) - WallClock().now()) / SECOND + PATIENCE_S):
            await asyncio.sleep((max(dues) - WallClock().now()) / SECOND)
            while await pool.zcard("arq:queue"):  # noqa: ASYNC110 - nobody says so by itself
                await asyncio.sleep(LOOK_S)
        said = await asyncio.gather(*(asyncio.to_thread(_end, each) for each in processes))
    finally:
        for each in processes:
            each.kill()
            each.wait()
        await pool.aclose()
    late = [micros * 1000 / SECOND for some in said for micros in some]
    if len(late) < len(dues):
        raise RuntimeError(f"{len(dues) - len(late)} bare tasks were lost")
    return late


def _worker(where: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-m", "bench.bare_alarms", where],
        cwd=Path(ROOT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _end(process: "subprocess.Popen[str]") -> list[int]:
    said, _ = process.communicate("", timeout=20)
    found: list[int] = json.loads(said)
    return found
