"""A job: volunteer work that somebody posted, and the call for people that runs for it.

Private text (the message, door, phone, health) is not in a `Job`: it lives in `Private`, is loaded for
one view at a time, and a job only knows which private fields exist (`hides`).
"""

from dataclasses import dataclass
from enum import StrEnum

from dispatch.doors import NewDoor, Round
from dispatch.geography import Point
from dispatch.moments import Micros
from dispatch.residents import Contact
from dispatch.stops import Request, Run


class Priority(StrEnum):
    """How much is at stake."""

    LIFE = "life"
    URGENT = "urgent"
    NORMAL = "normal"


class JobStatus(StrEnum):
    """What a job waits for; it follows from the claims and from what staff said."""

    OPEN = "open"
    FILLED = "filled"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed job ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    """Another committee has taken it (`dispatch.transfers`)."""


class CallCause(StrEnum):
    """Why people are being called for a job."""

    UNCLAIMED = "unclaimed"
    """A place is free: waves of volunteers, then the rungs."""
    RAISED = "raised"
    """A filled job became life-threatening: the rungs only."""
    SILENT = "silent"
    """Somebody under way has fallen silent: the rungs only."""
    HELP = "help"
    """Somebody at work asked for help: the rungs only."""
    FINDING = "finding"
    """Somebody at work found what leaders must know at once: the rungs only."""


TROUBLE = frozenset({CallCause.SILENT, CallCause.HELP, CallCause.FINDING})
"""Causes that are about somebody at work, and end by being settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The call for people that runs for a job, or the last one that ran.

    `loop` counts reopenings and repeats over the job's whole life and `step` what fired in that loop:
    together they are the ledger's key, so a step is decided once. `position` is the next entry of
    `sequences.sequence`. `due_at` is when that entry fires: None when the call has ended, or is held
    because a leader acknowledged it. Once acknowledged, `urge_at` is when that leader is urged, or, while
    an urge is unanswered (`urged_at` is set), when the silence counts. `again_at` is when the rung with a
    clock of its own is called again: None before it was called, and while a leader has it in hand; `calls`
    counts how often it was called in this call. `seek_at` is when the policy of a playbook that names one
    looks again for whom to ask (`seeking`): None where it has nobody to ask, or there is none. `behind` is a
    call that this one took the place of, and that runs again once this one is over.
    `since_version` is the job's version at the start of the call: a button on an older card is not about it.
    """

    cause: CallCause = CallCause.UNCLAIMED
    since_version: int = 0
    loop: int = 0
    step: int = 0
    position: int = 0
    repeats: int = 0
    due_at: Micros | None = None
    acknowledged_by: int | None = None
    acknowledged_at: Micros | None = None
    urge_at: Micros | None = None
    urged_at: Micros | None = None
    exhausted_at: Micros | None = None
    again_at: Micros | None = None
    calls: int = 0
    seek_at: Micros | None = None
    behind: CallCause | None = None

    @property
    def running(self) -> bool:
        """Somebody is still to be called or urged."""
        return self.due_at is not None or self.urge_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The committee that is asked to take the job, or was asked last; the job's own one is the sub-district
    office. It has until then, and is not asked any more once that is None. `since_version` is the job's
    version when it was asked, or when that ended.

    The office that has taken it has it whole: by `claim`, the number of one claim, and as long as that holds
    the job has one place instead of `places`."""

    committee_id: int
    since_version: int
    until: Micros | None
    claim: int | None = None
    places: int | None = None

    @property
    def open(self) -> bool:
        """They have not answered yet."""
        return self.until is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a guided job has come, whoever is on it (`dispatch.walking`). `step` is the key of what is
    asked now; `found` what each step before gave, newest last, a step once: its key and the finding's, or an
    empty one where its time had passed. `due_at` is when the step's own clock moves it on. `since_version`
    is the job's version when the step began: a button on an older card is not about it."""

    step: str
    since_version: int
    found: tuple[tuple[str, str], ...] = ()
    due_at: Micros | None = None


ELSEWHERE = 0
"""In place of a care plan's number: the plan is another committee's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The job is one turn of a care plan (`dispatch.care`), usually done `at` that moment. If it is not done
    by `due_at` it is more urgent than before; until `leaders_at` nobody but volunteers is called for it, as
    long as it is not.

    `first` are those to whom it is offered before all others, `usual` those who usually do it: they are told
    what became of it. Of a turn that was handed over to another committee all that is nobody's there, and
    `plan_id` is `ELSEWHERE`."""

    plan_id: int
    at: Micros
    due_at: Micros
    leaders_at: Micros
    first: tuple[int, ...] = ()
    usual: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `version` grows by one with every ledger entry; `look_at` is when the clock must look
    again (None only when closed)."""

    id: int
    committee_id: int
    version: int
    kind: str
    playbook: str
    """Digest of the playbook the job started with; it keeps that one to its end."""
    priority: Priority
    status: JobStatus
    posted_by: int | None
    posted_at: Micros
    places: int = 1
    building_id: int | None = None
    headline: str = ""
    """Public words, checked to hold no door and no phone; may be empty."""
    hides: frozenset[str] = frozenset()
    """Which private fields exist: of `unit`, `phone`, `text`, `resident`, `keyholder`, `family`."""
    missing: frozenset[str] = frozenset()
    """What the playbook requires and nobody has said yet."""
    pictures: int = 0
    """How many there are; they are numbered from 1."""
    outcome: Outcome | None = None
    closed_at: Micros | None = None
    closed_by: int | None = None
    calling: Calling = Calling()
    look_at: Micros | None = None
    source_id: int | None = None
    """The other system that posted it (`dispatch.sources`); nobody is `posted_by` then."""
    pending: Pending | None = None
    origin_id: int | None = None
    """The transfer by which another committee handed it over (`dispatch.transfers`), by its relay."""
    walk: Walk | None = None
    """None before anything was found."""
    turn: Turn | None = None
    """Set where a care plan opened it."""
    run: Run | None = None
    """Set where it is about medicine (`dispatch.runs`)."""
    round: Round | None = None
    """Set where it goes from door to door (`dispatch.rounds`)."""
    second: bool = False
    """Somebody asked for help, and it has one more place because of that (`dispatch.reinforcing`)."""
    thanked_by: tuple[int, ...] = ()
    """Who gave thanks for it, in that order; below zero it is family (`dispatch.thanking`)."""
    kinds: int = 0
    """How often it became one of another kind: what was sent for an earlier one is not for this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What only staff and a trusted claimer may see of a job. Encrypted wherever it is kept."""

    text: str = ""
    unit: str = ""
    place: Point | None = None
    """Where exactly, if somebody set a pin on the map."""
    phone: str = ""
    resident_name: str = ""
    resident_notes: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A job about to be posted, as understood from a message or a form.

    `nonce` makes posting repeatable: the same nonce in the same committee is the same job.
    """

    committee_id: int
    kind: str
    priority: Priority
    text: str
    nonce: str
    posted_by: int | None = None
    places: int = 1
    building_id: int | None = None
    unit: str = ""
    phone: str = ""
    headline: str = ""
    source_id: int | None = None
    origin_id: int | None = None
    mark: str = ""
    """Where it is given, the same nonce with another mark is refused: it was meant to be another job."""
    resident_id: int | None = None
    """Whom it is about, where that is known; else whoever lives behind the door."""
    turn: Turn | None = None
    request: Request | None = None
    """What medicine it asks for."""
    run: Run | None = None
    doors: tuple[NewDoor, ...] = ()
    """Whom it goes to, where it is a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What staff put right; None leaves a field as it is, an empty text removes it."""

    kind: str | None = None
    building_id: int | None = None
    unit: str | None = None
    phone: str | None = None
    headline: str | None = None
    places: int | None = None
    place: Point | None = None
    """The pin on the map; None leaves the one that is there."""
    text: str | None = None
    """Appended to the message that was there: nothing that was said is ever overwritten."""
    request: Request | None = None
    """What medicine all its words ask for, where it becomes a job about medicine."""
