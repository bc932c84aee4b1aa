"""A medicine request as a stop of a run: what is wanted, what changes hands, how far it has come.

Values only. A run is a job (`jobs.Run`); what becomes of its stops is decided in `runs`. All of a stop is
private but its building and how many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dispatch.moments import Micros


class Good(StrEnum):
    """What changes hands with a request."""

    PRESCRIPTION = "prescription"
    CARD = "card"
    CASH = "cash"


class StopState(StrEnum):
    """How far a stop has come."""

    OPEN = "open"
    GOT = "got"
    """The medicine is there."""
    PASSED_ON = "passed_on"
    """It was not to be had: another job has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOut:
    """A medicine of the register (`dispatch.supply`), and the day until which there was enough of it: what
    the program itself asks for, once."""

    supply_id: int
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a message asks for, as far as it says so. `days` is how long what is left lasts, 0 used up."""

    drug: str = field(default="", repr=False)
    days: int | None = None
    hospital: str = ""
    doctor: str = field(default="", repr=False)
    goods: tuple[Good, ...] = ()
    """What is said to go along."""
    alone: bool = False
    """It cannot wait for others to the same hospital."""
    run_out: RunOut | None = None
    """Set where a medicine of the register is running out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a job knows of being a run. Others for the same hospital may join it `until` then, as long as
    nobody has it. `owed` counts what was received from residents and not given back."""

    hospital: str
    until: Micros
    stops: int = 1
    owed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One thing that went along: how much was received, and how much given back (None: nothing was said of
    that). Cash is counted in whole yuan; what is given back of it is the change, so it may be nothing."""

    good: Good
    received: int = 0
    returned: int | None = None

    @property
    def owed(self) -> bool:
        """Somebody still waits for it."""
        if self.good is Good.CASH:
            return self.received > 0 and self.returned is None
        return (self.returned or 0) < self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One request of a run, decrypted. `number` counts a job's stops from 1; `tried` are hospitals that did
    not have it."""

    committee_id: int
    job_id: int
    number: int
    hospital: str
    state: StopState = StopState.OPEN
    building_id: int | None = None
    resident_id: int | None = None
    days: int | None = None
    drug: str = field(default="", repr=False)
    doctor: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    resident_name: str = field(default="", repr=False)
    handed: tuple[Handed, ...] = field(default=(), repr=False)
    tried: tuple[str, ...] = ()
    run_out: RunOut | None = None

    @property
    def stuck(self) -> bool:
        """The hospital did not have it, and nobody has gone on to another one."""
        return self.hospital in self.tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Whether a hospital was found to have a medicine, and when."""

    hospital: str
    stocked: bool
    at: Micros


def owed(stops: Sequence[Stop]) -> int:
    """How many things of a run residents still wait for."""
    return sum(each.owed for stop in stops for each in stop.handed)
