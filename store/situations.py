"""A job and all that surrounds it, read in one transaction: what is still remembered is not read again."""

from collections.abc import Generator, Sequence
from dataclasses import replace

from dispatch.errors import UnknownJobError, UnknownPersonError
from dispatch.frozen import changed
from dispatch.jobs import Priority
from dispatch.moments import SECOND, Micros
from dispatch.people import Roster
from dispatch.playbook import Playbook
from dispatch.playbook_file import from_json
from dispatch.seeking import seeks
from dispatch.situation import Situation
from store import claims, jobs, people, records, reveals, whereabouts
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows
from store.memory import KnownJob, Memory, roster_of

GLANCE: Micros = SECOND // 10
"""By so much too early a page may count as closed that nobody keeps open; one that was closed is at once."""


def surroundings(
    committee_id: int, job_id: int, playbook: Playbook, priority: Priority, now: Micros, memory: Memory
) -> tuple[Query, ...]:
    """What no version number covers: who is at work elsewhere, who has a page open now; unless a life is at
    stake, whom it asked of late; and for a policy, how much is on record.

    As of the next full `GLANCE`: decisions of one moment ask for the same, which an engine may look up once
    for all of them."""
    now = -(-now // GLANCE) * GLANCE
    busy = Query("busy_elsewhere", {"committee_id": committee_id, "job_id": job_id})
    always = (busy, people.open_pages(committee_id, now), whereabouts.known(committee_id, now))
    if priority is Priority.LIFE:
        return always
    counted = (records.counted_jobs(committee_id),) if seeks(playbook, priority) else ()
    shown = (reveals.shown_enough(committee_id, now, memory.limits),) if playbook.reveals else ()
    return (*always, memory.offers(committee_id).newer(committee_id, now), *shown, *counted)


def view(
    committee_id: int, job_id: int, now: Micros, memory: Memory, vault: Vault
) -> Generator[Sequence[Query], Rows, Plan[Situation]]:
    """A work that gives the situation and writes nothing."""
    situation = yield from load(committee_id, job_id, now, memory, vault)
    return Plan((), lambda _rows: situation)


def load(
    committee_id: int, job_id: int, now: Micros, memory: Memory, vault: Vault
) -> Generator[Sequence[Query], Rows, Situation]:
    """The situation of a job. Raises `UnknownJobError` for one that is not this committee's."""
    bare = yield from load_bare(committee_id, job_id, memory, vault)
    return (yield from surrounded(bare, now, memory))


def load_bare(
    committee_id: int, job_id: int, memory: Memory, vault: Vault
) -> Generator[Sequence[Query], Rows, Situation]:
    """The same without its surroundings, which change with every page that opens and which most taps do
    not need."""
    rows = yield (jobs.by_id(committee_id, job_id),)
    if not rows["job_by_id"]:
        raise UnknownJobError(job=job_id)
    row = rows["job_by_id"][0]
    job = memory.job(job_id, row["version"])
    roster = memory.roster(committee_id, row["roster_revision"])
    playbook = memory.playbook(committee_id, row["playbook"])
    lacking = [
        *(claims.of_job(job_id) if job is None else ()),
        *(roster_of(committee_id) if roster is None else ()),
        *(_playbook_of(committee_id, row["playbook"]) if playbook is None else ()),
    ]
    if lacking:
        rows = yield lacking
    return _bare(
        job or _read_job(row, rows, vault),
        roster or memory.read_roster(rows),
        playbook or _read_playbook(row, rows, memory),
    )


def surrounded(bare: Situation, now: Micros, memory: Memory) -> Generator[Sequence[Query], Rows, Situation]:
    """The situation with who is at work elsewhere, who can be rung now, and what a policy needs to know."""
    job = bare.job
    rows = yield surroundings(job.committee_id, job.id, bare.playbook, job.priority, now, memory)
    return (yield from with_surroundings(bare, rows, now, memory))


def assemble(job: KnownJob, roster: Roster, playbook: Playbook) -> Situation:
    """A situation from its parts, without its surroundings."""
    return _bare(job, roster, playbook)


def with_surroundings(
    bare: Situation, rows: Rows, now: Micros, memory: Memory
) -> Generator[Sequence[Query], Rows, Situation]:
    """A situation with what the rows of `surroundings` say."""
    seeking = "counted_jobs" in rows
    record = (yield from records.record(bare.job.committee_id, rows, memory, now)) if seeking else None
    full: frozenset[int] = frozenset()
    offers = memory.offers(bare.job.committee_id)
    if "asks_since" in rows:
        full = offers.full(rows["asks_since"], bare.roster, now, bare.job.id)
    return changed(
        bare,
        busy=frozenset([row["person_id"] for row in rows["busy_elsewhere"]]),
        present=bare.roster.by_chat.union([row["person_id"] for row in rows["open_pages"]]),
        full=full,
        shown=frozenset([row["person_id"] for row in rows.get("shown_enough", ())]),
        near=memory.near(rows),
        record=record,
        asked_last=offers.last if seeking else {},
    )


def _bare(job: KnownJob, roster: Roster, playbook: Playbook) -> Situation:
    return Situation(
        job=job.job,
        playbook=playbook,
        roster=roster,
        claims=job.claims,
        waiting=job.waiting,
        asks=job.asks,
        busy=None,
        present=None,
        full=None,
        record=None,
    )


def _read_job(row: Row, rows: Rows, vault: Vault) -> KnownJob:
    return KnownJob(
        jobs.read(row, vault),
        claims.read_claims(rows["claims_of_job"]),
        claims.read_waiting(rows["waiting_of_job"]),
        claims.read_asks(rows["asks_of_job"]),
    )


def _playbook_of(committee_id: int, digest: str) -> tuple[Query, ...]:
    return (Query("playbook_by_digest", {"committee_id": committee_id, "digest": digest}),)


def _read_playbook(row: Row, rows: Rows, memory: Memory) -> Playbook:
    # The digest stays the one it was kept under, even if a later release would reckon another.
    playbook = replace(from_json(rows["playbook_by_digest"][0]["body"]), digest=row["playbook"])
    memory.keep_playbook(row["committee_id"], playbook)
    return playbook


def roster(committee_id: int, memory: Memory) -> Generator[Sequence[Query], Rows, Plan[Roster]]:
    """A work that gives the committee as it stands now. Raises `UnknownPersonError` without one."""
    found = yield from known_roster(committee_id, memory)
    return Plan((), lambda _rows: found)


def known_roster(committee_id: int, memory: Memory) -> Generator[Sequence[Query], Rows, Roster]:
    """The same, within a work: read only where it is another one than the one that is remembered."""
    rows = yield (Query("committee_by_id", {"committee_id": committee_id}),)
    if not rows["committee_by_id"]:
        raise UnknownPersonError
    known = memory.roster(committee_id, rows["committee_by_id"][0]["revision"])
    if known is None:
        rows = yield roster_of(committee_id)
        known = memory.read_roster(rows)
    return known
