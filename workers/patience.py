"""How often something is tried at one address, and when its person is told elsewhere as well.

A chat that is away for a while gets its cards later, so it is tried for long. A service that only rings is of
no use later, and a drill is to say how it stands now: both are given up soon, and what could not ring goes on
to the next way at once.
"""

from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.people import RING

TRIES_BEFORE_NEXT = 3
"""Refusals after which the person's next address is used as well: some eight seconds."""

TRIES_AT_MOST = 100
"""Tries of one row, an hour and a half at the longest pause; nothing is tried for ever."""

TRIES_SOON = 4
"""Tries of what is of no use later: eight seconds, in which a service that was just restarted is back. The
next way has rung long before, and the ladder's own clock calls again."""

BACK_OFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds until the next try after a temporary refusal; the last one repeats."""


def soon(row: OutboxRow) -> bool:
    """It is of no use later."""
    return row.kind is NoticeKind.DRILL or row.address.platform == RING


def last(row: OutboxRow) -> bool:
    """The try that was just made is the last one."""
    return row.tries + 1 >= (TRIES_SOON if soon(row) else TRIES_AT_MOST)


def passes_on(row: OutboxRow) -> bool:
    """After the refusal that was just heard the person's next address is used as well. A picture goes to one
    chat only, while that one works at all; a drill proves one way, and no other, and a digest can wait."""
    if row.picture is not None or row.kind.alone:
        return False
    if row.address.platform == RING:
        return not row.tries
    return row.tries + 1 in (TRIES_BEFORE_NEXT, TRIES_AT_MOST)
