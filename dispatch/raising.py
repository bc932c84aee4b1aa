"""A job becomes more urgent: whoever has it keeps it and hears of it, and people are called anew.

Who may raise it was asked before.
"""

from dispatch import escalation
from dispatch.change import Change
from dispatch.events import EventKind, NoticeKind
from dispatch.jobs import Priority

_ORDER = list(Priority)


def raise_to(change: Change, priority: Priority, *, actor: int | None = None, cause: str = "") -> bool:
    """Make it as urgent as that, and call anew; False where it was already. `cause` stands in the ledger in
    place of somebody who raised it."""
    if _ORDER.index(change.job.priority) <= _ORDER.index(priority):
        return False
    change.set_job(priority=priority)
    if cause:
        change.record(EventKind.RAISED, priority=priority.value, cause=cause)
    else:
        change.record(EventKind.RAISED, actor=actor, priority=priority.value)
    change.tell(NoticeKind.CORRECTED, *(claim.person_id for claim in change.live))
    escalation.call_again(change)
    return True
