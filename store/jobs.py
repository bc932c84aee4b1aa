"""Jobs as rows: columns to the frozen `Job` and back."""

from collections.abc import Iterable
from typing import Any

from dispatch.doors import Round
from dispatch.frozen import changed
from dispatch.jobs import CallCause, Calling, Job, JobStatus, Outcome, Pending, Priority, Turn, Walk
from dispatch.stops import Run
from store.crypto import Vault
from store.engine import Params, Query, Row, Save
from store.words import join, pack, split, unpack

_URGENCY = {priority: rank for rank, priority in enumerate(Priority)}


def by_id(committee_id: int, job_id: int) -> Query:
    """One job, with the revision of its committee's people."""
    return Query("job_by_id", {"job_id": job_id, "committee_id": committee_id})


def hold(committee_id: int, job_id: int) -> Query:
    """What a work holds that decides about a job (`Work.holds`)."""
    return Query("hold_job", {"job_id": job_id, "committee_id": committee_id})


def read(row: Row, vault: Vault) -> Job:
    """The job that a row is, opened."""
    return Job(
        id=row["id"],
        committee_id=row["committee_id"],
        version=row["version"],
        kind=row["kind"],
        playbook=row["playbook"],
        priority=Priority(row["priority"]),
        status=JobStatus(row["status"]),
        posted_by=row["posted_by"],
        posted_at=row["posted_at"],
        places=row["places"],
        building_id=row["building_id"],
        headline=row["headline"],
        hides=split(row["hides"]),
        missing=split(row["missing"]),
        pictures=row["pictures"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
        calling=_read_calling(row),
        look_at=row["look_at"],
        source_id=row["source_id"],
        pending=_read_pending(row),
        origin_id=row["origin_id"],
        walk=_read_walk(row),
        turn=_read_turn(row),
        run=_read_run(row, vault),
        round=_read_round(row),
        second=bool(row["second"]),
        thanked_by=thanked_by(row),
        kinds=row["kinds"],
    )


def thanked_by(row: Row) -> tuple[int, ...]:
    """Who gave thanks for the job of a row; empty text where nobody has."""
    return tuple(unpack(row["thanked_by"])) if row["thanked_by"] else ()


def _read_turn(row: Row) -> Turn | None:
    if row["care_id"] is None:
        return None
    return Turn(
        plan_id=row["care_id"],
        at=row["care_at"],
        due_at=row["care_due_at"],
        leaders_at=row["care_leaders_at"],
        first=tuple(unpack(row["care_first"])),
        usual=tuple(unpack(row["care_usual"])),
    )


def _turn_columns(turn: Turn | None) -> dict[str, Any]:
    if turn is None:
        return _NO_TURN
    return {
        "care_id": turn.plan_id,
        "care_at": turn.at,
        "care_due_at": turn.due_at,
        "care_leaders_at": turn.leaders_at,
        "care_first": pack(turn.first),
        "care_usual": pack(turn.usual),
    }


_NO_TURN: dict[str, Any] = {
    "care_id": None,
    "care_at": None,
    "care_due_at": None,
    "care_leaders_at": None,
    "care_first": "",
    "care_usual": "",
}


def _read_run(row: Row, vault: Vault) -> Run | None:
    if row["run_until"] is None:
        return None
    return Run(
        hospital=vault.unseal(row["run_hospital"]),
        until=row["run_until"],
        stops=row["run_stops"],
        owed=row["run_owed"],
    )


def _run_columns(run: Run | None, vault: Vault) -> dict[str, Any]:
    return {
        "run_hospital": "" if run is None else vault.seal(run.hospital),
        "run_until": None if run is None else run.until,
        "run_stops": None if run is None else run.stops,
        "run_owed": None if run is None else run.owed,
    }


def _read_round(row: Row) -> Round | None:
    if row["round_doors"] is None:
        return None
    return Round(
        doors=row["round_doors"],
        open=tuple(map(int, row["round_open"].split())),
        unanswered=tuple(map(int, row["round_unanswered"].split())),
    )


def _round_columns(round_: Round | None) -> dict[str, Any]:
    return {
        "round_doors": None if round_ is None else round_.doors,
        "round_open": "" if round_ is None else " ".join(map(str, round_.open)),
        "round_unanswered": "" if round_ is None else " ".join(map(str, round_.unanswered)),
    }


def _read_walk(row: Row) -> Walk | None:
    if not row["walk_step"]:
        return None
    pairs = (each.partition(":") for each in row["walk_found"].split())
    return Walk(
        step=row["walk_step"],
        since_version=row["walk_since"],
        found=tuple((step, finding) for step, _, finding in pairs),
        due_at=row["walk_due_at"],
    )


def _walk_columns(walk: Walk | None) -> dict[str, Any]:
    if walk is None:
        return _NO_WALK
    return {
        "walk_step": walk.step,
        "walk_since": walk.since_version,
        "walk_found": " ".join(f"{step}:{finding}" for step, finding in walk.found),
        "walk_due_at": walk.due_at,
    }


_NO_WALK: dict[str, Any] = {"walk_step": "", "walk_since": 0, "walk_found": "", "walk_due_at": None}


def _read_pending(row: Row) -> Pending | None:
    if row["pending_committee"] is None:
        return None
    return Pending(
        committee_id=row["pending_committee"],
        since_version=row["pending_since"],
        until=row["pending_until"],
        claim=row["pending_claim"],
        places=row["pending_places"],
    )


def _read_calling(row: Row) -> Calling:
    return Calling(
        cause=CallCause(row["call_cause"]),
        behind=CallCause(row["call_behind"]) if row["call_behind"] else None,
        since_version=row["call_since_version"],
        loop=row["call_loop"],
        step=row["call_step"],
        position=row["call_position"],
        repeats=row["call_repeats"],
        due_at=row["call_due_at"],
        acknowledged_by=row["call_acknowledged_by"],
        acknowledged_at=row["call_acknowledged_at"],
        urge_at=row["call_urge_at"],
        urged_at=row["call_urged_at"],
        exhausted_at=row["call_exhausted_at"],
        again_at=row["call_again_at"],
        calls=row["call_calls"],
        seek_at=row["call_seek_at"],
    )


def _moving_columns(job: Job) -> dict[str, Any]:
    """What the clock moves: who is called, how far the steps are, and when to look again."""
    calling = job.calling
    return {
        "id": job.id,
        "committee_id": job.committee_id,
        "version": job.version,
        "call_cause": calling.cause.value,
        "call_behind": None if calling.behind is None else calling.behind.value,
        "call_since_version": calling.since_version,
        "call_loop": calling.loop,
        "call_step": calling.step,
        "call_position": calling.position,
        "call_repeats": calling.repeats,
        "call_due_at": calling.due_at,
        "call_acknowledged_by": calling.acknowledged_by,
        "call_acknowledged_at": calling.acknowledged_at,
        "call_urge_at": calling.urge_at,
        "call_urged_at": calling.urged_at,
        "call_exhausted_at": calling.exhausted_at,
        "call_again_at": calling.again_at,
        "call_calls": calling.calls,
        "call_seek_at": calling.seek_at,
        "look_at": job.look_at,
    }


def columns(job: Job, vault: Vault) -> dict[str, Any]:
    """Every column of a job but its nonce."""
    return {
        **_moving_columns(job),
        "kind": job.kind,
        "playbook": job.playbook,
        "priority": job.priority.value,
        "status": job.status.value,
        "posted_by": job.posted_by,
        "posted_at": job.posted_at,
        "places": job.places,
        "building_id": job.building_id,
        "headline": job.headline,
        "hides": join(job.hides),
        "missing": join(job.missing),
        "pictures": job.pictures,
        "outcome": job.outcome.value if job.outcome else None,
        "closed_at": job.closed_at,
        "closed_by": job.closed_by,
        "pending_committee": None if job.pending is None else job.pending.committee_id,
        "pending_since": None if job.pending is None else job.pending.since_version,
        "pending_until": None if job.pending is None else job.pending.until,
        "pending_claim": None if job.pending is None else job.pending.claim,
        "pending_places": None if job.pending is None else job.pending.places,
        **_walk_columns(job.walk),
        **_run_columns(job.run, vault),
        **_round_columns(job.round),
        "second": int(job.second),
        "thanked_by": pack(job.thanked_by) if job.thanked_by else "",
        "kinds": job.kinds,
    }


def insert(job: Job, nonce: str, mark: str, vault: Vault) -> Query:
    """A new job; it returns no row when the committee has a job of this nonce already."""
    params: Params = {
        **columns(job, vault),
        "nonce": nonce,
        "source_id": job.source_id,
        "origin_id": job.origin_id,
        "request_mark": mark or None,
        **_turn_columns(job.turn),
    }
    return Query("insert_job", params)


def swap(before: Job, job: Job, vault: Vault) -> Save:
    """The job as it is now, provided that it still is as `before` (compare and swap).

    What the clock decides moves few columns, and writing the others as they are costs: SQLite makes
    an index entry anew, and looks a key up, wherever a column is named."""
    version = {"old_version": before.version}
    moved = changed(before, version=job.version, calling=job.calling, look_at=job.look_at)
    if moved == job:
        return Save("save_job_moved", {**_moving_columns(job), **version}, expect=1)
    return Save("save_job", {**columns(job, vault), **version}, expect=1)


def oldest_first(rows: Iterable[Row], vault: Vault) -> tuple[Job, ...]:
    """Most urgent first, then oldest first."""
    opened = (read(row, vault) for row in rows)
    return tuple(sorted(opened, key=lambda job: (_URGENCY[job.priority], job.posted_at, job.id)))


def newest_first(rows: Iterable[Row], vault: Vault) -> tuple[Job, ...]:
    """Most urgent first, then newest first."""
    opened = (read(row, vault) for row in rows)
    return tuple(sorted(opened, key=lambda job: (_URGENCY[job.priority], -job.posted_at, -job.id)))
