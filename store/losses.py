"""What is owed to an address that was switched off before it was sent: it fails, and is told by its number.

Who switched it off and why is none of this module's business.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from store.engine import Plan, Row, Save

R = TypeVar("R")

UNREACH = "unreach_address"
"""The statement by which all that is owed to an address fails; its rows are what failed."""

_log = logging.getLogger(__name__)


def unreached(address_id: int, committee_id: int) -> Save:
    """Let all that is still owed to the address fail."""
    return Save(UNREACH, {"address_id": address_id, "committee_id": committee_id})


def told(plan: Plan[R]) -> Plan[R]:
    """The same plan, which tells what fails by it. A plan that is made again tells it again."""

    def result(given: Sequence[Sequence[Row]]) -> R:
        for save, rows in zip(plan.saves, given, strict=True):
            if save.name == UNREACH:
                tell(rows)
        return plan.result(given)

    return replace(plan, result=result)


def tell(rows: Sequence[Row]) -> None:
    """One line for each row that failed."""
    for row in rows:
        _log.warning(
            "outbox row %d is not sent: address %d was switched off meanwhile", row["id"], row["address_id"]
        )
