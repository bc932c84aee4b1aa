"""What only the desk says: give the job to somebody, raise, correct, note, close and cancel it, and thank;
with the verbs of words that others may say as well."""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.errors import MalformedError
from dispatch.events import EventKind
from dispatch.jobs import Priority
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import Answer, Command, Verb
from dispatch.views import JobView
from handlers.actions import REPLACES
from handlers.messages import Incoming
from handlers.posting import check_length, correction, requested
from handlers.taps import Act, job_of, person_of


async def _assign(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    chosen, _, leaving = incoming.choice.partition(REPLACES)
    person = person_of(chosen)
    if person is None:
        raise MalformedError
    command = Command(
        verb=Verb.ASSIGN,
        actor=actor.id,
        person=person,
        replaces=person_of(leaving),
        version=incoming.version,
        receipt=incoming.receipt,
    )
    return await service.act(actor, job_of(incoming), command)


async def _raise(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    """One step above what the card showed: a second tap on the same card raises nothing further."""
    view = await service.view(actor.committee_id, job_of(incoming), actor)
    command = Command(
        verb=Verb.RAISE,
        actor=actor.id,
        priority=raised(view, incoming.version),
        receipt=incoming.receipt,
    )
    return await service.act(actor, job_of(incoming), command)


def raised(view: JobView, version: int | None) -> Priority:
    """How far a tap on the card of this version raises: one step above what it showed, and no further."""
    job = view.situation.job
    shown = job.version if version is None else version
    if any(entry.kind is EventKind.RAISED and entry.version > shown for entry in view.timeline):
        return job.priority
    return {Priority.NORMAL: Priority.URGENT}.get(job.priority, Priority.LIFE)


async def _correct(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    roster, job = await service.roster(actor.committee_id), job_of(incoming)
    said = correction(incoming.text, roster, service.playbooks)
    playbook = None if said.kind is None else service.playbooks.get(said.kind)
    if playbook is not None and playbook.medicine is not None:
        known = (await service.view(actor.committee_id, job, actor)).private
        words = "\n".join(part for part in (known.text if known else "", incoming.text) if part)
        said = replace(said, request=requested(words, playbook, roster))
    command = Command(verb=Verb.CORRECT, actor=actor.id, correction=said, receipt=incoming.receipt)
    return await service.act(actor, job, command)


async def _worded(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    """A verb that goes with words or without."""
    check_length(incoming.text, {})
    verb = incoming.verb or Verb.NOTE
    command = Command(verb=verb, actor=actor.id, note=incoming.text.strip(), receipt=incoming.receipt)
    return await service.act(actor, job_of(incoming), command)


VERBS: Mapping[Verb, Act] = {
    Verb.ASSIGN: _assign,
    Verb.RAISE: _raise,
    Verb.CORRECT: _correct,
    Verb.COMPLETE: _worded,
    Verb.CANCEL: _worded,
    Verb.NOTE: _worded,
    Verb.SAY: _worded,
    Verb.THANK: _worded,
}
