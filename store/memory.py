"""What need not be read again: rosters by revision, playbooks by digest, jobs by version.

Nothing here is ever taken on trust: a thing is used only when the number read in the same transaction is
the one it was remembered under. When a commit fails, everything is forgotten, because something may have
been remembered from a state that never was. A roster is given out as it is at this moment: who acts for a
committee follows from the clock (`dispatch.acting`), without a new revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from dispatch import acting
from dispatch.claims import Ask, Claim, Waiting
from dispatch.jobs import Job
from dispatch.lately import LIMITS, Limits
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.playbook import Playbook
from dispatch.policies.record import Record
from dispatch.ports import Clock
from dispatch.situation import Situation
from store import paths, people, whereabouts
from store.crypto import Vault
from store.engine import Query, Rows
from store.offers import Offers

JOBS = 512
"""Jobs remembered at most: an order of magnitude above what one committee has open on a bad day."""


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job at one version, with everybody on it."""

    job: Job
    claims: tuple[Claim, ...]
    waiting: tuple[Waiting, ...]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class _KnownRoster:
    """A roster as it was read, and as it is from one moment until another."""

    whole: Roster
    shown: Roster
    since: Micros
    until: Micros


def roster_of(committee_id: int) -> tuple[Query, ...]:
    """What `Memory.read_roster` reads: with the paths, by which the nearest are asked."""
    return people.roster_of(committee_id, paths.TABLE)


class Memory:
    """Shared by the lanes of an engine: jobs are remembered by the writer only, rosters and playbooks by
    either, a single assignment each."""

    def __init__(self, clock: Clock, vault: Vault, limits: Limits = LIMITS) -> None:
        self._clock = clock
        self._vault = vault
        self._born: dict[int, Mapping[str, int]] = {}
        self._paths: dict[int, paths.Known] = {}
        self.limits = limits
        self._rosters: dict[int, _KnownRoster] = {}
        self._playbooks: dict[tuple[int, str], Playbook] = {}
        self._jobs: dict[int, KnownJob] = {}
        self._records: dict[int, tuple[int, Record]] = {}
        self._offers: dict[int, Offers] = {}

    def roster(self, committee_id: int, revision: int) -> Roster | None:
        """The committee as it is at that revision."""
        known = self._rosters.get(committee_id)
        if known is None or known.whole.committee.revision != revision:
            return None
        if known.whole.acting and not known.since <= self._clock.now() < known.until:
            return self.keep_roster(known.whole)
        return known.shown

    def playbook(self, committee_id: int, digest: str) -> Playbook | None:
        """A playbook that is known to be kept by the committee."""
        return self._playbooks.get((committee_id, digest))

    def job(self, job_id: int, version: int) -> KnownJob | None:
        """The job as it is at that version."""
        known = self._jobs.get(job_id)
        return known if known is not None and known.job.version == version else None

    def record(self, committee_id: int, jobs: int) -> Record | None:
        """How the committee's people answered, as it is after so many counted jobs."""
        known = self._records.get(committee_id)
        return known[1] if known is not None and known[0] == jobs else None

    def keep_record(self, committee_id: int, jobs: int, record: Record) -> Record:
        """Remember a record that was read; gives it back."""
        self._records[committee_id] = (jobs, record)
        return record

    def offers(self, committee_id: int) -> Offers:
        """How often each of the committee was asked of late, as far as it was seen."""
        found = self._offers.get(committee_id)
        return self._offers.setdefault(committee_id, Offers()) if found is None else found

    def read_roster(self, rows: Rows) -> Roster:
        """Remember the roster that the rows of `roster_of` are, with what only asking wants to know, and the
        paths; gives it as it is now. Raises what `people.read_roster` raises."""
        roster = people.read_roster(rows)
        known = self._born.get(roster.committee.id, {})
        born = self._born[roster.committee.id] = people.read_born(rows, self._vault, known)
        years = {row["id"]: born[row["born"]] for row in rows["people_of"] if row["born"] in born}
        ways = self._paths[roster.committee.id] = paths.read(rows, self._paths.get(roster.committee.id, {}))
        return self.keep_roster(replace(roster, born=years, paths=paths.by_building(rows, ways)))

    def near(self, rows: Rows) -> Mapping[int, int | None]:
        """Where people are who share it, of the rows of `whereabouts.known`."""
        return whereabouts.read(rows, self._vault)

    def keep_roster(self, roster: Roster) -> Roster:
        """Remember a roster that was read; gives it as it is now."""
        now = self._clock.now()
        shown = acting.at(roster, now)
        self._rosters[roster.committee.id] = _KnownRoster(roster, shown, *acting.holds(roster, now))
        return shown

    def keep_playbook(self, committee_id: int, playbook: Playbook) -> None:
        """Remember a playbook that was read or written."""
        self._playbooks[committee_id, playbook.digest] = playbook

    def keep_job(self, after: Situation) -> None:
        """Remember a job as it was written, in the order in which it would be read."""
        if len(self._jobs) >= JOBS and after.job.id not in self._jobs:
            del self._jobs[next(iter(self._jobs))]
        claims = tuple(sorted(after.claims, key=lambda claim: claim.number))
        waiting = tuple(sorted(after.waiting, key=attrgetter("since")))
        self._jobs[after.job.id] = KnownJob(after.job, claims, waiting, after.asks)

    def drop_job(self, job_id: int) -> None:
        """Read this job again next time."""
        self._jobs.pop(job_id, None)

    def clear(self) -> None:
        """Read everything again."""
        self._rosters.clear()
        self._playbooks.clear()
        self._jobs.clear()
        self._records.clear()
        self._offers.clear()
