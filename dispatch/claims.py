"""Who took a place of a job, who waits for one, and who was asked."""

from dataclasses import dataclass
from enum import StrEnum

from dispatch.moments import Micros


class ClaimStatus(StrEnum):
    """The small life of one claim (DESIGN.md, section 3)."""

    CLAIMED = "claimed"
    UNDERWAY = "underway"
    DONE = "done"
    RELEASED = "released"


LIVE = frozenset({ClaimStatus.CLAIMED, ClaimStatus.UNDERWAY})
"""Somebody is on it."""


class ReleaseReason(StrEnum):
    """Why a claim ended without being done."""

    CANNOT = "cannot"
    SILENT = "silent"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One person on one place. `place` counts from 1; a place has at most one claim that is not
    RELEASED. `deadline_at` is when silence is noticed next (None once ended)."""

    job_id: int
    person_id: int
    place: int
    number: int
    """Counts the claims of a job from 1: with the job's id it is the claim's key."""
    status: ClaimStatus
    claimed_at: Micros
    since_version: int = 0
    """The job's version at the claim: a button on an older card is not about it."""
    assigned_by: int | None = None
    started_at: Micros | None = None
    arrived_at: Micros | None = None
    ended_at: Micros | None = None
    reason: ReleaseReason | None = None
    nudged_at: Micros | None = None
    alarmed_at: Micros | None = None
    deadline_at: Micros | None = None
    handed: int = 0
    """How many pictures they handed in while they had it: others were sent those because of this claim."""

    @property
    def live(self) -> bool:
        """CLAIMED or UNDERWAY."""
        return self.status in LIVE

    @property
    def holds_place(self) -> bool:
        """Not RELEASED: a done claim still occupies its place."""
        return self.status is not ClaimStatus.RELEASED


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody who came too late and would take a place that becomes free, in order of `since`.

    While `offered_until` lies ahead, one released place is theirs alone.
    """

    person_id: int
    since: Micros
    offered_until: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why a policy asked somebody: `walk` seconds away (None where nobody knows), `accepted` of the `asked`
    times before, and how many jobs ago they were asked last or had one (None: never)."""

    walk: int | None
    accepted: int
    asked: int
    rest: int | None
    last: Micros | None = None
    """When they were asked last before that, for whatever job; None: not of late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Somebody was asked to claim (`leader` False) or called as a leader (`leader` True)."""

    person_id: int
    loop: int
    step: int
    at: Micros
    leader: bool = False
    refused_at: Micros | None = None
    because: Because | None = None
    """None where a wave asked, or a rung called."""
