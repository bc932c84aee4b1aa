"""The server's own time, in seconds since 1970: limits, expiry and dates follow it, network waits do not."""

import time
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> float:
        """Seconds since 1970."""


class RealClock:
    """The machine's clock, `speed` times as fast from its making on, and wrong by `ahead` seconds.
    `retry_after` counts its seconds."""

    def __init__(self, speed: float = 1.0, ahead: float = 0.0) -> None:
        self.speed = speed
        self._from = time.time() + ahead
        self._since = time.monotonic()

    def now(self) -> float:
        """See `Clock.now`."""
        return self._from + (time.monotonic() - self._since) * self.speed


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, at: float = 1_790_000_000.0) -> None:
        self.at = at  # some moment in September 2026

    def now(self) -> float:
        """See `Clock.now`."""
        return self.at

    def forward(self, seconds: float) -> None:
        """Moves on."""
        self.at += seconds
