"""A job's private text as it is kept, and what the public job is told of it: which fields exist, which
are missing. Nothing here says what anybody may see."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from dispatch.frozen import changed
from dispatch.geography import Point
from dispatch.jobs import Correction, Draft, Job
from dispatch.playbook import Playbook
from store import residents
from store.crypto import Vault
from store.engine import Params, Query, Row, Rows, Save


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDoor:
    """Who lives behind a job's door, as rows, as far as the register knows it."""

    resident: Row | None = None
    home: Row | None = None

    @property
    def phone(self) -> bool:
        """They have one; what stands there is sealed, and empty where they have none."""
        return any(row is not None and row["phone"] for row in (self.resident, self.home))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said in private about a job, open."""

    text: str
    unit: str
    phone: str
    place: Point | None = None


def of_draft(draft: Draft) -> Said:
    """What a new job says in private."""
    return Said(text=draft.text, unit=draft.unit, phone=draft.phone)


def informed(job: Job, playbook: Playbook, said: Said, behind: AtDoor, vault: Vault) -> Job:
    """The job, told which private fields exist and which required ones nobody has given yet.

    Pictures hide what words hide, and a pin what a door hides."""
    resident = behind.resident
    fields = {
        "text": bool(said.text),
        "unit": bool(said.unit),
        "phone": bool(said.phone or behind.phone),
        "resident": resident is not None,
    }
    if job.round is not None:  # they are the doors' own
        fields |= dict.fromkeys(("unit", "phone", "resident"), True)
    if resident is not None:
        kinds = {contact.kind.value for contact in residents.read_contacts(resident["contacts"], vault)}
        fields |= dict.fromkeys(kinds, True)
    exists = frozenset(field for field, given in fields.items() if given)
    given = exists | {"building"} if job.building_id is not None else exists
    hides = exists | ({"text"} if job.pictures else set()) | ({"unit"} if said.place is not None else set())
    return changed(job, hides=hides, missing=playbook.require - given)


def columns(job: Job, said: Said, behind: AtDoor, vault: Vault) -> Params:
    """The private row of a job, sealed."""
    return {
        "job_id": job.id,
        "committee_id": job.committee_id,
        "text": vault.seal(said.text),
        "unit": vault.seal(said.unit),
        "place": residents.seal_place(said.place, vault),
        "phone": vault.seal(said.phone),
        "resident_id": None if behind.resident is None else behind.resident["id"],
        "household_id": None if behind.home is None else behind.home["id"],
    }


def of_job(committee_id: int, job_id: int) -> Query:
    """The private row of a job, with its resident's."""
    return Query("job_private", {"job_id": job_id, "committee_id": committee_id})


def correct(
    job: Job, playbook: Playbook, correction: Correction, vault: Vault
) -> Generator[Sequence[Query], Rows, tuple[Job, Save]]:
    """The corrected private row, and the job told about it.

    The door may be another one now, so whoever lives there is looked up anew.
    """
    rows = yield (of_job(job.committee_id, job.id),)
    said = _merge(rows["job_private"][0], correction, vault)
    door = (job.committee_id, job.building_id, said.unit, vault)
    rows = yield (residents.at_door(*door), residents.home_at(*door))
    behind = AtDoor(resident=first(rows, "resident_by_unit"), home=first(rows, "household_by_unit"))
    return informed(job, playbook, said, behind, vault), Save(
        "save_private", columns(job, said, behind, vault)
    )


def first(rows: Rows, name: str) -> Row | None:
    """The first row of a statement, if it gave any."""
    return rows[name][0] if rows[name] else None


def _merge(row: Row, correction: Correction, vault: Vault) -> Said:
    old = vault.unseal(row["text"])
    return Said(
        text=f"{old}\n{correction.text}" if old and correction.text else old or correction.text or "",
        unit=vault.unseal(row["unit"]) if correction.unit is None else correction.unit,
        phone=vault.unseal(row["phone"]) if correction.phone is None else correction.phone,
        place=residents.read_place(row["place"], vault) if correction.place is None else correction.place,
    )
