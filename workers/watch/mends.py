"""How what is late is made good: by whatever looks at it anyway, which decides from the state of this moment.

Jobs and cards have ways of their own (`workers.watch.auditor`). Knows no rows.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from dispatch.care import DuePlan
from dispatch.gatekeeping import Gatekeeping
from dispatch.lateness import Late, Timed
from dispatch.refilling import Refilling
from dispatch.service import Service
from dispatch.succession import Succession
from dispatch.supply import DueSupply
from dispatch.tending import Tending


def _idle(_late: Late) -> bool:
    """Nobody has it in hand."""
    return False


def _row(late: Late) -> int:
    """Each row is looked at by itself."""
    return late.id


def _committee(late: Late) -> int:
    """One look is for a whole committee."""
    return late.committee_id


def _all(_late: Late) -> int:
    """One look is for all that is due, of whatever committee."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """`look` makes it good; early, late or repeated looks change nothing. What is `busy` is in hand, and
    another look would only wait. One look is for all that have the same `key`."""

    look: Callable[[Late], Awaitable[object]]
    busy: Callable[[Late], bool] = _idle
    key: Callable[[Late], int] = _row


Mends = Mapping[Timed, Mend]

NOTHING: Mends = MappingProxyType({})
"""For an auditor that leaves all this to others."""


class Reporter(Protocol):
    """What tells other systems (`workers.reports.Reporter`)."""

    async def begin(self) -> None:
        """Begin what is due."""

    def busy(self, source_id: int) -> bool:
        """That source is being told something, or its webhook hangs."""


def mends(service: Service, succession: Succession, reporter: Reporter) -> Mends:
    """What a process that looks at everything can make good."""
    tending, refilling, gates = Tending(service), Refilling(service), Gatekeeping(service)

    async def duty(late: Late) -> None:
        await succession.look(late.committee_id)

    async def care(late: Late) -> None:
        await tending.look(DuePlan(committee_id=late.committee_id, plan_id=late.id, look_at=late.due_at))

    async def medicine(late: Late) -> None:
        await refilling.look(
            DueSupply(committee_id=late.committee_id, supply_id=late.id, look_at=late.due_at)
        )

    async def status(late: Late) -> None:
        await gates.look(late.committee_id)

    def told(late: Late) -> bool:
        return late.source_id is not None and reporter.busy(late.source_id)

    async def report(_late: Late) -> None:
        await reporter.begin()

    return {
        Timed.DUTY: Mend(look=duty),
        Timed.CARE: Mend(look=care),
        Timed.MEDICINE: Mend(look=medicine),
        Timed.STATUS: Mend(look=status, key=_committee),
        Timed.REPORT: Mend(look=report, busy=told, key=_all),
    }
