"""A care plan: what a resident needs again and again, when, and who usually does it.

Values, and what the store keeps of them. When a plan's next turn is opened is said in `caring`; the job that
it becomes is a job like any other. Everything about the resident is private.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Protocol

from dispatch.jobs import Job
from dispatch.moments import Micros
from dispatch.residents import Resident
from dispatch.rota import Calendar

NOBODY = 0
"""In place of a person: whoever usually does it, all of them, cannot come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a round goes to: the residents of these keys, and those who live in the buildings of these keys
    (none: in any), all of them or with `alone` those who live alone. With `relay` a household of their
    building tells them, where one does."""

    residents: tuple[str, ...] = field(default=(), repr=False)
    buildings: tuple[str, ...] = ()
    alone: bool = False
    relay: bool = False

    @property
    def widens(self) -> bool:
        """Residents belong to it whom it does not name."""
        return self.alone or bool(self.buildings)

    def holds(self, key: str, building: str | None, *, alone: bool) -> bool:
        """The resident of that key, who lives there, belongs to it."""
        here = self.widens and (not self.buildings or building in self.buildings)
        return key in self.residents or (here and (alone or not self.alone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One plan of one resident, or with a `scope` of several: a round (`resident` is None then). `rule` says
    the days, counted from `anchor`; `times` are the hours of such a day, on the clock on the wall, at which
    it is usually done. A turn is opened `ahead` of that and must be done `within` so long after it. Turns
    that had to be done by `since_at` are nobody's business any more: the plan is younger than they are."""

    id: int
    committee_id: int
    key: str = field(repr=False)
    resident: Resident | None = field(repr=False)
    kind: str
    rule: str
    times: tuple[time, ...]
    anchor: date
    ahead: Micros
    within: Micros
    carers: tuple[int, ...] = ()
    """Ids of people who usually do it, first come first; some may have left."""
    device: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    scope: Scope | None = None
    since_at: Micros = 0
    look_at: Micros = 0
    calendar: Calendar = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Somebody who usually does it cannot come to the turn of that moment; `NOBODY`: none of them can."""

    plan_id: int
    at: Micros
    person_id: int
    by_id: int
    said_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePlan:
    """A plan that is to be looked at, and the moment for which that was written down."""

    committee_id: int
    plan_id: int
    look_at: Micros


class CarePlans(Protocol):
    """The part of the store that keeps them."""

    async def care_plans(self, committee_id: int) -> tuple[Plan, ...]:
        """The plans that count, of residents who are there, decrypted. The caller has asked the access
        table."""

    async def care_plan(self, committee_id: int, plan_id: int) -> Plan | None:
        """One of them; None for one that counts no more, or whose resident has left."""

    async def care_due(self, now: Micros, limit: int) -> tuple[DuePlan, ...]:
        """Plans of all committees that are to be looked at by now, most overdue first."""

    async def carers(self, committee_id: int) -> frozenset[int]:
        """Ids of everybody who usually does something of a plan that counts."""

    async def care_turns(self, committee_id: int, since: Micros) -> tuple[Job, ...]:
        """Jobs that are turns of plans whose usual moment is at or after `since`, oldest turn first."""

    async def care_doers(self, committee_id: int, plan_id: int, limit: int) -> tuple[int, ...]:
        """Ids of those who did turns of the plan, each once, whoever did one last first."""

    async def care_excuses(self, committee_id: int, since: Micros) -> tuple[Excuse, ...]:
        """What was said of turns at or after `since`."""

    async def excuse(self, committee_id: int, excuse: Excuse) -> bool:
        """Keep it, and have the plan looked at; False where it was said before."""

    async def look_at_care(self, due: DuePlan, again_at: Micros) -> None:
        """It was looked at, and is to be again then; nothing where somebody wants it looked at meanwhile."""


def called(plan: Plan) -> str:
    """The plan's own words for whoever has the job: what it is about, then what to do."""
    return "\n".join(part for part in (plan.device, plan.words) if part)


def usual(plan: Plan, excused: Sequence[int], doers: Sequence[int], most: int) -> tuple[int, ...]:
    """Whom a turn is offered to before all others: those who usually do it and did not say that they cannot,
    then those who did it last. Where none of the usual ones can, those who did it are asked all the same."""
    known = () if NOBODY in excused else plan.carers
    found = [who for who in (*known, *doers) if who not in excused]
    others = [who for who in found if NOBODY not in excused or who not in plan.carers]
    return tuple(dict.fromkeys(others))[:most]
