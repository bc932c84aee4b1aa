"""Whether the wall clock was moved: it is compared with the clock that nobody can set."""

from collections.abc import Callable

from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock

STEP: Micros = SECOND
"""A larger difference between two looks is a step. Time synchronisation slews by 0.05 % at most, 2.5 ms in
the five seconds between two audits; what it steps, it steps because it is seconds wrong."""


class Drift:
    """Compares the two clocks from look to look, so that slow slewing never adds up."""

    def __init__(self, clock: Clock, steady: Callable[[], float]) -> None:
        self._clock = clock
        self._steady = steady
        self._wall, self._seconds = clock.now(), steady()

    def step(self) -> Micros:
        """By how much the wall clock was moved since the last look, back where it is negative; 0 for less
        than `STEP`. A machine that slept looks like one whose clock was put forward."""
        wall, seconds = self._clock.now(), self._steady()
        moved = wall - self._wall - round((seconds - self._seconds) * SECOND)
        self._wall, self._seconds = wall, seconds
        return moved if abs(moved) > STEP else 0
