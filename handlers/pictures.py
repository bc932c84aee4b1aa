"""Pictures that somebody adds to a job, and those that they may see. What a picture is, is checked elsewhere.

Knows people and jobs, not where a picture came from: a chat, or a page.
"""

from dispatch import access
from dispatch.people import Person
from dispatch.pictures import Picture
from dispatch.service import Service
from dispatch.verbs import AnswerKey, Command, Verb
from handlers import cards, sentences
from handlers.cards import card
from handlers.messages import Reply, Shown
from handlers.texts import Texts


async def add(
    service: Service, actor: Person, job_id: int, picture: Picture, receipt: str, texts: Texts
) -> Reply:
    """Add one. The same receipt again adds nothing, and there is nothing to say about it.

    Raises `NotAllowedError`, `TooManyPicturesError`, `UnknownJobError`."""
    command = Command(verb=Verb.PICTURE, actor=actor.id, picture=picture, receipt=receipt)
    answer, view = await service.act(actor, job_id, command)
    if answer.key is AnswerKey.UNCHANGED:
        return Reply(text="", ok=False)
    return Reply(
        text=sentences.answer(answer, texts),
        ok=answer.key not in sentences.NOTHING_DONE,
        card=card(view, texts, service.clock.now()),
    )


def refused(actor: Person, texts: Texts) -> str:
    """Why the person's pictures are not taken; empty where they are."""
    if access.allows(Verb.PICTURE, actor, actor.committee_id):
        return ""
    return texts.say("Only staff can add pictures to a job, so yours was not kept.")


async def shown(service: Service, reader: Person, job_id: int, number: int, claim: int) -> Shown:
    """One that is owed to somebody because of their claim. Raises `UnknownPictureError` once it has ended,
    and for those who may not see it."""
    picture = await service.picture(reader, job_id, number, claim=claim)
    situation = await service.store.situation(reader.committee_id, job_id)
    silent = cards.wakes_nobody(situation.job, situation.roster.committee, service.clock.now())
    return Shown(
        job_id=job_id,
        number=number,
        data=picture.data,
        silent=silent,
        width=picture.width,
        height=picture.height,
        claim=claim,
    )
