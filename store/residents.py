"""People at risk as rows. Every word about them is sealed; they are found by hashes of door and phone."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from dispatch import own_numbers
from dispatch.entries import ResidentEntry
from dispatch.geography import Point
from dispatch.jobs import Draft, Private
from dispatch.residents import Contact, ContactKind, Resident
from store.crypto import Vault
from store.engine import Query, Row
from store.words import pack, unpack

_ROOM_WORDS = "室房号"
"""Words that people put after a door number, or leave out."""

_COUNTRY = "86"
_MOBILE_DIGITS = 11


def at_door(committee_id: int, building_id: int | None, unit: str, vault: Vault) -> Query:
    """The resident behind a door; no building or no unit finds nobody."""
    index = door_index(building_id, unit, vault)
    return Query("resident_by_unit", {"committee_id": committee_id, "unit_index": index})


def home_at(committee_id: int, building_id: int | None, unit: str, vault: Vault) -> Query:
    """The household behind a door; no building or no unit finds none."""
    index = door_index(building_id, unit, vault)
    return Query("household_by_unit", {"committee_id": committee_id, "unit_index": index})


def of_draft(draft: Draft, vault: Vault) -> Query:
    """Whom a new job is about: the resident that it names, else whoever lives behind its door."""
    if draft.resident_id is None:
        return at_door(draft.committee_id, draft.building_id, draft.unit, vault)
    return Query("resident_by_id", {"committee_id": draft.committee_id, "id": draft.resident_id})


def door_index(building_id: int | None, unit: str, vault: Vault) -> str | None:
    """The hash of a door, whichever way its number was written; None for an unknown one."""
    plain = _plain(unit).rstrip(_ROOM_WORDS)
    return vault.index("unit", f"{building_id}/{plain}") if building_id is not None and plain else None


def phone_index(phone: str, vault: Vault) -> str | None:
    """The hash of a phone number, with or without spaces and the country code."""
    digits = "".join(letter for letter in _plain(phone) if letter.isdecimal())
    if len(digits) == len(_COUNTRY) + _MOBILE_DIGITS:
        digits = digits.removeprefix(_COUNTRY)
    return vault.index("phone", digits)


def marked(contacts: Iterable[Contact], vault: Vault) -> tuple[Contact, ...]:
    """The contacts with what stands for their numbers: hashes as `phone_index` makes them, of every way in
    which a number may have been written."""
    return tuple(replace(each, marks=_marks(each.phone, vault)) for each in contacts)


def _marks(phone: str, vault: Vault) -> frozenset[str]:
    hashes = (phone_index(digits, vault) for digits in own_numbers.spelled(phone))
    return frozenset(each for each in hashes if each is not None)


def read(row: Row, vault: Vault, prefix: str = "") -> Resident:
    """The resident that a row is, opened. With a `prefix` before id, key and name it is the row of something
    that is theirs."""
    return Resident(
        id=row[f"{prefix}id"],
        committee_id=row["committee_id"],
        key=vault.unseal(row[f"{prefix}key"]),
        name=vault.unseal(row[f"{prefix}name"]),
        building_id=row["building_id"],
        unit=vault.unseal(row["unit"]),
        phone=vault.unseal(row["phone"]),
        notes=vault.unseal(row["notes"]),
        contacts=read_contacts(row["contacts"], vault),
    )


def of_entry(entry: ResidentEntry) -> tuple[Contact, ...]:
    """The contacts that a committee's file gives a resident."""
    return tuple(
        Contact(name=each["name"], phone=each["phone"], kind=ContactKind(each["kind"]))
        for each in entry["contacts"]
    )


def pack_contacts(contacts: tuple[Contact, ...]) -> str:
    """Family and neighbours as one text, to be sealed."""
    return pack([[each.name, each.phone, each.kind.value] for each in contacts]) if contacts else ""


def told_contacts(token: str | None, vault: Vault) -> list[dict[str, str]]:
    """The same, as a committee's file says it."""
    return [
        {"name": each.name, "phone": each.phone, "kind": each.kind.value}
        for each in read_contacts(token, vault)
    ]


def read_contacts(token: str | None, vault: Vault) -> tuple[Contact, ...]:
    """Who was sealed; nobody where nothing is kept."""
    if not token:
        return ()
    return tuple(_contact(*parts) for parts in unpack(vault.unseal(token)))


def _contact(name: str, phone: str, kind: str = ContactKind.FAMILY.value) -> Contact:
    """Before there were kinds all were family."""
    return Contact(name=name, phone=phone, kind=ContactKind(kind))


def read_private(row: Row, vault: Vault) -> Private:
    """A job's private text, opened, with what the register knows about the resident behind the door. A phone
    that nobody gave is the resident's, or else that of their household."""
    return Private(
        text=vault.unseal(row["text"]),
        unit=vault.unseal(row["unit"]),
        place=read_place(row["place"], vault),
        phone=_phone(row, vault),
        resident_name=vault.unseal(row["resident_name"] or ""),
        resident_notes=vault.unseal(row["resident_notes"] or ""),
        contacts=marked(read_contacts(row["resident_contacts"], vault), vault),
    )


def _phone(row: Row, vault: Vault) -> str:
    given = (vault.unseal(row[name] or "") for name in ("phone", "resident_phone", "household_phone"))
    return next(filter(None, given), "")


def seal_place(place: Point | None, vault: Vault) -> str:
    """A pin on the map, sealed; nothing stays nothing."""
    return "" if place is None else vault.seal(pack([place.lat, place.lon]))


def read_place(token: str, vault: Vault) -> Point | None:
    """The pin that was sealed."""
    if not token:
        return None
    lat, lon = unpack(vault.unseal(token))
    return Point(lat=lat, lon=lon)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
