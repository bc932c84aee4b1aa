"""`python -m tests.chaos.storm [--short] [--seed N] [--only STORE] [--old COMMIT]`: storms over both stores.

The totals go as JSON into the file that `CHAOS_JSON` names. Exit code 1 where anything was lost, done twice
or is unaccounted for, 2 where the old release cannot work on this database. It ends by itself.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from store import leash
from tests.chaos.storm import releases
from tests.chaos.storm.alone import Alone
from tests.chaos.storm.clocks import clocks
from tests.chaos.storm.house import Gale, House
from tests.chaos.storm.many import Many
from tests.chaos.storm.storms import Weather, storm
from tests.chaos.storm.verdict import Totals

SHOWN = 3
"""Offences that are printed whole: the first ones tell most."""

TICK = (0.25, 0.25)
"""Seconds from one throw of the dice to the next in a storm of kills."""

KILLS = 0.1
"""How often such a throw is a kill: a worker 8 times of 100, Valkey twice (CONFORMANCE 8)."""


CORES = 4
"""Processors from which on the short storms of both stores blow at once: each keeps two of them busy. Where
there are fewer, things would be late for want of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What blows over each store; `clock` is how many seconds from one step of the clock to the next."""

    sqlite: Sequence[Weather]
    postgres: Sequence[Weather]
    clock: float


SHORT = Plan(
    sqlite=(Weather(gale=Gale(pauses=(0.2, 1.2)), seconds=22),),
    postgres=(
        Weather(gale=Gale(pauses=(0.2, 1.0)), seconds=26),
        Weather(gale=Gale(blows="postgres", pauses=(1, 4)), seconds=7),
        Weather(gale=Gale(blows="kills", pauses=TICK, chance=KILLS), seconds=7),
    ),
    clock=2,
)
LONG = Plan(
    sqlite=(Weather(gale=Gale(), seconds=900, rungs=10_500, posts=4),),
    postgres=(
        Weather(gale=Gale(), seconds=900, rungs=10_500, posts=4),
        Weather(gale=Gale(blows="postgres", pauses=(5, 40)), seconds=600, rungs=5_000, posts=4),
        Weather(gale=Gale(blows="kills", pauses=TICK, chance=KILLS), seconds=1200, rungs=20_000, posts=6),
    ),
    clock=15,
)


def say(words: str) -> None:
    """Tell whoever waits."""
    print(words, flush=True)  # noqa: T201 - a command line prints


async def sqlite(plan: Plan, chance: random.Random, _old: str | None) -> Totals:
    """One process, killed and frozen; and one whose clock is moved."""
    house = await Alone.make(chance)
    try:
        await house.start()
        totals = await storm(house, plan.sqlite, chance, say)
        report(house, totals)
    finally:
        await house.close()
    moved = await clocks(plan.clock, chance)
    say(f"  clock moved by an hour, to and fro: {moved.as_json()}")
    tell(moved)
    totals.add(moved)
    return totals


async def postgres(plan: Plan, chance: random.Random, old: str | None) -> Totals:
    """Several processes, killed, frozen and cut off; their servers as well."""
    house = await Many.make(chance, old=old)
    try:
        await house.start()
        totals = await storm(house, plan.postgres, chance, say)
        report(house, totals)
        return totals
    finally:
        await house.close()


def report(house: House, totals: Totals) -> None:
    """How it went, for people."""
    say(f"  {totals.as_json()}")
    say("  blows: " + ", ".join(f"{name} {count}" for name, count in sorted(house.diary.blows.items())))
    for each in house.missing:
        say(f"  NOT TRIED: {each}")
    tell(totals)


def tell(totals: Totals) -> None:
    """What was wrong first, and what nobody had foreseen."""
    for each in totals.faults[:SHOWN]:
        say(f"  traceback: {each}")
    for each in totals.offences[:SHOWN]:
        say(f"WRONG: {each}")


STORES = {"sqlite": sqlite, "postgres": postgres}


def main() -> int:
    """Storms over the stores that are asked for."""
    parser = argparse.ArgumentParser(prog="make chaos ARGS=", description="Storms over both stores.")
    parser.add_argument(
        "--short", action="store_true", help="three minutes; two where both stores may go at once"
    )
    parser.add_argument("--seed", type=int, default=None, help="the same chances as another run")
    parser.add_argument("--only", choices=STORES, help="one store")
    parser.add_argument("--old", help="a commit: one of the workers is of that release")
    asked = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    logging.disable(logging.WARNING)  # the committee's loading tells nothing new
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, all of it is cleared away
    if asked.old is not None and (why := releases.refusal(asked.old)):
        say(f"--old: {why}")
        return 2
    began = time.monotonic()
    if asked.short and asked.only is None and (os.cpu_count() or 1) >= CORES:
        say(f"seed {seed}")
        return side_by_side(seed, asked.old, began)
    plan, found = SHORT if asked.short else LONG, {}
    say(f"seed {seed}")
    for store, blow in STORES.items():
        if asked.only in (None, store):
            say(store)
            found[store] = asyncio.run(blow(plan, random.Random(seed), asked.old))  # noqa: S311 - no secret
    write({store: totals.as_json() for store, totals in found.items()})
    return conclude(all(totals.clean for totals in found.values()), began)


def side_by_side(seed: int, old: str | None, began: float) -> int:
    """The short storms of both stores at once, each by a process of its own; the exit code."""
    command = [sys.executable, "-m", "tests.chaos.storm", "--short", "--seed", str(seed)]
    command += [] if old is None else ["--old", old]
    leashed = [sys.executable, "-I", "-S", str(leash.__file__), str(os.getpid())]
    numbers: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory(prefix="sd") as folder, ExitStack() as ends:
        storms = {}
        for store in STORES:
            environ = {**os.environ, "CHAOS_JSON": f"{folder}/{store}.json"}
            said = ends.enter_context(Path(folder, store).open("wb"))
            storms[store] = subprocess.Popen(  # noqa: S603 - ourselves
                [*leashed, *command, "--only", store], env=environ, stdout=said, stderr=subprocess.STDOUT
            )
        for store, process in storms.items():
            process.wait()
            say(Path(folder, store).read_text(encoding="utf-8").partition("\n")[2].rstrip())
            with suppress(FileNotFoundError):
                numbers |= json.loads(Path(folder, f"{store}.json").read_text(encoding="utf-8"))
    write(numbers)
    return conclude(all(process.returncode == 0 for process in storms.values()), began)


def write(numbers: Mapping[str, Mapping[str, int]]) -> None:
    """The totals, for whoever asked for them."""
    if os.environ.get("CHAOS_JSON"):
        Path(os.environ["CHAOS_JSON"]).write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


def conclude(clean: bool, began: float) -> int:
    """Say how it ended; the exit code."""
    seconds = time.monotonic() - began
    say(f"{'nothing was lost, nothing was done twice' if clean else 'WRONG'} ({seconds:.0f} s)")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
