"""Pictures as rows: sealed whole, opened for one reader at a time; and the ones still to be fetched.

The bytes lie in the database, beside the ledger entry that tells of them (docs/decisions/0010), or in a
bucket (0036): each row says where.
"""

from collections.abc import Iterator

from dispatch.events import EventKind
from dispatch.jobs import Job
from dispatch.kept import OutboxRow
from dispatch.moments import Micros
from dispatch.pictures import Picture, Wanted
from dispatch.situation import Decision
from store import bucket, people
from store.crypto import Vault
from store.engine import Params, Query, Row, Save


def added(decision: Decision, vault: Vault) -> Iterator[Save]:
    """The rows of the pictures that a decision adds, in their order."""
    if not decision.pictures:
        return
    job = decision.after.job
    event = next(event for event in decision.events if event.kind is EventKind.PICTURED)
    for number, picture in enumerate(decision.pictures, job.pictures - len(decision.pictures) + 1):
        if picture.object:
            yield bucket.taken(picture.object, job.committee_id, event.at)
        yield Save(
            "insert_picture",
            {
                "job_id": job.id,
                "number": number,
                "committee_id": job.committee_id,
                "added_by": event.actor_id,
                "added_at": event.at,
                "width": picture.width,
                "height": picture.height,
                "data": b"" if picture.object else vault.seal_bytes(picture.data),
                "object": picture.object,
                "care_name": "",
            },
        )


def of_care(job: Job, number: int, name: str, now: Micros) -> Save:
    """The row by which a job has a picture of the care plan that opened it: where it is, and no more."""
    return Save(
        "insert_picture",
        {
            "job_id": job.id,
            "number": number,
            "committee_id": job.committee_id,
            "added_by": None,
            "added_at": now,
            "width": 0,
            "height": 0,
            "data": b"",
            "object": "",
            "care_name": name,
        },
    )


def by_number(committee_id: int, job_id: int, number: int) -> Query:
    """One picture of a job."""
    return Query("picture", {"committee_id": committee_id, "job_id": job_id, "number": number})


def read(row: Row, found: bytes | None, vault: Vault) -> Picture:
    """The picture that a row is, opened; `found` is what lies in the bucket, where the row says so. Raises
    `UnknownPictureError` where there is nothing: it was let go of."""
    name = row["object"]
    data = bucket.unsealed(name, found, vault) if name else vault.unseal_bytes(row["data"])
    return Picture(data=data, width=row["width"], height=row["height"], object=name)


def begun(row: OutboxRow, now: Micros, until: Micros, *, again: bool = False) -> Save:
    """What to write before a message is sent; it returns the row's id unless somebody else was first.
    `again`: nobody knows whether it was written at that moment already; nobody else begins in that very
    microsecond."""
    where = {"id": row.id, "committee_id": row.committee_id}
    return Save("begin_row", {**where, "begun_at": now, "due_at": until, "ours": now if again else None})


def under_way(row: OutboxRow) -> Query:
    """The row by which the same picture is being sent to the same place."""
    return Query("picture_under_way", _place(row))


def message(row: OutboxRow, ref: str, now: Micros) -> Save:
    """Which message the picture is there now."""
    return Save("save_picture_message", {**_place(row), "ref": ref, "sent_at": now})


def no_message(row: OutboxRow) -> Save:
    """It is no message there any more."""
    return Save("drop_picture_message", _place(row))


def _place(row: OutboxRow) -> Params:
    return {
        "address_id": row.address.id,
        "job_id": row.job_id,
        "number": row.picture,
        "claim": row.claim,
        "committee_id": row.committee_id,
    }


def want(wanted: Wanted, due_at: Micros, vault: Vault) -> Save:
    """What to write about a picture that is to be fetched."""
    return Save(
        "want_picture",
        {
            **_wanted(wanted),
            "address_id": wanted.address.id,
            "album": wanted.album,
            "job_id": wanted.job_id,
            "source": vault.seal(wanted.source),
            "created_at": wanted.at,
            "due_at": due_at,
        },
    )


def read_wanted(row: Row, vault: Vault) -> Wanted:
    """The picture to be fetched that a row is."""
    return Wanted(
        receipt=row["receipt"],
        address=people.address(row, row["address_id"]),
        source=vault.unseal(row["source"]),
        at=row["created_at"],
        album=row["album"],
        job_id=row["job_id"],
        tries=row["tries"],
    )


def postponed(wanted: Wanted, due_at: Micros) -> Save:
    """What to write where it is to be tried again."""
    return Save("postpone_picture", {**_wanted(wanted), "due_at": due_at})


def settled(wanted: Wanted, now: Micros) -> Save:
    """What to write where nothing more is to be done."""
    return Save("settle_picture", {**_wanted(wanted), "done_at": now})


def _wanted(wanted: Wanted) -> Params:
    return {"receipt": wanted.receipt, "committee_id": wanted.address.committee_id}
