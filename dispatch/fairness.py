"""How evenly a committee's load lies: offers, jobs, alarms at night and watches of its people over a span.

Pure figures of what was read. How they are worded or drawn is others' business, and so is who may see them:
they are about people, and no line of them says why somebody said no.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dispatch import duty
from dispatch.barriers import DAILY
from dispatch.moments import HOUR, MINUTE, Micros, from_datetime, to_datetime
from dispatch.people import LEADING, Roster

DAY: Micros = 24 * HOUR
WEEK: Micros = 7 * DAY
"""The span of the figures: every shift of a rota and every day of the week has come once."""

QUICK: Micros = 5 * MINUTE
"""Within this a job is to be taken: the target of the policies that ask (docs/matching.md)."""

NIGHT_FROM, NIGHT_TO = time(23), time(7)
"""Local time. The field notes' secretaries were rung through all of it; most volunteers' hours end there."""

PAUSE: Micros = 6 * HOUR
"""Somebody who had nothing to do with it for this long may have slept: a watch that goes on after it is
another one."""

NEAR_NUMBER = 3, 4
"""Three quarters of their daily number of offers: whoever is as near is worth sparing before the evening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often, in the whole span and in its last 24 hours."""

    span: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A job of the last 24 hours, when it was first taken, and when it was closed."""

    posted_at: Micros
    claimed_at: Micros | None = None
    closed_at: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Somebody did something, or was rung, at this moment."""

    person_id: int
    at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was read: offers and jobs by person id, the jobs of the last 24 hours, and each alarm that rang
    somebody. `signs` are what leaders did in jobs."""

    offers: Mapping[int, Count] = field(default_factory=dict)
    jobs: Mapping[int, Count] = field(default_factory=dict)
    posted: tuple[Posted, ...] = ()
    alarms: tuple[Sign, ...] = ()
    signs: tuple[Sign, ...] = ()
    thanks: Count = field(default_factory=Count)
    """Given for jobs that were done in that time, once a job and giver."""


class Tallies(Protocol):
    """The part of the store that counts them, and remembers which morning's digest was begun."""

    async def tally(self, committee_id: int, since: Micros, day: Micros) -> Tally:
        """What happened after `since`, and after the later moment `day`. An offer is a job that somebody was
        asked for, however often; an alarm is a message by which a leader was rung."""

    async def own_load(self, committee_id: int, person_id: int, since: Micros) -> tuple[int, int]:
        """For how many jobs this person was asked after `since`, and how many they took."""

    async def begin_digest(
        self, committee_id: int, addresses: Sequence[int], now: Micros, name: str
    ) -> tuple[int, ...]:
        """Owe each address the digest of that name; ids of the rows. Nothing is owed, and none given, where
        it was begun before, in whatever process."""

    async def digest_begun(self, committee_id: int, name: str) -> bool:
        """That digest was begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What one person was offered and took."""

    person_id: int
    offers: Count
    jobs: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How one thing lies on people: `total` of it on `people`, of whom `never` had none and nobody more than
    `highest`."""

    total: int
    people: int
    never: int
    highest: int
    gini: float | None
    """See `gini`."""

    @property
    def mean(self) -> float | None:
        """How much a person has; None where there is nobody."""
        return self.total / self.people if self.people else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night's alarms by person, most first; the end is not part of it."""

    since: Micros
    until: Micros
    alarms: tuple[tuple[int, int], ...] = ()

    @property
    def total(self) -> int:
        """Alarms of everybody."""
        return sum(count for _, count in self.alarms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Time in which somebody was on duty or did something, never `PAUSE` apart. `cut`: it was under way when
    the span began, so it is at least this long. `signs` counts what they did."""

    person_id: int
    since: Micros
    until: Micros
    signs: int
    cut: bool

    @property
    def length(self) -> Micros:
        """How long it was."""
        return self.until - self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Somebody close to their daily number of offers."""

    person_id: int
    offers: int
    daily: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Jobs of the last 24 hours. Of the `judged` ones, which were taken or had `QUICK`, so many were quick;
    `half` were taken within that time, None before the first."""

    posted: int
    judged: int
    quick: int
    half: Micros | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Everything, in no language. `people` are those who may be asked, whoever carried most first."""

    now: Micros
    since: Micros
    people: tuple[Carried, ...]
    offers: Share
    jobs: Share
    offers_day: Share
    jobs_day: Share
    answers: Answers
    nights: tuple[Night, ...]
    """The newest first, one that runs still included."""
    watch: Watch | None
    near: tuple[Near, ...]
    thanks: Count = field(default_factory=Count)


def gini(shares: Sequence[int]) -> float | None:
    """How unevenly something lies: 0 where all have the same, (n - 1) / n where one of n has everything; None
    where there is nobody, or nothing to share.

    Half the relative mean difference (C. Gini, Variabilità e mutabilità, 1912), in its ordered form
    (A. Sen, On Economic Inequality, 1973): 2 Σ i x_i / (n Σ x_i) - (n + 1) / n, with x ascending and i
    from 1. Nothing is corrected for small numbers."""
    total, count = sum(shares), len(shares)
    if not total:
        return None
    ranked = sum(rank * share for rank, share in enumerate(sorted(shares), 1))
    return 2 * ranked / (count * total) - (count + 1) / count


def load(tally: Tally, roster: Roster, now: Micros, span: Micros = WEEK) -> Load:
    """The figures of the span that ends now, and of its last 24 hours."""
    since, none = now - span, Count()
    people = [
        Carried(
            person_id=each.id,
            offers=tally.offers.get(each.id, none),
            jobs=tally.jobs.get(each.id, none),
        )
        for each in roster.askable
    ]
    return Load(
        now=now,
        since=since,
        people=tuple(sorted(people, key=_most)),
        offers=_share([each.offers.span for each in people]),
        jobs=_share([each.jobs.span for each in people]),
        offers_day=_share([each.offers.day for each in people]),
        jobs_day=_share([each.jobs.day for each in people]),
        answers=_answers(tally.posted, now),
        nights=tuple(_nights(tally.alarms, roster, since, now)),
        watch=longest_watch(tally.signs, roster, since, now),
        near=tuple(_near(people, roster)),
        thanks=tally.thanks,
    )


def longest_watch(signs: Iterable[Sign], roster: Roster, since: Micros, now: Micros) -> Watch | None:
    """The longest time, between the two moments, that a leader was on duty or did something without a pause
    of `PAUSE`; the earlier of two that are equally long. Duty is told as it stands now."""
    spans: dict[int, list[tuple[Micros, Micros, int]]] = defaultdict(list)
    for piece in duty.held(roster, since, now):
        if piece.person_id is not None:
            begins, ends = max(piece.starts_at, since), min(piece.ends_at, now)
            spans[piece.person_id].append((begins, ends, 0))
    leaders = {who for who, person in roster.people.items() if person.roles & LEADING}
    for sign in signs:
        if sign.person_id in leaders and since <= sign.at <= now:
            spans[sign.person_id].append((sign.at, sign.at, 1))
    watches = [watch for who, found in spans.items() for watch in _watches(who, sorted(found), since)]
    best = min(watches, key=lambda each: (-each.length, each.since, each.person_id), default=None)
    return best if best is not None and best.length else None


def nights(timezone: str, since: Micros, now: Micros) -> Iterator[tuple[Micros, Micros]]:
    """The nights that began between the two moments, the newest first, by the clock on the wall."""
    zone = ZoneInfo(timezone)
    day = to_datetime(now).astimezone(zone).date()
    while True:
        begins = from_datetime(datetime.combine(day, NIGHT_FROM, zone))
        ends = from_datetime(datetime.combine(day + timedelta(days=1), NIGHT_TO, zone))
        if begins < since:
            return
        if begins <= now:
            yield begins, ends
        day -= timedelta(days=1)


def _most(each: Carried) -> tuple[int, int, int]:
    return -each.jobs.span, -each.offers.span, each.person_id


def _share(shares: Sequence[int]) -> Share:
    return Share(
        total=sum(shares),
        people=len(shares),
        never=shares.count(0),
        highest=max(shares, default=0),
        gini=gini(shares),
    )


def _answers(posted: Sequence[Posted], now: Micros) -> Answers:
    waits = [each.claimed_at - each.posted_at for each in posted if each.claimed_at is not None]
    never = (each for each in posted if each.claimed_at is None)
    slow = sum((each.closed_at or now) - each.posted_at >= QUICK for each in never)
    return Answers(
        posted=len(posted),
        judged=len(waits) + slow,
        quick=sum(wait <= QUICK for wait in waits),
        half=statistics.median_low(waits) if waits else None,
    )


def _nights(alarms: Sequence[Sign], roster: Roster, since: Micros, now: Micros) -> Iterator[Night]:
    for begins, ends in nights(roster.committee.timezone, since, now):
        rung = Counter(each.person_id for each in alarms if begins <= each.at < ends)
        ordered = sorted(rung.items(), key=lambda each: (-each[1], each[0]))
        yield Night(since=begins, until=ends, alarms=tuple(ordered))


def _watches(who: int, spans: Sequence[tuple[Micros, Micros, int]], since: Micros) -> Iterator[Watch]:
    """The spans of one person, ascending, joined where less than `PAUSE` lies between them."""
    begun, until, signs = spans[0]
    for begins, ends, sign in spans[1:]:
        if begins - until >= PAUSE:
            yield Watch(person_id=who, since=begun, until=until, signs=signs, cut=begun <= since)
            begun, until, signs = begins, ends, 0
        until, signs = max(until, ends), signs + sign
    yield Watch(person_id=who, since=begun, until=until, signs=signs, cut=begun <= since)


def _near(people: Sequence[Carried], roster: Roster) -> Iterator[Near]:
    """Whoever is closest to their number first."""
    part, whole = NEAR_NUMBER
    found = []
    for each in people:
        wished = roster.people[each.person_id].daily
        daily = DAILY if wished is None else wished
        if each.offers.day and whole * each.offers.day >= part * daily:
            found.append(Near(person_id=each.person_id, offers=each.offers.day, daily=daily))
    yield from sorted(found, key=lambda near: (near.daily - near.offers, near.person_id))
