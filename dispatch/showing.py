"""Which pictures a decision owes to which chats: to whoever took the job when they take it, or when one is
added; and taken back when their claim ends.

A page is owed nothing: it shows what its reader may see when it is looked at.
"""

from collections.abc import Iterable, Iterator

from dispatch import revealing
from dispatch.claims import Claim
from dispatch.events import NoticeKind, Owed
from dispatch.jobs import Priority
from dispatch.people import PAGE, Address
from dispatch.situation import Decision


def owed(decision: Decision) -> Iterator[Owed]:
    """One row a picture, claim and chat; repeating is safe, since the cause names all three."""
    before, after = decision.before, decision.after
    known = {claim.number: claim for claim in before.claims}
    had, has = before.job.pictures, after.job.pictures
    for claim in after.claims:
        was = known.get(claim.number)
        if was is not None and was.live and not claim.live:
            yield from _back(decision, claim, range(1, had + 1))
        elif was is None:
            # Their card rings; what belongs to it need not.
            yield from _shown(decision, claim, range(1, has + 1), NoticeKind.UPDATE)
        elif has > had:
            yield from _shown(decision, claim, range(had + 1, has + 1), NoticeKind.PICTURE)


def _shown(decision: Decision, claim: Claim, numbers: Iterable[int], kind: NoticeKind) -> Iterator[Owed]:
    """To the first of the claimer's chats; the next one is for when that one fails."""
    after = decision.after
    person = after.roster.people.get(claim.person_id)
    if person is None or not claim.live or not revealing.pictures(after, person):
        return
    urgent = after.job.priority is Priority.LIFE
    for address in _chats(decision, claim)[:1]:
        for number in numbers:
            cause = f"job {after.job.id} picture {number} claim {claim.number}"
            yield Owed(
                cause=cause,
                address_id=address.id,
                kind=kind,
                urgent=urgent,
                picture=number,
                claim=claim.number,
            )


def _back(decision: Decision, claim: Claim, numbers: Iterable[int]) -> Iterator[Owed]:
    """From all of their chats: it may have gone to the second one."""
    for address in _chats(decision, claim):
        for number in numbers:
            cause = f"job {claim.job_id} picture {number} claim {claim.number} back"
            yield Owed(
                cause=cause,
                address_id=address.id,
                kind=NoticeKind.WITHDRAW,
                urgent=False,
                picture=number,
                claim=claim.number,
            )


def _chats(decision: Decision, claim: Claim) -> tuple[Address, ...]:
    addresses = decision.after.roster.addresses_of.get(claim.person_id, ())
    return tuple(address for address in addresses if address.platform != PAGE)
