"""What another system says becomes a draft, and what it is told of its jobs.

What it is told is what everybody may know, in words of the interface that never change with a language:
no door, no phone, no health, nobody's name, none of its own private words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dispatch.claims import LIVE, ClaimStatus
from dispatch.jobs import Draft, Priority
from dispatch.moments import Micros, to_datetime
from dispatch.people import Roster
from dispatch.playbook import Playbook
from dispatch.situation import Situation
from dispatch.sources import Source
from handlers import places, posting
from handlers.urgency import more_urgent


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A job as another system asks for it; empty texts were not given. `key` makes it repeatable."""

    key: str
    mark: str
    """A keyed hash of all of it, so that the same key with other words is noticed."""
    text: str = ""
    kind: str = ""
    building: str = ""
    unit: str = ""
    phone: str = ""
    note: str = ""
    priority: Priority | None = None
    places: int | None = None


def draft(source: Source, request: Request, roster: Roster, playbooks: Mapping[str, Playbook]) -> Draft:
    """Understand it as a typed message or a form is understood.

    What names no place here is kept with the words that staff read, and holds the job back no more than a
    slip of the pen does. Raises `EmptyTextError`, `TextTooLongError`, `UnknownKindError`.
    """
    building = request.building.strip()
    known = not building or places.building_of(building, roster) is not None
    fields = {
        "kind": request.kind,
        "building": building if known else "",
        "unit": request.unit,
        "phone": request.phone,
        "places": "" if request.places is None else str(request.places),
    }
    parts = (request.text.strip(), request.note.strip(), "" if known else building)
    said = "\n".join(part for part in parts if part)
    nonce = f"source {source.id} {request.key}"
    made = posting.understood(said, fields, nonce, roster, playbooks).draft
    wanted = made.priority if request.priority is None else more_urgent(request.priority, made.priority)
    return replace(made, priority=wanted, mark=request.mark)


def state(situation: Situation, base_url: str) -> dict[str, object]:
    """A job as its source may know it; `base_url` begins the job's own address."""
    job, claims = situation.job, situation.claims
    holding = [claim for claim in claims if claim.holds_place]
    building = situation.roster.buildings.get(job.building_id or 0)
    return {
        "id": job.id,
        "url": f"{base_url}/api/jobs/{job.id}",
        "version": job.version,
        "status": job.status.value,
        "outcome": None if job.outcome is None else job.outcome.value,
        "kind": job.kind,
        "priority": job.priority.value,
        "building": None if building is None else building.key,
        "places": job.places,
        "claimed": len(holding),
        "underway": sum(claim.status is ClaimStatus.UNDERWAY for claim in holding),
        "done": sum(claim.status is ClaimStatus.DONE for claim in holding),
        "at_work": any(claim.status in LIVE for claim in holding),
        "missing": sorted(job.missing),
        "posted_at": moment(job.posted_at),
        "claimed_at": moment(max((claim.claimed_at for claim in holding), default=None)),
        "closed_at": moment(job.closed_at),
    }


def moment(at: Micros | None) -> str | None:
    """A point in time as RFC 3339 writes it, UTC."""
    return None if at is None else to_datetime(at).isoformat().replace("+00:00", "Z")
