"""The keyed hashes of each table, made again from what is sealed beside them.

Only what can be made again is hashed by a key that changes (`Vault.index`); the rest outlives keys
(`Vault.mark`).
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dispatch.leaving import GONE
from store import residents, stops
from store.crypto import Vault
from store.words import pack

Opened: TypeAlias = Mapping[str, Any]
"""A row whose sealed columns are opened."""

Hashes: TypeAlias = Mapping[str, str | None]
"""The columns that hold hashes."""


def _phone(row: Opened, vault: Vault) -> Hashes:
    return {"phone_index": residents.phone_index(row["phone"], vault)}


def _home(table: str, row: Opened, vault: Vault, also: tuple[str, ...], words: tuple[str, ...]) -> Hashes:
    """Of a household or a resident; `also` stand open in the row that the mark is of, `words` sealed."""
    found: dict[str, Any] = {
        "key_index": vault.index(table, row["key"]),
        "unit_index": residents.door_index(row["building_id"], row["unit"], vault),
        **_phone(row, vault),
    }
    if row["mark"] is None:
        return {**found, "mark": None}
    shown = {**found, "active": 1, **{name: row[name] for name in also}}
    return {**found, "mark": vault.index(f"{table} row", pack([shown, {name: row[name] for name in words}]))}


def _household(row: Opened, vault: Vault) -> Hashes:
    return _home("household", row, vault, ("building_id",), ("key", "unit", "size", "phone", "notes"))


def _resident(row: Opened, vault: Vault) -> Hashes:
    words = ("key", "name", "unit", "phone", "notes", "contacts")
    return _home("resident", row, vault, ("building_id", "household_id"), words)


def _care(row: Opened, vault: Vault) -> Hashes:
    """The mark is made at the next load: it is of its resident's key as well."""
    return {"key_index": vault.index("care", row["key"]), "mark": None}


def _supply(row: Opened, vault: Vault) -> Hashes:
    """As of a care plan."""
    return {"key_index": vault.index("medicine", row["key"]), "mark": None}


def _stock(row: Opened, vault: Vault) -> Hashes:
    return {"drug_index": stops.index(str(row["drug"]), vault)}


REHASHED: Mapping[str, tuple[Callable[[Opened, Vault], Hashes], tuple[str, ...]]] = {
    "people": (_phone, ()),
    "applications": (_phone, ()),
    "households": (_household, ("building_id", "key_index")),
    "residents": (_resident, ("building_id", "household_id", "key_index")),
    "care_plans": (_care, ("key_index",)),
    "medicine_supplies": (_supply, ("key_index",)),
    "medicine_stock": (_stock, ()),
}
"""How the hashes of a table are made, and the open columns that this takes."""

LASTING = frozenset({"devices", "sources", "link_codes", "link_tries"})
"""Tables whose hashes are of what is kept nowhere; they stay as they are."""


def rehashed(table: str, row: Opened, vault: Vault) -> Hashes:
    """The hashes of a row by the vault's key; none of one that nobody is found by any more."""
    make, _ = REHASHED[table]
    if str(row.get("key_index") or "").startswith(GONE):
        return {}
    return make(row, vault)
