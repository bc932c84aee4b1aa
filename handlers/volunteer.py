"""What a volunteer says: taps on a card. Anything else they write is answered with what they can do."""

from collections.abc import Mapping

from dispatch.people import Person, Roster
from dispatch.service import Service
from dispatch.verbs import Answer, Command, Verb
from dispatch.views import JobView
from handlers import walks
from handlers.messages import Incoming, Reply
from handlers.posting import TEXT_LIMIT
from handlers.taps import Act, job_of, person_of
from handlers.texts import Texts


async def _tapped(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    """One tap. `choice` names somebody else's claim, which the access table leaves to staff.

    Words beyond the limit are cut rather than refused: a call for help must go out."""
    command = Command(
        verb=incoming.verb or Verb.CLAIM,
        actor=actor.id,
        person=person_of(incoming.choice),
        note=incoming.text.strip()[:TEXT_LIMIT],
        version=incoming.version,
        receipt=incoming.receipt,
        taken_back=incoming.taken_back,
    )
    return await service.act(actor, job_of(incoming), command)


async def _found(service: Service, actor: Person, incoming: Incoming) -> tuple[Answer, JobView]:
    """What was found at a step, which `choice` names. The desk says it for whoever is there."""
    person = None
    if actor.desk:
        person = walks.finder(await service.view(actor.committee_id, job_of(incoming), actor))
    command = Command(
        verb=Verb.FIND,
        actor=actor.id,
        person=person,
        finding=incoming.choice,
        note=incoming.text.strip()[:TEXT_LIMIT],
        version=incoming.version,
        receipt=incoming.receipt,
    )
    return await service.act(actor, job_of(incoming), command)


VERBS: Mapping[Verb, Act] = {
    **dict.fromkeys(
        (Verb.CLAIM, Verb.REFUSE, Verb.START, Verb.ARRIVE, Verb.FINISH, Verb.RELEASE, Verb.HELP), _tapped
    ),
    Verb.FIND: _found,
}


def explained(roster: Roster, texts: Texts, job: int | None) -> Reply:
    """The answer to free words of somebody who may not post: what they can do, and whom to ring. `job` is the
    one that they have, where it is one: perhaps the words were meant for it."""
    numbers = texts.names(roster.committee.emergency.values())
    emergency = texts.say("In an emergency ring {numbers}.", numbers=numbers) if numbers else ""
    said = texts.say(
        "Only staff post jobs, so nothing was posted. Jobs for you appear here: one tap takes one."
    )
    instead = (
        texts.say("Please tell the staff what is needed.")
        if job is None
        else texts.say(
            "For the others on job {job}: reply to its card, or write /say and your words.", job=job
        )
    )
    return Reply(text=texts.sentences(said, instead, emergency), ok=False)
