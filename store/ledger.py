"""The ledger as rows: one entry a version, its free words sealed."""

from collections.abc import Sequence

from dispatch.events import Entry, Event, EventKind
from dispatch.situation import Decision
from store.crypto import Vault
from store.engine import Params, Row, SaveMany
from store.words import pack, unpack


def entries(decision: Decision, vault: Vault) -> SaveMany:
    """The entries of a decision: the first makes the version after the one it was decided on."""
    job = decision.after.job
    first = decision.before.job.version + 1
    rows = [
        _columns(job.committee_id, job.id, version, event, vault)
        for version, event in enumerate(decision.events, first)
    ]
    return SaveMany("insert_entry", rows)


def _columns(committee_id: int, job_id: int, version: int, event: Event, vault: Vault) -> Params:
    return {
        "job_id": job_id,
        "version": version,
        "committee_id": committee_id,
        "kind": event.kind.value,
        "at": event.at,
        "actor_id": event.actor_id,
        "loop": event.loop,
        "step": event.step,
        "data": pack(dict(event.data)) if event.data else "{}",
        "note": vault.seal(event.note),
    }


def read(rows: Sequence[Row], vault: Vault) -> tuple[Entry, ...]:
    """The entries that rows are, in their order, notes opened."""
    return tuple(
        Entry(
            job_id=row["job_id"],
            version=row["version"],
            kind=EventKind(row["kind"]),
            at=row["at"],
            actor_id=row["actor_id"],
            loop=row["loop"],
            step=row["step"],
            data=unpack(row["data"]),
            note=vault.unseal(row["note"]),
        )
        for row in rows
    )
