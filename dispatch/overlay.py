"""A part of a register laid over the whole of it: what a spreadsheet of some tables or columns would make.

A column that is not there leaves what is kept as it is; an empty cell takes it away. So every check of the
whole (`dispatch.register`) holds for the part as well. Nothing here is read or kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dispatch.entries import RegisterFile
from dispatch.spreadsheet import SINGLE

Entry = Mapping[str, object]
Tables = Mapping[str, Sequence[Entry]]

KEYED = ("buildings", "walls", "gates", "people", "groups", "households", "residents", "care", "medicines")
"""Tables whose entries have keys; of the others a part is the whole."""


KEPT_IN = "wgs84"
"""The system of every position that is kept."""

_POSITION = frozenset({"lat", "lon", "outline", "line", "coordinates"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """The whole as it would be. `before` says how many entries of each table stand before the part's own."""

    contents: Mapping[str, object]
    before: Mapping[str, int]
    said: frozenset[str]

    def part(self, file: RegisterFile) -> RegisterFile:
        """Of the checked whole, only what the part says."""
        return replace(
            file,
            buildings=self._own(file, "buildings"),
            walls=self._own(file, "walls"),
            gates=self._own(file, "gates"),
            people=self._own(file, "people"),
            groups=self._own(file, "groups"),
            rooms=self._own(file, "rooms"),
            households=self._own(file, "households"),
            residents=self._own(file, "residents"),
            care=self._own(file, "care"),
            medicines=self._own(file, "medicines"),
            holidays=self._own(file, "holidays"),
            ladder=file.ladder if "ladder" in self.said else None,
            rota=file.rota if "rota" in self.said else None,
            said=self.said,
        )

    def _own(self, file: RegisterFile, table: str) -> Sequence[Entry]:
        entries: Sequence[Entry] = getattr(file, table)
        return entries[self.before.get(table, 0) :] if table in self.said else ()


def overlaid(base: Mapping[str, object], part: Tables, *, prune: bool) -> Overlaid:
    """The part over `base`, which is in no system of coordinates but the one that each building names. With
    `prune` the part's tables hold nothing else. A table without entries says nothing: templates have many."""
    contents = dict(base)
    before: dict[str, int] = {}
    told = {table: entries for table, entries in part.items() if entries}
    for table, entries in told.items():
        if table in SINGLE:
            contents[table] = _merged(_entry(base.get(table)), entries[0])
        elif table == "ladder":
            contents[table] = {str(each["rung"]): each.get("people") or [] for each in entries}
        elif table in KEYED:
            known = _entries(base.get(table, []))
            contents[table], before[table] = _laid(known, entries, prune=prune)
        else:
            contents[table] = [_merged({}, each) for each in entries]
    return Overlaid(contents=contents, before=before, said=frozenset(told) | _with(told))


def _with(part: Tables) -> frozenset[str]:
    """Holidays are kept with the rota."""
    kept = frozenset({"rota", "holidays"})
    return frozenset() if kept.isdisjoint(part) else kept


def _laid(known: Sequence[Entry], entries: Sequence[Entry], *, prune: bool) -> tuple[Sequence[Entry], int]:
    by_key = {each.get("key"): each for each in known}
    named = {each.get("key") for each in entries}
    others = [] if prune else [each for each in known if each.get("key") not in named]
    laid = [_merged(_placed(by_key.get(each.get("key"), {}), each), each) for each in entries]
    return [*others, *laid], len(others)


def _placed(base: Entry, given: Entry) -> Entry:
    """The base without where it is, if the part says where in another system, or does not say in which."""
    moved = any(given.get(field) is not None for field in ("lat", "lon", "outline", "line"))
    if not moved or given.get("coordinates") == KEPT_IN:
        return base
    return {field: value for field, value in base.items() if field not in _POSITION}


def _merged(base: Entry, given: Entry) -> Entry:
    found = dict(base)
    for field, value in given.items():
        if isinstance(value, Mapping):
            inner = _merged(_entry(base.get(field)), value)
            found[field] = inner
            if not inner:
                del found[field]
        elif value is None:
            found.pop(field, None)
        else:
            found[field] = value
    return found


def _entry(value: object) -> Entry:
    return value if isinstance(value, Mapping) else {}


def _entries(value: object) -> Sequence[Entry]:
    return value if isinstance(value, Sequence) else ()
