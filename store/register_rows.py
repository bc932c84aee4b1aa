"""The entries of a committee's file as columns, and whether a row already says the same.

Sealed columns are compared opened: the same text sealed twice is never the same token. A row that is nearly
all sealed carries a keyed hash of it, so that thousands need not be opened to see that nothing changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.entries import (
    BuildingEntry,
    CommitteeEntry,
    GateEntry,
    HouseholdEntry,
    PersonEntry,
    ResidentEntry,
    RoomEntry,
    WallEntry,
)
from dispatch.errors import BadFileError
from dispatch.geography import Point
from store import maps, residents
from store.crypto import Vault
from store.engine import Params, Row
from store.words import join, pack

PLACES = 7
"""Decimals of a degree that are kept: a centimetre. What a spreadsheet gives back is the same number then."""

_YES, _NO = "yes", "no"

MARK = "mark"
"""The column that holds the hash of a whole row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A row as the file wants it: `open` as it stands in the columns, `sealed` before it is sealed. `left`
    are columns that the file says nothing about, with what a new row has there: an old one keeps its own."""

    open: Mapping[str, object]
    sealed: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, object] = field(default_factory=dict)
    marked: str | None = None
    usual: Mapping[str, str] = field(default_factory=dict)
    """What a sealed column means that is empty, since its row is older than it."""

    def differing(self, row: Row, vault: Vault) -> tuple[str, ...]:
        """The columns in which the row says something else."""
        same = self.marked is not None and row[MARK] == self.marked
        if same and row["active"] == self.open["active"]:  # one that was removed keeps its hash
            return ()
        names = [name for name, value in self.open.items() if row[name] != value]
        names += [
            name
            for name, text in self.sealed.items()
            if (vault.unseal(row[name]) or self.usual.get(name, "")) != text
        ]
        return tuple(names)

    def columns(self, vault: Vault, row: Row | None = None) -> Params:
        """All of it as it is written over `row`."""
        kept = self.left if row is None else {name: row[name] for name in self.left}
        mark = {} if self.marked is None else {MARK: self.marked}
        return {
            **kept,
            **self.open,
            **{name: vault.seal(text) for name, text in self.sealed.items()},
            **mark,
        }


def committee(entry: CommitteeEntry, *, demo: bool) -> Wanted:
    """The committee's own row."""
    return Wanted(
        open={
            "key": entry["key"],
            "name": entry["name"],
            "language": entry["language"],
            "timezone": entry["timezone"],
            "joining": entry["joining"],
            "emergency": pack(dict(entry["emergency"])),
            "recheck": entry["recheck"],
            "scale": entry["scale"],
            "demo": int(demo),
        }
    )


def building(entry: BuildingEntry, system: str | None) -> Wanted:
    """A building, its position and shape turned into WGS-84 (no system anywhere: they are already)."""
    found = entry["coordinates"] or system or "wgs84"
    lat, lon = entry["lat"], entry["lon"]
    if lat is not None and lon is not None:
        lat, lon = _wgs84(lat, lon, found)
    corners = [_wgs84(*corner, found) for corner in entry["outline"]]
    x, y = entry["spot"] or (None, None)
    return Wanted(
        open={
            "key": entry["key"],
            "name": entry["name"],
            "lat": lat,
            "lon": lon,
            "outline": pack(corners) if corners else "",
            "plan_x": x,
            "plan_y": y,
        }
    )


def wall(entry: WallEntry, system: str | None) -> Wanted:
    """A wall, turned into WGS-84."""
    found = entry["coordinates"] or system or "wgs84"
    line = [_wgs84(*corner, found) for corner in entry["line"]]
    return Wanted(open={"key": entry["key"], "name": entry["name"], "line": pack(line)})


def gate(entry: GateEntry, system: str | None) -> Wanted:
    """A gate, turned into WGS-84."""
    lat, lon = _wgs84(entry["lat"], entry["lon"], entry["coordinates"] or system or "wgs84")
    named = {"key": entry["key"], "name": entry["name"]}
    return Wanted(open={**named, "lat": lat, "lon": lon, "closed": int(entry["closed"])})


def _wgs84(lat: float, lon: float, system: str) -> tuple[float, float]:
    point = maps.to_wgs84(Point(lat=lat, lon=lon), system)
    return round(point.lat, PLACES), round(point.lon, PLACES)


def person(entry: PersonEntry, buildings: Mapping[str, int], vault: Vault) -> Wanted:
    """A person; active, since the file names them."""
    own = {
        "speaks": join(entry["speaks"]),
        "hours": entry["hours"],
        "daily": entry["daily"],
        "gear": int(entry["gear"]),
    }
    born = {} if "born" in entry["left"] else {"born": str(entry["born"] or "")}
    return Wanted(
        open={
            "key": entry["key"],
            "name": entry["name"],
            "language": entry["language"],
            "roles": join(entry["roles"]),
            "trusted": int(entry["trusted"]),
            "building_id": _id(entry["building"], buildings, "people", "building"),
            "skills": pack(sorted(entry["skills"])),
            "vehicle": entry["vehicle"],
            "phone_index": residents.phone_index(entry["phone"], vault),
            "active": 1,
            **{name: value for name, value in own.items() if name not in entry["left"]},
        },
        sealed={"phone": entry["phone"], **born},
        left={name: value for name, value in {**own, "born": ""}.items() if name in entry["left"]},
    )


def household(entry: HouseholdEntry, buildings: Mapping[str, int], vault: Vault) -> Wanted:
    """Whoever lives behind one door: nothing but the building stands open in their row."""
    building_id = _id(entry["building"], buildings, "households", "building")
    return _marked(
        "household",
        vault,
        open={
            "key_index": vault.index("household", entry["key"]),
            "building_id": building_id,
            "unit_index": residents.door_index(building_id, entry["unit"], vault),
            "phone_index": residents.phone_index(entry["phone"], vault),
            "active": 1,
        },
        sealed={
            "key": entry["key"],
            "unit": entry["unit"],
            "size": "" if entry["people"] is None else str(entry["people"]),
            "phone": entry["phone"],
            "notes": entry["notes"],
        },
        flags={"relay": entry["relay"]},
    )


def resident(
    entry: ResidentEntry, buildings: Mapping[str, int], households: Mapping[str, int], vault: Vault
) -> Wanted:
    """A person at risk: nothing but their building and their household stands open in their row."""
    building_id = _id(entry["building"], buildings, "residents", "building")
    return _marked(
        "resident",
        vault,
        open={
            "key_index": vault.index("resident", entry["key"]),
            "building_id": building_id,
            "household_id": _id(entry["household"], households, "residents", "household"),
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
            "contacts": residents.pack_contacts(residents.of_entry(entry)),
        },
        flags={"alone": entry["alone"]},
    )


def _marked(
    table: str,
    vault: Vault,
    *,
    open: Mapping[str, object],  # noqa: A002 - as `Wanted` calls it
    sealed: Mapping[str, str],
    flags: Mapping[str, bool],
) -> Wanted:
    """`flags` are sealed either way: that a column is empty would say it. Those that do not hold are not in
    the hash, which is so as it was before there were any."""
    holding = {name: _YES for name, holds in flags.items() if holds}
    mark = vault.index(f"{table} row", pack([dict(open), {**sealed, **holding}]))
    said = {name: _YES if holds else _NO for name, holds in flags.items()}
    return Wanted(open=open, sealed={**sealed, **said}, marked=mark, usual=dict.fromkeys(flags, _NO))


def flagged(token: str, vault: Vault) -> bool:
    """What is sealed holds."""
    return vault.unseal(token) == _YES


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


def _id(key: str | None, ids: Mapping[str, int], table: str, field: str) -> int | None:
    if key is not None and key not in ids:
        raise BadFileError(table=table, field=field, expected=f"the key of a {field}")
    return None if key is None else ids[key]
