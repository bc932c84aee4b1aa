"""Other systems that open jobs: a hotline, a door sensor. Each belongs to one committee and follows its own
jobs, from outside: nobody's door, phone, health or name is ever theirs to read.

What is owed to a source is a *report*: that something which everybody may know has happened to its job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dispatch.events import EventKind
from dispatch.moments import Micros
from dispatch.situation import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who speaks. `told` says whether it has a webhook."""

    id: int
    committee_id: int
    key: str
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A source as whoever looks after the machine sees it. `webhook` is its address."""

    source: Source
    webhook: str
    made_at: Micros
    owed: int
    """Reports that have not arrived yet."""
    given_up: int
    """Reports that never will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where a source is told, and what signs it. Both are secrets."""

    source: Source
    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Something owed to a source: at `version` of its job `event` happened (a value of `EVENTS`)."""

    job_id: int
    version: int
    committee_id: int
    event: str
    tries: int
    created_at: Micros


EVENTS: Mapping[EventKind, str] = {
    EventKind.POSTED: "posted",
    EventKind.CLAIMED: "claimed",
    EventKind.ASSIGNED: "claimed",
    EventKind.STARTED: "started",
    EventKind.ARRIVED: "arrived",
    EventKind.FINISHED: "finished",
    EventKind.RELEASED: "released",
    EventKind.TIMED_OUT: "released",
    EventKind.ACKNOWLEDGED: "acknowledged",
    EventKind.EXHAUSTED: "unanswered",
    EventKind.REOPENED: "reopened",
    EventKind.RAISED: "raised",
    EventKind.CORRECTED: "corrected",
    EventKind.CLOSED: "closed",
}
"""What a source is told of, in its words. Who was asked, who is silent or in need of help, and whatever
anybody noted is the committee's own."""


def happened(decision: Decision) -> Sequence[tuple[int, str, Micros]]:
    """What of a decision is told: version, event and moment of each, in their order."""
    first = decision.before.job.version + 1
    return [
        (version, EVENTS[event.kind], event.at)
        for version, event in enumerate(decision.events, first)
        if event.kind in EVENTS
    ]


class Sources(Protocol):
    """The part of the store that keeps them."""

    async def source(self, token: str) -> Source | None:
        """Whose token this is; None for nobody's (any more)."""

    async def due_webhooks(self, now: Micros) -> tuple[Webhook, ...]:
        """The webhooks of all committees to which a report is due."""

    async def due_reports(self, webhook: Webhook, now: Micros, limit: int) -> tuple[Report, ...]:
        """Reports that are due to one, of each job the oldest that has not arrived."""

    async def begin_report(self, report: Report, now: Micros, until: Micros) -> bool:
        """Take a report in hand; False where somebody else has. Until then nobody takes it up again."""

    async def postpone_report(self, report: Report, due_at: Micros) -> None:
        """It did not arrive and is to be tried again then."""

    async def finish_report(self, report: Report, status: str, now: Micros) -> None:
        """It has arrived (`delivered`), or never will (`given_up`)."""
