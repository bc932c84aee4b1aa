"""What had to be done by a moment and was not: the job becomes more urgent by itself, and is called for anew.

Whatever was tapped before is as true as it was: whoever has the job keeps it.
"""

from dispatch import caring, escalation
from dispatch.change import Change
from dispatch.events import EventKind, NoticeKind

DUE = "due"
"""In the ledger: what the moment passed for, in place of somebody who raised the job."""


def lapse(change: Change) -> bool:
    """Raise a job whose moment has passed; False for every other."""
    at = caring.raises_at(change.job, change.playbook)
    if at is None or at > change.now:
        return False
    priority = caring.missed(change.playbook)
    change.set_job(priority=priority)
    change.record(EventKind.RAISED, priority=priority.value, cause=DUE)
    change.tell(NoticeKind.CORRECTED, *(claim.person_id for claim in change.live))
    escalation.call_again(change)
    return True
