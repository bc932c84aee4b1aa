"""A bar that grows while something long goes on, on a terminal and nowhere else."""

from typing import TextIO

WIDTH = 30
"""Characters of the bar: with its figures it fits a narrow terminal."""

STEPS = 50
"""Times that it is drawn at most: more would take longer than what it shows."""


class Bar:
    """Told how many of how many are done; draws itself over itself. Where nobody looks it writes nothing."""

    def __init__(self, out: TextIO, label: str) -> None:
        self._out = out
        self._label = label
        self._shown = out.isatty()
        self._drawn = -1

    def __call__(self, done: int, of: int) -> None:
        """So many of so many are done."""
        step = STEPS * done // of if of else STEPS
        if self._shown and step != self._drawn:
            self._drawn = step
            filled = WIDTH * done // of if of else WIDTH
            self._out.write(f"\r{self._label} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{of}")
            self._out.flush()

    def end(self) -> None:
        """Take the bar away."""
        if self._shown and self._drawn >= 0:
            self._out.write("\r\x1b[K")
            self._out.flush()
