"""A medicine that a resident takes all the time: which, from where, and until when there is enough of it.

Values, and what the store keeps of them. When it is asked for is said in `running_out`; what is asked for is
a request like any other (`dispatch.stops`). All of it is private.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from dispatch.jobs import Job
from dispatch.moments import Micros
from dispatch.residents import Resident
from dispatch.stops import Good, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One medicine of one resident. There is enough `until` the end of that day; it is asked for `ahead` days
    before. A box lasts `box` days, and what was fetched moves the day on by that; 0: nobody said, so somebody
    must say each time. `brings` is what has to go along."""

    id: int
    committee_id: int
    key: str = field(repr=False)
    resident: Resident = field(repr=False)
    medicine: str = field(repr=False)
    hospital: str = field(default="", repr=False)
    doctor: str = field(default="", repr=False)
    brings: tuple[Good, ...] = ()
    until: date
    box: int = 0
    ahead: int
    look_at: Micros = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSupply:
    """A medicine that is to be looked at, and the moment for which that was written down."""

    committee_id: int
    supply_id: int
    look_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a medicine that runs out became: the stop where it is looked for, and the job which has that."""

    stop: Stop
    job: Job


class Supplies(Protocol):
    """The part of the store that keeps them."""

    async def supplies(self, committee_id: int) -> tuple[Supply, ...]:
        """Those that count, of residents who are there, decrypted. The caller has asked the access table."""

    async def supply(self, committee_id: int, supply_id: int) -> Supply | None:
        """One of them; None for one that counts no more, or whose resident has left."""

    async def supplies_due(self, now: Micros, limit: int) -> tuple[DueSupply, ...]:
        """Medicines of all committees that are to be looked at by now, most overdue first."""

    async def asked_for(self, committee_id: int, since: date) -> tuple[Asked, ...]:
        """What became of the medicines that ran out, or run out, on or after that day; of what was passed on
        every stop of it."""

    async def look_at_supply(self, due: DueSupply, again_at: Micros) -> None:
        """It was looked at, and is to be again then; nothing where somebody wants it looked at meanwhile."""

    async def refilled(self, supply: Supply, until: date, now: Micros) -> None:
        """There is enough until that day now, and it is to be looked at; nothing where the day was moved
        meanwhile."""
