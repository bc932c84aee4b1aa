"""Which pictures a decision owes to which chats: to whoever took the job when they take it, or when one is
added, or a step with one is come to; what they hand in, to whoever posted the job, else to the desk; and
taken back when their claim ends, those of steps also when the job becomes another kind.

A page is owed nothing: it shows what its reader may see when it is looked at.
"""

from collections.abc import Iterable, Iterator

from dispatch import guides, revealing
from dispatch.claims import Claim
from dispatch.events import EventKind, NoticeKind, Owed
from dispatch.jobs import Priority
from dispatch.people import PAGE, Address
from dispatch.situation import Decision, Situation


def owed(decision: Decision) -> Iterator[Owed]:
    """One row a picture, claim and chat; repeating is safe, since the cause names all three."""
    before, after = decision.before, decision.after
    known = {claim.number: claim for claim in before.claims}
    had, has = before.job.pictures, after.job.pictures
    added, by = range(had + 1, has + 1), _added_by(decision)
    for claim in after.claims:
        was = known.get(claim.number)
        if was is not None and was.live and not claim.live:
            steps = guides.had(before.job, before.playbook)
            yield from _back(decision, claim, (*range(1, had + 1), *steps), claim.person_id)
            for reader in _receivers(decision, claim):
                yield from _back(decision, claim, range(1, had + 1), reader)
        elif was is None:
            # Their card rings; what belongs to it need not.
            theirs = _seen(after, range(1, has + 1), claim.person_id)
            both = (*theirs, *guides.due(after.job, after.playbook))
            yield from _shown(decision, claim, both, NoticeKind.UPDATE, claim.person_id)
        elif claim.live and after.job.kinds != before.job.kinds:
            steps = guides.had(before.job, before.playbook)
            yield from _back(decision, claim, steps, claim.person_id)
            steps = guides.due(after.job, after.playbook)
            yield from _shown(decision, claim, steps, NoticeKind.UPDATE, claim.person_id)
        elif after.job.walk != before.job.walk:
            steps = guides.due(after.job, after.playbook)
            yield from _shown(decision, claim, steps, NoticeKind.UPDATE, claim.person_id)
        elif added:
            # Whoever hands something in has it already.
            readers = (claim.person_id,) if claim.person_id != by else _receivers(decision, claim)
            for reader in readers:
                yield from _shown(decision, claim, _seen(after, added, reader), NoticeKind.PICTURE, reader)


def _seen(after: Situation, numbers: Iterable[int], reader: int) -> Iterable[int]:
    """Of the job's own pictures those that the reader may see."""
    person = after.roster.people.get(reader)
    return numbers if person is not None and revealing.pictures(after, person) else ()


def _added_by(decision: Decision) -> int | None:
    """Who added the new pictures; None where there are none."""
    added = (event.actor_id for event in decision.events if event.kind is EventKind.PICTURED)
    return next(added, None)


def _receivers(decision: Decision, claim: Claim) -> tuple[int, ...]:
    """Whom it is for what a claimer hands in: whoever of the desk posted the job, else all of the desk. The
    desk itself hands nothing in."""
    if not claim.handed:
        return ()
    people, poster = decision.after.roster.people, decision.after.job.posted_by
    posted = people.get(poster) if poster is not None else None
    if posted is not None and posted.desk and posted.active:
        return (posted.id,)
    return decision.after.roster.desk


def _shown(
    decision: Decision, claim: Claim, numbers: Iterable[int], kind: NoticeKind, reader: int
) -> Iterator[Owed]:
    """To the first of the reader's chats; the next one is for when that one fails."""
    after = decision.after
    if not claim.live:
        return
    urgent = after.job.priority is Priority.LIFE
    for address in _chats(decision, reader)[:1]:
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


def _back(decision: Decision, claim: Claim, numbers: Iterable[int], reader: int) -> Iterator[Owed]:
    """From all of their chats: it may have gone to the second one."""
    for address in _chats(decision, reader):
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


def _chats(decision: Decision, reader: int) -> tuple[Address, ...]:
    addresses = decision.after.roster.addresses_of.get(reader, ())
    return tuple(address for address in addresses if address.platform != PAGE)
