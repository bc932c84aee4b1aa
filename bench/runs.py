"""Run benches by name, print one table, write the JSON.

A missed aim is said, and is no failure: whether a figure is good enough is for a person to judge. Exit
code 1 means that something could not be measured at all.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import machine, report
from bench.report import Outcome

log = logging.getLogger(__name__)

Bench = Callable[[], Coroutine[Any, Any, Outcome]]


def main(benches: Mapping[str, Bench], results: str, argv: Sequence[str] | None = None) -> int:
    """Run the benches that are named, all without a name. The figures go into the file `results` beside this
    module, unless `BENCH_JSON` names another one."""
    names = _names(benches, argv)
    logging.getLogger().setLevel(logging.ERROR)  # what goes wrong, and not what goes on
    # Programs are measured with their bytecode kept, as where they are installed.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    facts = machine.describe()
    print("  ".join(f"{name}: {fact}" for name, fact in facts.items()), flush=True)
    outcomes: dict[str, Outcome] = {}
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            outcomes[name] = _run(benches[name])
        except Exception:
            log.exception("%s could not be measured", name)  # the others may
    failed = [name for name in names if name not in outcomes]
    if outcomes:
        print(f"\n{report.table(outcomes)}\n\n{report.verdict(outcomes)}")
    if failed:
        print(f"NOT MEASURED: {', '.join(failed)}")
    report.write(Path(os.environ.get("BENCH_JSON") or Path(__file__).with_name(results)), facts, outcomes)
    return 1 if failed else 0


def _names(benches: Mapping[str, Bench], argv: Sequence[str] | None) -> Sequence[str]:
    parser = argparse.ArgumentParser(
        prog="bench", description="Measure, each figure beside a bare reference."
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(benches)}; all without one")
    names: list[str] = parser.parse_args(argv).names
    for name in names:
        if name not in benches:
            parser.error(f"{name} is no bench; there are {', '.join(benches)}")
    return names or list(benches)


def _run(bench: Bench) -> Outcome:
    """On the loop that the program runs on."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(bench())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not everywhere, as in the program itself
    except ImportError:
        return None
    return uvloop.new_event_loop
