"""A job between two committees, or between one and the sub-district office, one short method a verb: ask the
rules, keep the outcome, ring the bell.

Beside `service`, which is about the jobs of one committee. What the one may see of the other's job is settled
here: as long as it is asked to take it, and no longer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dispatch import access, lifecycle, own_times, transferring
from dispatch.access import Standing
from dispatch.errors import NotAllowedError, UnknownCommitteeError
from dispatch.jobs import Draft, Job, Private
from dispatch.kept import Saved
from dispatch.moments import SECOND, Micros
from dispatch.people import Committee, Person, Roster
from dispatch.playbook import Playbook
from dispatch.relays import Relay
from dispatch.service import Service
from dispatch.situation import Situation
from dispatch.transfers import PATIENCE, Exchanged, Takeover, Transfer
from dispatch.verbs import Answer, AnswerKey, Command, Verb
from dispatch.views import JobView

Where = Callable[[str, Roster], int | None]
"""The building that words are about, in the committee that reads them now; None where they name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a reader may see of a job that their committee is asked to take. `private` is None for whoever is
    not of the desk; both it and `building` are gone once nobody is asked any more. `made` is the number of
    their own job that came of it."""

    relay: Relay
    sender: Committee
    job: Job
    playbook: Playbook
    building: str = ""
    note: str = ""
    private: Private | None = None
    answers: bool = False
    made: int | None = None


class Exchange:
    """Hands jobs over between committees. Every method may be repeated: the second time changes nothing.
    `pace` is how many times as fast time runs in a demo."""

    def __init__(self, service: Service, pace: int = 1) -> None:
        self._service = service
        self._store = service.store
        self._pace = pace

    async def offer(
        self, actor: Person, job_id: int, command: Command, to: Callable[[tuple[Committee, ...]], int | None]
    ) -> tuple[Answer, JobView]:
        """Ask another committee to take the job; `to` says which of the others. Raises `NotAllowedError`
        before any of them is looked at, `UnknownCommitteeError`, and `UnknownJobError`."""
        access.check(Verb.HAND_OVER, actor, actor.committee_id)
        others = [each for each in await self._store.committees() if each.id != actor.committee_id]
        chosen = to(tuple(others))
        if chosen is None or chosen not in {each.id for each in others}:
            raise UnknownCommitteeError
        aimed = replace(command, committee=chosen, patience=self._patience)
        return await self._service.act(actor, job_id, aimed)

    async def offer_office(self, actor: Person, job_id: int, command: Command) -> tuple[Answer, JobView]:
        """Ask the people of the office's rung to take the job. Raises `NotAllowedError` and
        `UnknownJobError`."""
        aimed = replace(command, office=True, patience=self._patience)
        return await self._service.act(actor, job_id, aimed)

    @property
    def _patience(self) -> Micros:
        return max(PATIENCE // self._pace, SECOND)

    async def asking(self, reader: Person, relay_id: int) -> Asking:
        """What the reader's committee was asked, as it is now. Raises `UnknownRelayError`."""
        transfer = await self._store.transfer(reader.committee_id, relay_id)
        relay = await self._store.relay(reader.committee_id, relay_id)
        sent = await self._store.situation(transfer.sender_id, transfer.job_id)
        if not relay.open:
            return Asking(
                relay=relay,
                sender=sent.roster.committee,
                job=sent.job,
                playbook=sent.playbook,
                made=None if relay.taken_by is None else await self._made(transfer),
            )
        desk = _reads(relay, reader)
        private = await self._store.private(transfer.sender_id, transfer.job_id) if desk else None
        known = sent.roster.buildings.get(sent.job.building_id or 0)
        return Asking(
            relay=relay,
            sender=sent.roster.committee,
            job=sent.job,
            playbook=sent.playbook,
            building=known.name if known is not None else "",
            note=transfer.note if desk else "",
            private=private,
            answers=_answers(relay, reader),
        )

    async def _made(self, transfer: Transfer) -> int | None:
        """The number of the job that came of it: of the office it is the same one."""
        if transfer.office:
            return transfer.job_id
        fate = await self._store.fate(transfer.sender_id, transfer.job_id)
        return None if fate is None else fate.job_id

    async def asked(self, reader: Person) -> tuple[int, ...]:
        """What the reader is to answer, oldest first."""
        found = []
        for each in await self._store.asked_transfers(reader.committee_id):
            relay = await self._store.relay(reader.committee_id, each)
            if _answers(relay, reader):
                found.append(each)
        return tuple(found)

    async def answer(self, actor: Person, relay_id: int, verb: Verb, where: Where) -> Answer:
        """Take the job over, or say no. Whoever is first has answered. Raises `UnknownRelayError` and
        `NotAllowedError`."""
        transfer = await self._store.transfer(actor.committee_id, relay_id)
        relay = await self._store.relay(actor.committee_id, relay_id)
        access.check(verb, actor, actor.committee_id, _called(relay, actor))
        if not _answers(relay, actor):
            raise NotAllowedError(verb=verb.value)
        if not relay.open:
            return await self._over(relay, actor, verb)
        roster, now = await self._service.roster(actor.committee_id), self._service.clock.now()
        accepts = verb is Verb.TAKE_OVER
        done = await self._store.answer_transfer(
            transfer,
            lambda sent: lifecycle.answered(
                sent, transfer, now, self._service.distances, accepts=accepts, person=actor.id
            ),
            self._takeover(transfer, actor, roster, where) if accepts and not transfer.office else None,
            now,
        )
        self._ring(transfer, done)
        answer = done.sent.answer
        if answer is None or answer.key is AnswerKey.NOT_NEEDED:
            relay = await self._store.relay(actor.committee_id, relay_id)
            return await self._over(relay, actor, verb)
        made = done.made.after.job.id if done.made is not None else 0
        return Answer(
            answer.key, {"job": made, "who": "", "committee": done.sent.after.roster.committee.name}
        )

    def _takeover(self, transfer: Transfer, actor: Person, roster: Roster, where: Where) -> Takeover:
        now = self._service.clock.now()

        def rewrite(sent: Situation, private: Private) -> tuple[Draft, Playbook]:
            draft = transferring.rewritten(transfer, sent, private, actor.id)
            playbook = self._service.playbooks.get(sent.job.kind, sent.playbook)
            return replace(draft, building_id=where(draft.text, roster)), own_times.own(
                playbook, roster.committee
            )

        return Takeover(
            person_id=actor.id,
            rewrite=rewrite,
            decide=lambda found: lifecycle.posted(found, now, self._service.distances),
        )

    async def _over(self, relay: Relay, actor: Person, verb: Verb) -> Answer:
        """It was answered before, or is not asked any more."""
        if relay.taken_by is None:
            return Answer(AnswerKey.NOT_NEEDED, {})
        asking = await self.asking(actor, relay.id)
        if relay.taken_by == actor.id and verb is Verb.TAKE_OVER and relay.jobs:
            return Answer(AnswerKey.ALREADY_YOURS, {})
        if relay.taken_by == actor.id and verb is Verb.TAKE_OVER:
            return Answer(AnswerKey.TAKEN_OVER, {"job": asking.made or 0, "committee": asking.sender.name})
        roster = await self._service.roster(actor.committee_id)
        taker = roster.people.get(relay.taken_by)
        if taker is None:
            return Answer(AnswerKey.NOT_NEEDED, {})
        return Answer(AnswerKey.TAKEN_ALREADY, {"who": taker.name})

    def _ring(self, transfer: Transfer, done: Exchanged) -> None:
        saved = Saved(job_id=transfer.job_id, decision=done.sent, rows=done.rows, quiet=done.quiet)
        self._service.ring(transfer.sender_id, saved)
        if done.made is not None:
            made = Saved(job_id=done.made.after.job.id, decision=done.made)
            self._service.ring(transfer.committee_id, made)


def _answers(relay: Relay, reader: Person) -> bool:
    """Who speaks for the committee that is asked; for the office nobody but its own people, of whom the first
    one does."""
    asked = not relay.jobs or reader.id in relay.asked
    return asked and access.allows(Verb.TAKE_OVER, reader, reader.committee_id, _called(relay, reader))


def _reads(relay: Relay, reader: Person) -> bool:
    """Who reads door, phone and words while it is asked: the desk; of the office whoever would read them
    where they are called for the job."""
    if relay.jobs:
        known = replace(_called(relay, reader), hides=True)
        return access.allows(Verb.SEE_PRIVATE, reader, reader.committee_id, known)
    return access.allows(Verb.TAKE_OVER, reader, reader.committee_id)


def _called(relay: Relay, reader: Person) -> Standing:
    return Standing(called=reader.id in relay.asked)
