"""The entries of a committee's file once they are checked: every field is there, keys stand for rows.

This is the form that `register` gives and that a store loads; it knows neither files nor rows. Optional
texts are empty, other optional fields None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn, TypedDict

from dispatch.errors import BadFileError
from dispatch.placing import Mistake, Placed
from dispatch.ways import Hours


class CommitteeEntry(TypedDict):
    """`coordinates` is the system of the buildings' positions; None when there are no positions. `recheck` is
    in minutes; None for the playbooks' own time. `scale` is how many metres one unit of the compound's plan
    is; None where nobody said it."""

    key: str
    name: str
    language: str
    timezone: str
    joining: str
    coordinates: str | None
    emergency: Mapping[str, str]
    recheck: int | None
    scale: float | None


class PlanEntry(TypedDict):
    """The compound's own plan: two files beside the committee's file, and how many units the picture has."""

    image: str
    buildings: str
    width: int
    height: int


class BuildingEntry(TypedDict):
    """`lat` and `lon` are both degrees or both None, and like the corners of `outline` in the system that
    `coordinates` names; `spot` is x and y on the compound's own plan."""

    key: str
    name: str
    lat: float | None
    lon: float | None
    coordinates: str | None
    outline: Sequence[tuple[float, float]]
    spot: tuple[float, float] | None


class WallEntry(TypedDict):
    """A line that nobody crosses but by a gate; its corners are in the system that `coordinates` names."""

    key: str
    name: str
    line: Sequence[tuple[float, float]]
    coordinates: str | None


class GateEntry(TypedDict):
    """An opening in a wall; `closed` opens nothing."""

    key: str
    name: str
    lat: float
    lon: float
    coordinates: str | None
    closed: bool


class WayEntry(TypedDict):
    """One way to wake somebody: `to` is `chat`, or a service's address, which is private."""

    to: str
    hours: Hours | None


class PersonEntry(TypedDict):
    """`building` is a building's key; `addresses` maps a platform to the person's name there. `left` names
    what people tell of themselves and the file says nothing about: it stays as it is kept."""

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
    speaks: Sequence[str]
    hours: str
    daily: int | None
    gear: bool
    born: int | None
    left: frozenset[str]


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
    """Family of a resident, or whoever has their key. Private; `kind` is a `ContactKind`, and family may have
    no `phone`."""

    name: str
    phone: str
    kind: str


class GroupEntry(TypedDict):
    """People who belong together; `leader` and `members` are keys of people, `parent` is another group's."""

    key: str
    name: str
    leader: str | None
    parent: str | None
    members: Sequence[str]


class HouseholdEntry(TypedDict):
    """Whoever lives behind one door. Private, all but the building; `people` is how many they are, and with
    `relay` they tell the others of their building."""

    key: str
    building: str | None
    unit: str
    people: int | None
    phone: str
    notes: str
    relay: bool


class ResidentEntry(TypedDict):
    """A person at risk. Private, all but the building; `household` is the key of the one they live in."""

    key: str
    name: str
    household: str | None
    building: str | None
    unit: str
    phone: str
    notes: str
    contacts: Sequence[ContactEntry]
    alone: bool


class CareEntry(TypedDict):
    """What a resident needs again and again. Private, all but the kind. `resident` and `carers` are keys,
    `at` hours of the day as 08:00, `ahead` and `within` minutes before and after them. A round has no
    `resident`, but those `residents`, and those of the `buildings`, or of all, who live `alone`."""

    key: str
    resident: str
    residents: Sequence[str]
    buildings: Sequence[str]
    alone: bool
    relay: bool
    kind: str
    rrule: str
    at: Sequence[str]
    anchor: date
    ahead: int
    within: int
    carers: Sequence[str]
    device: str
    words: str


class MedicineEntry(TypedDict):
    """A medicine that a resident takes all the time. Private. `resident` is a key, there is enough `until`
    the end of that day, a `box` lasts so many days (0: nobody said), it is asked for `ahead` days before, and
    `brings` is what has to go along."""

    key: str
    resident: str
    medicine: str
    hospital: str
    doctor: str
    until: date
    box: int
    ahead: int
    brings: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFile:
    """A committee's file, read and checked; keys instead of ids everywhere (see `dispatch.register`)."""

    committee: Mapping[str, object]
    buildings: Sequence[Mapping[str, object]] = ()
    walls: Sequence[Mapping[str, object]] = ()
    gates: Sequence[Mapping[str, object]] = ()
    people: Sequence[Mapping[str, object]] = ()
    groups: Sequence[Mapping[str, object]] = ()
    rooms: Sequence[Mapping[str, object]] = ()
    households: Sequence[Mapping[str, object]] = ()
    residents: Sequence[Mapping[str, object]] = ()
    care: Sequence[Mapping[str, object]] = ()
    medicines: Sequence[Mapping[str, object]] = ()
    ladder: Mapping[str, Sequence[str]] | None = None
    plan: Mapping[str, object] | None = None
    rota: Sequence[Mapping[str, object]] | None = None
    """None: the file says nothing of it."""
    holidays: Sequence[Mapping[str, object]] = ()
    said: frozenset[str] | None = None
    """The tables that a part of a register holds, and that alone are pruned; None: it is the whole."""
    dropped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Keys of entries that go, by table, whether it is pruned or not."""
    places: Mapping[str, Placed] = field(default_factory=dict, compare=False)
    """Where each table stands in the spreadsheet that it was; none of another file."""

    def fail(self, error: BadFileError) -> NoReturn:
        """Raise the error about one of its entries again, its place as the spreadsheet shows it."""
        found = Mistake.of(error)
        found.raise_in(self.places.get(found.table), 0)
