"""The register as a file would say it: rows as tables of `dispatch.register`, their private fields opened.

Who may read it was asked before. Positions are in WGS-84, and every building says so; web addresses come from
invitations and are in no file, nor are guests, who are of another committee's.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from dispatch.people import RING
from dispatch.register import TABLES
from store import care, groups, residents, supplies, ways
from store.crypto import Vault
from store.engine import Query, Row, Rows
from store.people import LAST_RESORT, WEB
from store.register_rows import flagged
from store.words import split, unpack

_Tables: TypeAlias = Mapping[str, Any]

_READ: Mapping[str, tuple[str, ...]] = {
    "walls": ("walls_of",),
    "gates": ("gates_of",),
    "groups": groups.TABLES,
    "rooms": ("addresses_of",),
    "people": ("addresses_of", ways.TABLE),
    "households": ("households_of",),
    "residents": ("residents_of", "households_of"),
    "care": ("care_of", "residents_of"),
    "medicines": ("medicines_of", "residents_of"),
    "ladder": ("ladder_of",),
    "rota": ("rota_of",),
    "holidays": ("holidays_of",),
}
"""What is read for a table, besides buildings and people: nearly everything points to those."""


def queries(committee_id: int, tables: Collection[str]) -> Sequence[Query]:
    """Everything that `contents` needs."""
    names = ["committee_by_id", "buildings_of", "people_of"]
    names += [name for table in tables for name in _READ.get(table, ())]
    return [Query(name, {"committee_id": committee_id}) for name in dict.fromkeys(names)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The tables that are wanted; of a table in `keys` only those entries; of households and residents only
    those of the building of that key, where one is named."""

    tables: Collection[str]
    keys: Mapping[str, Collection[str]]
    building: str | None = None


def contents(rows: Rows, asked: Asked, vault: Vault) -> _Tables:
    """The committee and what was asked for."""
    reader = _Reader(rows, asked, vault)
    makers: Mapping[str, Callable[[], object]] = {
        "buildings": reader.buildings,
        "walls": reader.walls,
        "gates": reader.gates,
        "people": reader.people,
        "groups": reader.groups,
        "rooms": reader.rooms,
        "households": reader.households,
        "residents": reader.residents,
        "care": reader.care,
        "medicines": reader.medicines,
        "ladder": reader.ladder,
        "rota": reader.rota,
        "holidays": reader.holidays,
    }
    made = {name: makers[name]() for name in TABLES if name in asked.tables and name in makers}
    found = {"committee": reader.committee(), **made}
    return {name: value for name, value in found.items() if value != {} or name == "committee"}


class _Reader:
    """Rows on their way into tables. Empty fields are left out, as in a file that somebody wrote."""

    def __init__(self, rows: Rows, asked: Asked, vault: Vault) -> None:
        self._rows = rows
        self._keys = asked.keys
        self._within = asked.building
        self._vault = vault
        self._indexes = {
            table: {vault.index(table.removesuffix("s"), key) for key in wanted}
            for table, wanted in asked.keys.items()
        }
        self._buildings = {row["id"]: row["key"] for row in rows["buildings_of"]}
        self._people = {row["id"]: row["key"] for row in rows["people_of"] if self._ours(row)}

    def committee(self) -> _Tables:
        row = self._rows["committee_by_id"][0]
        named = {name: row[name] for name in ("key", "name", "language", "timezone", "joining")}
        own = {name: row[name] for name in ("recheck", "scale") if row[name] is not None}
        return {**named, "emergency": unpack(row["emergency"]), **own}

    def buildings(self) -> Sequence[_Tables]:
        return [
            self._building(row) for row in self._rows["buildings_of"] if self._asked("buildings", row["key"])
        ]

    def _building(self, row: Row) -> _Tables:
        made: dict[str, Any] = {"key": row["key"], "name": row["name"]}
        if row["lat"] is not None:
            made |= {"lat": row["lat"], "lon": row["lon"], "coordinates": "wgs84"}
        if row["outline"]:
            made["outline"] = unpack(row["outline"])
        if row["plan_x"] is not None:
            made["spot"] = [row["plan_x"], row["plan_y"]]
        return made

    def walls(self) -> Sequence[_Tables]:
        return [
            {"key": row["key"], "name": row["name"], "line": unpack(row["line"]), "coordinates": "wgs84"}
            for row in self._rows["walls_of"]
            if self._asked("walls", row["key"])
        ]

    def gates(self) -> Sequence[_Tables]:
        return [
            {
                **{name: row[name] for name in ("key", "name", "lat", "lon")},
                "coordinates": "wgs84",
                "closed": bool(row["closed"]),
            }
            for row in self._rows["gates_of"]
            if self._asked("gates", row["key"])
        ]

    def people(self) -> Sequence[_Tables]:
        addresses, woken = self._addresses(), self._ways()
        return [
            _without_empty(
                {
                    "key": row["key"],
                    "name": row["name"],
                    "language": row["language"],
                    "roles": sorted(split(row["roles"])),
                    "trusted": bool(row["trusted"]),
                    "building": self._buildings.get(row["building_id"]),
                    "skills": unpack(row["skills"]),
                    "vehicle": row["vehicle"],
                    "phone": self._vault.unseal(row["phone"]),
                    "addresses": addresses.get(row["id"]),
                    "ways": woken.get(row["id"]),
                    "speaks": sorted(split(row["speaks"])),
                    "hours": row["hours"],
                    "daily": row["daily"],
                    "gear": bool(row["gear"]),
                    "born": int(self._vault.unseal(row["born"]) or 0),
                }
            )
            for row in self._rows["people_of"]
            if row["id"] in self._people and self._asked("people", row["key"])
        ]

    def _addresses(self) -> Mapping[int, Mapping[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for row in self._rows["addresses_of"]:
            own = row["active"] and row["person_id"] in self._people
            if own and row["platform"] not in {WEB, RING}:
                found.setdefault(row["person_id"], {}).setdefault(row["platform"], row["value"])
        return found

    def _ways(self) -> Mapping[int, Sequence[_Tables]]:
        found: dict[int, list[_Tables]] = {}
        for row in self._rows[ways.TABLE]:
            if row["person_id"] in self._people and (row["address_id"] is None or row["active"]):
                found.setdefault(row["person_id"], []).append(ways.told(row, self._vault))
        return found

    def groups(self) -> Sequence[_Tables]:
        members = groups.members_of(self._rows)
        active = [row for row in self._rows["groups_of"] if row["active"]]
        keys = {row["id"]: row["key"] for row in active}
        return [
            _without_empty(
                {
                    "key": row["key"],
                    "name": row["name"],
                    "leader": self._people.get(row["leader_id"]),
                    "parent": keys.get(row["parent_id"]),
                    "members": self._keys_of(sorted(members.get(row["id"], ()))),
                }
            )
            for row in active
        ]

    def rooms(self) -> Sequence[_Tables]:
        return [
            _without_empty(
                {
                    "platform": row["platform"],
                    "chat": row["value"],
                    "topic": int(row["topic"]) if row["topic"] else None,
                    "audience": row["audience"],
                    "language": row["language"],
                }
            )
            for row in self._rows["addresses_of"]
            if row["active"] and row["person_id"] is None and row["audience"]
        ]

    def households(self) -> Sequence[_Tables]:
        return [
            _without_empty(
                {
                    **each,
                    "people": int(each["people"]) if each["people"] else None,
                    "relay": flagged(row["relay"], self._vault),
                }
            )
            for each, row in zip(
                self._sealed("households", {"people": "size"}, ("unit", "phone", "notes")),
                [row for row in self._active("households") if self._asked_sealed("households", row)],
                strict=True,
            )
        ]

    def residents(self) -> Sequence[_Tables]:
        homes = {row["id"]: self._vault.unseal(row["key"]) for row in self._rows["households_of"]}
        named = self._sealed("residents", {"name": "name"}, ("unit", "phone", "notes"))
        rows = [row for row in self._active("residents") if self._asked_sealed("residents", row)]
        return [
            _without_empty(
                {
                    **each,
                    "household": homes.get(row["household_id"]),
                    "contacts": residents.told_contacts(row["contacts"], self._vault),
                    "alone": flagged(row["alone"], self._vault),
                }
            )
            for each, row in zip(named, rows, strict=True)
        ]

    def care(self) -> Sequence[_Tables]:
        """Plans of residents who are there."""
        rows = {**self._rows, "residents_of": self._active("residents")}
        there = care.Subjects(rows, self._vault)
        found = (
            care.told(row, self._people, there, self._vault)
            for row in self._rows["care_of"]
            if row["active"] and self._asked_sealed("care", row)
        )
        return [_without_empty(each) for each in found if each]

    def medicines(self) -> Sequence[_Tables]:
        rows, names = self._of_residents("medicines")
        return [_without_empty(supplies.told(row, names, self._vault)) for row in rows]

    def _of_residents(self, table: str) -> tuple[Sequence[Row], Mapping[int, str]]:
        """What residents need who are there, and the keys of those."""
        rows = self._rows[f"{table}_of"]
        concerned = {row["resident_id"] for row in rows}
        there = [row for row in self._active("residents") if row["id"] in concerned]
        names = {row["id"]: self._vault.unseal(row["key"]) for row in there}
        kept = [
            row
            for row in rows
            if row["active"] and row["resident_id"] in names and self._asked_sealed(table, row)
        ]
        return kept, names

    def _sealed(
        self, table: str, named: Mapping[str, str], others: Sequence[str]
    ) -> Sequence[dict[str, Any]]:
        columns = {**named, **{name: name for name in others}}
        return [
            {
                "key": self._vault.unseal(row["key"]),
                "building": self._buildings.get(row["building_id"]),
                **{field: self._vault.unseal(row[column]) for field, column in columns.items()},
            }
            for row in self._active(table)
            if self._asked_sealed(table, row)
        ]

    def ladder(self) -> _Tables:
        found: dict[str, list[str]] = {}
        for row in self._rows["ladder_of"]:
            found.setdefault(row["rung"], []).extend(self._keys_of([row["person_id"]]))
        order = [rung for rung in found if rung != LAST_RESORT]
        return {rung: found[rung] for rung in (*order, LAST_RESORT) if found.get(rung)}

    def rota(self) -> object:
        found = [
            {
                "name": row["name"],
                "rrule": row["rule"],
                "anchor": date.fromisoformat(row["anchor"]),
                "hours": row["hours"],
                "people": self._keys_of(unpack(row["people"])),
            }
            for row in self._rows["rota_of"]
        ]
        return found or {}

    def holidays(self) -> object:
        found = [
            {
                "first": date.fromisoformat(row["first_day"]),
                "last": date.fromisoformat(row["last_day"]),
                "people": self._keys_of(unpack(row["people"])),
            }
            for row in self._rows["holidays_of"]
        ]
        return found or {}

    def _ours(self, row: Row) -> bool:
        return bool(row["active"]) and not row["guest"]

    def _keys_of(self, ids: Sequence[int]) -> list[str]:
        return [self._people[each] for each in ids if each in self._people]

    def _active(self, table: str) -> Sequence[Row]:
        rows = [row for row in self._rows[f"{table}_of"] if row["active"]]
        if self._within is None:
            return rows
        return [row for row in rows if self._buildings.get(row["building_id"]) == self._within]

    def _asked(self, table: str, key: str) -> bool:
        return table not in self._keys or key in self._keys[table]

    def _asked_sealed(self, table: str, row: Row) -> bool:
        return table not in self._indexes or row["key_index"] in self._indexes[table]


def _without_empty(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value not in (None, "", [], {}, (), False)}
