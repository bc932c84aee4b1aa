"""What a store gives back: what one work committed, what is due, what is owed to an address, who took what.

Values only; who gives them, and who asks, is `ports`.
"""

from dataclasses import dataclass

from dispatch.events import NoticeKind
from dispatch.jobs import Priority, Private
from dispatch.moments import Micros
from dispatch.people import Address
from dispatch.situation import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one unit of work committed. `rows` are ids of new outbox rows that ring somebody, `quiet` of
    those that only keep a card true.

    `decision` is None only when a nonce was posted before: `job_id` is that job then.
    """

    job_id: int
    decision: Decision | None
    rows: tuple[int, ...] = ()
    quiet: tuple[int, ...] = ()
    private: Private | None = None
    """What `reveals` asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A job whose `look_at` has come."""

    committee_id: int
    job_id: int
    look_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Something owed to one address about one job; `ref` is the message that the card already is.

    Where `application_id` or `relay_id` is set it is about that, and about no job (`job_id` is 0).
    """

    id: int
    committee_id: int
    job_id: int
    address: Address
    kind: NoticeKind
    urgent: bool
    tries: int
    created_at: Micros
    ref: str | None = None
    application_id: int | None = None
    relay_id: int | None = None
    picture: int | None = None
    """Set where it is about a picture of the job, because of the claim of number `claim`, and no card."""
    claim: int | None = None
    shown: str | None = None
    """The message that the picture is already."""
    begun_at: Micros | None = None
    """When somebody began to send the picture, of which nothing is known since."""
    doubted: bool = False
    """The last try at this address failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A claim with what everybody may know of its job: for figures, and for screens that many look at."""

    job_id: int
    number: int
    """Counts the job's claims from 1."""
    person_id: int
    claimed_at: Micros
    posted_at: Micros
    kind: str
    priority: Priority
    building_id: int | None
