"""Thanks for a job that was done: who may give them for it, and whom they reach.

They belong to the job, once a person who gives them, and change nothing else of it. How they are told, and
where they are counted, is others' business.
"""

from collections.abc import Iterable

from dispatch.change import Change
from dispatch.claims import Claim, ClaimStatus
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import Job, JobStatus, Outcome
from dispatch.moments import HOUR, Micros
from dispatch.ports import Distances
from dispatch.situation import Decision, Situation
from dispatch.verbs import Answer, AnswerKey, Command

UNTIL: Micros = 30 * 24 * HOUR
"""A month after a job is done: families write when a lockdown is over. Later nobody can tell any more which
of many visits was meant."""

TWICE = 2
"""Family who have tapped may still say it in words, once: in a chat the words come after the button. It
counts as one all the same."""


def whom(job: Job, claims: Iterable[Claim], giver: int, now: Micros) -> tuple[int, ...]:
    """Whom this person's thanks would reach, in the order of their places: everybody who did it, but for
    themselves. Nobody while it is not done, or was cancelled, or once it is too long ago."""
    closed_at = job.closed_at
    if job.status is not JobStatus.CLOSED or job.outcome is not Outcome.DONE or closed_at is None:
        return ()
    if now - closed_at > UNTIL:
        return ()
    did = sorted((claim for claim in claims if claim.status is ClaimStatus.DONE), key=lambda each: each.place)
    return tuple(dict.fromkeys(claim.person_id for claim in did if claim.person_id != giver))


def thank(change: Change, command: Command) -> Answer:
    """Somebody gives thanks; a second time changes nothing. Who may has been asked."""
    return _thanked(change, command.actor, command.note, actor=command.actor)


def from_family(family: int, note: str, situation: Situation, now: Micros, distances: Distances) -> Decision:
    """The same from the family behind the link of that number, who are nobody of the committee."""
    change = Change(situation, now, distances)
    return change.decision(_thanked(change, giver_of(family), note, actor=None))


def giver_of(family: int) -> int:
    """How the family of a link stands among those who gave thanks, of whom all others are people."""
    return -family


def _thanked(change: Change, giver: int, note: str, *, actor: int | None) -> Answer:
    job = change.job
    people = whom(job, change.claims.values(), giver, change.now)
    if not people:
        return change.answer(AnswerKey.NOT_THANKED)
    if job.thanked_by.count(giver) >= (TWICE if actor is None and note else 1):
        return change.answer(AnswerKey.THANKED_BEFORE)
    change.set_job(thanked_by=(*job.thanked_by, giver))
    change.record(EventKind.THANKED, actor=actor, note=note)
    change.tell(NoticeKind.THANKS, *people)
    names = [change.roster.people[who].name for who in people if who in change.roster.people]
    return change.answer(AnswerKey.THANKED, who=", ".join(names))
