"""How much a bot may send: about 30 messages a second, 1 a second to one chat, 20 a minute to one group.

Telegram publishes the figures and keeps its exact method to itself. Here: a sliding second for the bot, a
sliding minute for a group, and in each chat a bucket that refills at the chat's rate, so that short bursts
pass. Sends and edits count alike, in every topic of a group. A refused request costs nothing.
"""

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from tests.platforms.telegram_server.clocks import Clock


@dataclass(slots=True)
class Limits:
    """The figures; `on = False` lets everything through."""

    on: bool = True
    bot_per_second: int = 30
    chat_per_second: float = 1.0
    chat_burst: int = 3  # "short bursts that go over this limit" are documented, their size is not
    group_burst: int = 5  # a group's own limit is the minute's; what was measured to hold is 5 at once
    group_per_minute: int = 20


class Window:
    """At most so many in any span of so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until one more may pass; 0 when it may now."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if len(self._times) < self._most:
            return 0.0
        return self._times[len(self._times) - self._most] + self._seconds - now

    def take(self, now: float) -> None:
        """One passed."""
        self._times.append(now)


class Bucket:
    """So many at once, refilled at a steady rate."""

    def __init__(self, burst: int, per_second: float) -> None:
        self._slack = (burst - 1) / per_second
        self._step = 1.0 / per_second
        self._due = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more may pass; 0 when it may now."""
        return max(self._due - self._slack - now, 0.0)

    def take(self, now: float) -> None:
        """One passed."""
        self._due = max(self._due, now) + self._step


class Meter:
    """Counts what every bot sends to every chat."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._bots: dict[int, Window] = defaultdict(lambda: Window(limits.bot_per_second, 1.0))
        self._minutes: dict[tuple[int, int], Window] = defaultdict(
            lambda: Window(limits.group_per_minute, 60.0)
        )
        self._chats: dict[tuple[int, int], Bucket] = {}

    def refuse(self, bot: int, chat: int, *, group: bool) -> int | None:
        """None when the message may pass, and then it is counted; else the seconds of `retry_after`."""
        if not self._limits.on:
            return None
        now = self._clock.now()
        gates: list[Window | Bucket] = [self._bots[bot], self._bucket(bot, chat, group=group)]
        if group:
            gates.append(self._minutes[bot, chat])
        wait = max(gate.wait(now) for gate in gates)
        if wait > 0:
            return max(math.ceil(wait), 1)
        for gate in gates:
            gate.take(now)
        return None

    def _bucket(self, bot: int, chat: int, *, group: bool) -> Bucket:
        burst = self._limits.group_burst if group else self._limits.chat_burst
        return self._chats.setdefault((bot, chat), Bucket(burst, self._limits.chat_per_second))
