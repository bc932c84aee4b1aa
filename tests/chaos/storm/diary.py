"""What a storm did to the program, and when: the only excuse that the model accepts for lateness."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Micros = int


def now() -> Micros:
    """The wall clock, as the program reads it."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class Diary:
    """Times in which nothing could be expected of the program, and how often each blow was struck."""

    spans: list[tuple[Micros, Micros]] = field(default_factory=list)
    blows: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    """Processes ended by SIGKILL, of whatever kind."""

    @contextmanager
    def trouble(self) -> Iterator[None]:
        """From here to the end of the block the program may stand still."""
        began = now()
        try:
            yield
        finally:
            self.spans.append((began, now()))

    def struck(self, blow: str, kills: int) -> None:
        """Note a blow."""
        self.blows[blow] = self.blows.get(blow, 0) + 1
        self.kills += kills

    def healthy(self, since: Micros, until: Micros) -> Micros:
        """How long of that time the program was left alone."""
        left, at = max(until - since, 0), since
        for begin, end in sorted(self.spans):
            first, last = max(begin, at), min(end, until)
            if last > first:
                left -= last - first
                at = last
        return left
