"""What a decision owes to which address: one row an address, so nobody gets three messages for it.

Rows carry the kind of card only; the card itself is made when it is sent, from the state of then.
"""

from dispatch.events import NoticeKind, Owed
from dispatch.jobs import Priority
from dispatch.people import PAGE, Address, Roster
from dispatch.situation import Decision

_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}


def ways_to(person: int, roster: Roster) -> tuple[Address, ...]:
    """Where a person is told: on their page, which disturbs nobody, and in the first of their chats. The
    next chat is for when that one fails."""
    pages: list[Address] = []
    chats: list[Address] = []
    for address in roster.addresses_of.get(person, ()):
        (pages if address.platform == PAGE else chats).append(address)
    return (*pages, *chats[:1])


def owed(decision: Decision) -> tuple[Owed, ...]:
    """The rows that a decision owes, by address id; of several kinds for one address the first in
    `NoticeKind` stands. Repeating is safe: cause and address are a unique key."""
    job, roster = decision.after.job, decision.after.roster
    kinds: dict[int, NoticeKind] = {}
    for notice in decision.notices:
        addresses = [address for person in notice.people for address in ways_to(person, roster)]
        addresses += [address for audience in notice.rooms for address in roster.rooms(audience)]
        for address in addresses:
            standing = kinds.get(address.id, notice.kind)
            kinds[address.id] = min(standing, notice.kind, key=_RANK.__getitem__)
    cause = f"job {job.id} v{job.version} card"
    life = job.priority is Priority.LIFE
    return tuple(
        Owed(cause=cause, address_id=address_id, kind=kind, urgent=life or kind.wakes)
        for address_id, kind in sorted(kinds.items())
    )
