"""The households and the people at risk of a committee's file, checked.

All of it but the building is private: a mistake is named by table, number and field, never by what stood
there, and no known key is hinted at.
"""

from collections.abc import Collection, Mapping, Sequence

from dispatch import fields
from dispatch.entries import ContactEntry, HouseholdEntry, ResidentEntry
from dispatch.residents import ContactKind
from dispatch.tables import Table, refuse_twice

MOST_PEOPLE = 99
"""Behind one door: more is a slip of the hand."""


def households(top: Table, buildings: Collection[str]) -> Sequence[HouseholdEntry]:
    """The households. Raises `BadFileError`."""
    tables = top.tables("households")
    found = [_household(table, buildings) for table in tables]
    refuse_twice(tables, "key", [each["key"] for each in found], "key")
    return found


def _household(table: Table, buildings: Collection[str]) -> HouseholdEntry:
    table.only(*HouseholdEntry.__annotations__)
    return {
        "key": fields.key(table),
        "building": fields.building(table, buildings),
        "unit": fields.unit(table),
        "people": table.whole("people", low=1, high=MOST_PEOPLE) if table.has("people") else None,
        "phone": fields.phone(table),
        "notes": table.text("notes", ""),
        "relay": _relay(table, buildings),
    }


def _relay(table: Table, buildings: Collection[str]) -> bool:
    relay = table.flag("relay", default=False)
    if relay and fields.building(table, buildings) is None:
        table.fail("relay", "a household whose building is known: it tells the others there")
    return relay


def residents(
    top: Table, buildings: Collection[str], households: Sequence[HouseholdEntry]
) -> Sequence[ResidentEntry]:
    """People at risk. Whoever lives in one of the households has its building and door, unless their own is
    given. Raises `BadFileError`."""
    tables = top.tables("residents")
    homes = {each["key"]: each for each in households}
    found = [_resident(table, buildings, homes) for table in tables]
    refuse_twice(tables, "key", [each["key"] for each in found], "key")
    return found


def _resident(table: Table, buildings: Collection[str], homes: Mapping[str, HouseholdEntry]) -> ResidentEntry:
    table.only(*ResidentEntry.__annotations__)
    key = table.text("household", "", expected="the key of a household")
    home = homes.get(key)
    if key and home is None:
        table.fail("household", "the key of a household of this file")
    building, unit = fields.building(table, buildings), fields.unit(table)
    if home is not None and building is None:
        building, unit = home["building"], unit or home["unit"]
    return {
        "key": fields.key(table),
        "name": fields.name(table),
        "household": key or None,
        "building": building,
        "unit": unit,
        "phone": fields.phone(table),
        "notes": table.text("notes", ""),
        "contacts": [_contact(contact) for contact in table.tables("contacts")],
        "alone": table.flag("alone", default=False),
    }


def at_home(table: Table, homes: Mapping[str, ResidentEntry]) -> str:
    """The key of the resident for whom something is to be done at their door, which must be known."""
    key = table.text("resident", expected="the key of a resident")
    if key not in homes:
        table.fail("resident", "the key of a resident of this file")
    if homes[key]["building"] is None or not homes[key]["unit"]:
        table.fail("resident", "a resident whose building and door are known")
    return key


def _contact(table: Table) -> ContactEntry:
    table.only("name", "phone", "kind")
    kinds = [kind.value for kind in ContactKind]
    kind = table.choice("kind", kinds, ContactKind.FAMILY.value)
    # Family without a number is told in a chat; it is left empty, and not out, so that nobody forgets one.
    empty = kind == ContactKind.FAMILY.value and table.has("phone")
    return {
        "name": fields.name(table),
        "phone": fields.phone(table, "" if empty else None),
        "kind": kind,
    }
