"""`python -m bench.reliability [--scale N] [--minutes M] [NAME ...]`: what comes back how soon, and alarms on
PostgreSQL.

`--scale 20` measures a twentieth of the alarms: it shows that everything works, and no figure. `--minutes 10`
spreads them over ten minutes instead of one: what a smaller machine can do.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial

from bench import bare, recovery
from bench.ahead import Ahead
from bench.fleet import open_fleet, up
from bench.report import Aim, Figure, Outcome, p99
from bench.runs import Bench, main
from dispatch.moments import MINUTE, SECOND, Micros
from store.clock import WallClock

ALARMS = 20_000
"""Alarms in a minute: what ten cities of the field notes could reach in their worst one."""

BURST = 10_000
"""Rungs due at one instant: a region whose staff posts by the hour."""

BARE_SHARE = 3
"""The reference runs at the same pace for a third of the time: its figures are steady."""

BARE_READY: Micros = 12 * SECOND
"""For handing over the reference's tasks: some 4,000 a second."""

GOLDEN = 0.6180339887
"""Fractions of its multiples are spread evenly, in no order: neighbours in number are not due together."""


async def alarms(workers: int, scale: int, minutes: int) -> Outcome:
    """Rungs spread over so many minutes (less, where scaled), decided by so many workers."""
    count, length = ALARMS // scale, minutes * MINUTE // scale
    async with open_fleet() as fleet:
        processes = [fleet.process("web"), *(fleet.process("worker") for _ in range(workers))]
        async with up(*processes):
            ahead = Ahead(fleet)
            late = await ahead.lateness(_spread(await ahead.start(count), count, length))
            await ahead.close()
        few, short = count // BARE_SHARE, length // BARE_SHARE
        spread = _spread(WallClock().now() + BARE_READY, few, short)
        plain = await bare.lateness(fleet.queue.url, spread, workers)
    figure = Figure(
        name=f"p99 ms from due to committed, {count} rungs in {length / SECOND:.0f} s, {workers} workers",
        ours=p99(late),
        bare=p99(plain),
        aim=Aim(sign="≤", limit=200) if workers > 1 else None,
    )
    values = {"p99_ms": p99(late), "p50_ms": sorted(late)[len(late) // 2], "bare_p99_ms": p99(plain)}
    return Outcome(figures=(figure,), values=values)


async def burst(scale: int) -> Outcome:
    """Rungs that are all due at one instant, with two workers."""
    count = BURST // scale
    async with open_fleet() as fleet:
        async with up(fleet.process("web"), fleet.process("worker"), fleet.process("worker")):
            ahead = Ahead(fleet)
            last = max(await ahead.lateness([await ahead.start(count)] * count)) / 1000
            await ahead.close()
        plain = await bare.lateness(fleet.queue.url, [WallClock().now() + BARE_READY] * count, 2)
    bare_last = max(plain) / 1000
    figure = Figure(
        name=f"s until the last of {count} rungs at one instant is committed, 2 workers",
        ours=last,
        bare=bare_last,
        aim=Aim(sign="≤", limit=2, of_ratio=True),
    )
    return Outcome(figures=(figure,), values={"last_s": last, "bare_last_s": bare_last})


def _spread(start: Micros, count: int, length: Micros) -> list[Micros]:
    return [start + round(number * GOLDEN % 1 * length) for number in range(count)]


def benches(scale: int, minutes: int) -> Mapping[str, Bench]:
    """All of them, at that scale and pace."""
    return {
        "recovery": recovery.measure,
        "alarms_1": partial(alarms, 1, scale, minutes),
        "alarms_2": partial(alarms, 2, scale, minutes),
        "burst": partial(burst, scale),
    }


def run(argv: Sequence[str]) -> int:
    """Measure what is named."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--minutes", type=int, default=1)
    asked, names = parser.parse_known_args(argv)
    return main(benches(asked.scale, asked.minutes), "results-reliability.json", names)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
