"""`suidao simulate`: plays the recipes, prints the table, writes JSON and a picture."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.complaints import ComplaintError
from bot.simulate import grounds, options
from bot.simulate.mistakes import MistakeError
from bot.simulate.recipes import Plan

if TYPE_CHECKING:
    from bot.simulate import report

DRAWN = (".svg", ".png")
"""What a picture's name may end with."""


def simulate(arguments: argparse.Namespace, out: TextIO, aside: TextIO) -> int:
    """Returns the exit code. How far it is goes `aside`, if somebody watches. Raises `ComplaintError`."""
    plans = _plans(arguments)
    try:
        from bot.simulate import contestants, report, runs  # noqa: PLC0415 - numpy: a running program does without
    except ImportError as error:
        raise ComplaintError(_MISSING) from error
    told = _Progress(aside).told if aside.isatty() else _silent
    cores = arguments.cores or os.cpu_count() or 1
    try:
        for name in arguments.policy:
            contestants.outside(name)
        played = runs.played(plans, arguments.seed, tuple(arguments.policy), cores, told)
    except MistakeError as error:
        raise ComplaintError(str(error)) from error
    found = report.results(played)
    out.write(report.table(found))
    if arguments.json is not None:
        _folder(arguments.json).write_text(report.document(found, played, arguments.seed), encoding="utf-8")
    if arguments.plot is not None:
        _draw(found, arguments.plot)
    return 0


def _plans(arguments: argparse.Namespace) -> list[Plan]:
    if arguments.plot is not None and arguments.plot.suffix not in DRAWN:
        raise ComplaintError(f"--plot needs a file that ends with {' or '.join(DRAWN)}")
    try:
        plans = options.plans(arguments)
        return plans if arguments.ground is None else grounds.laid(plans, arguments.ground)
    except ValueError as error:
        raise ComplaintError(str(error)) from error


def _draw(found: "report.Results", path: Path) -> None:
    try:
        from bot.simulate import plots  # noqa: PLC0415 - matplotlib: only who wants a picture waits for it
    except ImportError as error:
        raise ComplaintError(_MISSING) from error
    plots.draw(found, _folder(path))


def _folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _silent(_done: int, _all: int) -> None:
    """Nobody watches."""


class _Progress:
    """One line that is written over."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def told(self, done: int, total: int) -> None:
        """So many runs of so many are over."""
        self._out.write(f"\r{done}/{total}" + ("\r\033[K" if done == total else ""))
        self._out.flush()


_MISSING = "numpy and matplotlib are missing here: pip install 'suidao[simulate]', or make install"
