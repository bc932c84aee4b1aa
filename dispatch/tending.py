"""Care plans, one short method each: open what is due, say that one cannot come, tell how it stands.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

from dispatch import access, care, caring, handing, lifecycle, own_times, rounds
from dispatch.access import Standing
from dispatch.care import NOBODY, DuePlan, Excuse, Plan
from dispatch.doors import NewDoor
from dispatch.errors import UnknownKindError, UnknownPersonError, UnknownPlanError
from dispatch.jobs import Draft, Job, JobStatus, Outcome
from dispatch.moments import Micros, to_datetime
from dispatch.people import Person, Roster
from dispatch.playbook import Playbook, for_everything
from dispatch.residents import Resident
from dispatch.rota import midnight
from dispatch.service import Service
from dispatch.verbs import Verb

FIRST = 5
"""People who are asked before all others: as many as the first of the measured waves."""

_log = logging.getLogger(__name__)


class State(StrEnum):
    """How it stands with a turn."""

    AHEAD = "ahead"
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    MISSED = "missed"
    """It had to be done by now, and is not."""
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    """Another committee does it."""


_ENDED: Mapping[Outcome | None, State] = {Outcome.DONE: State.DONE, Outcome.HANDED_OVER: State.HANDED_OVER}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnState:
    """A turn of a plan, and the job that it became."""

    plan: Plan
    at: Micros
    state: State
    job: Job | None = None
    excused: tuple[int, ...] = ()
    """Who said that they cannot come; `NOBODY` among them: none of the usual ones can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """What became of somebody's word: the turn it is about, and the job that is open because of it, where
    there is one. `before`: it was said before."""

    plan: Plan
    at: Micros
    job_id: int | None
    before: bool = False


class Tending:
    """Looks after care plans. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def due(self, limit: int) -> tuple[DuePlan, ...]:
        """Plans that are to be looked at now."""
        return await self._store.care_due(self._service.clock.now(), limit)

    async def look(self, due: DuePlan) -> None:
        """Open what is to be open; early, late or repeated looks change nothing."""
        plan = await self._store.care_plan(due.committee_id, due.plan_id)
        now = self._service.clock.now()
        if plan is None:  # its resident has left meanwhile
            await self._store.look_at_care(due, now + caring.AGAIN)
            return
        roster, said = await self._service.roster(plan.committee_id), await self._said(plan, now)
        zone = ZoneInfo(roster.committee.timezone)
        turns = await self._turns(plan, now)
        again = caring.look_at(plan, zone, said, now)
        for at in caring.opening(plan, zone, said, now):
            standing = [job for job in turns if caring.stands_for(job, plan, zone, at, now)]
            # In the demo nothing comes by itself: time runs faster there than any clock on a wall.
            if not standing and (at in said or not roster.committee.demo):
                await self._open(plan, at, said.get(at, ()), roster)
            if any(job.status is not JobStatus.CLOSED for job in standing):
                again = min(again, now + caring.SOON)
        await self._store.look_at_care(due, again)

    async def cannot_come(self, actor: Person, plan_id: int, person: int | None = None) -> Excused:
        """The actor, or somebody for whom staff say it (`NOBODY`: any of them), cannot come to the next turn,
        so that it is opened at once; of one that is open already they are asked no more.

        Raises `UnknownPlanError`, `NotAllowedError`, and `UnknownPersonError` for somebody who does not
        usually do it."""
        plan, now = await self._store.care_plan(actor.committee_id, plan_id), self._service.clock.now()
        if plan is None:
            raise UnknownPlanError
        who = actor.id if person is None else person
        access.check(
            Verb.CANT_COME, actor, plan.committee_id, Standing(owns=who == actor.id and who in plan.carers)
        )
        if who not in (NOBODY, *plan.carers):
            raise UnknownPersonError
        current = await self._current(plan, now)
        if current is not None and current.turn is not None and current.turn.due_at > now:
            return await self._given_back(plan, current, who)
        roster = await self._service.roster(plan.committee_id)
        at = caring.following(plan, ZoneInfo(roster.committee.timezone), now)
        if at is None:
            raise UnknownPlanError
        nonce = caring.nonce(plan.id, at)
        opened = await self._store.posted_by(plan.committee_id, nonce)
        excuse = Excuse(plan_id=plan.id, at=at, person_id=who, by_id=actor.id, said_at=now)
        new = await self._store.excuse(plan.committee_id, excuse)
        _log.info("person %d said that %d cannot come to plan %d", actor.id, who, plan.id)
        await self.look(DuePlan(committee_id=plan.committee_id, plan_id=plan.id, look_at=now))
        job = await self._store.posted_by(plan.committee_id, nonce)
        return Excused(plan=plan, at=at, job_id=job, before=not new or opened is not None)

    async def plans(self, reader: Person) -> tuple[Plan, ...]:
        """The plans that are the reader's business: all of them for those who may know the residents, else
        those which the reader usually does."""
        found = await self._store.care_plans(reader.committee_id)
        if access.allows(Verb.SEE_RESIDENTS, reader, reader.committee_id):
            _log.info("person %d was shown the care plans (%d)", reader.id, len(found))
            return found
        return tuple(plan for plan in found if reader.id in plan.carers)

    async def today(self, committee_id: int, plans: Sequence[Plan] | None = None) -> tuple[TurnState, ...]:
        """How it stands with every turn of these plans (None: all) that must be done today, local time, and
        with those that were missed since yesterday; by moment. The caller has asked the access table."""
        plans = await self._store.care_plans(committee_id) if plans is None else plans
        if not plans:
            return ()
        roster, now = await self._service.roster(committee_id), self._service.clock.now()
        zone = ZoneInfo(roster.committee.timezone)
        day = to_datetime(now).astimezone(zone).date()
        first, last = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        since = first - caring.MATTERS
        jobs = await self._store.care_turns(committee_id, since)
        said = _by_turn(await self._store.care_excuses(committee_id, since))
        found = []
        for plan in plans:
            for at in caring.moments(plan, zone, since, last - 1):
                due = caring.due_at(plan, at)
                job = _job(jobs, plan, zone, at, now)
                state = _state(plan, at, job, now)
                today = at >= first and due > plan.since_at
                if today or (job is not None and state in {State.MISSED, State.OPEN, State.TAKEN}):
                    excused = said.get((plan.id, at), ())
                    found.append(TurnState(plan=plan, at=at, state=state, job=job, excused=excused))
        return tuple(sorted(found, key=lambda each: (each.at, each.plan.id)))

    def next_turn(self, plan: Plan, roster: Roster) -> Micros | None:
        """The next turn that is not open yet by itself."""
        return caring.following(plan, ZoneInfo(roster.committee.timezone), self._service.clock.now())

    async def _open(self, plan: Plan, at: Micros, excused: Sequence[int], roster: Roster) -> None:
        now, service = self._service.clock.now(), self._service
        playbook = own_times.own(self._playbook(plan), roster.committee)
        doors = await self._store.doors_of_plan(plan.committee_id, plan.id) if plan.scope else ()
        if plan.scope is not None and not doors:
            _log.warning("round %d goes to nobody any more: it is not opened", plan.id)
            return
        doers = await self._store.care_doers(plan.committee_id, plan.id, FIRST)
        turn = caring.turn(plan, at, care.usual(plan, excused, doers, FIRST))
        draft = Draft(
            committee_id=plan.committee_id,
            kind=playbook.kind,
            priority=caring.priority(playbook, turn.due_at, now),
            text=care.called(plan),
            nonce=caring.nonce(plan.id, at),
            places=playbook.places,
            turn=turn,
        )
        draft = _about(draft, plan.resident, doors)
        cannot = plan.carers if NOBODY in excused else excused
        saved = await self._store.post(
            draft,
            playbook,
            now,
            lambda found: lifecycle.posted(found, now, service.distances, excused=cannot),
        )
        if saved.decision is not None:
            _log.info(
                "the turn of plan %d is job %d of committee %d", plan.id, saved.job_id, roster.committee.id
            )
        service.ring(plan.committee_id, saved)

    def _playbook(self, plan: Plan) -> Playbook:
        """The plan's own kind; the one for everything, if that kind is no more: a resident waits."""
        found = self._service.playbooks.get(plan.kind)
        if found is None:
            _log.warning("plan %d is of a kind that there is none of: opened as a general job", plan.id)
            found = for_everything(self._service.playbooks)
        if found is None:
            raise UnknownKindError(kind=plan.kind)
        return found

    async def _said(self, plan: Plan, now: Micros) -> Mapping[Micros, tuple[int, ...]]:
        since = now - caring.MATTERS - plan.within
        found = _by_turn(await self._store.care_excuses(plan.committee_id, since))
        return {at: who for (number, at), who in found.items() if number == plan.id}

    async def _current(self, plan: Plan, now: Micros) -> Job | None:
        """The turn that is open now."""
        turns = await self._turns(plan, now)
        return next((job for job in turns if job.status is not JobStatus.CLOSED), None)

    async def _turns(self, plan: Plan, now: Micros) -> Sequence[Job]:
        """The jobs that were turns of the plan of late, oldest turn first."""
        turns = await self._store.care_turns(plan.committee_id, now - caring.MATTERS - plan.within)
        return [job for job in turns if job.turn is not None and job.turn.plan_id == plan.id]

    async def _given_back(self, plan: Plan, job: Job, who: int) -> Excused:
        """It is open: whoever has it gives it back, and whoever was asked is asked no more."""
        at = job.turn.at if job.turn is not None else 0
        people = plan.carers if who == NOBODY else (who,)
        asks = (await self._store.situation(plan.committee_id, job.id)).asks
        before = bool(people) and all(
            any(ask.person_id == each and ask.refused_at is not None for ask in asks) for each in people
        )
        await self._service.rule(plan.committee_id, job.id, partial(handing.excused, people))
        return Excused(plan=plan, at=at, job_id=job.id, before=before)


def _job(jobs: Sequence[Job], plan: Plan, zone: ZoneInfo, at: Micros, now: Micros) -> Job | None:
    """The job that the turn of that moment is: its own, or one begun at other hours that stands for it."""
    mine = [job for job in jobs if job.turn is not None and job.turn.plan_id == plan.id]
    own = (job for job in mine if job.turn is not None and job.turn.at == at)
    standing = (job for job in mine if caring.stands_for(job, plan, zone, at, now))
    return next(own, None) or next(standing, None)


def _about(draft: Draft, resident: Resident | None, doors: Sequence[NewDoor]) -> Draft:
    """The draft, told whom it is about."""
    if resident is None:
        return replace(draft, building_id=rounds.building(doors), doors=tuple(doors))
    return replace(
        draft,
        building_id=resident.building_id,
        unit=resident.unit,
        phone=resident.phone,
        resident_id=resident.id,
    )


def _by_turn(said: Sequence[Excuse]) -> Mapping[tuple[int, Micros], tuple[int, ...]]:
    found: dict[tuple[int, Micros], tuple[int, ...]] = {}
    for each in said:
        key = each.plan_id, each.at
        found[key] = (*found.get(key, ()), each.person_id)
    return found


def _state(plan: Plan, at: Micros, job: Job | None, now: Micros) -> State:
    if job is not None and job.status is JobStatus.CLOSED:
        return _ENDED.get(job.outcome, State.CANCELLED)
    if now >= caring.due_at(plan, at):
        return State.MISSED
    if job is None:
        return State.AHEAD
    return State.OPEN if job.status is JobStatus.OPEN else State.TAKEN
