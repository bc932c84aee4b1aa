"""How urgent a medicine request is, and the part of a playbook that says so: the table `[medicine]`.

Knows no message and no store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.jobs import Priority
from dispatch.tables import Table

LONGEST = 60
"""Days: nothing that is left for two months is fetched today."""

MOST_DRUGS = 200
LONGEST_NAME = 40

_ORDER = list(Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """`critical` are words for medicine without which somebody is soon in danger. A request is urgent where
    what is left lasts `soon` days or less; of a critical one that is used up it is `used_up`."""

    critical: tuple[str, ...]
    soon: int
    used_up: Priority


def priority(medicine: Medicine, drug: str, days: int | None, usual: Priority) -> Priority:
    """How urgent it is by itself; `usual` where nobody said how long it lasts."""
    if days is None:
        return usual
    if critical(medicine, drug) and days <= 0:
        return medicine.used_up
    return Priority.URGENT if days <= medicine.soon else Priority.NORMAL


def critical(medicine: Medicine, drug: str) -> bool:
    """One of the words stands in the medicine's name."""
    said = drug.casefold()
    return any(word in said for word in medicine.critical)


def alone(medicine: Medicine, drug: str, days: int | None, urgency: Priority) -> bool:
    """It goes at once and waits for no others."""
    soon = days is None or days <= medicine.soon
    return urgency is Priority.LIFE or (critical(medicine, drug) and soon)


def parse(table: Table) -> Medicine:
    """The table of a playbook's file. Raises `BadFileError`."""
    table.only("critical", "soon", "used_up")
    words = table.words("critical", expected="a list of words for medicine, as people write them")
    if len(words) > MOST_DRUGS or any(len(word) > LONGEST_NAME for word in words):
        table.fail("critical", f"at most {MOST_DRUGS} words of at most {LONGEST_NAME} characters")
    return Medicine(
        critical=tuple(word.strip().casefold() for word in words),
        soon=table.whole("soon", low=0, high=LONGEST),
        used_up=Priority(table.choice("used_up", [Priority.LIFE.value, Priority.URGENT.value])),
    )


def plain(medicine: Medicine | None) -> dict[str, object]:
    """As it is kept with a playbook; nothing where there is none, so that others keep their digest."""
    if medicine is None:
        return {}
    said = {
        "critical": list(medicine.critical),
        "soon": medicine.soon,
        "used_up": medicine.used_up.value,
    }
    return {"medicine": said}


def read(said: Mapping[str, Any] | None) -> Medicine | None:
    """What `plain` gave."""
    if said is None:
        return None
    return Medicine(critical=tuple(said["critical"]), soon=said["soon"], used_up=Priority(said["used_up"]))
