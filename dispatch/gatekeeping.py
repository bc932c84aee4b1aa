"""Buildings' statuses, one short method each: ask the rules, keep the outcome, ring the bell.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from dispatch import access, declaring, handing, households, passage, sealing
from dispatch.declaring import Wanted
from dispatch.errors import MalformedError, UnknownJobError
from dispatch.households import Heard
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.relays import Relay
from dispatch.sealing import Scheme, Sealing, Status
from dispatch.service import SHOWN_AFTER_CLOSE, Service
from dispatch.verbs import Verb

LOG = 30
"""Words of the log that are read at once: a month of a committee's changes in the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """Somebody on a job to which they could not be sent now: staff decide what becomes of it."""

    person_id: int
    job_id: int


class Gatekeeping:
    """Keeps what is said of buildings. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def declare(
        self, actor: Person, building_id: int, scheme: Scheme, since: Micros | None, receipt: str = ""
    ) -> bool:
        """Say a building's status from then on, or (None) from now on; whether that was anything new.

        Raises `NotAllowedError`, `UnknownBuildingError`, and `MalformedError` for a scheme or a beginning
        that nobody can have meant."""
        access.check(Verb.SET_STATUS, actor, actor.committee_id)
        now = self._service.clock.now()
        begins = now if since is None else since
        near = now - sealing.BACK - sealing.DAY <= begins <= now + sealing.AHEAD + sealing.DAY
        if not near or not sealing.valid(scheme):
            raise MalformedError
        before = await self._service.roster(actor.committee_id)
        wanted = Wanted(building_id=building_id, since=begins, scheme=scheme, by_id=actor.id, receipt=receipt)
        rule = partial(declaring.declared, wanted=wanted, now=now)
        ruled = await self._store.rule_sealing(actor.committee_id, rule)
        self._service.bell.deliver(ruled.rows)
        was = sealing.status_at(before.courses.get(building_id, ()), now)
        if was is Status.SEALED and not ruled.ruling.empty:
            await self._ask_again(actor.committee_id, building_id)
        return not ruled.ruling.empty

    async def due(self, limit: int) -> tuple[int, ...]:
        """Committees where a status has begun by itself and was not told yet."""
        return await self._store.sealings_due(self._service.clock.now(), limit)

    async def look(self, committee_id: int) -> None:
        """Tell what has begun by itself; early, late or repeated looks change nothing."""
        now, before = self._service.clock.now(), await self._service.roster(committee_id)
        ruled = await self._store.rule_sealing(committee_id, partial(declaring.stepped, now=now))
        self._service.bell.deliver(ruled.rows)
        for notice in ruled.ruling.notices:
            known = before.courses.get(notice.building_id or 0, ())
            current = sealing.at(known, now)
            if current is not None and sealing.status_at(known, current.since - 1) is Status.SEALED:
                await self._ask_again(committee_id, notice.building_id)

    async def _ask_again(self, committee_id: int, building_id: int | None) -> None:
        """The building was sealed before: where its jobs were passed by, people are asked again. Whoever dies
        on the way leaves jobs whose leaders go on being called."""
        roster, now = await self._service.roster(committee_id), self._service.clock.now()
        if building_id in passage.sealed(roster, now):
            return
        for job in await self._store.open_jobs(committee_id):
            if job.building_id == building_id:
                with suppress(UnknownJobError):  # gone between the two reads
                    await self._service.rule(committee_id, job.id, handing.unsealed)

    async def said(self, reader: Person) -> tuple[Sealing, ...]:
        """Who said what and when, the newest first. Raises `NotAllowedError` for those who may not see the
        board."""
        access.check(Verb.SEE_BOARD, reader, reader.committee_id)
        return await self._store.sealings_said(reader.committee_id, LOG)

    async def stranded(self, committee_id: int) -> tuple[Stranded, ...]:
        """Who is on a job to which they could not be sent now."""
        found: list[Stranded] = []
        for job in await self._store.open_jobs(committee_id):
            try:
                situation = await self._store.situation(committee_id, job.id)
            except UnknownJobError:  # gone between the two reads
                continue
            now, people = self._service.clock.now(), situation.roster.people
            for claim in situation.claims:
                person = people.get(claim.person_id) if claim.live else None
                if person and passage.barred(person, job.building_id, situation.roster, now):
                    found.append(Stranded(person_id=person.id, job_id=job.id))
        return tuple(found)

    async def notices(self, reader: Person) -> tuple[Relay, ...]:
        """What stands on the reader's page: changes of the last hours for the desk; for others that of their
        own building, as long as it is not open."""
        roster, now = await self._service.roster(reader.committee_id), self._service.clock.now()
        if not roster.sealings or not (reader.desk or reader.building_id in roster.courses):
            return ()
        found = []
        for relay in await self._store.status_notices(reader.committee_id):
            building, mine = relay.building_id or 0, relay.building_id == reader.building_id
            fresh = relay.made_at > now - SHOWN_AFTER_CLOSE
            shut = sealing.status_at(roster.courses.get(building, ()), now) is not Status.OPEN
            if (fresh and (mine or reader.desk)) or (mine and shut):
                found.append(relay)
        return tuple(found)

    async def newest(self, committee_id: int, relay_id: int) -> Relay | None:
        """The notice of that number, unless something newer was told of its building."""
        told = await self._store.status_notices(committee_id)
        return next((each for each in told if each.id == relay_id), None)

    async def heard(self, committee_id: int, buildings: Sequence[int]) -> Heard:
        """How word of these buildings goes round, as the register and its families stand now."""
        counted = [households.heard(await self._store.dwellers(committee_id, each)) for each in buildings]
        return households.together(counted)

    async def notice(self, committee_id: int, relay_id: int) -> Relay:
        """One of them. Raises `UnknownRelayError`."""
        return await self._store.relay(committee_id, relay_id)
