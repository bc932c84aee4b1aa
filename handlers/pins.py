"""A place on the map that somebody sent: the desk's becomes the pin of a job, anybody else's a remark on it.

It is as private as the door: whoever takes the job gets it, and nobody else.
"""

from dispatch import access
from dispatch.errors import OffTheMapError
from dispatch.geography import Point
from dispatch.jobs import Correction, Job
from dispatch.moments import MINUTE, Micros
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import Answer, AnswerKey, Command, Verb
from dispatch.views import JobView
from handlers import facts, sentences
from handlers.cards import card
from handlers.messages import Incoming, Reply
from handlers.texts import Texts

RECENT: Micros = 2 * MINUTE
"""A place that is sent so soon after a job, by whoever posted it, is that job's: it takes a chat's user half
a minute to find the button for it."""


async def pinned(service: Service, actor: Person, incoming: Incoming, place: Point, texts: Texts) -> Reply:
    """Set the pin, and say of which job. Raises `OffTheMapError`, `NotAllowedError`, `UnknownJobError`."""
    if not place.on_earth:
        raise OffTheMapError
    desk = access.allows(Verb.CORRECT, actor, actor.committee_id)
    job_id = incoming.about
    if job_id is None and desk:
        mine = await just_posted(service, actor)
        job_id = mine[-1].id if mine else None
    if job_id is None:
        asked = texts.say("Which job is this place for? Reply with it to the job's card.")
        return Reply(text=asked, ok=False)
    answer, view = await service.act(actor, job_id, _command(actor, incoming, place, desk=desk))
    return Reply(
        text=_said(answer, view, texts, desk=desk),
        ok=answer.key not in sentences.NOTHING_DONE,
        card=card(view, texts, service.clock.now()),
    )


def _command(actor: Person, incoming: Incoming, place: Point, *, desk: bool) -> Command:
    words = incoming.text.strip()
    if desk:
        correction = Correction(place=place, text=words or None)
        return Command(verb=Verb.CORRECT, actor=actor.id, correction=correction, receipt=incoming.receipt)
    note = " ".join(part for part in ("📍", words, facts.coordinates(place)) if part)
    return Command(verb=Verb.NOTE, actor=actor.id, note=note, receipt=incoming.receipt)


def _said(answer: Answer, view: JobView, texts: Texts, *, desk: bool) -> str:
    if desk and answer.key is AnswerKey.CORRECTED:
        job = view.situation.job.id
        return texts.say("The place is set for job {job}. Whoever takes it gets it on the map.", job=job)
    return sentences.answer(answer, texts)


async def just_posted(service: Service, actor: Person) -> list[Job]:
    """The open jobs that the person posted within `RECENT`, oldest first."""
    since = service.clock.now() - RECENT
    jobs = await service.store.open_jobs(actor.committee_id)
    mine = [job for job in jobs if job.posted_by == actor.id and job.posted_at >= since]
    return sorted(mine, key=lambda job: job.posted_at)
