"""Whom a care plan of a committee's file is for, checked: one resident, or for a round several.

A round is told by its residents, by buildings, or by who lives alone; one that goes to nobody is refused, and
so is one that no person can walk."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypedDict

from dispatch.care import Scope
from dispatch.doors import MOST_DOORS
from dispatch.entries import ResidentEntry
from dispatch.tables import Table

_FIELDS = ("alone", "buildings", "residents")
"""What makes a plan a round, in the order in which a mistake is looked for."""

_RESIDENT_SAID = "the key of a resident of this file"
_DOOR_SAID = "whose building and door are known"


class Subject(TypedDict):
    """See `entries.CareEntry`."""

    resident: str
    residents: Sequence[str]
    buildings: Sequence[str]
    alone: bool
    relay: bool


def subject(table: Table, homes: Mapping[str, ResidentEntry], buildings: Collection[str]) -> Subject:
    """Whom the plan is for. Raises `BadFileError`."""
    found: Subject = {
        "resident": "",
        "residents": _named(table, homes),
        "buildings": table.words("buildings", known=tuple(buildings), expected="a list of keys of buildings"),
        "alone": table.flag("alone", default=False),
        "relay": table.flag("relay", default=False),
    }
    scope = Scope(
        residents=tuple(found["residents"]), buildings=tuple(found["buildings"]), alone=found["alone"]
    )
    if not (scope.residents or scope.widens):
        if found["relay"]:
            table.fail(
                "relay", "only beside residents, buildings or alone: one resident is told by nobody else"
            )
        return {**found, "resident": _resident(table, homes)}
    if table.text("resident", ""):
        table.fail("resident", "nothing, since residents, buildings or alone make it a round of several")
    _walkable(table, scope, homes)
    return found


def _named(table: Table, homes: Mapping[str, ResidentEntry]) -> Sequence[str]:
    """Who is named; no known key is hinted at."""
    keys = table.words("residents", expected="a list of keys of residents")
    if any(key not in homes for key in keys):
        table.fail("residents", "a list of keys of residents of this file")
    return keys


def _resident(table: Table, homes: Mapping[str, ResidentEntry]) -> str:
    key = table.text("resident", expected="the key of a resident")
    if key not in homes:
        table.fail("resident", _RESIDENT_SAID)
    if homes[key]["building"] is None or not homes[key]["unit"]:
        table.fail("resident", f"a resident {_DOOR_SAID}")
    return key


def _walkable(table: Table, scope: Scope, homes: Mapping[str, ResidentEntry]) -> None:
    """It goes to somebody, whose doors are known, and to no more than one person walks."""
    field = next(name for name in _FIELDS if table.has(name) and getattr(scope, name))
    there = [
        each for each in homes.values() if scope.holds(each["key"], each["building"], alone=each["alone"])
    ]
    if not there:
        table.fail(field, "at least one resident of this file; nobody there is such a one")
    if any(each["building"] is None or not each["unit"] for each in there):
        table.fail(field, f"residents {_DOOR_SAID}")
    if len(there) > MOST_DOORS:
        table.fail(
            field, f"at most {MOST_DOORS} doors, by buildings or residents; this would be {len(there)}"
        )
