"""What becomes of a round: which doors are ticked, and what is found there. The rules for one job.

*No answer* is a finding: a job of its own looks after that resident from then on, whatever is ticked here
afterwards. Opening that job is somebody else's business (`visiting`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from dispatch import access, claiming, lifecycle
from dispatch.access import Standing
from dispatch.change import Change
from dispatch.door_lists import Visited
from dispatch.doors import Door, DoorState, NewDoor, Round
from dispatch.errors import MalformedError, UnknownDoorError
from dispatch.events import EventKind
from dispatch.jobs import JobStatus
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.ports import Distances
from dispatch.situation import Situation
from dispatch.verbs import AnswerKey, Verb


class Found(StrEnum):
    """What is ticked at a door."""

    WELL = "well"
    PASSED_ON = "passed_on"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The same found at the doors of these numbers."""

    numbers: tuple[int, ...]
    found: Found


def begun(doors: Sequence[NewDoor]) -> Round | None:
    """The round that a job with these doors is; None for one without."""
    return Round(doors=len(doors), open=tuple(range(1, len(doors) + 1))) if doors else None


def building(doors: Sequence[NewDoor]) -> int | None:
    """The building that all of them are in; None for several."""
    found = {each.building_id for each in doors}
    return next(iter(found)) if len(found) == 1 else None


def visited(
    actor: Person,
    visit: Visit,
    checks: Mapping[int, int],
    situation: Situation,
    doors: Sequence[Door],
    now: Micros,
    distances: Distances,
) -> Visited:
    """Tick them; the same tick again changes nothing. `checks` are the jobs that look after those who do not
    answer, by the door's number. Raises `UnknownDoorError`, `NotAllowedError` and `MalformedError`."""
    change = Change(situation, now, distances)
    claim = claiming.claim_of(change, actor.id)
    lives = claim is not None and claim.live
    access.check(Verb.TICK, actor, change.job.committee_id, Standing(owns=lives))
    known = named(visit, change.job.id, doors)
    if change.job.status is JobStatus.CLOSED:
        return Visited(decision=change.decision(change.answer(AnswerKey.CLOSED)))
    after = {door.number: _after(door, visit, checks) for door in known}
    changed = tuple(after[door.number] for door in known if after[door.number] != door)
    if not changed:
        return Visited(decision=change.decision(change.answer(AnswerKey.UNCHANGED)))
    if claim is not None and lives:
        claiming.be_there(change, claim)
    for door in changed:
        change.record(
            EventKind.DOOR, actor=actor.id, number=door.number, found=door.state.value, check=door.check or 0
        )
    change.set_job(round=_counted([after.get(door.number, door) for door in doors]))
    lifecycle.advance(change)
    answer = change.answer(AnswerKey.DOORS_TICKED, **_left(change.job.round))
    return Visited(decision=change.decision(answer), doors=changed)


def named(visit: Visit, job: int, doors: Sequence[Door]) -> tuple[Door, ...]:
    """The doors of a visit. Raises `UnknownDoorError`, and `MalformedError` where nothing can be passed
    on."""
    by_number = {door.number: door for door in doors}
    for number in visit.numbers:
        if number not in by_number:
            raise UnknownDoorError(job=job, number=number)
    known = tuple(by_number[number] for number in dict.fromkeys(visit.numbers))
    told = visit.found is Found.PASSED_ON and any(door.household_id is None for door in known)
    if not known or told:
        raise MalformedError
    return known


def _after(door: Door, visit: Visit, checks: Mapping[int, int]) -> Door:
    """As it is then. Whom a check looks after stays so; of anybody else no answer may still be found."""
    if door.state is DoorState.NO_ANSWER:
        return door
    return replace(door, state=DoorState(visit.found.value), check=checks.get(door.number))


def _counted(doors: Sequence[Door]) -> Round:
    return Round(
        doors=len(doors),
        open=tuple(door.number for door in doors if door.state is DoorState.OPEN),
        unanswered=tuple(door.number for door in doors if door.state is DoorState.NO_ANSWER),
    )


def _left(round_: Round | None) -> dict[str, int]:
    return {} if round_ is None else {"ticked": round_.ticked, "doors": round_.doors}
