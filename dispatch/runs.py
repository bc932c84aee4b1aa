"""What becomes of a medicine run: who joins it, and what is ticked off at a stop. The rules for one job.

Requests for one hospital and half a day are one run, as long as nobody has taken it; what cannot wait goes
alone. A hospital that did not have something is remembered by whoever keeps the run, not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from dispatch import access, claiming, lifecycle, medicine, raising
from dispatch.access import Standing
from dispatch.change import Change
from dispatch.errors import MalformedError, UnknownStopError
from dispatch.events import EventKind
from dispatch.jobs import Draft, Job, JobStatus, Priority
from dispatch.medicines import Ticked
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.ports import Distances
from dispatch.situation import Decision, Situation
from dispatch.stops import Good, Handed, Stop, StopState, owed
from dispatch.verbs import AnswerKey, Verb

MOST_STOPS = 12
"""Requests of one run: one counter's queue and one bicycle bag. R3 had ten a day in a compound; more than one
person goes then."""

LONGEST_HOSPITAL = 60
"""Characters of a hospital's name."""

MOST_COUNTED = 100_000
"""A hundred thousand yuan, or cards, is a slip."""

JOINED, RUNS_OUT = "joined", "runs_out"
"""In the ledger: what made a run more urgent, in place of somebody who raised it."""


class Act(StrEnum):
    """What is ticked off at a stop."""

    GOT = "got"
    NOT_HERE = "not_here"
    NEXT = "next"
    """They go on to another hospital with it."""
    PASS_ON = "pass_on"  # noqa: S105 - no password
    """Somebody else is to get it: it is another job from now on."""
    RECEIVED = "received"
    RETURNED = "returned"


_SETTLING = frozenset({Act.GOT, Act.NOT_HERE, Act.NEXT, Act.PASS_ON})
"""What is said of a request that is still looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One thing ticked off at the stop of that number. `count` of a `good` is how much it is in all, so that
    the same tick again changes nothing; `hospital` is where they go on to."""

    number: int
    act: Act
    good: Good | None = None
    count: int = 1
    hospital: str = ""


def joinable(job: Job, draft: Draft, now: Micros) -> bool:
    """The request could go with that job, as far as the job itself tells."""
    run, request = job.run, draft.request
    if run is None or request is None or request.alone or not request.hospital or job.pending is not None:
        return False
    open_ = job.status is JobStatus.OPEN and job.priority is not Priority.LIFE and job.kind == draft.kind
    return open_ and run.hospital == request.hospital and now < run.until and run.stops < MOST_STOPS


def joined(draft: Draft, situation: Situation, now: Micros, distances: Distances) -> Decision:
    """One more stop; nothing where somebody has taken the job meanwhile."""
    change = Change(situation, now, distances)
    run = change.job.run
    if run is None or change.held or not joinable(change.job, draft, now):
        return change.decision()
    private = {"unit": draft.unit, "phone": draft.phone, "text": draft.text}
    change.set_job(
        run=replace(run, stops=run.stops + 1),
        hides=change.job.hides | {name for name, said in private.items() if said},
    )
    number, supply = run.stops + 1, supply_of(draft)
    if supply:
        change.record(EventKind.STOP_JOINED, number=number, supply=supply)
    else:
        change.record(EventKind.STOP_JOINED, actor=draft.posted_by, number=number)
    raising.raise_to(change, draft.priority, cause=JOINED)
    lifecycle.advance(change)
    return change.decision(change.answer(AnswerKey.POSTED))


def supply_of(draft: Draft) -> int:
    """The medicine of the register for which the program itself asks; 0 where somebody does."""
    known = draft.request.run_out if draft.request is not None and draft.posted_by is None else None
    return 0 if known is None else known.supply_id


def nearer(stop: Stop, days: int, situation: Situation, now: Micros, distances: Distances) -> Decision:
    """The job as urgent as what is left of one stop's medicine says by now, if it still waits for it; looked
    at twice it changes nothing."""
    change = Change(situation, now, distances)
    guide, job = change.playbook.medicine, change.job
    if guide is not None and job.run is not None and job.status is not JobStatus.CLOSED:
        urgency = medicine.priority(guide, stop.drug, days, change.playbook.priority)
        raising.raise_to(change, urgency, cause=RUNS_OUT)
    lifecycle.advance(change)
    return change.decision()


def ticked(
    actor: Person, tick: Tick, situation: Situation, stops: Sequence[Stop], now: Micros, distances: Distances
) -> Ticked:
    """Tick it off. Raises `UnknownStopError`, `NotAllowedError` and `MalformedError`."""
    change = Change(situation, now, distances)
    claim = claiming.claim_of(change, actor.id)
    lives = claim is not None and claim.live
    access.check(Verb.TICK, actor, change.job.committee_id, Standing(owns=lives))
    stop = next((each for each in stops if each.number == tick.number), None)
    run = change.job.run
    if stop is None or run is None:
        raise UnknownStopError(job=change.job.id, number=tick.number)
    if change.job.status is JobStatus.CLOSED:
        return Ticked(decision=change.decision(change.answer(AnswerKey.CLOSED)))
    over = stop.state is not StopState.OPEN and tick.act in _SETTLING
    after, learned = (stop, None) if over else _moved(stop, tick)
    if after == stop:
        return Ticked(decision=change.decision(change.answer(AnswerKey.UNCHANGED)))
    if claim is not None and lives:
        claiming.be_there(change, claim)
    change.record(EventKind.STOP, actor=actor.id, number=stop.number, act=tick.act.value)
    others = [each for each in stops if each.number != stop.number]
    change.set_job(run=replace(run, owed=owed([*others, after])))
    lifecycle.advance(change)
    return Ticked(decision=change.decision(change.answer(AnswerKey.TICKED)), stop=after, learned=learned)


def _moved(stop: Stop, tick: Tick) -> tuple[Stop, tuple[str, bool] | None]:
    known = stop.hospital if stop.drug else ""
    match tick.act:
        case Act.GOT:
            return replace(stop, state=StopState.GOT), (known, True) if known else None
        case Act.NOT_HERE:
            if stop.stuck:
                return stop, None
            tried = (*stop.tried, stop.hospital)
            return replace(stop, tried=tried), (known, False) if known else None
        case Act.NEXT:
            if not 1 <= len(tick.hospital.strip()) <= LONGEST_HOSPITAL:
                raise MalformedError
            return replace(stop, hospital=tick.hospital.strip()), None
        case Act.PASS_ON:
            return replace(stop, state=StopState.PASSED_ON), None
        case _:
            return _counted(stop, tick), None


def _counted(stop: Stop, tick: Tick) -> Stop:
    """With what changed hands. Nothing is given back that was not received, but for change."""
    if tick.good is None or not 0 <= tick.count <= MOST_COUNTED:
        raise MalformedError
    held = {each.good: each for each in stop.handed}
    before = held.get(tick.good, Handed(good=tick.good))
    if tick.act is Act.RECEIVED:
        held[tick.good] = replace(before, received=tick.count)
    else:
        if tick.count > before.received or not before.received:
            raise MalformedError
        held[tick.good] = replace(before, returned=tick.count)
    return replace(stop, handed=tuple(held[good] for good in Good if good in held))
