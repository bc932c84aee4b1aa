"""How often each was asked in the last 24 hours, and when last: counted on from what is newer than what was
seen.

Every wave asks for it, and reading a whole day's asks each time would make a busy committee's waves slower
and slower. An ask that another process commits late, behind one that was seen, may go uncounted: then
somebody is asked once more than they wished.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from dispatch.barriers import DAILY
from dispatch.moments import HOUR, Micros
from dispatch.people import Person, Roster
from store.engine import Query, Row

DAY: Micros = 24 * HOUR

TOLD: Micros = 30 * DAY
"""How far back it is looked when somebody was asked last: a month's asks are read in milliseconds, and
whoever was asked before that is as rested as can be."""

_LATE: Micros = HOUR
"""How much is read once more: another process may have kept an ask later than one that was seen."""


class Offers:
    """Of one committee. Read by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen = 0
        self._asks: deque[tuple[Micros, int, int]] = deque()
        self._last: dict[tuple[int, int], Micros] = {}
        self._jobs: Counter[int] = Counter()
        self._roster: Roster | None = None
        self._moved: set[int] = set()
        self._full: frozenset[int] = frozenset()
        self._latest: dict[int, Micros] = {}
        self.last: Mapping[int, Micros] = MappingProxyType(self._latest)
        """When each was asked last, for whatever job, as far as it was read. To look up in, not to go
        through: it grows meanwhile, and a copy at every wave would cost a town a millisecond."""
        self._read_at: Micros = 0

    def newer(self, committee_id: int, now: Micros) -> Query:
        """What is to be read before they are counted."""
        return Query("asks_since", {"committee_id": committee_id, "seen": self._seen, "since": now - DAY})

    def earlier(self, committee_id: int, now: Micros) -> Query:
        """What is to be read before it is known when each was asked last."""
        since = max(now - TOLD, self._read_at - _LATE)
        return Query("last_asks", {"committee_id": committee_id, "since": since})

    def asked(self, rows: Iterable[Row], now: Micros) -> None:
        """Remember when each was asked last, of the rows of `earlier`."""
        with self._lock:
            for row in rows:
                self._asked(row["person_id"], row["at"])
            self._read_at = max(self._read_at, now)

    def full(self, rows: Iterable[Row], roster: Roster, now: Micros) -> frozenset[int]:
        """Who has had their number of offers, with what was read now."""
        with self._lock:
            for row in rows:
                self._add(row["id"], row["at"], row["person_id"], row["job_id"])
            self._forget(now - DAY)
            if roster is not self._roster:  # other people, or other wishes
                self._roster, self._full, self._moved = roster, frozenset(), set(self._jobs)
            if self._moved:
                had = {who for who in self._moved if _enough(self._jobs[who], roster.people.get(who))}
                self._full = (self._full - self._moved) | had
                self._moved = set()
            return self._full

    def _add(self, number: int, at: Micros, person: int, job: int) -> None:
        if number <= self._seen:
            return  # another thread was first
        self._seen = number
        if (person, job) not in self._last:
            self._jobs[person] += 1
            self._moved.add(person)
        self._last[person, job] = at
        self._asks.append((at, person, job))
        self._asked(person, at)

    def _asked(self, person: int, at: Micros) -> None:
        self._latest[person] = max(at, self._latest.get(person, at))

    def _forget(self, before: Micros) -> None:
        while self._asks and self._asks[0][0] <= before:
            at, person, job = self._asks.popleft()
            if self._last.get((person, job)) == at:
                del self._last[person, job]
                self._jobs[person] -= 1
                self._moved.add(person)


def _enough(jobs: int, person: Person | None) -> bool:
    return person is not None and jobs >= (DAILY if person.daily is None else person.daily)
