"""What is on record of a committee's people: how often each was asked, accepted and refused, and what
follows.

Empirical Bayes: how willing people are on the whole, how much they differ and how soon they return is
learned from the whole committee, and is what somebody's own few answers are weighed against. Counts are
kept over all and by facets (day or night, the hour, the kind of job). What is thought of somebody at an hour
is a ladder, each step of it held to the one before until there is enough to say otherwise: everybody,
everybody at night, this person, this person at night; then everybody at three against everybody at night,
and this person at three against this person at night. Nothing here knows why anybody refused.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.policies.belief import Belief, belief, bucket, factor
from dispatch.policies.counts import Count, Counts, Row, parent
from dispatch.policies.pool import SURE, Evidence, Pool, Prior
from dispatch.policies.search import Reply

UNTOLD = Prior()

_HELD = 4.0
"""Pseudo-counts of acceptances that hold a facet to what is usual: four, so that one answer moves little."""

_PART_HELD = 8.0
"""The same for a part of a facet and one person, of which there are a few answers a year."""

Weighed = tuple[float, float]
"""The chance that somebody accepts, and what asking them is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facet:
    """A facet of a search. `times` is how many times as many accept, of everybody, in each of its parts as in
    all of it; `inner` are those of its parts at which the search is."""

    name: str
    times: Mapping[str, float]
    inner: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """Where a search is, the same for everybody who is weighed for it: of those who are back, `usual` accept
    in its facets, and so many `times` as many in their parts."""

    facets: tuple[_Facet, ...]
    usual: float
    times: float


class Record:
    """Policies read it, and reading changes nothing; whoever drives them adds to it once a job is over.

    It may be built from `rows` and from `rests`: person to the number of jobs that were posted since they
    were asked last or had one, this one included and as things stood before anybody was asked for it.
    """

    def __init__(
        self, prior: Prior = UNTOLD, *, rows: Iterable[Row] = (), rests: Mapping[int, int] | None = None
    ) -> None:
        self._pool = Pool(prior)
        self._jobs = 0
        self._last = {person: -rest for person, rest in (rests or {}).items()}
        self._people: dict[int, Counts] = {}
        self._evidence: dict[int, Evidence] = {}
        self._beliefs: dict[int, Belief] = {}
        self._weighed: dict[tuple[int, tuple[str, ...]], Weighed] = {}
        self._settings: dict[tuple[str, ...], _Setting] = {}
        for row in rows:
            self._add(row)
        # What is thought of one depends on what is thought of all: the second time it is nearly settled.
        for person in (*self._people, *self._people):
            self._believe(person)

    def next_job(self) -> None:
        """Another job was posted: everybody has rested for one more."""
        self._jobs += 1
        self._weighed.clear()

    def note(
        self, person_id: int, facets: Iterable[str], reply: Reply | None, *, weight: float = 1.0
    ) -> None:
        """Somebody was asked for this job, and that came of it. Once a job and person.

        `weight` is the share of an ask that it was, below 1 for somebody silent who was stood down before
        they had the time to answer (`Delays.within`).
        """
        rest = bucket(self.rest(person_id))
        counted = Row(
            person_id=person_id,
            facet="",
            bucket=rest,
            asked=weight if reply is None else 1.0,
            accepted=float(reply is Reply.ACCEPTED),
            refused=float(reply is Reply.REFUSED),
        )
        self._add(counted)
        for facet in facets:
            self._count(counted, facet)
        self._last[person_id] = self._jobs
        self._believe(person_id)

    def rest(self, person_id: int) -> int | None:
        """How many jobs were posted since they were asked last or had one, given or taken; None: never."""
        last = self._last.get(person_id)
        return None if last is None else self._jobs - last

    def count(self, person_id: int) -> Count:
        """How often they were asked, and what came of it."""
        one = self._people.get(person_id)
        return Count() if one is None else one.total

    @property
    def sureness(self) -> float:
        """How much is known about how willing people are today, in acceptances."""
        return self._pool.sureness

    def refusing(self) -> float:
        """The share that refuses, of those who look at a message."""
        return self._pool.rates()[1]

    def weigh(self, person_id: int, facets: tuple[str, ...]) -> Weighed:
        """The chance that they accept if they are asked now, and what asking them is worth: that chance
        less what resting on would add to it (Whittle's index of somebody who returns by chance)."""
        key = (person_id, facets)
        found = self._weighed.get(key)
        if found is None:
            found = self._weighed[key] = self._weigh(person_id, facets)
        return found

    def _weigh(self, person_id: int, facets: tuple[str, ...]) -> Weighed:
        usual, _, _ = self._pool.rates()
        setting = self._settings.get(facets) or self._setting(facets)
        one = self._people.get(person_id)
        if one is None:
            return self._unasked(
                min(SURE, setting.usual * setting.times), min(SURE, usual), self.rest(person_id)
            )
        thought = self._beliefs[person_id]
        willing = factor(self._pool.alike(), one.total.accepted, usual * thought.met)
        there = thought.met / one.total.asked if one.total.asked else 1.0
        here = setting.usual * willing
        for facet in setting.facets:
            here *= _own(one, facet, here * there)
        here *= setting.times
        rest = self.rest(person_id)
        back, grows = thought.outlook(rest)
        chance = min(SURE, here) * back
        return chance, chance - min(SURE, usual * willing) * (rest or 0) * grows

    def _setting(self, facets: tuple[str, ...]) -> _Setting:
        """Worked out once for all who are weighed for a job."""
        usual, _, seen = self._pool.rates()
        here, times, found = usual, 1.0, []
        for name in facets:
            if parent(name) in facets:
                continue
            everybody = self._pool.facet(name)
            here *= factor(_HELD, everybody.accepted, everybody.asked * usual * seen)
            facet = self._facet(name, tuple(each for each in facets if parent(each) == name))
            times *= math.prod(facet.times.get(part, 1.0) for part in facet.inner)
            found.append(facet)
        setting = self._settings[facets] = _Setting(facets=tuple(found), usual=here, times=times)
        return setting

    def _facet(self, name: str, inner: tuple[str, ...]) -> _Facet:
        # Held to what was answered in all of it, and not to what is thought of that.
        whole = self._pool.facet(name)
        share = whole.accepted / whole.asked if whole.asked else 0.0
        parts = {part: self._pool.facet(part) for part in self._pool.parts(name)}
        times = {part: factor(_HELD, count.accepted, count.asked * share) for part, count in parts.items()}
        return _Facet(name=name, times=times, inner=inner)

    def _unasked(self, chance: float, usual: float, rest: int | None) -> Weighed:
        """Of somebody who was never asked, and may have been given jobs: they are back as soon as anybody."""
        if rest is None:
            return chance, chance
        back, grows = belief(self._pool.returning(), 0.0).outlook(rest)
        return chance * back, chance * back - usual * rest * grows

    def _believe(self, person_id: int) -> None:
        evidence = self._pool.evidence(self._people[person_id])
        self._pool.swap(self._evidence.get(person_id), evidence)
        self._evidence[person_id] = evidence
        self._beliefs[person_id] = belief(evidence.likely, evidence.met)

    def _add(self, row: Row) -> None:
        self._people.setdefault(row.person_id, Counts()).add(row)
        self._pool.add(row)
        self._weighed.clear()
        self._settings.clear()

    def _count(self, row: Row, facet: str) -> None:
        self._people[row.person_id].by_facet.setdefault(facet, Count()).add(row)
        self._pool.add_facet(row, facet)


def _own(one: Counts, facet: _Facet, expected: float) -> float:
    """How many times as often somebody accepts in a facet, and in its part, as was `expected` an ask in all
    of it. What they accepted in all of it is spread over its parts as everybody's answers are: only what
    differs from that says something of their own hours."""
    own = one.by_facet.get(facet.name)
    if own is None or not own.asked:
        return 1.0
    weights = own.asked
    for part, times in facet.times.items():
        mine = one.by_facet.get(part)
        if mine is not None:
            weights += mine.asked * (times - 1.0)
    found = factor(_HELD, own.accepted, weights * expected)
    for part in facet.inner:
        mine = one.by_facet.get(part)
        if mine is not None:
            share = mine.asked * facet.times.get(part, 1.0) / weights
            found *= factor(_PART_HELD, mine.accepted, own.accepted * share)
    return found
