"""The ledger: what happened to a job, one entry a version, and what is owed to whom because of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.moments import Micros
from dispatch.people import Audience


class EventKind(StrEnum):
    """One thing that happened. The first block carries a step: it is decided once per (loop, step)."""

    ASKED = "asked"
    CALLED = "called"
    RUNG_EMPTY = "rung_empty"
    URGED = "urged"
    LAPSED = "lapsed"
    REPEATED = "repeated"
    EXHAUSTED = "exhausted"
    CALLED_AGAIN = "called_again"
    RUNG_AGAIN = "rung_again"
    """By the rung's own clock; a rung that has one is called with its `number`, counted in the call."""
    HANDED_ON = "handed_on"

    POSTED = "posted"
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    OFFER_LAPSED = "offer_lapsed"
    STARTED = "started"
    ARRIVED = "arrived"
    FINISHED = "finished"
    RELEASED = "released"
    TIMED_OUT = "timed_out"
    NUDGED = "nudged"
    SILENT = "silent"
    HELP = "help"
    FOUND = "found"
    """What somebody found, by the keys of the step and of the finding."""
    RECHECK = "recheck"
    """A step's time has passed: look again."""
    STOP_JOINED = "stop_joined"
    """One more medicine request goes with a run."""
    STOP = "stop"
    """What became of a stop of a run, by its number."""
    DOOR = "door"
    """What was found at a door of a round, by its number; with the job that looks after whoever did not
    answer."""
    SETTLED = "settled"
    ACKNOWLEDGED = "acknowledged"
    PASSING_ON = "passing_on"
    REFUSED = "refused"
    RAISED = "raised"
    CORRECTED = "corrected"
    NOTED = "noted"
    SAID = "said"
    """Words that were passed on, and to whom, by number (`dispatch.saying`)."""
    PICTURED = "pictured"
    DOUBTED = "doubted"
    """Somebody gave back one job too many after its door was shown (`dispatch.harvesting`)."""
    HANDING_OVER = "handing_over"
    NOT_HANDED_OVER = "not_handed_over"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    CLOSED = "closed"
    THANKED = "thanked"
    """Somebody gave thanks for what was done, perhaps in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A ledger entry about to be written. `data` is public: ids, counts and keys, never free text."""

    kind: EventKind
    at: Micros
    actor_id: int | None = None
    loop: int | None = None
    step: int | None = None
    data: Mapping[str, str | int] = field(default_factory=dict)
    note: str = ""
    """Free words of a person; encrypted where it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A ledger entry as it was written; `version` is the job's version that it made."""

    job_id: int
    version: int
    kind: EventKind
    at: Micros
    actor_id: int | None = None
    loop: int | None = None
    step: int | None = None
    data: Mapping[str, str | int] = field(default_factory=dict)
    note: str = ""


class NoticeKind(StrEnum):
    """Why somebody's card moves. Earlier members win when one decision owes an address several."""

    HELP = "help"
    ALERT = "alert"
    URGE = "urge"
    NUDGE = "nudge"
    ASK_AFTER = "ask_after"
    RECHECK = "recheck"
    """Whoever is on it should look again."""
    DOUBT = "doubt"
    """The desk should look at somebody."""
    WON = "won"
    CORRECTED = "corrected"
    WORDS = "words"
    """Somebody on the job says something to the reader."""
    PICTURE = "picture"
    OFFER = "offer"
    ASK = "ask"
    WELCOMED = "welcomed"
    DECLINED = "declined"
    APPLIED = "applied"
    DRILL = "drill"
    """A test, about no job: it asks nothing of anybody."""
    DIGEST = "digest"
    """The morning's figures, about no job."""
    THANKS = "thanks"
    """Somebody gives thanks for a job that the reader did."""
    TOLD = "told"
    """To the family: something was done, or how it stands with a building from now on."""
    WITHDRAW = "withdraw"
    UPDATE = "update"

    @property
    def wakes(self) -> bool:
        """Rings or buzzes; the others only keep a card true."""
        return self not in QUIET

    @property
    def alone(self) -> bool:
        """A message of its own: it is no card that follows something, and is never edited."""
        return self in (NoticeKind.DRILL, NoticeKind.DIGEST, NoticeKind.THANKS, NoticeKind.TOLD)

    @property
    def presses(self) -> bool:
        """Overtakes all that waits, whatever the job."""
        return self in PRESSING


QUIET = frozenset({NoticeKind.WITHDRAW, NoticeKind.UPDATE})
"""Kinds that ring nobody."""

PRESSING = frozenset(
    {
        NoticeKind.HELP,
        NoticeKind.ALERT,
        NoticeKind.URGE,
        NoticeKind.ASK_AFTER,
        NoticeKind.RECHECK,
        NoticeKind.WON,
    }
)
"""Kinds for which somebody must answer now, or stands ready to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something owed to people (and to rooms), by kind; the card itself is made when it is sent."""

    kind: NoticeKind
    people: tuple[int, ...] = ()
    rooms: tuple[Audience, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An outbox row about to be written: unique on (`cause`, `address_id`).

    Where `picture` is set the row is about that picture of the job, shown because of the claim of number
    `claim`, and about no card."""

    cause: str
    address_id: int
    kind: NoticeKind
    urgent: bool
    """Goes before what is not, wherever cards wait."""
    picture: int | None = None
    claim: int | None = None
