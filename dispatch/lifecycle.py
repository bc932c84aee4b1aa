"""One pure `decide`: what a verb, or a look at the clock, makes of a job.

The two tables of DESIGN.md, section 3, are `_VERBS` (what a person does) and `advance` (what silence
does). Every decision ends with a look at the clock, so a tap can never leave something overdue behind.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from dispatch import (
    access,
    barriers,
    claiming,
    correcting,
    doors,
    escalation,
    harvesting,
    overdue,
    passage,
    picturing,
    precedence,
    raising,
    reinforcing,
    saying,
    thanking,
    transferring,
    walking,
)
from dispatch.access import Standing
from dispatch.change import Change
from dispatch.claims import Claim, ClaimStatus, ReleaseReason
from dispatch.errors import (
    MalformedError,
    NotAbleError,
    NotAllowedError,
    UnknownPersonError,
    WrongAgeError,
)
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import CallCause, JobStatus, Outcome, Priority
from dispatch.lately import NOTHING, Lately
from dispatch.moments import Micros
from dispatch.people import Audience, Person
from dispatch.playbook import Playbook
from dispatch.ports import Distances
from dispatch.situation import Decision, Situation
from dispatch.transfers import Transfer
from dispatch.verbs import Answer, AnswerKey, Command, Verb

_AFTERWARDS = frozenset({Verb.NOTE, Verb.THANK})
"""What is said of a job that is over."""

_HIGHER = {Priority.NORMAL: Priority.URGENT, Priority.URGENT: Priority.LIFE}

_MAX_AT_ONCE = 10_000
"""A look at the clock fires one thing at a time; more than this many overdue at once is a rule that
never moves forward, and stopping loudly beats a process that hangs."""


def posted(
    situation: Situation,
    now: Micros,
    distances: Distances,
    source: str = "",
    excused: Collection[int] = (),
    supply: int = 0,
    found: str = "",
) -> Decision:
    """The first decision of a job: it is announced, and its call begins. `source` is the key of the other
    system that it is from, if it is from one; `excused` have said before that they cannot come; `supply` is
    the medicine of the register for which the program itself asks; `found` is what its poster has found of
    its first step already."""
    change = Change(situation, now, distances)
    poster, priority = situation.job.posted_by, situation.job.priority.value
    if source:
        change.record(EventKind.POSTED, actor=poster, priority=priority, source=source)
    elif situation.job.turn is not None and poster is None:
        change.record(EventKind.POSTED, priority=priority, plan=situation.job.turn.plan_id)
    elif supply:
        change.record(EventKind.POSTED, priority=priority, supply=supply)
    else:
        change.record(EventKind.POSTED, actor=poster, priority=priority)
    walking.begin(change, found, poster)
    escalation.start(change, CallCause.UNCLAIMED)
    precedence.begin(change, excused)
    change.tell(NoticeKind.ASK, rooms=(Audience.STAFF,))
    advance(change)
    return change.decision(change.answer(AnswerKey.POSTED))


def looked(situation: Situation, now: Micros, distances: Distances) -> Decision:
    """What time has made due; an early, late or repeated look changes nothing."""
    change = Change(situation, now, distances)
    advance(change)
    return change.decision()


def decide(
    situation: Situation,
    command: Command,
    now: Micros,
    distances: Distances,
    playbooks: Mapping[str, Playbook],
    lately: Lately = NOTHING,
) -> Decision:
    """What a person's verb makes of the job; doing it twice changes nothing the second time.

    Raises `NotAllowedError` and its kin, `UnknownPersonError`, `MalformedError`, `TooManyPicturesError`,
    `DocumentTooLongError`;
    nothing changed then.
    `playbooks` are those of today: only a correction of the job's kind takes one of them. `lately` is what
    the actor was shown of late, where `harvesting.asks` for it.
    """
    actor = situation.roster.people.get(command.actor)
    if actor is None:
        raise UnknownPersonError
    change = Change(situation, now, distances)
    verb = _verbs(playbooks).get(command.verb)
    if verb is None:
        raise MalformedError(verb=command.verb.value)
    _check(change, command, actor)
    if command.verb is Verb.CLAIM:
        harvesting.check(situation, actor, lately)
    if situation.job.status is JobStatus.CLOSED and command.verb not in _AFTERWARDS:
        return change.decision(change.answer(AnswerKey.CLOSED))
    answer = verb(change, command)
    if command.verb is Verb.RELEASE:
        harvesting.notice(change, actor, lately)
    transferring.settle(change)
    advance(change)
    corrected = command.correction if change.events and command.verb is Verb.CORRECT else None
    pictured = command.pictures if change.events and command.verb is Verb.PICTURE else ()
    return change.decision(answer, corrected, pictured)


def answered(
    situation: Situation,
    transfer: Transfer,
    now: Micros,
    distances: Distances,
    *,
    accepts: bool,
    person: int | None = None,
) -> Decision:
    """What another committee's answer makes of the job that they were asked to take, or that of `person` of
    the office; the second answer changes nothing. Who may give it has been asked."""
    change = Change(situation, now, distances)
    if accepts:
        answer = transferring.accept(change, transfer, person)
    else:
        answer = transferring.decline(change, transfer)
    advance(change)
    return change.decision(answer)


def standing(situation: Situation, person: int, *, subject: int | None = None) -> Standing:
    """What a person is to this job; `subject` is whose claim the verb is about (default: their own)."""
    owns = any(claim.person_id == person for claim in situation.claims) and subject in (None, person)
    called = person in [ask.person_id for ask in situation.asks if ask.leader]  # of hundreds, at every tap
    hides = barriers.hides(situation) or situation.playbook.needs.trusted
    return Standing(owns=owns, hides=hides, called=called)


def _check(change: Change, command: Command, actor: Person) -> None:
    situation = change.before
    known = standing(situation, actor.id, subject=command.person)
    access.check(command.verb, actor, situation.job.committee_id, known)
    needs = situation.playbook.needs
    if command.verb is Verb.CLAIM and not barriers.able(actor, needs):
        raise NotAbleError(verb=command.verb.value)


def advance(change: Change) -> None:
    """Let happen what time has made due; every decision about a job ends with it."""
    for _ in range(_MAX_AT_ONCE):
        if change.job.status is JobStatus.CLOSED:
            return
        if not (
            transferring.lapse(change)
            or claiming.notice_silence(change)
            or claiming.lapse_offers(change)
            or walking.lapse(change)
            or overdue.lapse(change)
            or escalation.advance(change)
        ):
            return
    raise RuntimeError(f"job {change.job.id}: the clock does not move forward")


def _claim(change: Change, command: Command) -> Answer:
    mine = claiming.claim_of(change, command.actor)
    if mine is not None and mine.holds_place:
        return change.answer(AnswerKey.ALREADY_YOURS)
    if barriers.other_age(change.roster.people[command.actor], change.before, change.now):
        raise WrongAgeError(verb=command.verb.value)
    passage.check(change.roster.people[command.actor], change.job.building_id, change.roster, change.now)
    if claiming.free_places(change, command.actor):
        claim = claiming.take(change, command.actor)
        return change.answer(AnswerKey.WON, place=claim.place)
    if command.actor in [waiting.person_id for waiting in change.waiting]:
        return change.answer(AnswerKey.ALREADY_WAITING)
    claiming.wait_for_place(change, command.actor)
    return change.answer(AnswerKey.WAITLISTED, place=len(change.waiting))


def _refuse(change: Change, command: Command) -> Answer:
    person = command.actor
    asked = [ask for ask in change.asks if ask.person_id == person and not ask.leader]
    waiting = [waiting for waiting in change.waiting if waiting.person_id == person]
    if not waiting and (command.taken_back or not (asked and asked[-1].refused_at is None)):
        return change.answer(AnswerKey.UNCHANGED)
    for index, ask in enumerate(change.asks):
        if ask.person_id == person and not ask.leader and ask.refused_at is None:
            change.asks[index] = replace(ask, refused_at=change.now)
    change.waiting = [waiting for waiting in change.waiting if waiting.person_id != person]
    change.record(EventKind.REFUSED, actor=person)
    change.tell(NoticeKind.WITHDRAW, person)
    if change.job.status is JobStatus.OPEN:
        claiming.settle_status(change)
        escalation.refused(change)
        reinforcing.refused(change)
    return change.answer(AnswerKey.REFUSED)


def _start(change: Change, command: Command) -> Answer:
    claim = _live_claim(change, command)
    if claim is None:
        return _unmoved(change, command)
    if claim.started_at is None or claim.nudged_at is not None:
        claiming.begin(change, claim, command.actor)
    return change.answer(AnswerKey.STARTED)


def _arrive(change: Change, command: Command) -> Answer:
    claim = _live_claim(change, command)
    if claim is None:
        return _unmoved(change, command)
    if claim.arrived_at is None or claim.nudged_at is not None:
        claiming.arrive(change, claim, command.actor)
    return change.answer(AnswerKey.ARRIVED)


def _finish(change: Change, command: Command) -> Answer:
    claim = _live_claim(change, command)
    if claim is None:
        return _unmoved(change, command)
    if walking.holds(change.job, change.playbook):
        return change.answer(AnswerKey.STEP_OPEN)
    if change.job.run is not None and change.job.run.owed:
        return change.answer(AnswerKey.NOT_GIVEN_BACK, count=change.job.run.owed)
    if change.job.round is not None and change.job.round.open:
        return change.answer(AnswerKey.DOORS_OPEN, doors=doors.listed(change.job.round.open))
    claiming.finish(change, claim, command.actor)
    return change.answer(AnswerKey.FINISHED)


def _release(change: Change, command: Command) -> Answer:
    claim = _live_claim(change, command)
    if claim is None or (command.taken_back and claim.status is not ClaimStatus.CLAIMED):
        return change.answer(AnswerKey.UNCHANGED)
    claiming.release(change, claim, ReleaseReason.CANNOT, command.actor)
    return change.answer(AnswerKey.RELEASED)


def _help(change: Change, command: Command) -> Answer:
    claim = _live_claim(change, command)
    if claim is None:
        return _unmoved(change, command)
    calling = change.calling
    if calling.cause is CallCause.HELP and calling.running and calling.acknowledged_by is None:
        return change.answer(AnswerKey.HELP_CALLED)
    change.record(EventKind.HELP, actor=command.actor, person=claim.person_id, note=command.note)
    escalation.start(change, CallCause.HELP)
    claiming.reinforce(change)
    return change.answer(AnswerKey.HELP_CALLED)


def _acknowledge(change: Change, command: Command) -> Answer:
    calling = change.calling
    if not calling.running or _outdated(command, calling.since_version):
        return change.answer(AnswerKey.UNCHANGED)
    mine = calling.acknowledged_by == command.actor
    if mine and calling.urged_at is None:
        return change.answer(AnswerKey.ACKNOWLEDGED)
    escalation.acknowledge(change, command.actor)
    change.record(EventKind.ACKNOWLEDGED, actor=command.actor)
    return change.answer(AnswerKey.ACKNOWLEDGED)


def _settle(change: Change, command: Command) -> Answer:
    calling = change.calling
    if calling.cause is CallCause.UNCLAIMED or not calling.running:
        return change.answer(AnswerKey.UNCHANGED)
    if _outdated(command, calling.since_version):
        return change.answer(AnswerKey.UNCHANGED)
    change.record(EventKind.SETTLED, actor=command.actor, note=command.note)
    claiming.restart_clocks(change)
    claiming.end_call(change)
    return change.answer(AnswerKey.SETTLED)


def _assign(change: Change, command: Command) -> Answer:
    person = command.person
    if person is None or person not in change.roster.people:
        raise UnknownPersonError
    if not access.may_hold(change.roster.people[person]):
        raise NotAllowedError(verb=command.verb.value)
    mine = claiming.claim_of(change, person)
    if mine is not None and mine.holds_place:
        return change.answer(AnswerKey.ASSIGNED)
    replaced = None if command.replaces is None else claiming.claim_of(change, command.replaces)
    if replaced is not None and (not replaced.live or _outdated(command, replaced.since_version)):
        return change.answer(AnswerKey.UNCHANGED)
    if replaced is not None:
        claiming.vacate(change, replaced, ReleaseReason.REPLACED, command.actor)
    if len(change.held) >= change.job.places:
        change.set_job(places=change.job.places + 1)  # one more pair of hands for a full job
    claiming.take(change, person, by=command.actor)
    return claiming.given(change, person)


def _complete(change: Change, command: Command) -> Answer:
    claiming.close(change, Outcome.DONE, command.actor, command.note)
    return change.answer(AnswerKey.COMPLETED)


def _cancel(change: Change, command: Command) -> Answer:
    claiming.close(change, Outcome.CANCELLED, command.actor, command.note)
    return change.answer(AnswerKey.CANCELLED)


def _raise(change: Change, command: Command) -> Answer:
    order, now = list(Priority), change.job.priority
    if command.priority is not None and order.index(now) <= order.index(command.priority):
        return change.answer(AnswerKey.RAISED, priority=now.value)
    higher = _HIGHER.get(now)
    if higher is None:
        return change.answer(AnswerKey.ALREADY_HIGHEST)
    raising.raise_to(change, higher, actor=command.actor)
    return change.answer(AnswerKey.RAISED, priority=higher.value)


def _note(change: Change, command: Command) -> Answer:
    if not command.note.strip():
        return change.answer(AnswerKey.UNCHANGED)
    change.record(EventKind.NOTED, actor=command.actor, note=command.note)
    return change.answer(AnswerKey.NOTED)


def _live_claim(change: Change, command: Command) -> Claim | None:
    """The claim that a button is about; None when it has ended, or began after the card was made."""
    claim = claiming.claim_of(change, command.person or command.actor)
    if claim is None or not claim.live or _outdated(command, claim.since_version):
        return None
    return claim


def _unmoved(change: Change, command: Command) -> Answer:
    """Why a button about a claim moves nothing: whoever tapped has it no more, or took it again since."""
    own = command.person in (None, command.actor)
    lost = own and claiming.given_up(change, command.actor)
    return change.answer(AnswerKey.NOT_YOURS if lost else AnswerKey.UNCHANGED)


def _outdated(command: Command, since_version: int) -> bool:
    """The card with the button is older than what the button would move now."""
    return command.version is not None and command.version < since_version


_VERBS: Mapping[Verb, Callable[[Change, Command], Answer]] = {
    Verb.CLAIM: _claim,
    Verb.REFUSE: _refuse,
    Verb.START: _start,
    Verb.ARRIVE: _arrive,
    Verb.FINISH: _finish,
    Verb.RELEASE: _release,
    Verb.HELP: _help,
    Verb.FIND: walking.find,
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.SETTLE: _settle,
    Verb.ASSIGN: _assign,
    Verb.COMPLETE: _complete,
    Verb.CANCEL: _cancel,
    Verb.RAISE: _raise,
    Verb.NOTE: _note,
    Verb.SAY: saying.say,
    Verb.PICTURE: picturing.picture,
    Verb.HAND_OVER: transferring.offer,
    Verb.THANK: thanking.thank,
}


def _verbs(playbooks: Mapping[str, Playbook]) -> Mapping[Verb, Callable[[Change, Command], Answer]]:
    return {**_VERBS, Verb.CORRECT: lambda change, command: correcting.correct(change, command, playbooks)}
