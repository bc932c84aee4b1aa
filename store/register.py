"""Loading a committee's file: inserted or updated by key, all of it or nothing, twice changes nothing.

The file is already checked (`dispatch.register`). What people chose for themselves and what they were
given by invitation (their web address, their links) is not the file's to take away.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from dispatch.entries import (
    CommitteeEntry,
    GroupEntry,
    PersonEntry,
    RegisterFile,
    RoomEntry,
)
from dispatch.errors import RegisterChangedError
from dispatch.importing import Act, Change, Preview, Progress
from dispatch.moments import Micros
from store import (
    groups,
    guests,
    losses,
    paths,
    register_accounts,
    register_ground,
    register_log,
    register_numbers,
    register_private,
    rota,
    ways,
)
from store import register_rows as wanted
from store.engine import Plan, Query, Row, Rows, Save
from store.people import WEB, roster_of
from store.register_writing import Entry, Writing, named

_Steps: TypeAlias = Generator[Sequence[Query], Rows, Any]


class Looked(Exception):  # noqa: N818 - nothing went wrong
    """What the load would have done, of which nothing is left: everything is undone with this."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a file is loaded: whether it may be kept at all, and as what it was shown.

    `by` is who confirmed it; None is whoever sits at the console. `shown` is the digest of the preview that
    they saw, where they saw one. `demo` None leaves the committee what it is.
    """

    now: Micros
    demo: bool | None
    by: int | None = None
    shown: str | None = None
    look: bool = False
    progress: Progress | None = None


@dataclass(slots=True, kw_only=True)
class Loading(Writing):
    """`work` is to be run once; make another to repeat it."""

    file: RegisterFile
    terms: Terms
    prepared: register_private.Prepared = field(default_factory=register_private.Prepared)
    reckoned: paths.Reckoned | None = None
    """The paths on the ground that the file makes, where they were reckoned before."""

    def work(self) -> Generator[Sequence[Query], Rows, Plan[Preview]]:
        """Everything, as one unit of work. Raises `BadFileError` for a key that nothing answers to,
        `RegisterChangedError` where it is not what was shown, and `Looked` where only that is wanted."""
        yield from self._committee()
        rows = yield (
            *roster_of(self.committee_id, *register_ground.TABLES),
            *register_private.queries(self.file, self),
        )
        buildings = yield from register_ground.buildings(self.file, self, rows)
        yield from register_ground.walls(self.file, self, rows)
        ground = paths.ground(self.file, rows, self.prune)
        if not self.terms.look:  # a preview says nothing of paths
            register_ground.keep_paths(ground, self, rows, buildings, self.reckoned)
        people = yield from self._people(rows, buildings)
        self._numbers(rows["people_of"])
        yield from self._groups(rows, people)
        self._rooms(rows["addresses_of"])
        self._ladder(rows["ladder_of"], people)
        self._rota(rows, people)
        homes = yield from register_private.households(self.file, self, rows, buildings)
        places = (buildings, homes)
        register_private.residents(self.file, self, rows, places, self.prepared, self.terms.progress)
        register_private.care(self.file, self, rows, people, self.terms.now)
        register_private.medicines(self.file, self, rows, self.terms.now)
        return self._settled()

    def _settled(self) -> Plan[Preview]:
        preview = self.notes.preview()
        if self.terms.look:
            raise Looked(preview)
        if self.terms.shown not in {None, preview.digest}:
            raise RegisterChangedError
        if self.revised:
            self.saves.append(Save("raise_revision", self.where))
        self.saves += register_log.written(
            preview.changes, self.committee_id, self.terms.by, self.terms.now, self.vault
        )
        return losses.told(Plan(self.saves, lambda _rows: preview))

    def _committee(self) -> _Steps:
        entry = cast("CommitteeEntry", self.file.committee)
        rows = yield (Query("committee_by_key", {"key": entry["key"]}),)
        row = rows["committee_by_key"][0] if rows["committee_by_key"] else None
        demo = self.terms.demo if self.terms.demo is not None else row is not None and bool(row["demo"])
        want = wanted.committee(entry, demo=demo)
        if self.differs("committee", row, Entry(key=entry["key"], name=entry["name"], number=1, want=want)):
            self.revised = True
            rows = yield (Query("save_committee", want.columns(self.vault)),)
            self.committee_id = rows["save_committee"][0]["id"]
            at_once = {**self.where, "now": self.terms.now}
            self.saves += [Save(name, at_once) for name in register_private.ZONED]
        elif row is not None:
            self.committee_id = row["id"]

    def _people(self, rows: Rows, buildings: Mapping[str, int]) -> _Steps:
        entries = cast("Sequence[PersonEntry]", self.file.people)
        known = {row["key"]: row for row in rows["people_of"]}
        owned = _by_person(rows["addresses_of"])
        made = [
            Entry(
                key=each["key"],
                name=each["name"],
                number=number,
                want=wanted.person(each, buildings, self.vault),
            )
            for number, each in enumerate(entries, 1)
        ]
        moved = self._moved(entries, known, owned, ways.by_person(rows))
        ids = yield from self.keyed("people", "save_person", rows["people_of"], made, also=moved)
        self._check_accounts(entries, ids, owned, rows["people_of"])
        self._addresses(entries, ids, owned)
        for entry in entries:
            if entry["key"] in moved or (entry["ways"] and entry["key"] not in known):
                yield from self._ways(entry, ids[entry["key"]], owned)
        yield from self._prune_people(self._gone_people(rows["people_of"], entries), owned)
        return ids

    def _moved(
        self,
        entries: Sequence[PersonEntry],
        known: Mapping[str, Row],
        owned: Mapping[int, list[Row]],
        woken: Mapping[int, Sequence[ways.Line]],
    ) -> Mapping[str, Sequence[str]]:
        """People by key who are reached or woken otherwise than before, and which of the two it is."""
        found: dict[str, list[str]] = {}
        for entry in entries:
            row = known.get(entry["key"])
            if row is not None and self._addresses_differ(entry, row, owned):
                found.setdefault(entry["key"], []).append("addresses")
            if row is not None and self._ways_differ(entry, row, woken):
                found.setdefault(entry["key"], []).append("ways")
        return found

    def _addresses_differ(self, entry: PersonEntry, row: Row, owned: Mapping[int, list[Row]]) -> bool:
        held = {(each["platform"], each["value"]) for each in owned.get(row["id"], ())}
        return not held.issuperset(entry["addresses"].items()) or bool(_left(entry, row["id"], owned))

    def _ways_differ(self, entry: PersonEntry, row: Row, woken: Mapping[int, Sequence[ways.Line]]) -> bool:
        return list(woken.get(row["id"], ())) != list(ways.wanted(entry, self.vault))

    def _ways(self, entry: PersonEntry, person_id: int, owned: Mapping[int, list[Row]]) -> _Steps:
        where = {**self.where, "person_id": person_id}
        saves = yield from ways.replaced(entry, where, owned.get(person_id, ()), self.vault)
        self.saves += saves
        self.revised = True

    def _check_accounts(
        self,
        entries: Sequence[PersonEntry],
        ids: Mapping[str, int],
        owned: Mapping[int, list[Row]],
        people: Sequence[Row],
    ) -> None:
        going = {row["id"] for row in self._gone_people(people, entries)}
        staying = {row["id"] for row in people if row["active"] and not row["guest"]} - going
        left = {row["id"] for entry in entries for row in _left(entry, ids[entry["key"]], owned)}
        register_accounts.check(entries, ids, owned, staying, left)

    def _addresses(
        self, entries: Sequence[PersonEntry], ids: Mapping[str, int], owned: Mapping[int, list[Row]]
    ) -> None:
        # What is left comes first, of everybody: two people may have swapped.
        for entry in entries:
            self.deactivate_addresses(_left(entry, ids[entry["key"]], owned))
        for entry in entries:
            person_id = ids[entry["key"]]
            held = {(row["platform"], row["value"]) for row in owned.get(person_id, ())}
            for want in wanted.addresses(entry, person_id):
                if (want.open["platform"], want.open["value"]) not in held:
                    self.save("save_address", want)

    def _numbers(self, rows: Sequence[Row]) -> None:
        if self.file.residents:
            entries = cast("Sequence[PersonEntry]", self.file.people)
            going = {row["id"] for row in self._gone_people(rows, entries)}
            self.own_numbers = register_numbers.of_volunteers(entries, rows, going, self.vault)

    def _groups(self, rows: Rows, people: Mapping[str, int]) -> _Steps:
        known, members = groups.by_key(rows["groups_of"]), groups.members_of(rows)
        keys = {row["id"]: row["key"] for row in rows["groups_of"]}
        changed = []
        for number, entry in enumerate(cast("Sequence[GroupEntry]", self.file.groups), 1):
            row = known.get(entry["key"])
            want = groups.wanted(entry, people)
            also = () if row is None else groups.differing(entry, row, keys, members, people)
            each = Entry(key=entry["key"], name=entry["name"], number=number, want=want)
            if self.differs("groups", row, each, also):
                changed.append((entry, want))
        yield from self._save_groups(changed, known, people)
        ours = named(self.file, "groups", self.file.groups)
        for row in self.gone("groups", rows["groups_of"], "key", ours):
            self.revised = True
            self.left_out("groups", row["key"], row["name"])
            self.deactivate("deactivate_group", row)

    def _save_groups(
        self,
        changed: Sequence[tuple[GroupEntry, wanted.Wanted]],
        known: Mapping[str, Row],
        people: Mapping[str, int],
    ) -> _Steps:
        if not changed:
            return
        self.revised = True
        written = yield [
            Query("save_group", {**want.columns(self.vault), **self.where}) for _, want in changed
        ]
        ids = {key: int(row["id"]) for key, row in known.items()}
        ids.update((row["key"], row["id"]) for row in written["save_group"])
        for entry, _ in changed:
            where = {**self.where, "group_id": ids[entry["key"]]}
            self.saves += groups.joined(where, groups.parent(entry, ids), groups.members(entry, people))

    def _rooms(self, rows: Sequence[Row]) -> None:
        known = {_room_key(row): row for row in rows if row["person_id"] is None}
        entries = cast("Sequence[RoomEntry]", self.file.rooms)
        wants = [wanted.room(each) for each in entries]
        for number, (entry, want) in enumerate(zip(entries, wants, strict=True), 1):
            key = f"{entry['platform']} {entry['chat']}"
            if self.differs(
                "rooms", known.get(_room_key(want.open)), Entry(key=key, name=key, number=number, want=want)
            ):
                self.save("save_address", want)
        named = {_room_key(want.open) for want in wants}
        gone = [row for key, row in known.items() if row["active"] and key not in named]
        if "rooms" in self.prune and gone:
            for row in gone:
                key = f"{row['platform']} {row['value']}"
                self.left_out("rooms", key, key)
            self.deactivate_addresses(gone)

    def _ladder(self, rows: Sequence[Row], people: Mapping[str, int]) -> None:
        if self.file.ladder is None:
            return
        want = wanted.ladder(self.file.ladder, people)
        have = sorted((row["rung"], row["position"], row["person_id"]) for row in rows)
        if want == have:
            self.notes.same()
            return
        self._whole("ladder", Act.CHANGED if have else Act.ADDED)
        self.saves.append(Save("clear_ladder", self.where))
        for rung, position, person_id in want:
            columns = {"rung": rung, "position": position, "person_id": person_id}
            self.saves.append(Save("insert_rung", {**columns, **self.where}))

    def _rota(self, rows: Rows, people: Mapping[str, int]) -> None:
        """A file that says nothing of a rota leaves it as it is, unless it is to be pruned."""
        kept = rows["rota_of"]
        if self.file.rota is None and not ("rota" in self.prune and kept):
            return
        slots, holidays = rota.wanted(self.file, people)
        if rota.same(kept, slots) and rota.same(rows["holidays_of"], holidays):
            self.notes.same()
            return
        changed = Act.CHANGED if kept else Act.ADDED
        self._whole("rota", changed if slots else Act.DEACTIVATED)
        self.saves += [Save("clear_rota", self.where), Save("clear_holidays", self.where)]
        self.saves += [Save("insert_slot", {**slot, **self.where}) for slot in slots]
        self.saves += [Save("insert_holiday", {**holiday, **self.where}) for holiday in holidays]

    def _whole(self, table: str, act: Act) -> None:
        """Note a table that is written as a whole."""
        self.revised = True
        self.notes.change(Change(table=table, key="", name="", act=act))

    def _gone_people(self, rows: Sequence[Row], entries: Sequence[PersonEntry]) -> list[Row]:
        """Guests are in no file, and leave when they do not act any more (`dispatch.acting`)."""
        ours = [row for row in rows if not row["guest"]]
        return list(self.gone("people", ours, "key", named(self.file, "people", entries)))

    def _prune_people(self, gone: Sequence[Row], owned: Mapping[int, list[Row]]) -> _Steps:
        for row in gone:
            self.revised = True
            self.left_out("people", row["key"], row["name"])
            self.deactivate("deactivate_person", row)
            self.deactivate_addresses(owned.get(row["id"], ()))
        if gone:
            found = yield [Query("guests_elsewhere", {"person_id": row["id"]}) for row in gone]
            self.saves += guests.dismissed(found["guests_elsewhere"])


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
