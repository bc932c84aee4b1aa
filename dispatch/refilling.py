"""Medicines of the register, one short method each: ask for what runs out, move days on, tell how it stands.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

import logging
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from dispatch import access, medicine, running_out, runs
from dispatch.errors import UnknownKindError
from dispatch.jobs import Draft
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.playbook import Playbook, for_everything
from dispatch.running_out import SOON, Standing, State
from dispatch.service import Service
from dispatch.stops import Request
from dispatch.supply import Asked, DueSupply, Supply
from dispatch.verbs import Verb

_log = logging.getLogger(__name__)


class Refilling:
    """Looks after medicines of the register. Every method may be repeated: again it changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def due(self, limit: int) -> tuple[DueSupply, ...]:
        """Medicines that are to be looked at now."""
        return await self._store.supplies_due(self._service.clock.now(), limit)

    async def look(self, due: DueSupply) -> None:
        """Ask for what runs out, make it more urgent as its day comes nearer, and move the day on once it is
        there; early, late or repeated looks change nothing."""
        supply = await self._store.supply(due.committee_id, due.supply_id)
        now = self._service.clock.now()
        if supply is None:  # its resident has left meanwhile
            await self._store.look_at_supply(due, now + running_out.AGAIN)
            return
        roster = await self._service.roster(supply.committee_id)
        zone = ZoneInfo(roster.committee.timezone)
        asked = await self._asked(supply)
        # In the demo nothing comes by itself: time runs faster there than any clock on a wall.
        if asked is None and running_out.asks(supply, zone, now) and not roster.committee.demo:
            await self._ask_by_itself(supply, zone, now)
            asked = await self._asked(supply)
        state = running_out.state(asked)
        if state is State.GOT and supply.box:
            until = running_out.refilled(supply, running_out.today(zone, now))
            await self._store.refilled(supply, until, now)
            _log.info("medicine %d was fetched", supply.id)
            return
        if asked is not None and state in {State.OPEN, State.TAKEN} and running_out.awake(zone, now):
            days = running_out.days_left(supply, running_out.today(zone, now))
            nearer = partial(runs.nearer, asked.stop, days)
            await self._service.rule(supply.committee_id, asked.job.id, nearer)
        await self._store.look_at_supply(due, running_out.look_at(supply, zone, now, asked))

    async def again(self, actor: Person, key: str) -> int | None:
        """Ask once more, for the same day, for the medicine of that key, which was asked for and not got; the
        job. None where that is not so, as once it was asked for again. Raises `NotAllowedError`."""
        for verb in (Verb.SEE_RESIDENTS, Verb.POST):
            access.check(verb, actor, actor.committee_id)
        found = await self._store.supplies(actor.committee_id)
        supply = next((each for each in found if each.key == key), None)
        lost = None if supply is None else await self._asked(supply)
        if supply is None or lost is None or running_out.state(lost) is not State.LOST:
            return None
        now, roster = self._service.clock.now(), await self._service.roster(actor.committee_id)
        zone = ZoneInfo(roster.committee.timezone)
        job = await self._ask(supply, zone, now, running_out.nonce(supply, lost), actor.id)
        due = DueSupply(committee_id=supply.committee_id, supply_id=supply.id, look_at=supply.look_at)
        await self._store.look_at_supply(due, now + running_out.ASKED_AGAIN)
        return job

    async def standings(self, reader: Person) -> tuple[Standing, ...]:
        """How it stands with every medicine, what runs out first before the others. Raises
        `NotAllowedError`."""
        access.check(Verb.SEE_RESIDENTS, reader, reader.committee_id)
        found = await self._standings(reader.committee_id)
        if found:
            _log.info("person %d was shown the medicines (%d)", reader.id, len(found))
        return found

    async def loud(self, committee_id: int) -> tuple[int, int]:
        """How many medicines run out soon, or have, and are not there, and within how many days. The caller
        has asked the access table."""
        found = await self._standings(committee_id)
        return sum(each.loud for each in found), self._soon()

    async def _standings(self, committee_id: int) -> tuple[Standing, ...]:
        supplies = await self._store.supplies(committee_id)
        if not supplies:
            return ()
        roster = await self._service.roster(committee_id)
        day = running_out.today(ZoneInfo(roster.committee.timezone), self._service.clock.now())
        known = await self._store.asked_for(committee_id, min(supply.until for supply in supplies))
        made = (self._standing(each, running_out.becoming(known, each), day) for each in supplies)
        return tuple(sorted(made, key=lambda each: (each.supply.until, each.supply.id)))

    def _standing(self, supply: Supply, asked: Asked | None, day: date) -> Standing:
        return Standing(
            supply=supply,
            state=running_out.state(asked),
            days=running_out.days_left(supply, day),
            soon=self._soon(),
            job=None if asked is None else asked.job,
        )

    async def _asked(self, supply: Supply) -> Asked | None:
        found = await self._store.asked_for(supply.committee_id, supply.until)
        return running_out.becoming(found, supply)

    async def _ask_by_itself(self, supply: Supply, zone: ZoneInfo, now: Micros) -> None:
        nonce = running_out.nonce(supply)
        if await self._store.posted_by(supply.committee_id, nonce) is not None:
            return  # it is a job of another kind by now
        await self._ask(supply, zone, now, nonce)

    async def _ask(
        self, supply: Supply, zone: ZoneInfo, now: Micros, nonce: str, actor: int | None = None
    ) -> int:
        """The job, or the run that it goes with."""
        playbook = self._playbook()
        days = running_out.days_left(supply, running_out.today(zone, now))
        guide, urgency = playbook.medicine, playbook.priority
        if guide is not None:
            urgency = medicine.priority(guide, supply.medicine, days, playbook.priority)
        request = Request(
            drug=supply.medicine,
            days=days,
            hospital=supply.hospital,
            doctor=supply.doctor,
            goods=supply.brings,
            alone=guide is not None and medicine.alone(guide, supply.medicine, days, urgency),
            run_out=running_out.run_out(supply),
        )
        draft = Draft(
            committee_id=supply.committee_id,
            kind=playbook.kind,
            priority=urgency,
            text="",
            nonce=nonce,
            posted_by=actor,
            places=playbook.places,
            building_id=supply.resident.building_id,
            unit=supply.resident.unit,
            phone=supply.resident.phone,
            resident_id=supply.resident.id,
            request=request,
        )
        saved = await self._service.keep(draft, playbook)
        _log.info("medicine %d runs out: job %d", supply.id, saved.job_id)
        return saved.job_id

    def _playbook(self) -> Playbook:
        """The one that is about medicine; the one for everything, if there is none: a resident waits."""
        books = self._service.playbooks
        found = next((each for each in books.values() if each.medicine is not None), None)
        found = found or for_everything(books)
        if found is None:
            raise UnknownKindError(kind="medicine_run")
        return found

    def _soon(self) -> int:
        books = self._service.playbooks.values()
        return next((each.medicine.soon for each in books if each.medicine is not None), SOON)
