"""The Bot API's own grammar: is this request one that the documentation allows?

It knows names, types, lengths and constants from `schema.json` (see `ORIGIN.md`). It knows nothing of chats
or messages. It is stricter than the real server, which silently ignores what it does not know.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.platforms.telegram_server.wire import Json, length

SOURCE = Path(__file__).with_name("schema.json")
INTEGER = re.compile(r"-?\d+")
FREE = frozenset({"RichText"})
"""Types whose documentation is not a list of fields or members: taken as they come."""


class MismatchError(Exception):
    """A value is not what the documentation asks for; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a method, or one field of a type."""

    type: str
    required: bool
    length: tuple[int, int, str] | None
    range: tuple[int, int] | None
    constant: str | None

    @classmethod
    def read(cls, entry: Json) -> Self:
        """From its line in `schema.json`."""
        limits, bounds = entry.get("length"), entry.get("range")
        return cls(
            type=entry["type"],
            required=entry.get("required", False),
            length=(limits[0], limits[1], limits[2]) if limits else None,
            range=(bounds[0], bounds[1]) if bounds else None,
            constant=entry.get("is"),
        )


Fields = Mapping[str, Field]


class Schema:
    """All methods and types of one Bot API version."""

    def __init__(self, source: Json) -> None:
        self.version: str = source["api"]["version"]
        self.methods = {name: _fields(entry) for name, entry in source["methods"].items()}
        self._types = {name: _fields(entry) for name, entry in source["types"].items()}
        self._unions: dict[str, list[str]] = source["unions"]
        self._scalars: dict[str, Callable[[object, str], object]] = {
            "String": _string,
            "Integer": _integer,
            "Float": _decimal,
            "Boolean": _boolean,
            "True": _true,
        }

    @classmethod
    def load(cls, path: Path = SOURCE) -> Self:
        """The schema that lies beside this module."""
        return cls(json.loads(path.read_text("utf-8")))

    def check(self, method: str, given: Mapping[str, object], files: Collection[str] = ()) -> Json:
        """The parameters as typed values; forms carry everything as text, nested objects as JSON text.

        Raises KeyError for a method that does not exist, `MismatchError` for everything else."""
        opened = {name: _opened(value, self.methods[method].get(name)) for name, value in given.items()}
        return self._object(self.methods[method], opened, f"method {method}", files)

    def check_object(self, kind: str, value: object) -> object:
        """The same for an object of the given type: the server's tests check its own updates with it."""
        return self._value(kind, value, kind, ())

    def _object(self, fields: Fields, value: object, where: str, files: Collection[str]) -> Json:
        if not isinstance(value, dict):
            raise MismatchError(f"{where} must be an object")
        if unknown := sorted(set(value) - set(fields)):
            raise MismatchError(f"{where} knows no {unknown[0]!r}")
        if missing := [name for name, each in fields.items() if each.required and name not in value]:
            raise MismatchError(f"{where} needs {missing[0]!r}")
        return {name: self._field(fields[name], each, name, files) for name, each in value.items()}

    def _field(self, field: Field, value: object, where: str, files: Collection[str]) -> object:
        made = self._value(field.type, value, where, files)
        if field.constant is not None and made != field.constant:
            raise MismatchError(f"{where!r} must be {field.constant!r}")
        if field.length is not None and isinstance(made, str):
            _check_length(made, field.length, where)
        if field.range is not None and isinstance(made, int):
            low, high = field.range
            if not low <= made <= high:
                raise MismatchError(f"{where!r} must be between {low} and {high}")
        return made

    def _value(self, kind: str, value: object, where: str, files: Collection[str]) -> object:
        if kind.startswith("Array of "):
            return self._array(kind.removeprefix("Array of "), value, where, files)
        if " or " in kind or kind in self._unions:
            members = self._unions.get(kind) or kind.split(" or ")
            return self._any_of(members, value, where, files)
        if kind in self._scalars:
            return self._scalars[kind](value, where)
        if kind == "InputFile":
            return _file(value, where, files)
        if kind == "KeyboardButton" and isinstance(value, str):
            return {"text": value}
        return value if kind in FREE else self._object(self._types[kind], value, where, files)

    def _array(self, inner: str, value: object, where: str, files: Collection[str]) -> list[object]:
        if not isinstance(value, list):
            raise MismatchError(f"{where!r} must be an array")
        member = (
            inner if inner.startswith("Array of ") else inner.replace(" and ", " or ").replace(", ", " or ")
        )
        return [self._value(member, each, where, files) for each in value]

    def _any_of(self, members: list[str], value: object, where: str, files: Collection[str]) -> object:
        if isinstance(value, str) and value.startswith("attach://") and "InputFile" in members:
            return _file(value, where, files)
        problems = []
        for member in sorted(members, key=lambda name: -self._resemblance(name, value)):
            try:
                return self._value(member, value, where, files)
            except MismatchError as problem:
                problems.append(problem)
        raise problems[0]

    def _resemblance(self, kind: str, value: object) -> int:
        """How many of its fields the value has, so that the error is about the type that was meant."""
        fields = self._types.get(kind, {})
        if not isinstance(value, dict):
            return 0
        constants = [each.constant == value.get(name) for name, each in fields.items() if each.constant]
        return len(set(fields) & set(value)) + 100 * all(constants)


def _fields(entry: dict[str, Json]) -> dict[str, Field]:
    return {name: Field.read(each) for name, each in entry.items()}


def _opened(value: object, field: Field | None) -> object:
    """Nested values arrive as JSON text in a form; plain text stays what it is."""
    scalars = {"String", "Integer", "Float", "Boolean", "True", "InputFile", "or"}
    if field is None or not isinstance(value, str) or set(field.type.split()) <= scalars:
        return value
    try:
        opened: Any = json.loads(value)
    except ValueError as error:
        raise MismatchError(f"{field.type} is not JSON: {error}") from error
    return opened


def _check_length(text: str, limits: tuple[int, int, str], where: str) -> None:
    low, high, unit = limits
    size = len(text.encode()) if unit == "bytes" else length(text)
    if not low <= size <= high:
        raise MismatchError(f"{where!r} must have {low}-{high} {unit}, it has {size}")


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise MismatchError(f"{where!r} must be a string")
    return value


def _integer(value: object, where: str) -> int:
    if isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise MismatchError(f"{where!r} must be an integer")
    return value


def _decimal(value: object, where: str) -> float:
    try:
        return float(value) if isinstance(value, str) else float(_number(value, where))
    except ValueError as error:
        raise MismatchError(f"{where!r} must be a number") from error


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MismatchError(f"{where!r} must be a number")
    return value


def _boolean(value: object, where: str) -> bool:
    known = {"true": True, "false": False, True: True, False: False}
    if not isinstance(value, (str, bool)) or value not in known:
        raise MismatchError(f"{where!r} must be true or false")
    return known[value]


def _true(value: object, where: str) -> bool:
    if _boolean(value, where) is not True:
        raise MismatchError(f"{where!r} must be true")
    return True


def _file(value: object, where: str, files: Collection[str]) -> str:
    if not isinstance(value, str) or not value.startswith("attach://"):
        raise MismatchError(f"{where!r} must be a file")
    if value.removeprefix("attach://") not in files:
        raise MismatchError(f"{where!r} names a file that is not attached")
    return value
