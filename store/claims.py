"""Claims, the waitlist and who was asked, as rows; only what changed is written."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from dispatch.claims import Ask, Because, Claim, ClaimStatus, ReleaseReason, Waiting
from dispatch.jobs import Priority
from dispatch.kept import Taken
from dispatch.situation import Situation
from store.engine import Params, Query, Row, SaveMany

T = TypeVar("T")


def of_job(job_id: int) -> tuple[Query, ...]:
    """Everything about who is, was or might be on a job."""
    params = {"job_id": job_id}
    return (Query("claims_of_job", params), Query("waiting_of_job", params), Query("asks_of_job", params))


def read_claims(rows: Sequence[Row]) -> tuple[Claim, ...]:
    """The claims that rows are, in their order."""
    return tuple(map(_read_claim, rows))


def read_taken(row: Row) -> Taken:
    """A claim, with what everybody may know of its job."""
    return Taken(
        job_id=row["job_id"],
        number=row["number"],
        person_id=row["person_id"],
        claimed_at=row["claimed_at"],
        posted_at=row["posted_at"],
        kind=row["kind"],
        priority=Priority(row["priority"]),
        building_id=row["building_id"],
    )


def _read_claim(row: Row) -> Claim:
    return Claim(
        job_id=row["job_id"],
        person_id=row["person_id"],
        place=row["place"],
        number=row["number"],
        status=ClaimStatus(row["status"]),
        claimed_at=row["claimed_at"],
        since_version=row["since_version"],
        assigned_by=row["assigned_by"],
        started_at=row["started_at"],
        arrived_at=row["arrived_at"],
        ended_at=row["ended_at"],
        reason=ReleaseReason(row["reason"]) if row["reason"] else None,
        nudged_at=row["nudged_at"],
        alarmed_at=row["alarmed_at"],
        deadline_at=row["deadline_at"],
        handed=row["handed"],
    )


def read_waiting(rows: Sequence[Row]) -> tuple[Waiting, ...]:
    """The waitlist that rows are, in their order."""
    return tuple(
        Waiting(person_id=row["person_id"], since=row["since"], offered_until=row["offered_until"])
        for row in rows
    )


def read_asks(rows: Sequence[Row]) -> tuple[Ask, ...]:
    """The asks that rows are, in their order."""
    return tuple(
        Ask(
            person_id=row["person_id"],
            loop=row["loop"],
            step=row["step"],
            at=row["at"],
            leader=bool(row["leader"]),
            refused_at=row["refused_at"],
            because=_because(row["because"]),
        )
        for row in rows
    )


def _because(text: str) -> Because | None:
    """As `_reasoned` wrote it, or did before it knew `last`; empty: nothing was weighed."""
    if not text:
        return None
    walk, accepted, asked, rest, last = (text if text.count(",") > 3 else f"{text},").split(",")
    return Because(
        walk=int(walk) if walk else None,
        accepted=int(accepted),
        asked=int(asked),
        rest=int(rest) if rest else None,
        last=int(last) if last else None,
    )


def _reasoned(because: Because | None) -> str:
    if because is None:
        return ""
    facts = (because.walk, because.accepted, because.asked, because.rest, because.last)
    return ",".join("" if each is None else str(each) for each in facts)


def changes(before: Situation, after: Situation) -> Iterator[SaveMany]:
    """What is to be written to make `before` into `after`."""
    committee_id, job_id = after.job.committee_id, after.job.id
    many: tuple[tuple[str, list[Params]], ...] = (
        # Left places first: somebody new may stand on them in the same decision.
        ("save_claim", [_claim(committee_id, claim) for claim in _changed_claims(before, after)]),
        ("delete_waiting", [{"job_id": job_id, "person_id": person} for person in _left(before, after)]),
        ("save_waiting", [_waiting(committee_id, job_id, each) for each in _changed_waiting(before, after)]),
        ("save_ask", [_ask(committee_id, job_id, ask) for ask in _changed_asks(before, after)]),
    )
    return (SaveMany(name, rows) for name, rows in many if rows)


def new_claims(before: Situation, after: Situation) -> list[Claim]:
    """The claims that a decision made."""
    known = {claim.number for claim in before.claims}
    return [claim for claim in after.claims if claim.number not in known]


def volunteers_asked(before: Situation, after: Situation) -> list[Ask]:
    """The asks that a decision makes, or heard of; none of leaders."""
    return [ask for ask in _changed_asks(before, after) if not ask.leader]


def _changed_claims(before: Situation, after: Situation) -> Sequence[Claim]:
    added = _added(before.claims, after.claims)
    if added is not None:
        return added
    known = {claim.number: claim for claim in before.claims}
    changed = [claim for claim in after.claims if known.get(claim.number) != claim]
    return sorted(changed, key=lambda claim: claim.number)


def _left(before: Situation, after: Situation) -> Sequence[int]:
    if _added(before.waiting, after.waiting) is not None:
        return ()
    staying = {waiting.person_id for waiting in after.waiting}
    return [waiting.person_id for waiting in before.waiting if waiting.person_id not in staying]


def _changed_waiting(before: Situation, after: Situation) -> Sequence[Waiting]:
    added = _added(before.waiting, after.waiting)
    if added is not None:
        return added
    known = {waiting.person_id: waiting for waiting in before.waiting}
    return [waiting for waiting in after.waiting if known.get(waiting.person_id) != waiting]


def _changed_asks(before: Situation, after: Situation) -> Sequence[Ask]:
    added = _added(before.asks, after.asks)
    if added is not None:
        return added
    known = set(before.asks)
    return [ask for ask in after.asks if ask not in known]


def _added(before: tuple[T, ...], after: tuple[T, ...]) -> tuple[T, ...] | None:
    """What stands behind all that was there before; None when something in front of it changed. With 280
    people on one card this is the usual case, and comparing them one by one is what would cost most."""
    return after[len(before) :] if after[: len(before)] == before else None


def _claim(committee_id: int, claim: Claim) -> Params:
    return {
        "job_id": claim.job_id,
        "number": claim.number,
        "committee_id": committee_id,
        "person_id": claim.person_id,
        "place": claim.place,
        "status": claim.status.value,
        "claimed_at": claim.claimed_at,
        "since_version": claim.since_version,
        "assigned_by": claim.assigned_by,
        "started_at": claim.started_at,
        "arrived_at": claim.arrived_at,
        "ended_at": claim.ended_at,
        "reason": claim.reason.value if claim.reason else None,
        "nudged_at": claim.nudged_at,
        "alarmed_at": claim.alarmed_at,
        "deadline_at": claim.deadline_at,
        "handed": claim.handed,
    }


def _waiting(committee_id: int, job_id: int, waiting: Waiting) -> Params:
    return {
        "committee_id": committee_id,
        "job_id": job_id,
        "person_id": waiting.person_id,
        "since": waiting.since,
        "offered_until": waiting.offered_until,
    }


def _ask(committee_id: int, job_id: int, ask: Ask) -> Params:
    return {
        "committee_id": committee_id,
        "job_id": job_id,
        "person_id": ask.person_id,
        "loop": ask.loop,
        "step": ask.step,
        "leader": int(ask.leader),
        "at": ask.at,
        "refused_at": ask.refused_at,
        "because": _reasoned(ask.because),
    }
