"""What a decision owes to which address: one row an address, so nobody gets three messages for it.

Rows carry the kind of card only; the card itself is made when it is sent, from the state of then.
"""

from dispatch import showing, waking
from dispatch.events import Notice, NoticeKind, Owed
from dispatch.jobs import Priority
from dispatch.situation import Decision

_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}


def _rank(notice: Notice) -> int:
    return _RANK[notice.kind]


def owed(decision: Decision) -> tuple[Owed, ...]:
    """The rows that a decision owes: cards by address id, then pictures. For a card, of several kinds for
    one address the first in `NoticeKind` stands. Repeating is safe: cause and address are a unique key."""
    job, roster = decision.after.job, decision.after.roster
    kinds: dict[int, NoticeKind] = {}
    for notice in sorted(decision.notices, key=_rank):
        rings = notice.kind in waking.RINGING and bool(decision.events)
        for person in notice.people:
            for address in roster.ways.get(person, ()):
                kinds.setdefault(address.id, notice.kind)
            # A service rings them besides, where theirs comes first now.
            first = waking.rung_first(roster, person, decision.events[-1].at) if rings else None
            if first is not None:
                kinds.setdefault(first, notice.kind)
        for audience in notice.rooms:
            for address in roster.rooms(audience):
                kinds.setdefault(address.id, notice.kind)
    cause = f"job {job.id} v{job.version} card"
    life = job.priority is Priority.LIFE
    cards = tuple(
        Owed(cause=cause, address_id=address_id, kind=kind, urgent=kind.presses or (life and kind.wakes))
        for address_id, kind in sorted(kinds.items())
    )
    pictured = job.pictures or decision.before.playbook.pictured or decision.after.playbook.pictured
    return (*cards, *showing.owed(decision)) if pictured else cards
