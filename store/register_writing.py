"""One file on its way into the store: what of it differs from the rows is noted and written.

Which tables there are and what they mean is said elsewhere.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dispatch.entries import RegisterFile
from dispatch.importing import Act, Change, Notes
from store import losses
from store.crypto import Vault
from store.engine import Query, Row, Rows, Save, SaveMany
from store.register_rows import Wanted

_NAMED = {"size": "people", "plan_x": "spot", "plan_y": "spot", "value": "chat", "said_until": "until"}
"""What columns are called in a file where that is something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a file: what it is called, and the row that it is to be."""

    key: str
    name: str
    number: int
    want: Wanted


Named: TypeAlias = tuple[frozenset[object], frozenset[object]]


@dataclass(slots=True, kw_only=True)
class Writing:
    """What has come together so far. `prune` names tables whose entries go where the file has them not, and
    `own_numbers` stand for those of whoever is a volunteer afterwards (`dispatch.own_numbers`)."""

    vault: Vault
    prune: frozenset[str]
    committee_id: int = 0
    own_numbers: frozenset[str] = frozenset()
    revised: bool = False
    saves: list[Save | SaveMany] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    @property
    def where(self) -> Mapping[str, int]:
        """The committee, as every statement wants it."""
        return {"committee_id": self.committee_id}

    def differs(self, table: str, row: Row | None, entry: Entry, also: Sequence[str] = ()) -> bool:
        """Note the entry, and say whether it is to be written; `also` are fields known to differ."""
        columns = () if row is None else (*entry.want.differing(row, self.vault), *also)
        if row is not None and not columns:
            self.notes.same()
            return False
        self.note(table, Act.ADDED if row is None else Act.CHANGED, entry, fields_of(columns))
        return True

    def keyed(
        self,
        table: str,
        statement: str,
        rows: Sequence[Row],
        made: Sequence[Entry],
        also: Mapping[str, Sequence[str]] | None = None,
    ) -> Generator[Sequence[Query], Rows, Mapping[str, int]]:
        """Write the entries that differ, and those of `also`; gives the id of every key there is."""
        known = {row["key"]: row for row in rows}
        queries = []
        for each in made:
            row = known.get(each.key)
            if self.differs(table, row, each, (also or {}).get(each.key, ())):
                queries.append(Query(statement, {**each.want.columns(self.vault, row), **self.where}))
        ids: dict[str, int] = {key: row["id"] for key, row in known.items()}
        if queries:
            self.revised = True
            written = yield queries
            ids.update((row["key"], row["id"]) for row in written[statement])
        return ids

    def note(self, table: str, act: Act, entry: Entry, fields: Sequence[str] = ()) -> None:
        """Note what becomes of an entry."""
        self.notes.change(
            Change(
                table=table,
                key=entry.key,
                name=entry.name,
                act=act,
                fields=tuple(fields),
                number=entry.number,
            )
        )

    def gone(self, table: str, rows: Sequence[Row], key: str, named: Named) -> Iterator[Row]:
        """Active rows that are to go: `named` are what the file names and drops, by what is in `key`."""
        kept, dropped = named
        for row in rows:
            out = row[key] in dropped or (table in self.prune and row[key] not in kept)
            if out and row["active"]:
                yield row

    def left_out(self, table: str, key: str, name: str) -> None:
        """Note an entry that goes."""
        self.notes.change(Change(table=table, key=key, name=name, act=Act.DEACTIVATED))

    def deactivate(self, statement: str, row: Row) -> None:
        """Let a row count no more."""
        self.saves.append(Save(statement, {"id": row["id"], **self.where}))

    def deactivate_addresses(self, rows: Sequence[Row]) -> None:
        """The same for addresses, with what is still owed to them."""
        for row in rows:
            self.revised = True
            self.saves.append(losses.unreached(row["id"], self.committee_id))
            self.deactivate("deactivate_address", row)

    def save(self, statement: str, want: Wanted) -> None:
        """Write a row."""
        self.revised = True
        self.saves.append(Save(statement, {**want.columns(self.vault), **self.where}))


def named(file: RegisterFile, table: str, entries: Sequence[Mapping[str, object]]) -> Named:
    """What a file names of a table, and what it drops, by key."""
    return frozenset(entry["key"] for entry in entries), frozenset(file.dropped.get(table, ()))


def fields_of(columns: Sequence[str]) -> tuple[str, ...]:
    """The fields of a file that columns stand for, each once; hashes of others are none."""
    said = (_NAMED.get(each, each.removesuffix("_id")) for each in columns if not each.endswith("_index"))
    return tuple(dict.fromkeys(said))
