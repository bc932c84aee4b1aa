"""What somebody was shown of doors, phones and health, and how much of it is too much.

Values only: the rules that look at them are `harvesting`, who may read the log is the access table's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.events import EventKind
from dispatch.moments import HOUR, Micros

DAY: Micros = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is too much; `config.settings.Reveals` has the reasons. With a `pace` of 10 a day passes in a
    tenth of its time, as in the demo."""

    a_day: int = 12
    given_back: int = 3
    pace: int = 1

    @property
    def day(self) -> Micros:
        """For how long a job that was shown counts."""
        return DAY // self.pace

    @property
    def hour(self) -> Micros:
        """The same of one that was given back."""
        return HOUR // self.pace


LIMITS = Limits()
"""The usual ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A job whose private side somebody was shown of late, and when they gave it back."""

    job_id: int
    given_back_at: Micros | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What somebody was shown within a day."""

    shown: Sequence[Shown] = ()
    limits: Limits = LIMITS


NOTHING = Lately()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody of whom a decision must know what they were shown after `since`."""

    person_id: int
    since: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """One line of the log: who was shown which fields of which job, when, and because of what happened."""

    job_id: int
    person_id: int
    name: str
    """As they are called now; empty where they were forgotten."""
    kind: str
    building_id: int | None
    fields: frozenset[str]
    at: Micros
    reason: EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which lines are wanted: after `since`, up to `until`; 0 stands for everybody, and for every job."""

    since: Micros
    until: Micros
    person_id: int = 0
    job_id: int = 0


class ShownRows(Protocol):
    """What a store promises of it."""

    async def reveals(self, committee_id: int, wish: Wish, limit: int) -> Sequence[Reveal]:
        """Lines of the log, newest first."""
