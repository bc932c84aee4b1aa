"""How a guided job moves: what was found says what comes next, and a step's own clock moves it on.

The walk belongs to the job: whoever takes it over goes on where the last one stood, and of two who find
something at one step the first counts. Knows no role and no card.
"""

from dispatch import claiming, escalation
from dispatch.change import Change
from dispatch.errors import MalformedError
from dispatch.events import EventKind, NoticeKind
from dispatch.instructions import CLOSE, Finding, Instruction
from dispatch.jobs import CallCause, Job, Outcome, Priority, Walk
from dispatch.playbook import Playbook
from dispatch.verbs import Answer, AnswerKey, Command

BETWEEN = "."
"""Parts the step's key from the finding's: `knock.none`."""


def current(job: Job, playbook: Playbook) -> Instruction | None:
    """What is asked now; None of a job that does not guide. A step that wants a contact whom nobody knows is
    left out."""
    if not playbook.guided:
        return None
    key = playbook.steps[0].key if job.walk is None else job.walk.step
    return _existing(playbook.step_of.get(key, playbook.steps[0]), job, playbook)


def passed(job: Job, playbook: Playbook) -> tuple[tuple[Instruction, Finding | None], ...]:
    """What was asked before, in order, with what was found; None where its time had passed."""
    walk = job.walk
    if walk is None or not playbook.guided:
        return ()
    steps = playbook.step_of
    return tuple((steps[key], _finding(steps[key], found)) for key, found in walk.found if key in steps)


def opened(job: Job, playbook: Playbook) -> frozenset[str]:
    """Private fields that whoever has the job is shown now: the playbook's, and those of every step that was
    come to."""
    fields = set(playbook.reveal)
    for step, _ in passed(job, playbook):
        fields |= step.reveal
    step_now = current(job, playbook)
    if step_now is not None and job.walk is not None:
        fields |= step_now.reveal
    return frozenset(fields)


def leads_on(playbook: Playbook, found: str) -> bool:
    """It is what may be found at the first step, by the keys of both, and not the end."""
    finding = _first(playbook, found)
    return finding is not None and finding.to != CLOSE


def begin(change: Change, found: str, actor: int | None) -> None:
    """Somebody found that of a job before it was one, so it begins at the step after; nothing where its
    playbook asks something else first."""
    finding = _first(change.playbook, found)
    if finding is None or finding.to == CLOSE:
        return
    step = change.playbook.steps[0].key
    change.record(EventKind.FOUND, actor=actor, at_step=step, finding=finding.key)
    _go(change, step, finding.key, finding.to)


def _first(playbook: Playbook, found: str) -> Finding | None:
    key, _, name = found.partition(BETWEEN)
    return _finding(playbook.steps[0], name) if playbook.guided and playbook.steps[0].key == key else None


def holds(job: Job, playbook: Playbook) -> bool:
    """Something was found that is no end, so the job cannot simply be called done."""
    step = current(job, playbook)
    return step is not None and step.holds and job.walk is not None


def find(change: Change, command: Command) -> Answer:
    """Somebody says what they found. Of another step than the one that is asked now it moves nothing."""
    actor = change.roster.people[command.actor]
    if not actor.desk and claiming.given_up(change, command.actor):
        return change.answer(AnswerKey.NOT_YOURS)  # first of all: what is asked by now is for others
    step = current(change.job, change.playbook)
    key, _, name = command.finding.partition(BETWEEN)
    known = change.playbook.step_of.get(key)
    finding = None if known is None else _finding(known, name)
    if step is None or finding is None:
        raise MalformedError(verb=command.verb.value)
    walk = change.job.walk
    since = 0 if walk is None else walk.since_version
    if key != step.key or (command.version is not None and command.version < since):
        return change.answer(AnswerKey.FOUND_BEFORE)
    claim = claiming.claim_of(change, command.person or command.actor)
    if (claim is None or not claim.live) and not actor.desk:
        return change.answer(AnswerKey.UNCHANGED)
    if finding.calls or finding.settles or finding.to == CLOSE:
        escalation.put_behind(change, None)  # what this says of the leaders counts, and follows below
    if claim is not None and claim.live:
        claiming.be_there(change, claim)
    change.record(EventKind.FOUND, actor=command.actor, note=command.note, at_step=key, finding=name)
    _raise(change, finding, command.actor)
    if finding.to == CLOSE:
        claiming.close(change, Outcome.DONE, command.actor)
        return change.answer(AnswerKey.FINISHED)
    _go(change, step.key, finding.key, finding.to)
    if finding.calls:
        _call(change)
    if finding.settles:
        _settle(change)
    return change.answer(AnswerKey.FOUND)


def lapse(change: Change) -> bool:
    """Let a step's own clock move it on; False when none has run out."""
    walk, step = change.job.walk, current(change.job, change.playbook)
    if walk is None or walk.due_at is None or walk.due_at > change.now:
        return False
    if step is None or step.recheck is None:  # another kind of job since then
        change.set_job(walk=None)
        return True
    change.record(EventKind.RECHECK, at_step=step.key)
    _go(change, step.key, "", step.recheck.to)
    change.tell(NoticeKind.RECHECK, *(claim.person_id for claim in change.live))
    if step.recheck.calls:
        _call(change)
    return True


def _call(change: Change) -> None:
    """Leaders; once that is settled, where they are being called to somebody who asked for help; and not
    where nobody is there any more, and whoever is to go there is being called."""
    helped = change.calling.cause is CallCause.HELP and change.calling.running
    if change.live and helped:
        escalation.put_behind(change, CallCause.FINDING)
    elif change.live:
        escalation.start(change, CallCause.FINDING)


def _settle(change: Change) -> None:
    """What leaders were called for was found to be well, or is in better hands. A call for any other reason
    goes on: somebody who asked for help or fell silent, and a place that is free."""
    if change.calling.cause is CallCause.FINDING and change.calling.running:
        claiming.end_call(change)


def _go(change: Change, key: str, finding: str, to: str) -> None:
    """To another step. A way that comes back keeps the newest of what each step gave."""
    walk = change.job.walk
    before = [(step, found) for step, found in (walk.found if walk is not None else ()) if step != key]
    there = _existing(change.playbook.step_of[to], change.job, change.playbook)
    due = None if there.recheck is None else change.now + there.recheck.after
    change.set_job(
        walk=Walk(
            step=there.key,
            since_version=change.version,
            found=(*before, (key, finding)),
            due_at=due,
        )
    )
    for claim in change.live if due is not None else ():  # whoever waits on purpose is not silent
        change.set_claim(claim, deadline_at=(due or 0) + change.playbook.deadlines.started_to_done)


def _raise(change: Change, finding: Finding, actor: int) -> None:
    order = list(Priority)
    if finding.raises is None or order.index(change.job.priority) <= order.index(finding.raises):
        return
    change.set_job(priority=finding.raises)
    change.record(EventKind.RAISED, actor=actor, priority=finding.raises.value)


def _existing(step: Instruction, job: Job, playbook: Playbook) -> Instruction:
    """The step itself, or what comes in its place where nobody knows whom it is about."""
    for _ in playbook.steps:
        if not step.wants or step.wants in job.hides:
            return step
        step = playbook.step_of[step.otherwise]
    return step


def _finding(step: Instruction, name: str) -> Finding | None:
    return next((finding for finding in step.findings if finding.key == name), None)
