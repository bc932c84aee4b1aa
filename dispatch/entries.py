"""The entries of a committee's file once they are checked: every field is there, keys stand for rows.

This is the form that `register` gives and that a store loads; it knows neither files nor rows. Optional
texts are empty, other optional fields None.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict

from dispatch.ways import Hours


class CommitteeEntry(TypedDict):
    """`coordinates` is the system of the buildings' positions; None when there are no positions."""

    key: str
    name: str
    language: str
    timezone: str
    coordinates: str | None
    emergency: Mapping[str, str]


class PlanEntry(TypedDict):
    """The compound's own plan: two files beside the committee's file, and how many units the picture has."""

    image: str
    buildings: str
    width: int
    height: int


class BuildingEntry(TypedDict):
    """`lat` and `lon` are both degrees or both None, in the committee's declared system."""

    key: str
    name: str
    lat: float | None
    lon: float | None


class WayEntry(TypedDict):
    """One way to wake somebody: `to` is `chat`, or a service's address, which is private."""

    to: str
    hours: Hours | None


class PersonEntry(TypedDict):
    """`building` is a building's key; `addresses` maps a platform to the person's name there."""

    key: str
    name: str
    language: str
    roles: Sequence[str]
    trusted: bool
    building: str | None
    skills: Sequence[str]
    vehicle: str | None
    phone: str
    addresses: Mapping[str, str]
    ways: Sequence[WayEntry]


class RoomEntry(TypedDict):
    """A chat where jobs are announced; `language` None is the committee's."""

    platform: str
    chat: str
    topic: str | None
    audience: str
    language: str | None


class SlotEntry(TypedDict):
    """A slot of the rota; `people` are keys, `anchor` is the day from which turns are counted."""

    name: str
    rrule: str
    anchor: date
    hours: int
    people: Sequence[str]


class HolidayEntry(TypedDict):
    """Days, both included, with people of their own."""

    first: date
    last: date
    people: Sequence[str]


class ContactEntry(TypedDict):
    """Family or a neighbour of a resident. Private."""

    name: str
    phone: str


class ResidentEntry(TypedDict):
    """A person at risk. Private, all but the building."""

    key: str
    name: str
    building: str | None
    unit: str
    phone: str
    notes: str
    contacts: Sequence[ContactEntry]
