"""What must not lie with nobody: the duty at the start of a shift, and what somebody answered for who is out.

It is passed from one person to the next until somebody takes it; a reminder is one that only tells.

Values, and the part of the store that keeps them. What follows from them is decided in `passing`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from dispatch import waking
from dispatch.events import NoticeKind, Owed
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.rota import Swap
from dispatch.verbs import Answer


class RelayKind(StrEnum):
    """What a relay is about."""

    REMINDER = "reminder"
    """A shift that comes: whoever has it is told the night before."""
    GIVEN = "given"
    """A shift that somebody else gave them."""
    ROLLCALL = "rollcall"
    """A shift has begun: is whoever has it there?"""
    HANDOVER = "handover"
    """Somebody is out, or has left: who takes what they answered for?"""
    TRANSFER = "transfer"
    """Another committee asks this one to take a job (`dispatch.transfers`), or this one asks the sub-district
    office: then `jobs` holds it. It is never looked at: what becomes of it is decided with the job."""
    ACTING = "acting"
    """Somebody wants to act as a secretary, or does (`dispatch.acting`). It is never looked at either."""
    STATUS = "status"
    """A building is sealed, controlled or open from now on, or will be (`dispatch.declaring`). It only tells,
    and is over as soon as it is made."""


TELLING = frozenset({RelayKind.REMINDER, RelayKind.GIVEN, RelayKind.STATUS})
"""Those that ask nothing."""

APART = frozenset({RelayKind.TRANSFER, RelayKind.ACTING, RelayKind.STATUS})
"""Those that are no matter of who is there."""


class RelayState(StrEnum):
    """What became of it."""

    OPEN = "open"
    TAKEN = "taken"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One of them. `version` grows with every change; it is looked at again at `due_at`, and never once that
    is None. The duty that it is about lasts from `starts_at` to `ends_at`; without, it is about
    `jobs` alone."""

    committee_id: int
    cause: str
    """Unique in its committee: what must happen once has one cause."""
    kind: RelayKind
    about_id: int | None
    """Whose it was; of a reminder, who is told."""
    made_at: Micros
    due_at: Micros | None
    id: int = 0
    version: int = 0
    state: RelayState = RelayState.OPEN
    by_id: int | None = None
    """Who gave the shift away."""
    starts_at: Micros | None = None
    ends_at: Micros | None = None
    building_id: int | None = None
    """Whose status it tells."""
    jobs: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()
    """In this order, each of them once."""
    rounds: int = 0
    """How often everybody was asked in vain."""
    taken_by: int | None = None
    decided_at: Micros | None = None

    @property
    def open(self) -> bool:
        """Nobody has taken it, and somebody still should."""
        return self.state is RelayState.OPEN

    @property
    def card_cause(self) -> str:
        """What makes its card one for each address, as it is now."""
        return f"relay {self.id} v{self.version} card"

    @property
    def asks(self) -> bool:
        """Somebody is to answer, and may."""
        return self.open and self.kind not in TELLING


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrusted:
    """What somebody has in hand of an open job since then: a call that they acknowledged, or (`claim`) a
    place. A call that nobody has in hand, or nobody any more, is nobody's."""

    job_id: int
    person_id: int | None
    since: Micros
    claim: bool
    called: tuple[int, ...] = ()
    """Of a call that is nobody's: the leaders who were called last, at `since`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a committee's duty looks like when it is looked at.

    `relays` are those to be looked at again, and the one that somebody has tapped. `looked_at` is None before
    the first look; `holder` was on duty then. `changed`: the people are not as they were then."""

    roster: Roster
    relays: tuple[Relay, ...] = ()
    entrusted: tuple[Entrusted, ...] = ()
    looked_at: Micros | None = None
    holder: int | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Somebody is out from the one moment until the other; None for both: they are back."""

    person_id: int
    since: Micros | None
    until: Micros | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Jobs whose call passes from one person's hands into another's; with nobody as `taker` it is only
    offered so far."""

    job_id: int
    giver: int
    taker: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a look, a tap or a word of somebody changes, to be kept as one.

    `relays` are those that are new (id 0) or changed; `told` says by cause who is owed which card of them.
    What is to happen to jobs because of it (`released`, `carried`) follows once this is kept: it is found
    again by the next look as long as it has not happened."""

    watch: Watch
    """As it is afterwards."""
    before: tuple[Relay, ...]
    """The relays as they were loaded."""
    now: Micros
    look_at: Micros
    relays: tuple[Relay, ...] = ()
    told: Mapping[str, Mapping[int, NoticeKind]] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()
    leaves: tuple[Leave, ...] = ()
    released: tuple[Entrusted, ...] = ()
    carried: tuple[Carried, ...] = ()
    answer: Answer | None = None

    @property
    def unfinished(self) -> bool:
        """Jobs are to be moved before all of it is done."""
        return bool(self.released) or any(each.taker is not None for each in self.carried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was kept: with the numbers of new relays, and ids of new outbox rows."""

    passed: Passed
    relays: tuple[Relay, ...] = ()
    rows: tuple[int, ...] = ()


Pass = Callable[[Watch], Passed]
"""Pure and synchronous; may be called again when something changed under it."""


class Relays(Protocol):
    """The part of the store that keeps them."""

    async def watches_due(self, now: Micros, limit: int) -> tuple[int, ...]:
        """Committees whose duty is to be looked at: a moment has come, or their people have changed."""

    async def watch(self, committee_id: int, decide: Pass, relay_id: int = 0) -> Kept:
        """Load what there is, decide, keep all of it at once; two of them never run side by side in one
        committee. `relay_id` is loaded as well, whatever became of it."""

    async def relay(self, committee_id: int, relay_id: int) -> Relay:
        """One relay. Raises `UnknownRelayError`."""

    async def relays(self, committee_id: int) -> tuple[Relay, ...]:
        """Those that are to be looked at again, oldest first."""

    async def relay_committee(self, relay_id: int) -> int | None:
        """Whose it is: only to choose among one sender's own addresses."""


def owed(relay: Relay, told: Mapping[int, NoticeKind], roster: Roster, now: Micros) -> tuple[Owed, ...]:
    """The cards that people are owed of a relay, and what rings them besides. Repeating is safe: cause and
    address are a unique key."""
    kinds: dict[int, NoticeKind] = {}
    for person, kind in told.items():
        ways = [address.id for address in roster.ways.get(person, ())]
        rings = waking.rung_first(roster, person, now) if kind in waking.RINGING else None
        kinds |= {each: kind for each in (*ways, rings) if each is not None}
    return tuple(
        Owed(cause=relay.card_cause, address_id=address, kind=kind, urgent=kind.presses)
        for address, kind in sorted(kinds.items())
    )
