"""Who was asked for a job and what became of it, one line a person, as the desk reads it."""

from collections.abc import Sequence

from dispatch.claims import Because
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from handlers.scene import Scene
from handlers.spans import DAY
from handlers.texts import Texts

MOST_LINES = 40
"""More people than any playbook asks before the whole group is; the rest is a number."""


def lines(scene: Scene) -> tuple[str, ...]:
    """Those who have it first, then in the order in which they were asked; nothing for anybody else."""
    if not scene.view.desk or scene.closed:
        return ()
    people = dict.fromkeys(ask.person_id for ask in scene.situation.asks if not ask.leader)
    holding = dict.fromkeys(claim.person_id for claim in scene.held)
    told = [_line(scene, person) for person in {**holding, **people}]
    if len(told) > MOST_LINES:
        more = scene.texts.say("And {count} more.", count=len(told) - MOST_LINES)
        return (*told[:MOST_LINES], more)
    return tuple(told)


def _line(scene: Scene, person_id: int) -> str:
    person = scene.roster.people.get(person_id)
    home = scene.roster.buildings.get(person.building_id or 0) if person is not None else None
    parts = (scene.name(person_id), home.name if home is not None else "", _answer(scene, person_id))
    return " · ".join(part for part in (*parts, _because(scene, person_id)) if part)


def _because(scene: Scene, person_id: int) -> str:
    """Why a policy asked them, in one line; nothing where a wave did."""
    asks = (ask for ask in scene.situation.asks if ask.person_id == person_id and ask.because is not None)
    ask, say = next(asks, None), scene.texts.say
    if ask is None or (because := ask.because) is None:
        return ""
    person = scene.roster.people.get(person_id)
    said: list[str] = []
    if because.walk is not None:
        said.append(say("{time} away", time=scene.texts.duration(max(because.walk, 60) * SECOND)))
    if scene.playbook.needs.vehicle and person is not None and person.vehicle:
        said.append(say("has a vehicle"))
    if because.asked:
        said.append(say("said yes {yes} of {asked} times", yes=because.accepted, asked=because.asked))
    said += _rested(because, ask.at, scene.texts)
    return say("because: {reasons}", reasons=scene.texts.listed(said)) if said else ""


def _rested(because: Because, at: Micros, texts: Texts) -> Sequence[str]:
    """How long ago they were asked before that, in the largest unit alone; else how many jobs ago they were
    asked or had one."""
    if because.last is not None:
        length = max(at - because.last, 0)
        unit = next((unit for unit in (DAY, HOUR) if length >= unit), MINUTE)
        return (texts.say("last asked {time} ago", time=texts.duration(length - length % unit)),)
    if because.rest is None:
        return (texts.say("never asked before"),)
    return (texts.say("asked or at work {count} jobs ago", count=because.rest),) if because.rest > 1 else ()


def _answer(scene: Scene, person_id: int) -> str:
    say = scene.texts.say
    if any(claim.person_id == person_id for claim in scene.held):
        return say("has it")
    if any(waiting.person_id == person_id for waiting in scene.situation.waiting):
        return say("on the waitlist")
    asks = [ask for ask in scene.situation.asks if ask.person_id == person_id and not ask.leader]
    if any(ask.refused_at is not None for ask in asks):
        return say("not this time")
    if any(claim.person_id == person_id for claim in scene.situation.claims):
        return say("gave it back")
    if person_id in scene.view.unreached:
        return say("not reached")
    time = scene.texts.duration(scene.now - min(ask.at for ask in asks))
    return say("asked {time} ago, no answer yet", time=time)
