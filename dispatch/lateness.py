"""What should have happened by now and has not: rows whose time is long past, and what was made good.

Says nothing of why. A row is known by what it is, its number and its due time, so that each lateness is one
thing: it is made good once, whoever finds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dispatch.moments import Micros


class Timed(StrEnum):
    """What carries a due time."""

    JOB = "job"
    """The clock was to look at it."""
    DUTY = "duty"
    """The clock was to look at a committee's duty."""
    CARD = "card"
    """It was to be sent."""
    CARE = "care"
    """The clock was to look at a care plan."""
    MEDICINE = "medicine"
    """The clock was to look at a medicine of the register."""
    STATUS = "status"
    """The clock was to tell what a building's status has become."""
    REPORT = "report"
    """Another system was to be told what happened to its job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A row whose time has come and gone. `id` is its number; of a duty it is the committee's, of a report
    the job's."""

    what: Timed
    id: int
    committee_id: int
    due_at: Micros
    platform: str = ""
    """Where a card was to be sent."""
    source_id: int | None = None
    """The source that a report is owed to."""
    urgent: bool = True
    """It goes before what is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Something late that was made good, and when it was found."""

    late: Late
    at: Micros

    @property
    def by(self) -> Micros:
        """How late it was."""
        return self.at - self.late.due_at


class Lateness(Protocol):
    """The part of the store that tells it."""

    async def late(self, before: Micros, page: int) -> Sequence[Late]:
        """All rows of all committees that were due before then, of each kind the latest ones first; read so
        many at a time."""

    async def behind(self, now: Micros) -> Sequence[Late]:
        """Duties that were not looked at since somebody changed the committee's people or rota, due since
        that was first noticed: nothing else says since when. What is noticed now is kept."""

    async def begin_repair(self, late: Late, now: Micros) -> Micros | None:
        """Write down that this lateness is being made good; None where it is the caller who does it, else
        when somebody began before. Of two who ask at the same time one gets None."""

    async def repairs(self, committee_id: int, since: Micros) -> Sequence[Repair]:
        """What was made good since then, newest first."""
