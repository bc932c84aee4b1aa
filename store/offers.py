"""How often each was asked in the last 24 hours: counted on from what is newer than what was seen.

Every wave asks for it, and reading a whole day's asks each time would make a busy committee's waves slower
and slower. An ask that another process commits late, behind one that was seen, may go uncounted: then
somebody is asked once more than they wished.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping

from dispatch.barriers import DAILY
from dispatch.moments import HOUR, Micros
from dispatch.people import Roster
from store.engine import Query, Row

DAY: Micros = 24 * HOUR


class Offers:
    """Of one committee. Read by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen = 0
        self._asks: deque[tuple[Micros, int, int]] = deque()
        self._last: dict[tuple[int, int], Micros] = {}
        self._jobs: Counter[int] = Counter()

    def newer(self, committee_id: int, now: Micros) -> Query:
        """What is to be read before they are counted."""
        return Query("asks_since", {"committee_id": committee_id, "seen": self._seen, "since": now - DAY})

    def full(self, rows: Iterable[Row], roster: Roster, now: Micros) -> frozenset[int]:
        """Who has had their number of offers, with what was read now."""
        with self._lock:
            for row in rows:
                self._add(row["id"], row["at"], row["person_id"], row["job_id"])
            self._forget(now - DAY)
            return frozenset(_full(self._jobs, roster))

    def _add(self, number: int, at: Micros, person: int, job: int) -> None:
        if number <= self._seen:
            return  # another thread was first
        self._seen = number
        if (person, job) not in self._last:
            self._jobs[person] += 1
        self._last[person, job] = at
        self._asks.append((at, person, job))

    def _forget(self, before: Micros) -> None:
        while self._asks and self._asks[0][0] <= before:
            at, person, job = self._asks.popleft()
            if self._last.get((person, job)) == at:
                del self._last[person, job]
                self._jobs[person] -= 1


def _full(jobs: Mapping[int, int], roster: Roster) -> Iterable[int]:
    people = roster.people
    for who, count in jobs.items():
        person = people.get(who)
        if person is not None and count >= (DAILY if person.daily is None else person.daily):
            yield who
