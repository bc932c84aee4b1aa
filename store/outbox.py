"""What is owed to an address, as rows, and what became of it.

A row's life: owed → delivered | not_reached | unreachable | unknown, or obsolete once a newer card of the
same job reached the address. A row that is to be tried again stays owed, until later.
"""

from collections.abc import Iterator

from dispatch.events import NoticeKind
from dispatch.moments import Micros
from dispatch.outbox import owed
from dispatch.ports import OutboxRow
from dispatch.situation import Decision
from store import people
from store.engine import Params, Row, Save, SaveMany

OWED = "owed_by_cause"
"""The statement whose rows are the ids of what a decision owes."""

RETRY = "retry"
"""The one result that leaves a row owed (`handlers.messages.Delivery.RETRY`)."""

_ARRIVED = frozenset({"delivered", "not_reached"})
"""The newest card is where the reader will see it, so older ones need not be sent any more."""


def new_rows(decision: Decision) -> Iterator[Save | SaveMany]:
    """The rows that a decision owes; every `Save` among them returns the ids of such rows."""
    job, at = decision.after.job, decision.events[-1].at
    rows = owed(decision)
    if not rows:
        return
    columns: list[Params] = [
        {
            "committee_id": job.committee_id,
            "job_id": job.id,
            "address_id": row.address_id,
            "cause": row.cause,
            "kind": row.kind.value,
            "wakes": int(row.kind.wakes),
            "urgent": int(row.urgent),
            "created_at": at,
        }
        for row in rows
    ]
    yield SaveMany("insert_owed", columns)
    for cause in dict.fromkeys(row.cause for row in rows):
        yield Save(OWED, {"cause": cause})


def read(row: Row) -> OutboxRow:
    """The owed row that a row of `owed_row` is."""
    return OutboxRow(
        id=row["id"],
        committee_id=row["committee_id"],
        job_id=row["job_id"],
        address=people.address(row, row["address_id"]),
        kind=NoticeKind(row["kind"]),
        urgent=bool(row["urgent"]),
        tries=row["tries"],
        created_at=row["created_at"],
        ref=row["ref"],
    )


def outcome(
    row: OutboxRow, *, now: Micros, result: str, ref: str | None, retry_at: Micros | None
) -> Iterator[Save]:
    """What to write once a row was tried."""
    this: Params = {"id": row.id, "committee_id": row.committee_id}
    if result == RETRY:
        yield Save("postpone_row", {**this, "due_at": now if retry_at is None else retry_at})
        return
    yield Save("finish_row", {**this, "status": result, "done_at": now})
    where = {"address_id": row.address.id, "job_id": row.job_id, "committee_id": row.committee_id}
    if result in _ARRIVED:
        # A card that only kept things true does not stand for one that was to ring.
        wakes = int(row.kind.wakes)
        yield Save("outdate_rows", {**where, "id": row.id, "wakes": wakes, "done_at": now})
    if ref is not None:
        yield Save("save_card", {**where, "ref": ref, "sent_at": now})
