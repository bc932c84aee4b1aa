"""How often each was asked in the last 24 hours, and when last: counted on from what is newer than what was
seen.

Every wave asks for it, and reading a whole day's asks each time would make a busy committee's waves slower
and slower. Decisions that are made side by side do not read each other's asks, so what was decided here
counts from that moment, for as long as it may take until it can be read. What another process decides in
the same moment is found before anything is kept, and then it is decided anew (0051).
"""

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from dispatch.barriers import DAILY
from dispatch.jobs import Job
from dispatch.moments import HOUR, Micros
from dispatch.people import Person, Roster
from store.engine import Query, Row, Save

DAY: Micros = 24 * HOUR

TOLD: Micros = 30 * DAY
"""How far back it is looked when somebody was asked last: a month's asks are read in milliseconds, and
whoever was asked before that is as rested as can be."""

_LATE: Micros = HOUR
"""How much is read once more: another process may have kept an ask later than one that was seen."""

SETTLED_S = 10.0
"""Seconds that a decision may be under way: asks may be read behind newer ones for so long, and what was
promised and never came is not waited for any longer. Seconds that pass, and no moments: clocks are set, and
those of several hosts differ."""

LONG_AGO: Micros = HOUR
"""An ask of then is settled as soon as it is read: no clock is as wrong as that."""

LOOKS_BACK_S = 1.0
"""Seconds between two looks for asks behind newer ones: where lives are at stake thousands may be
unsettled."""


class _Promise(NamedTuple):
    """What was decided of a job: when, in `ticks` and as a moment, and who is asked."""

    decided: float
    at: Micros
    people: set[int]


_NOBODY = _Promise(0.0, 0, set())


class Offers:
    """Of one committee. Read by several threads."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        """Seconds that pass, whatever becomes of the clock."""
        self._lock = threading.Lock()
        self._settled = 0
        """The id up to which all asks that there will ever be were read."""
        self._newest = 0
        """The greatest id that was read."""
        self._looks_back_at = -LOOKS_BACK_S
        """When it is to be looked back again, in `ticks`."""
        self._looked_back: deque[float] = deque([-math.inf] * 3, maxlen=3)
        """When it was looked back lately, in `ticks`: what the oldest of these brought was read by now."""
        self._behind_until = -LOOKS_BACK_S
        """There may be asks behind newer ones: until then each that reads looks back, in `ticks`."""
        self._digested: object = None
        """What was read last: works that share a transaction are given the same rows."""
        self._seen: deque[tuple[float, Micros, int]] = deque()
        """Those that were read and are not settled: when they were read, in `ticks`, moment and id."""
        self._known: set[int] = set()
        """Their ids."""
        self._promised: dict[int, _Promise] = {}
        """Asks that were decided here and not read yet, by job; the latest at the end."""
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
        """What is to be read before they are counted: what is newer, and now and then what is not settled."""
        with self._lock:
            ticks = self._ticks()
            due = ticks >= self._looks_back_at
            if due:
                self._looks_back_at = ticks + LOOKS_BACK_S
                self._looked_back.append(ticks)
            seen = self._settled if due or ticks < self._behind_until else self._newest
        return Query("asks_since", {"committee_id": committee_id, "seen": seen, "since": now - DAY})

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

    def promised(self, people: Iterable[int], job: int, now: Micros) -> None:
        """It was decided to ask these for the job: that counts although it cannot be read yet. Repeating is
        safe."""
        with self._lock:
            anew = [person for person in people if (person, job) not in self._last]
            if not anew:
                return
            before = self._promised.pop(job, _NOBODY).people
            for person in set(anew) - before:
                self._count(person, 1)
            self._promised[job] = _Promise(self._ticks(), now, before.union(anew))

    def within(self, job: Job, at: Micros) -> Sequence[Save]:
        """What is to be done last of all where volunteers are asked for the job at that moment: no other
        process asks anybody until this is kept, and if somebody has had more than their number by now, it is
        decided anew, and they are not asked."""
        found = {"job_id": job.id, "at": at, "since": at - DAY, "daily": DAILY}
        otherwise = partial(self._undone, job.id)
        return (
            Save("offers_in_turn", {"committee_id": job.committee_id}, last=True),
            Save("offered_too_often", found, expect=0, otherwise=otherwise, last=True),
        )

    def full(self, rows: Iterable[Row], roster: Roster, now: Micros, job: int) -> frozenset[int]:
        """Who has had their number of offers, with what was read now. What was promised for this very `job`
        does not count: that decision may be made anew."""
        with self._lock:
            if rows is not self._digested:
                for row in rows:
                    self._add(row["id"], row["at"], row["person_id"], row["job_id"])
                self._digested = rows
            self._settle(self._looked_back[0] - SETTLED_S, now - LONG_AGO)
            self._unpromise(self._ticks() - SETTLED_S, now - DAY)
            self._forget(now - DAY)
            if roster is not self._roster:  # other people, or other wishes
                self._roster, self._full, self._moved = roster, frozenset(), set(self._jobs)
            if self._moved:
                had = {who for who in self._moved if _enough(self._jobs[who], roster.people.get(who))}
                self._full = (self._full - self._moved) | had
                self._moved = set()
            own = self._promised_for(job)
            spared = {who for who in own if not _enough(self._jobs[who] - 1, roster.people.get(who))}
            return self._full - spared if spared else self._full

    def _add(self, number: int, at: Micros, person: int, job: int) -> None:
        if number <= self._settled or number in self._known:
            return  # another thread was first, or it was read before
        self._known.add(number)
        self._newest = max(self._newest, number)
        self._seen.append((self._ticks(), at, number))
        promised = self._promised_for(job)
        if (person, job) not in self._last and person not in promised:
            self._count(person, 1)
        promised.discard(person)
        self._last[person, job] = at
        self._asks.append((at, person, job))
        self._asked(person, at)

    def _settle(self, read: float, before: Micros) -> None:
        while self._seen and (self._seen[0][0] <= read or self._seen[0][1] <= before):
            _, _, number = self._seen.popleft()
            self._known.discard(number)
            self._settled = max(self._settled, number)

    def _unpromise(self, decided: float, before: Micros) -> None:
        """Let go of what never came."""
        while self._promised:
            job, promise = next(iter(self._promised.items()))
            if promise.decided > decided and promise.at > before:
                return
            del self._promised[job]
            for person in promise.people:
                self._count(person, -1)

    def _undone(self, job: int, rows: Sequence[Row], locked: bool) -> None:  # noqa: FBT001 - see `Save`
        """What was promised for the job will not come. Where others asked somebody meanwhile, it may stand
        behind what was read; where a lock kept them from it, the count is wrong, and is made anew."""
        with self._lock:
            for person in self._promised.pop(job, _NOBODY).people:
                self._count(person, -1)
            if rows and locked:
                self._count_anew()
            elif rows:
                self._behind_until = self._ticks() + LOOKS_BACK_S

    def _count_anew(self) -> None:
        self._settled, self._newest, self._digested = 0, 0, None
        for each in (self._seen, self._known, self._asks, self._last):
            each.clear()
        self._behind_until = self._ticks() + LOOKS_BACK_S  # others may read on from where it was
        self._moved |= self._jobs.keys()
        self._jobs = Counter(person for promise in self._promised.values() for person in promise.people)

    def _promised_for(self, job: int) -> set[int]:
        return self._promised[job].people if job in self._promised else set()

    def _count(self, person: int, jobs: int) -> None:
        self._jobs[person] += jobs
        self._moved.add(person)

    def _asked(self, person: int, at: Micros) -> None:
        self._latest[person] = max(at, self._latest.get(person, at))

    def _forget(self, before: Micros) -> None:
        while self._asks and self._asks[0][0] <= before:
            at, person, job = self._asks.popleft()
            if self._last.get((person, job)) == at:
                del self._last[person, job]
                self._count(person, -1)


def _enough(jobs: int, person: Person | None) -> bool:
    return person is not None and jobs >= (DAILY if person.daily is None else person.daily)
