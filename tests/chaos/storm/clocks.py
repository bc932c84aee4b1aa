"""A wall clock that is moved by an hour, forth and back, under a running program (CONFORMANCE 33).

It is moved where the program reads it: `time.time` and `time.time_ns` of its process look into a file how far
the clock is off. libfaketime would do it below that, but 0.9.10 stops Python's threads for good at the first
step (their timed waits are by the steady clock, and it bends those too). The steady clock goes on as it is.

Nothing is judged by how late it was, since no moment means the same twice: no step may be early by the clock
of then, none may come twice, and none may be missing once the clock has passed it.
"""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.storm.alone import Alone
from tests.chaos.storm.crowd import Crowd
from tests.chaos.storm.diary import now
from tests.chaos.storm.storms import WINDOW_S, close_all, everybody, judge
from tests.chaos.storm.verdict import Judge, Totals

HOUR_S = 3600

STEPS = (0, -HOUR_S, 0, HOUR_S, 0, HOUR_S)
"""How far it is off, one after the other. What was due while it was ahead waits for it after a step back, so
the last one is ahead."""

PROGRAM = """
import pathlib, sys, time
offset = pathlib.Path(sys.argv.pop(1))
real = time.time_ns
time.time_ns = lambda: real() + int(offset.read_text()) * 10**9
time.time = lambda: time.time_ns() / 10**9
from bot.cli import main
sys.exit(main())
"""
"""The program with a clock that is off by so many seconds as stand in a file."""

POSTS = 3.0
MEDDLED = 4
"""Jobs that people do something about in each stretch."""


class MovedClock:
    """A file that says how far the clock is off."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="sdclock", dir="/tmp")
        os.close(handle)
        self._file = Path(name)
        self.set(0)

    def set(self, seconds: int) -> None:
        """Move it. Whole at once: the program reads it at every look at its clock."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n", encoding="ascii")
        fresh.replace(self._file)

    def close(self) -> None:
        """Remove the file."""
        self._file.unlink()

    @property
    def program(self) -> Sequence[str]:
        """How the program is started with it."""
        return (sys.executable, "-c", PROGRAM, str(self._file))


async def clocks(seconds: float, chance: random.Random) -> Totals:
    """Move the clock under a program of its own, `seconds` from one step to the next."""
    clock = MovedClock()
    house = await Alone.make(chance)
    house.program.program = clock.program
    try:
        await house.start()
        async with everybody(house, chance) as crowd:
            await _move(clock, crowd, seconds, chance)
            await asyncio.sleep(WINDOW_S + 1)
            records, totals = await house.base.records(), Totals()
            end = now() + STEPS[-1] * 1_000_000
            rules = Judge(healthy=_all, end=end, window=round(WINDOW_S * 1_000_000), every=False)
            rules.ledgers(records, totals)
            if "the wall clock was moved" not in house.said():
                totals.unaccounted += 1
                totals.offences.append("nobody said that the clock was moved")
            await close_all(house, crowd)
            return judge(house, crowd, await house.base.records(), totals)
    finally:
        await house.close()
        clock.close()


async def _move(clock: MovedClock, crowd: Crowd, seconds: float, chance: random.Random) -> None:
    posting = asyncio.create_task(crowd.post(POSTS, plot=False))
    for ahead in STEPS:
        clock.set(ahead)
        jobs = list(crowd.journal.jobs.values())
        meddling = [crowd.meddle(job) for job in chance.sample(jobs, min(MEDDLED, len(jobs)))]
        await asyncio.gather(asyncio.sleep(seconds), *meddling)
    posting.cancel()
    await asyncio.wait((posting,))


def _all(since: int, until: int) -> int:
    return max(until - since, 0)
