"""What loading a file into the register changes: shown before it is done, and done only as it was shown.

A change names a table, an entry and fields, and never what stands in them. Keys and names of residents are
private all the same: who may read them is said where they are shown.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from dispatch.entries import RegisterFile
from dispatch.moments import Micros


class Act(StrEnum):
    """What becomes of an entry; `EXPORTED` stands in the log alone."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DEACTIVATED = "deactivated"
    EXPORTED = "exported"


PRIVATE = frozenset({"households", "residents", "care", "medicines"})
"""Tables whose keys and names are private too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry that does not stay as it is. `number` counts the file's entries from 1; None for one that the
    file leaves out. `fields` are those that differ; a new entry names none."""

    table: str
    key: str
    name: str
    act: Act
    fields: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything that a load amounts to."""

    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    """How many entries of each `Act`."""

    @property
    def digest(self) -> str:
        """The same for the same changes and no others."""
        told = [[each.table, each.key, each.act, each.fields, each.number] for each in self.changes]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class Notes:
    """Takes down what becomes of each entry, one after the other."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._counts: Counter[str] = Counter({act.value: 0 for act in Act if act is not Act.EXPORTED})

    def same(self) -> None:
        """An entry stays as it is."""
        self._counts[Act.UNCHANGED] += 1

    def change(self, change: Change) -> None:
        """An entry does not."""
        self._counts[change.act] += 1
        self._changes.append(change)

    def preview(self) -> Preview:
        """All of it so far."""
        return Preview(changes=tuple(self._changes), counts=dict(self._counts))


def by_table(changes: Iterable[Change]) -> Mapping[tuple[str, Act], tuple[Change, ...]]:
    """Changes by table and act, each in the order of the file."""
    found: dict[tuple[str, Act], list[Change]] = {}
    for change in changes:
        found.setdefault((change.table, change.act), []).append(change)
    return {place: tuple(each) for place, each in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A line of the register's log: who (None: at the console) did what to how many entries of a table.
    `detail` is each entry's key and the fields that differed."""

    at: Micros
    by: int | None
    act: Act
    table: str
    entries: int
    detail: tuple[tuple[str, tuple[str, ...]], ...] = ()


Progress = Callable[[int, int], None]
"""Told, on whatever thread, how many entries of how many are done."""


class Registers(Protocol):
    """The part of the store that changes the register, and tells what it holds."""

    async def preview(self, file: RegisterFile, *, prune: bool, demo: bool | None = None) -> Preview:
        """What loading the file would change; nothing is changed. Raises what loading it would raise."""

    async def load_shown(
        self,
        file: RegisterFile,
        *,
        prune: bool,
        now: Micros,
        by: int | None = None,
        shown: str | None = None,
        demo: bool | None = None,
        progress: Progress | None = None,
    ) -> Preview:
        """Load the file, all or nothing; `by` is who confirmed it, and `shown` the digest of the preview that
        they saw; `demo` None leaves the committee what it is. Raises `RegisterChangedError` when it would
        be something else by now."""

    async def contents(
        self,
        committee_id: int,
        tables: Collection[str],
        keys: Mapping[str, Collection[str]] | None = None,
        building: str | None = None,
    ) -> Mapping[str, object]:
        """The register as a file would say it (`dispatch.register`), private fields opened, of these tables
        besides the committee's own; of a table in `keys` only those entries, of households and residents
        only those of the `building`, where one is named. Positions are in WGS-84.
        The caller has asked the access table."""

    async def register_log(self, committee_id: int, limit: int) -> tuple[Logged, ...]:
        """The newest lines of the register's log. The caller has asked the access table."""

    async def log_export(self, committee_id: int, by: int, now: Micros) -> None:
        """Write into the register's log that somebody exported all of it."""

    async def keep_upload(self, committee_id: int, person_id: int, upload: "Upload") -> None:
        """Keep a file until whoever sent it has confirmed it; it takes the place of their last one."""

    async def upload(self, committee_id: int, person_id: int) -> "Upload | None":
        """The file that they sent and have not confirmed yet."""

    async def drop_uploads(self, before: Micros, person_id: int | None = None) -> None:
        """Let go of files sent before then, or of this person's. Repeating is safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody sent and has looked at. Its body is private."""

    at: Micros
    name: str
    body: bytes = field(repr=False)
