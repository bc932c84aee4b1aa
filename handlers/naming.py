"""Whom or what a written command is about: a name, or what was found, where a button would carry a choice.

Only names of the committee's own people are looked for, and only for somebody who may give them work.
"""

from collections.abc import Iterable
from dataclasses import replace

from dispatch import access, lifecycle
from dispatch.claims import ClaimStatus
from dispatch.errors import UnclearFindingError, UnclearPersonError
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import actions, walks
from handlers.messages import Incoming
from handlers.scene import Scene
from handlers.texts import Texts

_MOVING = frozenset({Verb.START, Verb.ARRIVE, Verb.FINISH, Verb.RELEASE})
"""Verbs of whoever has the job, which the desk says for somebody without a phone."""

_END = " \t\r\n.!?。！？,，"


async def named(service: Service, actor: Person, incoming: Incoming, texts: Texts) -> Incoming:
    """The same with whoever its words name as its choice; as it is where no name is expected, or none said.

    Raises `UnclearPersonError`, `UnclearFindingError`, `UnknownJobError`, and `NotAllowedError` before any
    name is looked at."""
    verb, words = incoming.verb, incoming.text.strip(_END)
    if verb is Verb.FIND and incoming.job_id is not None:
        return await _found(service, actor, incoming.job_id, incoming, texts)
    if not words or incoming.job_id is None or (verb is not Verb.ASSIGN and verb not in _MOVING):
        return incoming
    if verb is Verb.ASSIGN:
        access.check(Verb.ASSIGN, actor, actor.committee_id)
    elif not actor.desk:
        return incoming
    scene = Scene(await service.view(actor.committee_id, incoming.job_id, actor), texts, service.clock.now())
    if verb is Verb.ASSIGN:
        person = called(words, scene.roster.people.values())
        return _about(incoming, f"{person.id}{actions.replaced(scene)}")
    at_work = {claim.person_id for claim in scene.live}
    person = called(words, (each for each in scene.roster.people.values() if each.id in at_work))
    return _about(incoming, str(person.id))


async def _found(service: Service, actor: Person, job_id: int, incoming: Incoming, texts: Texts) -> Incoming:
    """What can be found now, by its words; of a job that asks for nothing, or not this person any more, the
    rules say so."""
    scene = Scene(await service.view(actor.committee_id, job_id, actor), texts, service.clock.now())
    access.check(Verb.FIND, actor, actor.committee_id, lifecycle.standing(scene.situation, actor.id))
    said, mine = walks.spoken(incoming, scene), scene.view.mine
    gone = not actor.desk and mine is not None and mine.status is ClaimStatus.RELEASED
    if said is None and scene.step is not None and not gone:
        words = texts.listed(f"“{texts.pick(each.words)}”" for each in scene.step.findings)
        raise UnclearFindingError(words=words)
    return said or incoming


def _about(incoming: Incoming, choice: str) -> Incoming:
    return replace(incoming, choice=choice, text="")


def called(name: str, people: Iterable[Person]) -> Person:
    """The one of this whole name, however it is spaced. Raises `UnclearPersonError`."""
    found = [person for person in people if _plain(person.name) == _plain(name)]
    if len(found) != 1:
        raise UnclearPersonError
    return found[0]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
