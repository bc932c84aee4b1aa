"""Waiting for a condition, with a bound: a test says what must become true, never how long it takes."""

import time
from collections.abc import Callable

POLL_S = 0.01
"""Seconds between two looks: short beside anything that is waited for."""


def until(holds: Callable[[], object], what: str, within: float = 10.0) -> None:
    """Wait until it holds; fails, saying `what` did not happen, after `within` seconds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(POLL_S)
