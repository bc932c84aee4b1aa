"""Stops of a medicine run as rows, sealed, and back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from dispatch.jobs import Correction, Draft
from dispatch.situation import Decision
from dispatch.stops import Good, Handed, Request, RunOut, Stop, StopState
from store.crypto import Vault
from store.engine import Row, Save
from store.words import pack, unpack


def index(drug: str, vault: Vault) -> str | None:
    """The hash of a medicine, however its name is spaced and spelt in capitals."""
    return vault.index("drug", "".join(drug.split()).casefold())


def columns(
    draft: Draft, request: Request, job_id: int, number: int, resident: Row | None, vault: Vault
) -> dict[str, Any]:
    """A new stop. What the job itself keeps of its first one is not kept twice."""
    own = number == 1
    return {
        "job_id": job_id,
        "number": number,
        "committee_id": draft.committee_id,
        "nonce": draft.nonce,
        "building_id": draft.building_id,
        "resident_id": None if resident is None else resident["id"],
        "hospital": vault.seal(request.hospital),
        "tried": "",
        "state": StopState.OPEN.value,
        "days": request.days,
        "drug": vault.seal(request.drug),
        "doctor": vault.seal(request.doctor),
        "unit": vault.seal("" if own else draft.unit),
        "phone": vault.seal("" if own else draft.phone),
        "words": vault.seal("" if own else draft.text),
        "handed": _seal_handed(tuple(Handed(good=good) for good in request.goods), vault),
        "supply_id": None if request.run_out is None else request.run_out.supply_id,
        "supply_until": None if request.run_out is None else request.run_out.until.isoformat(),
        "source_id": draft.source_id,
        "request_mark": draft.mark or None,
    }


def moved(stop: Stop, vault: Vault) -> dict[str, Any]:
    """What changes of a stop."""
    return {
        "job_id": stop.job_id,
        "number": stop.number,
        "committee_id": stop.committee_id,
        "hospital": vault.seal(stop.hospital),
        "tried": vault.seal(pack(list(stop.tried))) if stop.tried else "",
        "state": stop.state.value,
        "handed": _seal_handed(stop.handed, vault),
    }


def read(row: Row, vault: Vault) -> Stop:
    """The stop that a row is, opened, with what the register knows of the resident."""
    return Stop(
        committee_id=row["committee_id"],
        job_id=row["job_id"],
        number=row["number"],
        hospital=vault.unseal(row["hospital"]),
        state=StopState(row["state"]),
        building_id=row["building_id"],
        resident_id=row["resident_id"],
        days=row["days"],
        drug=vault.unseal(row["drug"]),
        doctor=vault.unseal(row["doctor"]),
        unit=vault.unseal(row["unit"]),
        phone=vault.unseal(row["phone"] or row["resident_phone"] or ""),
        words=vault.unseal(row["words"]),
        resident_name=vault.unseal(row["resident_name"] or ""),
        handed=_read_handed(row["handed"], vault),
        tried=tuple(unpack(vault.unseal(row["tried"]))) if row["tried"] else (),
        run_out=None
        if row["supply_id"] is None
        else RunOut(supply_id=row["supply_id"], until=date.fromisoformat(row["supply_until"])),
    )


def _seal_handed(handed: tuple[Handed, ...], vault: Vault) -> str:
    return (
        vault.seal(pack([[each.good.value, each.received, each.returned] for each in handed]))
        if handed
        else ""
    )


def _read_handed(token: str, vault: Vault) -> tuple[Handed, ...]:
    if not token:
        return ()
    return tuple(
        Handed(good=Good(good), received=received, returned=returned)
        for good, received, returned in unpack(vault.unseal(token))
    )


def corrected(decision: Decision, correction: Correction | None, vault: Vault) -> Iterator[Save]:
    """The first stop of a job that is a run from now on, and was none when it was posted."""
    job = decision.after.job
    if correction is None or correction.request is None or decision.before.job.run or job.run is None:
        return
    draft = Draft(
        committee_id=job.committee_id,
        kind=job.kind,
        priority=job.priority,
        text="",
        nonce=f"corrected {job.id}",
        building_id=job.building_id,
        source_id=job.source_id,
    )
    yield Save("insert_stop", columns(draft, correction.request, job.id, 1, None, vault))
