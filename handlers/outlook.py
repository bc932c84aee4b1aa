"""A whole committee at one moment, without anything private: its open jobs, the day's claims, who is on duty.

What did not change is not read again, so that looking several times a second costs one query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from dispatch import access, duty
from dispatch.errors import UnknownJobError
from dispatch.fairness import Load
from dispatch.jobs import Job
from dispatch.kept import Taken
from dispatch.moments import MINUTE, SECOND, Micros, from_datetime, to_datetime
from dispatch.people import Address, Person, Roster
from dispatch.playbook import Playbook
from dispatch.service import Service
from dispatch.situation import Situation
from dispatch.verbs import Verb
from handlers import loads

MOST_CLAIMS = 2_000
"""Of a day: the field notes know 30 urgent jobs. Only a sped-up crowd makes more; its oldest are let go."""

OVERLAP: Micros = 5 * SECOND
"""Claims are looked for from this long before the newest known one: another process's clock may differ."""


LOAD_KEPT: Micros = 5 * MINUTE
"""How old the week's figures may be: a line of them moves by the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Everything that a board is made of, in no language. `claims` are the day's, oldest first."""

    roster: Roster
    now: Micros
    duty: int | None
    situations: tuple[Situation, ...]
    claims: tuple[Taken, ...]
    playbooks: Mapping[str, Playbook]
    load: Load | None = None


class Lookout:
    """Looks at one committee, again and again. Not shared between tasks."""

    def __init__(self, service: Service, committee_id: int) -> None:
        self._service = service
        self._committee_id = committee_id
        self._situations: dict[int, Situation] = {}
        self._claims: dict[tuple[int, int], Taken] = {}
        self._seen: tuple[object, ...] = ()
        self._load: Load | None = None

    async def news(self) -> Outlook | None:
        """What there is now; None where nothing happened since the last look."""
        roster, jobs = await self._read()
        return None if _mark(roster, jobs) == self._seen else await self._outlook(roster, jobs)

    async def look(self) -> Outlook:
        """What there is now, whether or not anything happened."""
        return await self._outlook(*await self._read())

    async def _read(self) -> tuple[Roster, tuple[Job, ...]]:
        roster = await self._service.roster(self._committee_id)
        return roster, await self._service.store.open_jobs(self._committee_id)

    async def _outlook(self, roster: Roster, jobs: tuple[Job, ...]) -> Outlook:
        service = self._service
        now = service.clock.now()
        await self._update(jobs, roster.committee.revision)
        await self._count(_midnight(now, roster.committee.timezone))
        self._seen = _mark(roster, jobs)
        return Outlook(
            roster=roster,
            now=now,
            duty=duty.on_duty(roster, now),
            situations=tuple(self._situations.values()),
            claims=tuple(sorted(self._claims.values(), key=lambda each: each.claimed_at)),
            playbooks=service.playbooks,
            load=await self._figures(now),
        )

    async def _figures(self, now: Micros) -> Load:
        if self._load is None or now - self._load.now >= LOAD_KEPT:
            self._load, _ = await loads.figures(self._service, self._committee_id)
        return self._load

    async def _update(self, jobs: tuple[Job, ...], revision: int) -> None:
        known, self._situations = self._situations, {}
        for job in jobs:
            before = known.get(job.id)
            true = before is not None and before.roster.committee.revision == revision
            if before is not None and true and before.job.version >= job.version:
                self._situations[job.id] = before
                continue
            try:
                self._situations[job.id] = await self._service.store.situation(self._committee_id, job.id)
            except UnknownJobError:  # gone between the two reads
                continue

    async def _count(self, midnight: Micros) -> None:
        newest = max((each.claimed_at for each in self._claims.values()), default=midnight)
        since = max(midnight, newest - OVERLAP)
        for taken in await self._service.store.claims_since(self._committee_id, since):
            self._claims[taken.job_id, taken.number] = taken
        today = [key for key, each in self._claims.items() if each.claimed_at >= midnight]
        self._claims = {key: self._claims[key] for key in today[-MOST_CLAIMS:]}


class Lookouts:
    """Who may look at a board, and what looks for them."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def reader(self, address: Address) -> Person:
        """Who reads this address and may see their committee's board. Raises `UnknownPersonError` and
        `NotAllowedError`."""
        reader = await self._service.person(address)
        access.check(Verb.SEE_BOARD, reader, reader.committee_id)
        return reader

    def of(self, committee_id: int) -> Lookout:
        """A lookout of its own for whoever watches this committee."""
        return Lookout(self._service, committee_id)


def _mark(roster: Roster, jobs: tuple[Job, ...]) -> tuple[object, ...]:
    """Another one whenever something happened that can be seen."""
    return (roster.committee.revision, *((job.id, job.version) for job in jobs))


def _midnight(now: Micros, timezone: str) -> Micros:
    zone = ZoneInfo(timezone)
    return from_datetime(datetime.combine(to_datetime(now).astimezone(zone).date(), time(), zone))
