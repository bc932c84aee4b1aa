"""Pictures that somebody adds to a job, and those that they may see. What a picture is, is checked elsewhere.

Knows people and jobs, not where a picture came from: a chat, or a page.
"""

from dispatch import access, guides, lifecycle
from dispatch.access import Standing
from dispatch.errors import UnknownJobError, UnknownPictureError
from dispatch.guides import Guides
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.pictures import Picture
from dispatch.service import Service
from dispatch.situation import Situation
from dispatch.verbs import AnswerKey, Command, Verb
from handlers import cards, sentences
from handlers.cards import card
from handlers.messages import Reply, Shown
from handlers.texts import Texts


async def add(
    service: Service, actor: Person, job_id: int, pictures: tuple[Picture, ...], receipt: str, texts: Texts
) -> Reply:
    """Add one, or all pages of a document. The same receipt again adds nothing, and there is nothing to say
    about it.

    Raises `NotAllowedError`, `TooManyPicturesError`, `DocumentTooLongError`, `UnknownJobError`,
    `PicturesUnavailableError`."""
    # Asked before as well: what will be refused is not brought to a bucket first.
    situation = await service.store.situation(actor.committee_id, job_id)
    access.check(Verb.PICTURE, actor, actor.committee_id, lifecycle.standing(situation, actor.id))
    shelved = await service.store.shelve(actor.committee_id, pictures, service.clock.now())
    command = Command(verb=Verb.PICTURE, actor=actor.id, pictures=shelved, receipt=receipt)
    answer, view = await service.act(actor, job_id, command)
    if answer.key is AnswerKey.UNCHANGED:
        return Reply(text="", ok=False)
    return Reply(
        text=sentences.answer(answer, texts),
        ok=answer.key not in sentences.NOTHING_DONE,
        card=card(view, texts, service.clock.now()),
    )


async def refused(service: Service, actor: Person, texts: Texts) -> str:
    """Why the person's pictures are not taken; empty where they are."""
    if access.allows(Verb.PICTURE, actor, actor.committee_id) or await held(service, actor):
        return ""
    return texts.say("Pictures are taken from staff and from whoever has a job just now: yours was not kept.")


async def held(service: Service, person: Person) -> tuple[int, ...]:
    """The jobs of which the person has a live claim, and may add pictures to."""
    found = []
    for job in await service.store.jobs_of(person.committee_id, person.id, service.clock.now()):
        situation = await service.store.situation(person.committee_id, job.id)
        mine = any(claim.live and claim.person_id == person.id for claim in situation.claims)
        if mine and access.allows(Verb.PICTURE, person, person.committee_id, Standing(owns=True)):
            found.append(job.id)
    return tuple(found)


async def shown(service: Service, reader: Person, job_id: int, number: int, claim: int) -> Shown:
    """One that is owed to somebody because of their claim. Raises `UnknownPictureError` once it has ended,
    and for those who may not see it."""
    picture = await service.picture(reader, job_id, number, claim=claim)
    situation = await service.store.situation(reader.committee_id, job_id)
    return _shown(picture, situation, number, claim, service.clock.now())


async def guided(
    service: Service, reader: Person, job_id: int, number: int, claim: int, drawings: Guides | None
) -> Shown:
    """The same of the pictures of its playbook's steps (`dispatch.guides`), which anybody may see who has the
    job."""
    try:
        situation = await service.store.situation(reader.committee_id, job_id)
    except UnknownJobError as error:
        raise UnknownPictureError from error
    mine = any(
        each.number == claim and each.live and each.person_id == reader.id for each in situation.claims
    )
    picture = None if drawings is None else guides.drawn(number, situation.job, situation.playbook, drawings)
    if picture is None or not mine:
        raise UnknownPictureError
    return _shown(picture, situation, number, claim, service.clock.now())


def _shown(picture: Picture, situation: Situation, number: int, claim: int, now: Micros) -> Shown:
    silent = cards.wakes_nobody(situation.job, situation.roster.committee, now)
    return Shown(
        job_id=situation.job.id,
        number=number,
        data=picture.data,
        silent=silent,
        width=picture.width,
        height=picture.height,
        claim=claim,
    )
