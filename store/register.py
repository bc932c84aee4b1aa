"""Loading a committee's file: inserted or updated by key, all of it or nothing, twice changes nothing.

The file is already checked (`dispatch.register`). What people chose for themselves and what they were
given by invitation (their web address, their links) is not the file's to take away.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from dispatch.entries import BuildingEntry, CommitteeEntry, PersonEntry, ResidentEntry, RoomEntry
from dispatch.ports import RegisterFile
from store import guests, losses, rota, ways
from store import register_rows as wanted
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save
from store.people import WEB, roster_of

_Steps: TypeAlias = Generator[Sequence[Query], Rows, Any]

COUNTS = ("added", "changed", "unchanged", "deactivated")


@dataclass(slots=True, kw_only=True)
class Loading:
    """One file on its way into the store. `work` is to be run once; make another to repeat it."""

    file: RegisterFile
    vault: Vault
    prune: bool
    demo: bool
    saves: list[Save] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTS, 0)))
    committee_id: int = 0
    revised: bool = False

    def work(self) -> Generator[Sequence[Query], Rows, Plan[Mapping[str, int]]]:
        """Everything, as one unit of work. Raises `BadFileError` for a key that nothing answers to."""
        yield from self._committee()
        rows = yield (
            *roster_of(self.committee_id),
            Query("residents_of", {"committee_id": self.committee_id}),
        )
        buildings = yield from self._buildings(rows)
        people = yield from self._people(rows, buildings)
        self._rooms(rows["addresses_of"])
        self._ladder(rows["ladder_of"], people)
        self._rota(rows, people)
        if self.revised:
            self.saves.append(Save("raise_revision", {"committee_id": self.committee_id}))
        self._residents(rows["residents_of"], buildings)
        return losses.told(Plan(self.saves, lambda _rows: dict(self.counts)))

    def _committee(self) -> _Steps:
        entry = cast("CommitteeEntry", self.file.committee)
        rows = yield (Query("committee_by_key", {"key": entry["key"]}),)
        row = rows["committee_by_key"][0] if rows["committee_by_key"] else None
        want = wanted.committee(entry, demo=self.demo)
        if self._differs(row, want):
            self.revised = True
            rows = yield (Query("save_committee", want.columns(self.vault)),)
            self.committee_id = rows["save_committee"][0]["id"]
        elif row is not None:
            self.committee_id = row["id"]

    def _buildings(self, rows: Rows) -> _Steps:
        entries = cast("Sequence[BuildingEntry]", self.file.buildings)
        system = cast("CommitteeEntry", self.file.committee)["coordinates"]
        return (
            yield from self._keyed(
                "save_building", rows["buildings_of"], [wanted.building(each, system) for each in entries]
            )
        )

    def _people(self, rows: Rows, buildings: Mapping[str, int]) -> _Steps:
        entries = cast("Sequence[PersonEntry]", self.file.people)
        known = {row["key"]: row for row in rows["people_of"]}
        owned = _by_person(rows["addresses_of"])
        wants = [wanted.person(each, buildings, self.vault) for each in entries]
        woken = ways.by_person(rows)
        moved = {
            entry["key"]
            for entry in entries
            if (row := known.get(entry["key"])) is not None
            and (self._addresses_differ(entry, row, owned) or self._ways_differ(entry, row, woken))
        }
        ids = yield from self._keyed("save_person", rows["people_of"], wants, also=moved)
        self._addresses(entries, ids, owned)
        for entry in entries:
            if entry["key"] in moved or (entry["ways"] and entry["key"] not in known):
                yield from self._ways(entry, ids[entry["key"]], owned)
        yield from self._prune_people(rows["people_of"], {entry["key"] for entry in entries}, owned)
        return ids

    def _keyed(
        self,
        statement: str,
        rows: Sequence[Row],
        wants: Sequence[wanted.Wanted],
        also: frozenset[str] | set[str] = frozenset(),
    ) -> _Steps:
        """Write the entries that differ, and those of `also`; gives the id of every key there is."""
        known = {row["key"]: row for row in rows}
        queries = [
            Query(statement, {**want.columns(self.vault), "committee_id": self.committee_id})
            for want in wants
            if self._differs(known.get(want.open["key"]), want, also=want.open["key"] in also)
        ]
        ids: dict[str, int] = {key: row["id"] for key, row in known.items()}
        if queries:
            self.revised = True
            written = yield queries
            ids.update((row["key"], row["id"]) for row in written[statement])
        return ids

    def _differs(self, row: Row | None, want: wanted.Wanted, *, also: bool = False) -> bool:
        """Count the entry, and say whether it is to be written."""
        same = row is not None and not also and want.stands_in(row, self.vault)
        self.counts["added" if row is None else "unchanged" if same else "changed"] += 1
        return not same

    def _addresses_differ(self, entry: PersonEntry, row: Row, owned: Mapping[int, list[Row]]) -> bool:
        held = {(each["platform"], each["value"]) for each in owned.get(row["id"], ())}
        return not held.issuperset(entry["addresses"].items()) or bool(_left(entry, row["id"], owned))

    def _ways_differ(self, entry: PersonEntry, row: Row, woken: Mapping[int, Sequence[ways.Line]]) -> bool:
        return list(woken.get(row["id"], ())) != list(ways.wanted(entry, self.vault))

    def _ways(self, entry: PersonEntry, person_id: int, owned: Mapping[int, list[Row]]) -> _Steps:
        where = {"committee_id": self.committee_id, "person_id": person_id}
        saves = yield from ways.replaced(entry, where, owned.get(person_id, ()), self.vault)
        self.saves += saves
        self.revised = True

    def _addresses(
        self, entries: Sequence[PersonEntry], ids: Mapping[str, int], owned: Mapping[int, list[Row]]
    ) -> None:
        # What is left comes first, of everybody: two people may have swapped.
        for entry in entries:
            self._deactivate_addresses(_left(entry, ids[entry["key"]], owned))
        for entry in entries:
            person_id = ids[entry["key"]]
            held = {(row["platform"], row["value"]) for row in owned.get(person_id, ())}
            for want in wanted.addresses(entry, person_id):
                if (want.open["platform"], want.open["value"]) not in held:
                    self._save("save_address", want)

    def _rooms(self, rows: Sequence[Row]) -> None:
        known = {_room_key(row): row for row in rows if row["person_id"] is None}
        wants = [wanted.room(cast("RoomEntry", each)) for each in self.file.rooms]
        for want in wants:
            row = known.get(_room_key(want.open))
            if self._differs(row, want):
                self._save("save_address", want)
        named = {_room_key(want.open) for want in wants}
        gone = [row for key, row in known.items() if row["active"] and key not in named]
        if self.prune and gone:
            self.counts["deactivated"] += len(gone)
            self._deactivate_addresses(gone)

    def _ladder(self, rows: Sequence[Row], people: Mapping[str, int]) -> None:
        if self.file.ladder is None:
            return
        want = wanted.ladder(self.file.ladder, people)
        have = sorted((row["rung"], row["position"], row["person_id"]) for row in rows)
        self.counts["unchanged" if want == have else "changed" if have else "added"] += 1
        if want == have:
            return
        self.revised = True
        self.saves.append(Save("clear_ladder", {"committee_id": self.committee_id}))
        for rung, position, person_id in want:
            columns = {"rung": rung, "position": position, "person_id": person_id}
            self.saves.append(Save("insert_rung", {**columns, "committee_id": self.committee_id}))

    def _rota(self, rows: Rows, people: Mapping[str, int]) -> None:
        """A file that says nothing of a rota leaves it as it is, unless it is to be pruned."""
        kept = rows["rota_of"]
        if self.file.rota is None and not (self.prune and kept):
            return
        slots, holidays = rota.wanted(self.file, people)
        same = rota.same(kept, slots) and rota.same(rows["holidays_of"], holidays)
        changed = ("changed" if kept else "added") if slots else "deactivated"
        self.counts["unchanged" if same else changed] += 1
        if same:
            return
        self.revised = True
        where = {"committee_id": self.committee_id}
        self.saves += [Save("clear_rota", where), Save("clear_holidays", where)]
        self.saves += [Save("insert_slot", {**slot, **where}) for slot in slots]
        self.saves += [Save("insert_holiday", {**holiday, **where}) for holiday in holidays]

    def _residents(self, rows: Sequence[Row], buildings: Mapping[str, int]) -> None:
        known = {row["key_index"]: row for row in rows}
        entries = cast("Sequence[ResidentEntry]", self.file.residents)
        wants = {
            str(want.open["key_index"]): want
            for want in (wanted.resident(each, buildings, self.vault) for each in entries)
        }
        for key, want in wants.items():
            if self._differs(known.get(key), want):
                columns = {**want.columns(self.vault), "committee_id": self.committee_id}
                self.saves.append(Save("save_resident", columns))
        for row in self._gone(rows, lambda row: row["key_index"] in wants):
            self._deactivate("deactivate_resident", row)

    def _prune_people(self, rows: Sequence[Row], named: set[str], owned: Mapping[int, list[Row]]) -> _Steps:
        """Guests are in no file, and leave when they do not act any more (`dispatch.acting`)."""
        gone = list(self._gone(rows, lambda row: row["guest"] or row["key"] in named))
        for row in gone:
            self.revised = True
            self._deactivate("deactivate_person", row)
            self._deactivate_addresses(owned.get(row["id"], ()))
        if gone:
            found = yield [Query("guests_elsewhere", {"person_id": row["id"]}) for row in gone]
            self.saves += guests.dismissed(found["guests_elsewhere"])

    def _gone(self, rows: Sequence[Row], named: Callable[[Row], bool]) -> Iterator[Row]:
        """Active rows that the file no longer names, when it is to be pruned; counts them."""
        for row in rows if self.prune else ():
            if row["active"] and not named(row):
                self.counts["deactivated"] += 1
                yield row

    def _deactivate_addresses(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.revised = True
            self.saves.append(losses.unreached(row["id"], self.committee_id))
            self._deactivate("deactivate_address", row)

    def _deactivate(self, statement: str, row: Row) -> None:
        self.saves.append(Save(statement, {"id": row["id"], "committee_id": self.committee_id}))

    def _save(self, statement: str, want: wanted.Wanted) -> None:
        self.revised = True
        columns = {**want.columns(self.vault), "committee_id": self.committee_id}
        self.saves.append(Save(statement, columns))


def _by_person(rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    """Active addresses by whose they are."""
    owned: dict[int, list[Row]] = {}
    for row in rows:
        if row["active"] and row["person_id"] is not None:
            owned.setdefault(row["person_id"], []).append(row)
    return owned


def _left(entry: PersonEntry, person_id: int, owned: Mapping[int, list[Row]]) -> list[Row]:
    """The person's addresses that the file replaces: others on a platform that it names. A web address
    comes from an invitation and stays."""
    named = entry["addresses"]
    return [
        row
        for row in owned.get(person_id, ())
        if row["platform"] != WEB and named.get(row["platform"], row["value"]) != row["value"]
    ]


def _room_key(row: Row | Mapping[str, object]) -> tuple[object, object, object]:
    return row["platform"], row["value"], row["topic"]
