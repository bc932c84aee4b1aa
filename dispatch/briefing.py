"""How a whole committee stands at one moment, for somebody who takes it over: jobs, duty, the last day, who
was silent, who is at risk.

Knows neither words nor pages. Names and doors of residents are read only for those whom the access table
lets see them; everybody else gets their number.
"""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dispatch import access, reach
from dispatch.claims import Ask
from dispatch.errors import UnknownJobError
from dispatch.events import Entry, EventKind
from dispatch.jobs import Job, JobStatus, Outcome
from dispatch.moments import HOUR, MINUTE, Micros
from dispatch.people import Person, Roster
from dispatch.ports import Clock, Store
from dispatch.reach import Unreached
from dispatch.residents import Resident
from dispatch.silences import CALLS, silences
from dispatch.situation import Situation
from dispatch.verbs import Verb

DAY: Micros = 24 * HOUR
"""What whoever takes over is told of: until every shift of a rota has come round once."""

ANSWER: Micros = 2 * MINUTE
"""As long as the quickest wave is waited for: who was asked later than this before somebody took the job was
not silent."""

MOST_READ = 200
"""Jobs that are looked into, the open ones first: a week of a committee's busiest days. Counts are of all."""

_DIGITS = re.compile(r"\d+")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The last 24 hours in counts. `waits` are from a posting to the first claim, shortest first."""

    posted: int
    done: int
    cancelled: int
    exhausted: int
    called: int
    waits: tuple[Micros, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A leader who was called in the last day and did not answer: job and moment of each call, oldest
    first."""

    person_id: int
    calls: tuple[tuple[int, Micros], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """Everything that a brief is made of, in no language.

    `jobs` are the open ones, oldest first. `unanswered` are volunteers with how often they were asked in
    vain, most often first. `residents` is None for those who may not see who they are; `at_risk` is their
    number. `desk`: the reader follows every job.
    """

    roster: Roster
    now: Micros
    desk: bool
    jobs: tuple[Situation, ...]
    day: Day
    silent: tuple[Silent, ...]
    unanswered: tuple[tuple[int, int], ...]
    unreached: tuple[Unreached, ...]
    at_risk: int
    residents: tuple[Resident, ...] | None


class Briefings:
    """Makes them. Changes nothing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of(self, reader: Person, *, residents: bool = True) -> Briefing:
        """How the reader's committee stands now. Raises `NotAllowedError`.

        Without `residents` nobody's name is read, whoever asks: for what stays in a chat."""
        committee, now = reader.committee_id, self._clock.now()
        access.check(Verb.SEE_BRIEF, reader, committee)
        roster = await self._store.roster(committee)
        opened = sorted(await self._store.open_jobs(committee), key=lambda job: (job.posted_at, job.id))
        closed = await self._store.closed_since(committee, now - DAY)
        known = await self._situations([*opened, *closed][:MOST_READ])
        ledgers = {each.job.id: await self._store.timeline(committee, each.job.id) for each in known}
        unreached = reach.unreached(roster, await self._store.ways(committee), now)
        lost = {each.person_id for each in unreached if each.instead is None}
        at_risk = await self._store.residents(committee)
        named = residents and access.allows(Verb.SEE_RESIDENTS, reader, committee)
        if named and at_risk:
            # Ids only: who has read the list of those who are alone, for whoever looks after their safety.
            _log.info("person %d was shown the residents at risk (%d)", reader.id, len(at_risk))
        return Briefing(
            roster=roster,
            now=now,
            desk=access.allows(Verb.SEE_DESK, reader, committee),
            jobs=tuple(each for each in known if each.job.status is not JobStatus.CLOSED),
            day=_day([*opened, *closed], ledgers, await self._waits(committee, now), now - DAY),
            silent=_silent(known, ledgers, now - DAY),
            unanswered=_unanswered(known, lost, now),
            unreached=tuple(each for each in unreached if each.instead is None),
            at_risk=len(at_risk),
            residents=_by_door(at_risk, roster) if named else None,
        )

    async def _situations(self, jobs: Iterable[Job]) -> list[Situation]:
        found = []
        for job in jobs:
            try:
                found.append(await self._store.situation(job.committee_id, job.id))
            except UnknownJobError:  # gone between the two reads
                continue
        return found

    async def _waits(self, committee_id: int, now: Micros) -> tuple[Micros, ...]:
        """How long the jobs that were first taken in the last day had waited."""
        taken = await self._store.claims_since(committee_id, now - DAY)
        return tuple(sorted(each.claimed_at - each.posted_at for each in taken if each.number == 1))


def _day(
    jobs: Sequence[Job],
    ledgers: Mapping[int, Sequence[Entry]],
    waits: tuple[Micros, ...],
    since: Micros,
) -> Day:
    entries = [(entry.job_id, entry.kind) for each in ledgers.values() for entry in each if entry.at >= since]
    return Day(
        posted=sum(job.posted_at >= since for job in jobs),
        done=sum(job.outcome is Outcome.DONE for job in jobs),
        cancelled=sum(job.outcome is Outcome.CANCELLED for job in jobs),
        exhausted=len({job for job, kind in entries if kind is EventKind.EXHAUSTED}),
        called=sum(kind in CALLS - {EventKind.EXHAUSTED} for _, kind in entries),
        waits=waits,
    )


def _silent(
    known: Sequence[Situation], ledgers: Mapping[int, Sequence[Entry]], since: Micros
) -> tuple[Silent, ...]:
    """Whoever was silent most often first."""
    found: dict[int, list[tuple[int, Micros]]] = defaultdict(list)
    for each in known:
        for silence in silences(ledgers[each.job.id], each.asks):
            for person in silence.people if silence.since >= since else ():
                found[person].append((each.job.id, silence.since))
    told = [Silent(person_id=who, calls=tuple(sorted(calls, key=_when))) for who, calls in found.items()]
    return tuple(sorted(told, key=lambda each: (-len(each.calls), each.person_id)))


def _when(call: tuple[int, Micros]) -> tuple[Micros, int]:
    return call[1], call[0]


def _unanswered(
    known: Sequence[Situation], lost: set[int | None], now: Micros
) -> tuple[tuple[int, int], ...]:
    """Volunteers who were asked and said neither yes nor no, though nobody took it in that moment. Whom
    nothing reaches was not asked in vain: they never heard."""
    times: Counter[int] = Counter()
    for each in known:
        silent = {ask.person_id for ask in each.asks if _in_vain(ask, each, now)}
        times.update(silent & each.roster.people.keys() - lost)
    return tuple(sorted(times.items(), key=lambda each: (-each[1], each[0])))


def _in_vain(ask: Ask, situation: Situation, now: Micros) -> bool:
    if ask.leader or ask.refused_at is not None or ask.at < now - DAY:
        return False
    person = ask.person_id
    came = {claim.person_id for claim in situation.claims} | {each.person_id for each in situation.waiting}
    taken = (claim.claimed_at for claim in situation.claims if claim.claimed_at >= ask.at)
    over = min([*taken, situation.job.closed_at or now])
    return person not in came and over - ask.at >= ANSWER


def _by_door(residents: Sequence[Resident], roster: Roster) -> tuple[Resident, ...]:
    """In the order in which somebody would go round: by building, as the committee lists them, then door."""
    order = {building: number for number, building in enumerate(roster.buildings)}
    return tuple(
        sorted(
            residents,
            key=lambda each: (order.get(each.building_id or 0, len(order)), _counted(each.unit), each.id),
        )
    )


def _counted(unit: str) -> str:
    """The door so that 301 comes before 1101."""
    return _DIGITS.sub(lambda found: found[0].zfill(9), unit)
