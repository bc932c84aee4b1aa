"""Frozen objects with some fields changed.

`dataclasses.replace` reads every field's definition and runs the whole constructor: of a claim's decision it
was a third (docs/benchmarks.md). This copies slot by slot.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def changed(frozen: T, **values: Any) -> T:
    """A copy of a frozen dataclass with slots, with some fields changed. The constructor does not run.

    Raises `TypeError` for a field that there is none of."""
    kind = type(frozen)
    slots = _known.get(kind)
    if slots is None:
        slots = _known[kind] = _slots(kind)
    copy = object.__new__(kind)
    for write, value in zip(slots.write.values(), slots.read(frozen), strict=True):
        write(copy, value)
    for name, value in values.items():
        if name not in slots.write:
            raise TypeError(f"{kind.__name__} has no field {name}")
        slots.write[name](copy, value)
    return copy


@dataclass(frozen=True, slots=True)
class _Slots:
    """How all fields of a class are read at once, and how each is written past the guard that keeps it."""

    read: Callable[[Any], Iterable[Any]]
    write: Mapping[str, Callable[[Any, Any], None]]


_known: dict[type[Any], _Slots] = {}


def _slots(kind: type[Any]) -> _Slots:
    names = [field.name for field in fields(kind)]
    read = attrgetter(*names) if len(names) > 1 else lambda frozen: (getattr(frozen, names[0]),)
    return _Slots(read, {name: getattr(kind, name).__set__ for name in names})
