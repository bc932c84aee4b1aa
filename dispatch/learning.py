"""What a job that is over says of those who were asked for it: who took it, who said no, who was silent.

Somebody silent who was stood down before most people would have answered counts for as much less. Whoever was
given the job by staff said nothing, and rests from it all the same. Numbers by person and hour, and never why
(`dispatch.policies.record`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dispatch.claims import Ask, Claim
from dispatch.moments import SECOND, Micros
from dispatch.policies.delays import Delays
from dispatch.policies.search import Reply

_USUAL = Delays()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of asking somebody; `weight` is the share of an ask that it was."""

    person_id: int
    at: Micros
    reply: Reply | None
    weight: float = 1.0


def said(asks: Iterable[Ask], claims: Iterable[Claim], closed_at: Micros) -> Iterator[Said]:
    """Each volunteer who was asked, once: from when they were asked first."""
    taken = {claim.person_id: claim for claim in claims}
    filled = max((claim.claimed_at for claim in taken.values() if claim.holds_place), default=closed_at)
    first: dict[int, Ask] = {}
    refused: set[int] = set()
    for ask in asks:
        if not ask.leader:
            first.setdefault(ask.person_id, ask)
            refused |= {ask.person_id} if ask.refused_at is not None else set()
    for person, ask in first.items():
        claim = taken.get(person)
        if claim is not None and claim.assigned_by is not None:
            continue
        if claim is not None:
            yield Said(person_id=person, at=ask.at, reply=Reply.ACCEPTED)
        elif person in refused:
            yield Said(person_id=person, at=ask.at, reply=Reply.REFUSED)
        else:
            had = max(0, min(filled, closed_at) - ask.at) / SECOND
            yield Said(person_id=person, at=ask.at, reply=None, weight=_USUAL.within(had))


def rested(asks: Iterable[Ask], claims: Iterable[Claim]) -> frozenset[int]:
    """Who is the less rested for it: whoever was asked, and whoever had it, whether they were asked, given it
    or came by themselves, and whatever became of it."""
    asked = (ask.person_id for ask in asks if not ask.leader)
    return frozenset((*asked, *(claim.person_id for claim in claims)))
