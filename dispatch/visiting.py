"""Rounds, one short method each: who has which, what is ticked at a door, and the check where nobody answers.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

import logging
from collections.abc import Mapping

from dispatch import access, lifecycle, rounds
from dispatch.doors import Door, DoorState
from dispatch.errors import UnknownDoorError, UnknownKindError
from dispatch.jobs import Draft, JobStatus
from dispatch.moments import Micros
from dispatch.no_answer import NoAnswer
from dispatch.people import Person
from dispatch.playbook import Playbook, for_everything
from dispatch.rounds import Found, Visit
from dispatch.service import Service
from dispatch.verbs import Answer, AnswerKey, Verb
from dispatch.views import JobView

USUAL = NoAnswer(opens="welfare_check")
"""What a door opens where nobody answers, for kinds whose playbook does not say it."""

_log = logging.getLogger(__name__)


class Visiting:
    """Looks after rounds. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def mine(self, reader: Person) -> tuple[JobView, ...]:
        """The rounds whose doors the reader may see: those that they have, or for the desk all open ones."""
        jobs = [job for job in await self._store.open_jobs(reader.committee_id) if job.round is not None]
        views = [await self._service.view(reader.committee_id, job.id, reader) for job in jobs]
        return tuple(view for view in views if view.doors)

    async def tick(self, actor: Person, job_id: int, visit: Visit) -> tuple[Answer, JobView]:
        """Tick doors of a round. Whoever does not answer is looked after by a job of its own before the door
        is ticked: if all stops in between, the same tick again finds that job. Raises `UnknownDoorError`,
        `MalformedError` and what the access table raises."""
        checks = await self._checks(actor, job_id, visit)
        service, now = self._service, self._service.clock.now()
        saved = await self._store.tick_doors(
            actor.committee_id,
            job_id,
            lambda found, doors: rounds.visited(actor, visit, checks, found, doors, now, service.distances),
            now,
        )
        service.ring(actor.committee_id, saved)
        answer = saved.decision.answer if saved.decision is not None else None
        view = await service.view(actor.committee_id, job_id, actor)
        return answer or Answer(AnswerKey.UNCHANGED, {"job": job_id}), view

    async def checks(self, view: JobView) -> Mapping[int, JobView]:
        """The checks of a round's doors by the door's number, as everybody may see them."""
        committee = view.situation.job.committee_id
        return {
            door.number: await self._service.view(committee, door.check, None)
            for door in view.doors
            if door.check is not None
        }

    async def _checks(self, actor: Person, job_id: int, visit: Visit) -> Mapping[int, int]:
        """The job that looks after whoever does not answer, by the door's number."""
        if visit.found is not Found.NO_ANSWER:
            return {}
        view = await self._service.view(actor.committee_id, job_id, actor)
        lives = view.mine is not None and view.mine.live
        access.check(Verb.TICK, actor, actor.committee_id, access.Standing(owns=lives))
        job = view.situation.job
        if job.status is JobStatus.CLOSED:
            return {}
        if not view.doors:
            raise UnknownDoorError(job=job_id, number=visit.numbers[0] if visit.numbers else 0)
        # A playbook may show them less of a door than the check needs.
        known = rounds.named(visit, job_id, await self._store.doors(actor.committee_id, job_id))
        now = self._service.clock.now()
        opens = view.situation.playbook.no_answer or USUAL
        return {
            door.number: await self._check(actor, door, opens, now)
            for door in known
            if door.state is not DoorState.NO_ANSWER
        }

    async def _check(self, actor: Person, door: Door, opens: NoAnswer, now: Micros) -> int:
        """The door's own check. It begins where whoever stands at the door is by then."""
        playbook, service = self._playbook(opens), self._service
        draft = Draft(
            committee_id=door.committee_id,
            kind=playbook.kind,
            priority=playbook.priority,
            text="",
            nonce=f"round {door.job_id} {door.number}",
            posted_by=actor.id,
            places=playbook.places,
            building_id=door.building_id,
            unit=door.unit,
            phone=door.phone,
            resident_id=door.resident_id,
        )
        saved = await self._store.post(
            draft,
            playbook,
            now,
            lambda found: lifecycle.posted(found, now, service.distances, found=opens.found),
        )
        service.ring(door.committee_id, saved)
        _log.info("door %d of round %d is job %d now", door.number, door.job_id, saved.job_id)
        return saved.job_id

    def _playbook(self, opens: NoAnswer) -> Playbook:
        """The kind that is said; the one for everything, if there is none: somebody does not answer."""
        playbooks = self._service.playbooks
        found = playbooks.get(opens.opens) or for_everything(playbooks)
        if found is None:
            raise UnknownKindError(kind=opens.opens)
        return found
