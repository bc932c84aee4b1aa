"""People at risk, and whoever is to be rung about them."""

from dataclasses import dataclass, field
from enum import StrEnum


class ContactKind(StrEnum):
    """What somebody is to a resident."""

    FAMILY = "family"
    """Shown to whoever has the job, and told what became of it."""
    KEYHOLDER = "keyholder"
    """Has a key, or lives next door: shown once nobody answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Family, neighbour or key holder of a resident. Private. Family may have no number: they are told in a
    chat."""

    name: str
    phone: str
    kind: ContactKind = ContactKind.FAMILY
    marks: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    """What stands for the number where it is compared with others (`dispatch.own_numbers`); empty where
    nobody compares it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A person at risk. Every field but the ids and the building is private."""

    id: int
    committee_id: int
    key: str
    name: str
    building_id: int | None
    unit: str
    phone: str
    notes: str
    contacts: tuple[Contact, ...] = ()
