"""What the work needs from the world, as protocols; `store` and the workers implement them.

Everything is asked for by committee id, so that one committee can never reach another's rows.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.events import Entry, NoticeKind, Owed
from dispatch.geography import Point
from dispatch.jobs import Draft, Job, Private
from dispatch.moments import Micros
from dispatch.people import Address, Committee, Ladder, Person, Resident, Roster
from dispatch.playbook import Playbook
from dispatch.situation import Decision, Situation

Decide = Callable[[Situation], Decision]
"""Pure and synchronous; may be called again when the job changed under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one unit of work committed. `rows` are ids of new outbox rows, for the bell.

    `decision` is None only when a nonce was posted before: `job_id` is that job then.
    """

    job_id: int
    decision: Decision | None
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A job whose `look_at` has come."""

    committee_id: int
    job_id: int
    look_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Something owed to one address about one job; `ref` is the message that the card already is."""

    id: int
    committee_id: int
    job_id: int
    address: Address
    kind: NoticeKind
    urgent: bool
    tries: int
    created_at: Micros
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFile:
    """A committee's file, read and checked; keys instead of ids everywhere (see `dispatch.register`)."""

    committee: Mapping[str, object]
    buildings: Sequence[Mapping[str, object]] = ()
    people: Sequence[Mapping[str, object]] = ()
    rooms: Sequence[Mapping[str, object]] = ()
    residents: Sequence[Mapping[str, object]] = ()
    ladder: Mapping[str, Sequence[str]] | None = None


class Store(Protocol):
    """What is kept. Every method is one transaction or one consistent read."""

    async def post(self, draft: Draft, playbook: Playbook, now: Micros, decide: Decide) -> Saved:
        """Insert the job (with its private text encrypted) and save what `decide` makes of it.

        The same nonce again changes nothing. Residents are matched by building and unit."""

    async def change(self, committee_id: int, job_id: int, decide: Decide, receipt: str = "") -> Saved:
        """Load the situation, decide, save by compare-and-swap; repeated on a conflict.

        A `receipt` is kept with what it caused; the same one again decides nothing (`decision` None).
        Raises `UnknownJobError` for a job that is not this committee's."""

    async def situation(self, committee_id: int, job_id: int) -> Situation:
        """The job as it stands, consistent at one version. Raises `UnknownJobError`."""

    async def private(self, committee_id: int, job_id: int) -> Private:
        """The private text of a job, decrypted. The caller has asked the access table."""

    async def timeline(self, committee_id: int, job_id: int) -> tuple[Entry, ...]:
        """Every ledger entry, oldest first, notes decrypted."""

    async def due(self, now: Micros, limit: int) -> tuple[Due, ...]:
        """Jobs of all committees whose `look_at` is at or before `now`, most overdue first."""

    async def open_jobs(self, committee_id: int) -> tuple[Job, ...]:
        """Jobs not closed: most urgent first, then oldest first."""

    async def jobs_of(self, committee_id: int, person_id: int, since: Micros) -> tuple[Job, ...]:
        """Jobs this person was asked, called or claimed for: open ones, and those closed after
        `since`; most urgent first, then newest first."""

    async def closed_since(self, committee_id: int, since: Micros) -> tuple[Job, ...]:
        """Jobs closed after `since`, newest first."""

    async def roster(self, committee_id: int) -> Roster:
        """The committee as it stands now."""

    async def committees(self) -> tuple[Committee, ...]:
        """All committees, by key."""

    async def person(self, committee_id: int, key: str) -> Person:
        """By key. Raises `UnknownPersonError`."""

    async def address(self, platform: str, value: str) -> Address | None:
        """An active address by what the platform calls it."""

    async def addresses(self, platform: str, value: str) -> tuple[Address, ...]:
        """Every active address by what the platform calls it, one a committee; oldest first."""

    async def revive(self, platform: str, value: str) -> tuple[Address, ...]:
        """Somebody was heard from there again: addresses that had failed count again. Returns all."""

    async def address_failed(self, address: Address, reason: str) -> None:
        """Nothing sent there will arrive any more; it is left out until it is heard from again."""

    async def move_room(self, platform: str, old: str, new: str) -> None:
        """The platform calls a room by another name now; its cards start afresh."""

    async def next_address(self, row: OutboxRow) -> int | None:
        """Owe what could not be delivered to the person's next chat; its row's id, None without one."""

    async def job_committee(self, job_id: int) -> int | None:
        """Whose job it is: only to choose among one sender's own addresses."""

    async def invite(self, committee_id: int, person_id: int, *, revoke: bool) -> Person:
        """Make sure the person has a web address; `revoke` raises `link_epoch` first."""

    async def set_language(self, committee_id: int, person_id: int, language: str) -> None:
        """What the person reads from now on."""

    async def residents(self, committee_id: int) -> tuple[Resident, ...]:
        """The register of people at risk, decrypted. The caller has asked the access table."""

    async def load(self, file: RegisterFile, *, prune: bool, demo: bool) -> Mapping[str, int]:
        """Insert or update by key, all or nothing; twice changes nothing.

        Returns counts: `added`, `changed`, `unchanged`, `deactivated`."""

    async def present(self, address_id: int, until: Micros | None) -> None:
        """A page is open until then (None: just closed)."""

    async def outbox(self, ids: Sequence[int]) -> tuple[OutboxRow, ...]:
        """Those of the rows that are still owed, oldest first."""

    async def overdue_outbox(self, before: Micros, limit: int) -> tuple[int, ...]:
        """Ids of rows owed since before then, urgent first."""

    async def adopt_card(self, address: Address, job_id: int, ref: str) -> None:
        """A message whose sending was *unknown* has turned up: it is this address's card of that job."""

    async def job_of_ref(self, platform: str, ref: str) -> int | None:
        """The job whose card a message is; a ref may be longer than the message's own name."""

    async def delivered(
        self, row: OutboxRow, *, now: Micros, result: str, ref: str | None, retry_at: Micros | None
    ) -> None:
        """Record what became of a row (`result` is a `handlers.messages.Delivery` value); `ref` is kept
        as the address's card of that job; older owed rows of the same card become obsolete."""


class Bell(Protocol):
    """Rings when a job is to be looked at or a row to be delivered. May lose anything: the sweep
    looks every second. Never raises, never blocks."""

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        """Ring for this job at `at`."""

    def deliver(self, rows: Sequence[int]) -> None:
        """Ring for these outbox rows now."""


class Clock(Protocol):
    """The only source of *now*."""

    def now(self) -> Micros:
        """The wall clock, UTC."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Let time pass."""


class Distances(Protocol):
    """How far it is."""

    def meters(self, a: Point, b: Point) -> float:
        """Geodesic distance in metres."""


class Geocoder(Protocol):
    """Where an address is."""

    async def point(self, text: str) -> Point | None:
        """The position of an address, or None."""


__all__ = [
    "Bell",
    "Clock",
    "Decide",
    "Distances",
    "Due",
    "Geocoder",
    "Ladder",
    "OutboxRow",
    "Owed",
    "RegisterFile",
    "Saved",
    "Store",
]
