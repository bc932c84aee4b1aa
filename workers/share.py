"""Whose work a delivery is where several processes share it: each platform has processes that serve it.

A process without a share of its own serves everything. It knows names of platforms, and nothing of them.
"""

from collections.abc import Callable
from dataclasses import dataclass


def always() -> bool:
    """Nobody else may do it."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The platforms of `named`, or with `others` all but those. `held` says whether that holds just now:
    where one process at a time may serve a platform, it may be another's turn."""

    named: frozenset[str] = frozenset()
    others: bool = False
    held: Callable[[], bool] = always

    def has(self, platform: str) -> bool:
        """What goes to that platform is this process's to deliver, now."""
        return ((platform in self.named) is not self.others) and self.held()


EVERYTHING = Share(others=True)
"""The share of a program that is alone."""
