"""What a policy answers: whom to ask now, why them, and when to look again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from dispatch.moments import Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody was asked, as facts; the sentence is made where it is read.

    `walk` in seconds; `accepted` of the `asked` times that they were asked before; `rest` is how many jobs
    were posted since they were asked last or had one, None where they never did; `chance` is the estimate
    that they accept.
    """

    person_id: int
    walk: float
    accepted: float = 0
    asked: float = 0
    rest: int | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """`people` are asked now, in this order; `reasons` are theirs, in the same order, empty where a policy
    weighs nothing. At `look_at` it is asked again; None: it has nothing more to do unless somebody
    answers."""

    people: tuple[int, ...] = ()
    look_at: Micros | None = None
    reasons: tuple[Reason, ...] = ()


@runtime_checkable
class Policy(Protocol):
    """Whom to ask next.

    `people` are those who may be asked and were not asked in this search, nearest first. Whoever drives a
    policy calls it when a search begins, at `look_at`, and as soon as somebody refuses; it stops calling once
    all places are taken. The same arguments give the same wave, and calling twice asks nobody twice as
    long as whoever was asked is in the search.
    """

    def next_wave(self, search: Search, people: Sequence[Candidate], now: Micros, record: Record) -> Wave:
        """Whom to ask at `now`, and when to look again."""
        ...
