"""What had to be done by a moment and was not: the job becomes more urgent by itself, and is called for anew.

Whatever was tapped before is as true as it was: whoever has the job keeps it.
"""

from dispatch import caring, raising
from dispatch.change import Change

DUE = "due"
"""In the ledger: what the moment passed for, in place of somebody who raised the job."""


def lapse(change: Change) -> bool:
    """Raise a job whose moment has passed; False for every other."""
    at = caring.raises_at(change.job, change.playbook)
    if at is None or at > change.now:
        return False
    return raising.raise_to(change, caring.missed(change.playbook), cause=DUE)
