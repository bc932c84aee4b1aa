"""What the work needs from the world, as protocols; `store` and the workers implement them.

Everything is asked for by committee id, so that one committee can never reach another's rows.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol

from dispatch.acting import Actings
from dispatch.care import CarePlans
from dispatch.care_pictures import CarePictures
from dispatch.declaring import Sealings
from dispatch.devices import Subscription
from dispatch.door_lists import DoorLists
from dispatch.drills import Drills
from dispatch.entries import RegisterFile
from dispatch.events import Entry, Owed
from dispatch.fairness import Tallies
from dispatch.geography import Point
from dispatch.hours import HoursKept
from dispatch.households import Households
from dispatch.importing import Registers
from dispatch.jobs import Draft, Job, Private
from dispatch.joining import Account, Application, Filed, Request, Ticket, Verdict
from dispatch.kept import Due, OutboxRow, Saved, Taken
from dispatch.lately import Reader, ShownRows
from dispatch.lateness import Lateness
from dispatch.leaving import Subjects
from dispatch.linking import Linking
from dispatch.medicines import Medicines
from dispatch.moments import Micros
from dispatch.pauses import Pauses
from dispatch.people import Address, Committee, Ladder, Person, Roster
from dispatch.pictures import Picture, Wanted
from dispatch.playbook import Playbook
from dispatch.reach import Send, Way
from dispatch.relays import Relays
from dispatch.residents import Resident
from dispatch.rota import Calendar, Swap
from dispatch.situation import Decision, Situation
from dispatch.supply import Supplies
from dispatch.telling import Families
from dispatch.traces import Trace, Traces
from dispatch.transfers import Transfers
from dispatch.vouching import Vouching
from dispatch.whereabouts import Whereabouts

Decide = Callable[[Situation], Decision]
"""Pure and synchronous; may be called again when the job changed under it, or with the surroundings that it
missed (`SurroundingsUnknownError`)."""


Reveals = Callable[[Situation], bool]
"""Whether whoever acts may see the job's private text as it is then: the access table was asked."""


class Store(
    Pauses,
    HoursKept,
    Registers,
    Traces,
    Lateness,
    Drills,
    Relays,
    Transfers,
    Actings,
    Sealings,
    Vouching,
    Linking,
    Tallies,
    CarePlans,
    CarePictures,
    Supplies,
    ShownRows,
    Subjects,
    Medicines,
    Whereabouts,
    Families,
    Households,
    DoorLists,
    Protocol,
):
    """What is kept. Every method is one transaction or one consistent read."""

    async def post(self, draft: Draft, playbook: Playbook, now: Micros, decide: Decide) -> Saved:
        """Insert the job (with its private text encrypted) and save what `decide` makes of it.

        The same nonce again changes nothing. Residents are matched by building and unit."""

    async def change(
        self,
        committee_id: int,
        job_id: int,
        decide: Decide,
        receipt: str = "",
        reveals: Reveals | None = None,
        to: Reader | None = None,
    ) -> Saved:
        """Load the situation, decide, save by compare-and-swap; repeated on a conflict.

        What the situation says of `to` is true until the decision is kept: such changes `to` one person
        follow each other, whatever job they are about.
        Where `reveals` says so of the situation afterwards, the job's private text comes with it.
        A `receipt` is kept with what it caused; the same one again decides nothing (`decision` None).
        Raises `UnknownJobError` for a job that is not this committee's."""

    async def situation(self, committee_id: int, job_id: int) -> Situation:
        """The job as it stands, consistent at one version. Raises `UnknownJobError`."""

    async def private(self, committee_id: int, job_id: int) -> Private:
        """The private text of a job, decrypted. The caller has asked the access table."""

    async def timeline(self, committee_id: int, job_id: int) -> tuple[Entry, ...]:
        """Every ledger entry, oldest first, notes decrypted."""

    async def said(self, committee_id: int, job_id: int, since: int) -> tuple[Entry, ...]:
        """Of these what people on the job said to each other after its version `since`."""

    async def due(self, now: Micros, limit: int, shard: int = 0, shards: int = 1) -> tuple[Due, ...]:
        """Jobs of all committees whose `look_at` is at or before `now`, most overdue first; of `shards`
        parts into which jobs fall by their id, those of part `shard`."""

    async def open_jobs(self, committee_id: int) -> tuple[Job, ...]:
        """Jobs not closed: most urgent first, then oldest first."""

    async def jobs_of(self, committee_id: int, person_id: int, since: Micros) -> tuple[Job, ...]:
        """Jobs this person was asked, called or claimed for: open ones, and those closed after
        `since`; most urgent first, then newest first."""

    async def closed_since(self, committee_id: int, since: Micros) -> tuple[Job, ...]:
        """Jobs closed after `since`, newest first."""

    async def claims_since(self, committee_id: int, since: Micros) -> tuple[Taken, ...]:
        """Claims made after `since`, oldest first, whatever became of them."""

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

    async def ways(self, committee_id: int) -> tuple[Way, ...]:
        """Every address that works or has failed, rooms too; not those that staff switched off."""

    async def sends(self, committee_id: int, job_id: int) -> tuple[Send, ...]:
        """What became of everything that was to ring people because of a job, oldest first."""

    async def tell_desk(self, row: OutboxRow) -> tuple[int, ...]:
        """The row's address turned out not to work: owe the desk the card of its job; ids of new rows.

        Repeating changes nothing."""

    async def move_room(self, platform: str, old: str, new: str) -> None:
        """The platform calls a room by another name now; its cards start afresh."""

    async def next_address(self, row: OutboxRow) -> int | None:
        """Owe what could not be delivered to the person's next way or chat; its row's id, or None."""

    async def picture(self, committee_id: int, job_id: int, number: int) -> Picture:
        """A job's picture, opened. The caller has asked the access table. Raises `UnknownPictureError`, and
        `PicturesUnavailableError` where its bytes cannot be had now."""

    async def shelve(
        self, committee_id: int, pictures: tuple[Picture, ...], now: Micros
    ) -> tuple[Picture, ...]:
        """The same pictures, their bytes put where they are to lie; what no change takes then is let go of
        in the night. Raises `PicturesUnavailableError`."""

    async def begin_sends(self, rows: Sequence[OutboxRow], now: Micros, until: Micros) -> frozenset[int]:
        """Write down that the rows are about to be sent, all in one go; the ids of those that are, without
        any at which somebody else is, or that are owed no more.

        Until then nobody takes them up again; whoever does so later knows that they may have arrived."""

    async def hold_send(self, row: OutboxRow, now: Micros, until: Micros) -> bool:
        """Keep a row that is due by now from all others until then, who may send it again afterwards; False
        where somebody else does so, or it is owed no more."""

    async def picture_under_way(self, row: OutboxRow) -> bool:
        """The picture that the row is to take back is being sent at this moment, or nobody knows yet."""

    async def want_picture(self, wanted: Wanted, due_at: Micros) -> None:
        """Keep in mind that the picture is to be fetched; the same receipt again changes nothing."""

    async def wanted_pictures(self, platform: str, now: Micros, limit: int) -> tuple[Wanted, ...]:
        """Pictures of a platform that are still to be fetched, due by now, oldest first."""

    async def postpone_picture(self, wanted: Wanted, due_at: Micros) -> None:
        """Fetching it failed and is to be tried again then."""

    async def settle_picture(self, wanted: Wanted, now: Micros) -> None:
        """Nothing more is to be done about it, whatever came of it."""

    async def album_job(self, committee_id: int, album: str) -> int | None:
        """The job that the words of an album posted, or were about."""

    async def posted_by(self, committee_id: int, nonce: str) -> int | None:
        """The job that was posted with this nonce."""

    async def job_committee(self, job_id: int) -> int | None:
        """Whose job it is: only to choose among one sender's own addresses."""

    async def invite(self, committee_id: int, person_id: int, *, revoke: bool) -> Person:
        """Make sure the person has a web address; `revoke` raises `link_epoch` first, and their chat accounts
        are no addresses any more."""

    async def take_duty(self, taken: Swap, now: Micros) -> bool:
        """From now on somebody has the duty in that span; False when the same cause was kept before.

        Raises `UnknownPersonError` for somebody who is not of the committee, or has left."""

    async def set_language(self, committee_id: int, person_id: int, language: str) -> None:
        """What the person reads from now on."""

    async def residents(self, committee_id: int) -> tuple[Resident, ...]:
        """The register of people at risk, decrypted. The caller has asked the access table."""

    async def load(self, file: RegisterFile, *, prune: bool, demo: bool) -> Mapping[str, int]:
        """Insert or update by key, all or nothing; twice changes nothing.

        Returns counts: `added`, `changed`, `unchanged`, `deactivated`."""

    async def present(self, address_id: int, until: Micros | None) -> None:
        """A page is open until then (None: just closed, which is kept as the last time that it was open)."""

    async def keep_device(self, address: Address, subscription: Subscription, now: Micros) -> None:
        """From now on this browser rings for the address, and for no other. Repeating is safe."""

    async def drop_device(self, address: Address, endpoint: str) -> None:
        """The address's browser rings no more. Repeating is safe."""

    async def devices(self, address: Address) -> tuple[Subscription, ...]:
        """The browsers that ring for an active address, oldest first."""

    async def ringing(self, committee_id: int) -> frozenset[int]:
        """Ids of the committee's active addresses for which a browser rings."""

    async def outbox(self, ids: Sequence[int]) -> tuple[OutboxRow, ...]:
        """Those of the rows that are still owed, oldest first."""

    async def overdue_outbox(
        self, before: Micros, limit: int, platforms: Collection[str] = (), *, others: bool = True
    ) -> tuple[int, ...]:
        """Ids of rows owed since before then, urgent first: to addresses of those platforms, or with `others`
        of all but those. Of each platform `limit` at most, and of what is urgent there as many again."""

    async def adopt_card(self, address: Address, job_id: int, ref: str) -> None:
        """A message whose sending was *unknown* has turned up: it is this address's card of that job."""

    async def doubtful(self, address: Address, job_id: int) -> bool:
        """A sending of this job's card to the address is *unknown*: the card may stand there."""

    async def card_ref(self, address: Address, job_id: int) -> str | None:
        """The message that this address's card of that job is; None when there is none yet."""

    async def has_card(self, address: Address) -> bool:
        """Whether the card of any job was ever brought to this address."""

    async def job_of_ref(self, platform: str, ref: str) -> int | None:
        """The job whose card a message is; a ref may be longer than the message's own name."""

    async def not_reached(self, rows: Sequence[OutboxRow], now: Micros) -> None:
        """Nobody is there to read them now; the cards wait for whoever looks."""

    async def delivered(
        self, row: OutboxRow, *, now: Micros, result: str, ref: str | None, retry_at: Micros | None
    ) -> None:
        """Record what became of a row (`result` is a `handlers.gateways.Delivery` value); `ref` is kept
        as the address's card of that job; older owed rows of the same card become obsolete."""

    async def tie(
        self, ticket: Ticket, account: Account, now: Micros, code: str = ""
    ) -> tuple[Person, tuple[int, ...]]:
        """Make the account a chat address of the person whom the ticket is for; an open application of it
        is approved by that. Gives the person and ids of new outbox rows; repeating changes nothing. A `code`
        (`dispatch.linking`) is used up by it.

        Raises `LinkRevokedError` (also when the person left), `AccountTakenError`, `SecondAccountError`."""

    async def apply(self, request: Request, now: Micros) -> Filed:
        """Keep an application, or add to the account's open one of that committee.

        Where the committee's rule says so, whoever says who they are and where they live is let in by it.
        Raises `AccountTakenError`, `DeclinedLatelyError` and `TooManyApplicationsError`."""

    async def application(self, committee_id: int, application_id: int) -> Application:
        """One application. Raises `UnknownApplicationError`."""

    async def applications(self, committee_id: int) -> tuple[Application, ...]:
        """The committee's open applications, oldest first."""

    async def applications_of(self, account: Account) -> tuple[Application, ...]:
        """An account's open applications, one a committee at most."""

    async def application_committee(self, application_id: int) -> int | None:
        """Whose application it is: only to choose among one sender's own addresses."""

    async def decide_application(self, verdict: Verdict, now: Micros) -> Filed:
        """Approve (a volunteer is made, not trusted, and the account is theirs) or decline; an application
        that was decided before stays as it is. Raises `UnknownApplicationError`, and `OwnApplicationError`
        where it is the decider's own."""


class Bell(Protocol):
    """Rings when a job is to be looked at or a row to be delivered. May lose anything: the sweep
    looks every second. Never raises, never blocks."""

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        """Ring for this job at `at`."""

    def deliver(self, rows: Sequence[int], *, later: bool = False) -> None:
        """Ring for these outbox rows now, or `later`: after whoever is tapping has been answered."""


class Clock(Protocol):
    """The only source of *now*."""

    def now(self) -> Micros:
        """The wall clock, UTC."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Let time pass."""


class Distances(Protocol):
    """How far it is as the crow flies. How far on foot, `dispatch.homes` says."""

    def meters(self, a: Point, b: Point) -> float:
        """Geodesic distance in metres."""


class Geocoder(Protocol):
    """Where an address is."""

    async def point(self, text: str) -> Point | None:
        """The position of an address, or None."""


__all__ = [
    "Bell",
    "Calendar",
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
    "Trace",
]
