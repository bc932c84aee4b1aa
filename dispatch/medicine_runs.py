"""Medicine runs, one short method each: who has which, what is ticked off, where to go on to.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from dispatch import access, medicine, runs
from dispatch.errors import UnknownKindError, UnknownStopError
from dispatch.jobs import Draft, Job
from dispatch.people import Committee, Person, Role
from dispatch.runs import Act, Tick
from dispatch.service import Service
from dispatch.stops import Request, Stock, Stop, StopState
from dispatch.verbs import Answer, AnswerKey, Verb
from dispatch.views import JobView

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeRuns:
    """A committee's open runs, as everybody may know them, and what its hospitals were found to have: of
    each how many medicines, and how many not."""

    committee: Committee
    jobs: tuple[Job, ...]
    stocks: Mapping[str, tuple[int, int]]


class MedicineRuns:
    """Looks after medicine runs. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def tick(self, actor: Person, job_id: int, tick: Tick) -> tuple[Answer, JobView]:
        """Tick something off at a stop. What is passed on is another job before it is ticked off here: if
        all stops in between, the same tick again finds that job. Raises `UnknownStopError` and what the
        access table raises."""
        if tick.act is Act.PASS_ON:
            await self._pass_on(actor, job_id, tick.number)
        service, now = self._service, self._service.clock.now()
        saved = await self._store.tick(
            actor.committee_id,
            job_id,
            lambda found, stops: runs.ticked(actor, tick, found, stops, now, service.distances),
            now,
        )
        service.ring(actor.committee_id, saved)
        answer = saved.decision.answer if saved.decision is not None else None
        view = await service.view(actor.committee_id, job_id, actor)
        return answer or Answer(AnswerKey.UNCHANGED, {"job": job_id}), view

    async def elsewhere(self, stop: Stop) -> tuple[str, ...]:
        """Hospitals that are known to have the stop's medicine and were not tried for it, the one that was
        found to have it last first."""
        stocks = await self._stocks(stop)
        away = {stop.hospital, *stop.tried}
        return tuple(each.hospital for each in stocks if each.stocked and each.hospital not in away)

    async def missing_since(self, stop: Stop) -> Stock | None:
        """That the stop's hospital was found not to have it, the last time that somebody asked there."""
        stocks = await self._stocks(stop)
        return next((each for each in stocks if each.hospital == stop.hospital and not each.stocked), None)

    async def mine(self, reader: Person) -> tuple[JobView, ...]:
        """The runs whose stops the reader may see: those that they have, or for the desk all open ones."""
        jobs = [job for job in await self._store.open_jobs(reader.committee_id) if job.run is not None]
        views = [await self._service.view(reader.committee_id, job.id, reader) for job in jobs]
        return tuple(view for view in views if view.stops)

    async def everywhere(self, reader: Person) -> tuple[CommitteeRuns, ...]:
        """The open runs of the reader's committee, and for the sub-district office those of all committees.
        Raises `NotAllowedError`."""
        access.check(Verb.SEE_RUNS, reader, reader.committee_id)
        committees = await self._store.committees()
        own = [each for each in committees if each.id == reader.committee_id]
        shown = committees if Role.OFFICE in reader.roles else own
        return tuple([await self._of(each) for each in shown])

    async def _of(self, committee: Committee) -> CommitteeRuns:
        jobs = await self._store.open_jobs(committee.id)
        return CommitteeRuns(
            committee=committee,
            jobs=tuple(job for job in jobs if job.run is not None),
            stocks=await self._store.stock_counts(committee.id),
        )

    async def _stocks(self, stop: Stop) -> tuple[Stock, ...]:
        return await self._store.stocks(stop.committee_id, stop.drug) if stop.drug else ()

    async def _pass_on(self, actor: Person, job_id: int, number: int) -> None:
        """Another job for what was not to be had, or a run that others have begun, for the next hospital that
        is known to have it."""
        view = await self._service.view(actor.committee_id, job_id, actor)
        lives = view.mine is not None and view.mine.live
        access.check(Verb.TICK, actor, actor.committee_id, access.Standing(owns=lives))
        stop = next((each for each in view.stops if each.number == number), None)
        if stop is None:
            raise UnknownStopError(job=job_id, number=number)
        if stop.state is not StopState.OPEN:
            return
        known, job = await self.elsewhere(stop), view.situation.job
        playbook = self._service.playbooks.get(job.kind)
        if playbook is None:
            raise UnknownKindError(kind=job.kind)
        guide = playbook.medicine
        urgency = (
            job.priority
            if guide is None
            else medicine.priority(guide, stop.drug, stop.days, playbook.priority)
        )
        request = Request(
            drug=stop.drug,
            days=stop.days,
            hospital=known[0] if known else "",
            doctor=stop.doctor,
            goods=tuple(each.good for each in stop.handed),
            alone=guide is not None and medicine.alone(guide, stop.drug, stop.days, urgency),
            run_out=stop.run_out,
        )
        draft = Draft(
            committee_id=actor.committee_id,
            kind=job.kind,
            priority=urgency,
            text=stop.words or (view.private.text if view.private is not None else ""),
            nonce=f"run {job_id} {number}",
            posted_by=actor.id,
            places=playbook.places,
            building_id=stop.building_id,
            unit=stop.unit,
            phone=stop.phone,
            resident_id=stop.resident_id,
            request=request,
        )
        saved = await self._service.keep(draft, playbook)
        _log.info("stop %d of job %d is job %d now", number, job_id, saved.job_id)
