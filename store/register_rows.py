"""The entries of a committee's file as columns, and whether a row already says the same.

Sealed columns are compared opened: the same text sealed twice is never the same token.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.entries import BuildingEntry, CommitteeEntry, PersonEntry, ResidentEntry, RoomEntry
from dispatch.errors import BadFileError
from dispatch.geography import Point
from dispatch.people import Contact
from store import maps, residents
from store.crypto import Vault
from store.engine import Params, Row
from store.words import join, pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A row as the file wants it: `open` as it stands in the columns, `sealed` before it is sealed."""

    open: Mapping[str, object]
    sealed: Mapping[str, str] = field(default_factory=dict)

    def stands_in(self, row: Row, vault: Vault) -> bool:
        """The row says all of it already."""
        return all(row[name] == value for name, value in self.open.items()) and all(
            vault.unseal(row[name]) == text for name, text in self.sealed.items()
        )

    def columns(self, vault: Vault) -> Params:
        """All of it as it is written."""
        return {**self.open, **{name: vault.seal(text) for name, text in self.sealed.items()}}


def committee(entry: CommitteeEntry, *, demo: bool) -> Wanted:
    """The committee's own row."""
    return Wanted(
        open={
            "key": entry["key"],
            "name": entry["name"],
            "language": entry["language"],
            "timezone": entry["timezone"],
            "emergency": pack(dict(entry["emergency"])),
            "demo": int(demo),
        }
    )


def building(entry: BuildingEntry, system: str | None) -> Wanted:
    """A building, its position turned into WGS-84 (`system` None: it is already)."""
    lat, lon = entry["lat"], entry["lon"]
    if lat is not None and lon is not None:
        point = maps.to_wgs84(Point(lat=lat, lon=lon), system or "wgs84")
        lat, lon = point.lat, point.lon
    return Wanted(open={"key": entry["key"], "name": entry["name"], "lat": lat, "lon": lon})


def person(entry: PersonEntry, buildings: Mapping[str, int], vault: Vault) -> Wanted:
    """A person; active, since the file names them."""
    return Wanted(
        open={
            "key": entry["key"],
            "name": entry["name"],
            "language": entry["language"],
            "roles": join(entry["roles"]),
            "trusted": int(entry["trusted"]),
            "building_id": _building_id(entry["building"], buildings, "people"),
            "skills": pack(sorted(entry["skills"])),
            "vehicle": entry["vehicle"],
            "phone_index": residents.phone_index(entry["phone"], vault),
            "active": 1,
        },
        sealed={"phone": entry["phone"]},
    )


def resident(entry: ResidentEntry, buildings: Mapping[str, int], vault: Vault) -> Wanted:
    """A person at risk: nothing but the building stands open in their row."""
    building_id = _building_id(entry["building"], buildings, "residents")
    contacts = tuple(Contact(name=each["name"], phone=each["phone"]) for each in entry["contacts"])
    return Wanted(
        open={
            "key_index": vault.index("resident", entry["key"]),
            "building_id": building_id,
            "unit_index": residents.door_index(building_id, entry["unit"], vault),
            "phone_index": residents.phone_index(entry["phone"], vault),
            "active": 1,
        },
        sealed={
            "key": entry["key"],
            "name": entry["name"],
            "unit": entry["unit"],
            "phone": entry["phone"],
            "notes": entry["notes"],
            "contacts": residents.pack_contacts(contacts),
        },
    )


def room(entry: RoomEntry) -> Wanted:
    """A chat where jobs are announced: an address that is nobody's own."""
    return Wanted(
        open={
            "person_id": None,
            "platform": entry["platform"],
            "value": entry["chat"],
            "topic": entry["topic"] or "",
            "audience": entry["audience"],
            "language": entry["language"],
            "active": 1,
        }
    )


def addresses(entry: PersonEntry, person_id: int) -> Iterator[Wanted]:
    """A person's own addresses."""
    for platform, value in entry["addresses"].items():
        yield Wanted(
            open={
                "person_id": person_id,
                "platform": platform,
                "value": value,
                "topic": "",
                "audience": None,
                "language": None,
                "active": 1,
            }
        )


def ladder(lists: Mapping[str, Sequence[str]], people: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Rung, position and person id, in the order in which they are kept."""
    wanted = []
    for rung, keys in lists.items():
        for position, key in enumerate(keys):
            if key not in people:
                raise BadFileError(table="ladder", field=rung, expected="keys of people of this committee")
            wanted.append((rung, position, people[key]))
    return sorted(wanted)


def _building_id(key: str | None, buildings: Mapping[str, int], table: str) -> int | None:
    if key is not None and key not in buildings:
        raise BadFileError(table=table, field="building", expected="the key of a building")
    return None if key is None else buildings[key]
