"""A job that is really another committee's: it is handed over, once they say that they take it.

Until then it is the sender's, with the sender's clock. Values, and the part of the store that keeps them;
what follows from them is decided in `transferring`. What joins the two jobs is ids: nothing of either
committee stands in the other's rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dispatch.jobs import Draft, JobStatus, Outcome, Private
from dispatch.moments import MINUTE, Micros
from dispatch.playbook import Playbook
from dispatch.situation import Decision, Situation

PATIENCE: Micros = 5 * MINUTE
"""How long the other committee has: as long as anybody who is asked to take something over."""


class Ending(StrEnum):
    """Why a committee that was asked is not asked any more."""

    DECLINED = "declined"
    UNANSWERED = "unanswered"
    TAKEN = "taken"
    """Somebody of the sender's has a place of the job."""
    CLOSED = "closed"
    """The sender closed the job, or called it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What a committee is asked to take, as it knows it: by the number of the relay whose cards its people
    have, and by where the job is until then. `note` is what the sender added."""

    relay_id: int
    committee_id: int
    sender_id: int
    job_id: int
    since_version: int
    note: str = ""

    @property
    def office(self) -> bool:
        """The sub-district office is asked, on the ladder of the very committee whose job it is."""
        return self.committee_id == self.sender_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The job at the other end of a transfer, as everybody may know it: whose it is, what became of it, and,
    for the sender, who of the other desk took it over. No volunteer has a name here."""

    committee: str
    job_id: int
    status: JobStatus
    taken: bool
    """Somebody has it, or had it until it was done."""
    outcome: Outcome | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What an answer to a transfer committed: `sent` about the sender's job, `made` about the new one.
    Without `made` the job did not change hands."""

    sent: Decision
    made: Decision | None = None
    rows: tuple[int, ...] = ()
    quiet: tuple[int, ...] = ()


Rewrite = Callable[[Situation, Private], tuple[Draft, Playbook]]
"""What the new job is to say, of the sender's and what is private about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What makes a new job of it, for whoever of the other desk takes it over."""

    person_id: int
    rewrite: Rewrite
    decide: Callable[[Situation], Decision]


class Transfers(Protocol):
    """The part of the store that keeps them."""

    async def transfer(self, committee_id: int, relay_id: int) -> Transfer:
        """What that committee was asked to take. Raises `UnknownRelayError`."""

    async def asked_transfers(self, committee_id: int) -> tuple[int, ...]:
        """Those that the committee has not answered yet, by their relays, oldest first."""

    async def answer_transfer(
        self,
        transfer: Transfer,
        decide: Callable[[Situation], Decision],
        takeover: Takeover | None,
        now: Micros,
    ) -> Exchanged:
        """Let `decide` answer it with the sender's job; where that closes the job as handed over, `takeover`
        makes a job of the other committee of it: both of them, or nothing."""

    async def fate(self, committee_id: int, job_id: int) -> Fate | None:
        """The other end of a job that was handed over, seen from either; None for any other job."""
