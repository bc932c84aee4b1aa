"""Help brings a second person: one more place for a job whose playbook says so, and volunteers asked at once.

The call for help stays the call that runs: these people are asked beside it, once, as by a wave. Once help is
settled the waves go on for a place that is still free (`claiming`). Twice help is one more place, not two.
"""

from dispatch import matching
from dispatch.change import Change
from dispatch.claims import ClaimStatus
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import TROUBLE, JobStatus
from dispatch.playbook import Wave, WaveTo

SECOND = "second"
"""In the ledger: whom a step asked who are to go to somebody who needs help."""

FIRST = Wave(after=0, to=WaveTo.NEAREST, count=5)
"""Where a playbook counts no wave: the first of the measured waves (docs/playbooks.md)."""


def widen(change: Change) -> None:
    """Make room for one more, unless that was done before; the caller sees to what follows from it."""
    if change.playbook.second and not change.job.second:
        change.set_job(second=True, places=change.job.places + 1)


def ask(change: Change) -> None:
    """Ask the nearest at once for the place beside somebody who needs help, if it is free. Those who were
    asked before are asked again: it is another thing now. Raises `SurroundingsUnknownError`."""
    free = change.job.places - len(change.held)
    if not change.job.second or change.job.status is not JobStatus.OPEN or free <= 0 or not _called(change):
        return
    people = matching.choose(change.situation(), _wave(change), change.distances, change.now)
    if not people:
        return
    change.ask(people, leader=False)
    change.tell(NoticeKind.ASK, *people)
    change.record(EventKind.ASKED, step=True, count=len(people), to=SECOND)


def refused(change: Change) -> None:
    """Somebody who was asked said no: once all of them have, the next ones are asked."""
    loop = change.calling.loop
    asked = [each for each in change.asks if each.loop == loop and not each.leader]
    if asked and all(each.refused_at is not None for each in asked):
        ask(change)


def let_go(change: Change) -> None:
    """The place goes where nobody came for it and all others are done."""
    held = change.held
    alone = change.job.second and len(held) == change.job.places - 1
    if alone and held and all(claim.status is ClaimStatus.DONE for claim in held):
        change.set_job(places=len(held))


def _called(change: Change) -> bool:
    """Leaders are called because of somebody who is at work."""
    return change.calling.running and change.calling.cause in TROUBLE and bool(change.live)


def _wave(change: Change) -> Wave:
    nearest = (wave for wave in change.playbook.waves if wave.to is WaveTo.NEAREST)
    return next(nearest, FIRST)
