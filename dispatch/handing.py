"""What becomes of a job because of something else: somebody of it is out or has left, or its building was
sealed. The rules for one job.

Who takes it over is `passing`'s business; here it has been decided, so no access is asked.
"""

from collections.abc import Collection
from dataclasses import replace

from dispatch import claiming, escalation, lifecycle
from dispatch.change import Change
from dispatch.claims import ReleaseReason
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import CallCause, JobStatus
from dispatch.moments import Micros
from dispatch.ports import Distances
from dispatch.situation import Decision, Situation


def released(person: int, situation: Situation, now: Micros, distances: Distances) -> Decision:
    """Their place becomes free by the ordinary way; nothing where they hold none any more."""
    change = Change(situation, now, distances)
    claim = claiming.claim_of(change, person)
    if change.job.status is not JobStatus.CLOSED and claim is not None and claim.live:
        claiming.release(change, claim, ReleaseReason.CANNOT, None)
    lifecycle.advance(change)
    return change.decision()


def offered(giver: int, situation: Situation, now: Micros, distances: Distances) -> Decision:
    """It stays in their name until somebody takes it, or, where they had not answered yet, in nobody's;
    everybody who follows the job sees that."""
    change = Change(situation, now, distances)
    if _has(change, giver) or _has(change, None):
        change.record(EventKind.PASSING_ON, person=giver)
    lifecycle.advance(change)
    return change.decision()


def handed(giver: int, taker: int, situation: Situation, now: Micros, distances: Distances) -> Decision:
    """The call that one acknowledged is in another's hands from now on, also where it went on meanwhile
    because of the giver's silence; nothing where somebody else has it in hand, or it is over."""
    change = Change(situation, now, distances)
    if _has(change, giver) or _has(change, None):
        escalation.acknowledge(change, taker)
        change.ask((taker,), leader=True)
        change.record(EventKind.HANDED_ON, actor=taker, step=True, person=giver)
    lifecycle.advance(change)
    return change.decision()


def unsealed(situation: Situation, now: Micros, distances: Distances) -> Decision:
    """Its building may be entered again. Where every wave has passed it by, people are asked again from the
    first one on; nothing where a wave is still to come, or a leader has it in hand."""
    change = Change(situation, now, distances)
    calling = change.calling
    waits = change.job.status is JobStatus.OPEN and calling.cause is CallCause.UNCLAIMED
    if waits and calling.acknowledged_by is None and escalation.waves_over(change):
        change.record(EventKind.REOPENED)
        escalation.start(change, CallCause.UNCLAIMED)
    lifecycle.advance(change)
    return change.decision()


def excused(people: Collection[int], situation: Situation, now: Micros, distances: Distances) -> Decision:
    """Somebody says for them that they cannot come: what they have they give back, and where they were asked
    others are asked at once."""
    change = Change(situation, now, distances)
    for who in people if change.job.status is not JobStatus.CLOSED else ():
        claim = claiming.claim_of(change, who)
        if claim is not None and claim.live:
            claiming.release(change, claim, ReleaseReason.CANNOT, None)
        elif _refuse(change, who):
            escalation.refused(change)
    lifecycle.advance(change)
    return change.decision()


def _refuse(change: Change, who: int) -> bool:
    """Take down that they were asked and cannot; whether they had been."""
    asked = [ask for ask in change.asks if ask.person_id == who and not ask.leader]
    if not asked or asked[-1].refused_at is not None:
        return False
    change.asks = [replace(ask, refused_at=change.now) if ask in asked else ask for ask in change.asks]
    change.record(EventKind.REFUSED, actor=who)
    change.tell(NoticeKind.WITHDRAW, who)
    return True


def _has(change: Change, person: int | None) -> bool:
    calling = change.calling
    is_open = change.job.status is not JobStatus.CLOSED
    return is_open and calling.running and calling.acknowledged_by == person
