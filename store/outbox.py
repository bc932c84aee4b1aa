"""What is owed to an address, as rows, and what became of it.

A row's life: owed → delivered | not_reached | unreachable | unknown, or obsolete once a newer card of the
same job reached the address. A row that is to be tried again stays owed, until later.
"""

from collections.abc import Collection, Iterator, Sequence

from dispatch.events import NoticeKind, Owed
from dispatch.kept import OutboxRow
from dispatch.moments import Micros
from dispatch.outbox import owed
from dispatch.people import Address
from dispatch.situation import Decision
from store import people, pictures
from store.engine import Params, Query, Row, Save, SaveMany

OWED = "owed_by_cause"
"""The statement whose rows are the ids of what a decision owes."""

RETRY = "retry"
"""The one result that leaves a row owed (`handlers.gateways.Delivery.RETRY`)."""

NOT_REACHED = "not_reached"
"""`handlers.gateways.Delivery.NOT_REACHED`: nobody was there."""

_ARRIVED = frozenset({"delivered", NOT_REACHED})
"""The newest card is where the reader will see it, so older ones need not be sent any more."""


def new_rows(decision: Decision) -> Iterator[Save | SaveMany]:
    """The rows that a decision owes; every `Save` among them returns the ids of such rows."""
    job, at = decision.after.job, decision.events[-1].at
    yield from rows_of(owed(decision), job.committee_id, job.id, at)


def rows_of(rows: Sequence[Owed], committee_id: int, job_id: int, now: Micros) -> Iterator[Save | SaveMany]:
    """These rows about a job, where there are any; every `Save` among them returns their ids."""
    if not rows:
        return
    columns: list[Params] = [
        {
            "committee_id": committee_id,
            "job_id": job_id,
            "address_id": row.address_id,
            "picture": row.picture,
            "claim": row.claim,
            "cause": row.cause,
            "kind": row.kind.value,
            "wakes": int(row.kind.wakes),
            "urgent": int(row.urgent),
            "created_at": now,
        }
        for row in rows
    ]
    yield SaveMany("insert_owed", columns)
    for cause in dict.fromkeys(row.cause for row in rows):
        yield Save(OWED, {"cause": cause})


def causes(job_id: int) -> tuple[str, str]:
    """Between which texts the causes of a job's decisions lie (`dispatch.outbox.owed`); not the second."""
    return f"job {job_id} v", f"job {job_id} w"


def unknown_sends(address: Address, job_id: int) -> Query:
    """Whether a sending of this card to the address may or may not have arrived."""
    first, behind = causes(job_id)
    return Query(
        "unknown_sends",
        {
            "address_id": address.id,
            "committee_id": address.committee_id,
            "job_id": job_id,
            "first": first,
            "behind": behind,
        },
    )


def overdue(before: Micros, limit: int, platforms: Collection[str], *, others: bool) -> Query:
    """Rows owed since before then to these platforms, or to all others; `limit` of each at most, and of what
    is urgent there as many again."""
    listed = f",{','.join(sorted(platforms))},"
    where: Params = {"before": before, "limit": limit, "platforms": listed, "among": int(not others)}
    return Query("overdue_rows", where)


def read(row: Row) -> OutboxRow:
    """The owed row that a row of `owed_row` is."""
    return OutboxRow(
        id=row["id"],
        committee_id=row["committee_id"],
        job_id=row["job_id"] or 0,
        address=people.address(row, row["address_id"]),
        kind=NoticeKind(row["kind"]),
        urgent=bool(row["urgent"]),
        tries=row["tries"],
        created_at=row["created_at"],
        ref=row["ref"],
        application_id=row["application_id"],
        relay_id=row["relay_id"],
        picture=row["picture"],
        claim=row["claim"],
        shown=row["shown"],
        begun_at=row["begun_at"],
        doubted=row["failed_reason"] is not None,
    )


def nobody_there(rows: Sequence[OutboxRow], now: Micros) -> SaveMany:
    """What to write for rows whose readers are away: a card that is looked at later is made then."""
    return SaveMany(
        "finish_row",
        [{**_which(row), "status": NOT_REACHED, "done_at": now} for row in rows],
    )


def outcome(
    row: OutboxRow, *, now: Micros, result: str, ref: str | None, retry_at: Micros | None
) -> Iterator[Save]:
    """What to write once a row was tried."""
    this = _which(row)
    if result == RETRY:
        yield Save("postpone_row", {**this, "due_at": now if retry_at is None else retry_at})
        return
    yield Save("finish_row", {**this, "status": result, "done_at": now})
    if row.picture is not None:
        yield from _picture(row, now, result, ref)
        return
    if row.kind.alone:
        return  # it is no card, and nothing follows it
    outdate, save, where = _card(row)
    if result in _ARRIVED:
        # A card that only kept things true does not stand for one that was to ring.
        wakes = int(row.kind.wakes)
        yield Save(outdate, {**where, "id": row.id, "wakes": wakes, "done_at": now})
    if ref is not None:
        yield Save(save, {**where, "ref": ref, "sent_at": now})


def _which(row: OutboxRow) -> Params:
    """The row, as long as it is owed to this address."""
    return {"id": row.id, "committee_id": row.committee_id, "address_id": row.address.id}


def _picture(row: OutboxRow, now: Micros, result: str, ref: str | None) -> Iterator[Save]:
    """A picture outdates nothing; which message it is, is kept until that is taken back."""
    if row.kind is NoticeKind.WITHDRAW:
        if result in _ARRIVED:
            yield pictures.no_message(row)
    elif ref is not None:
        yield pictures.message(row, ref, now)


def _card(row: OutboxRow) -> tuple[str, str, Params]:
    """The statements that outdate and keep the row's card, and what tells it from others."""
    where = {"address_id": row.address.id, "committee_id": row.committee_id}
    if row.application_id is not None:
        about = {"application_id": row.application_id}
        return "outdate_application_rows", "save_application_card", {**where, **about}
    if row.relay_id is not None:
        return "outdate_relay_rows", "save_relay_card", {**where, "relay_id": row.relay_id}
    return "outdate_rows", "save_card", {**where, "job_id": row.job_id}
