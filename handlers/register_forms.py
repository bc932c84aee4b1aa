"""Entries of the register as lines and as forms, for the desk that may read and change them.

How fields are called, and what belongs there, stands in `dispatch.sheets` in both languages.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dispatch import cells
from dispatch.errors import BadFileError
from dispatch.headings import Column, Kind, Sheet
from dispatch.people import Roster
from dispatch.sheets import SHEETS
from dispatch.spreadsheet import Raw
from handlers.messages import Choice
from handlers.registers import expected, heading, in_chinese
from handlers.texts import Texts


def _column(table: str, field: str) -> Column:
    columns = (column for each in SHEETS if each.table == table for column in each.columns)
    return next(column for column in columns if column.field == field)


_ROLES, _KIND, _CLOSED = _column("people", "roles"), _column("care", "kind"), _column("gates", "closed")


Offered = Mapping[str, tuple[Choice, ...]]
NOTHING: Offered = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. `choices` are what may be chosen; `several` of them at once where that is so."""

    name: str
    label: str
    hint: str
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    several: bool = False
    long: bool = False
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as a line: what it is called, and what it is found by."""

    key: str
    name: str
    about: str = ""


def of_care(contents: Mapping[str, object], kinds: Collection[str], roster: Roster, texts: Texts) -> Offered:
    """Whom a care plan or a medicine may be for, and of which kind."""
    found = contents.get("residents", [])
    homes = [each for each in found if isinstance(each, Mapping)] if isinstance(found, Sequence) else []
    residents = [
        Choice(
            value=str(each["key"]), label=" · ".join(filter(None, (_door(each, roster), str(each["name"]))))
        )
        for each in homes
        if each.get("building") and each.get("unit")
    ]
    named = tuple(Choice(value=each, label=_choice(each, _KIND, texts)) for each in sorted(kinds))
    return {"resident": tuple(sorted(residents, key=lambda each: each.label)), "kind": named}


def _door(entry: Mapping[str, object], roster: Roster) -> str:
    building = roster.building_by_key.get(str(entry.get("building", "")))
    return " ".join(filter(None, (building.name if building else "", str(entry.get("unit", "")))))


def entries(contents: Mapping[str, object], table: str, roster: Roster, texts: Texts) -> tuple[Entry, ...]:
    """The entries of a table as lines, by name."""
    found = contents.get(table, [])
    lines = (
        [_entry(each, table, roster, texts) for each in found if isinstance(each, Mapping)]
        if isinstance(found, Sequence)
        else []
    )
    return tuple(
        sorted(lines, key=lambda each: (len(each.name) if table == "buildings" else 0, each.name, each.key))
    )


def _entry(entry: Mapping[str, object], table: str, roster: Roster, texts: Texts) -> Entry:
    key = str(entry["key"])
    building = roster.building_by_key.get(str(entry.get("building", "")))
    about = [building.name if building else "", str(entry.get("unit", "")), str(entry.get("phone", ""))]
    if table == "care":
        hours = entry.get("at")
        listed = texts.names(map(str, hours)) if isinstance(hours, Sequence) else ""
        about = [_choice(str(entry.get("kind", "")), _KIND, texts), listed]
    if table == "gates":
        about = [heading(_CLOSED, texts) if entry.get("closed") else ""]
    if table == "medicines":
        about = [str(entry.get(name) or "") for name in ("medicine", "hospital", "until")]
    if table == "people":
        named = entry.get("roles")
        words = [_choice(str(role), _ROLES, texts) for role in named] if isinstance(named, Sequence) else []
        about = [texts.listed(words), building.name if building else ""]
    return Entry(
        key=key, name=str(entry.get("name") or key), about=" · ".join(part for part in about if part)
    )


def form(
    known: Sheet,
    entry: Mapping[str, object],
    roster: Roster,
    texts: Texts,
    wrong: BadFileError | None = None,
    offered: Offered = NOTHING,
) -> tuple[Field, ...]:
    """An entry as the fields of a form: all but its key and what nobody types. `offered` may be chosen, by
    field."""
    found = []
    for column in known.columns:
        if column.kind is not Kind.WAYS and column.field != "key":
            inner = entry.get(column.into, {}) if column.into else entry
            value = inner.get(column.field) if isinstance(inner, Mapping) else None
            bad = expected(wrong, texts) if wrong and wrong.params.get("heading") == column.field else ""
            choices = offered.get(column.field) or _choices(column, roster, texts)
            found.append(_form_field(column, value, choices, texts, bad))
    return tuple(found)


def typed(known: Sheet, raw: Raw) -> Mapping[str, object]:
    """What was typed into a form, given back as one row, as far as it can be shown again."""
    entry: dict[str, object] = {}
    for name, value in zip(map(str, raw.rows[0]), raw.rows[1], strict=True):
        column = known.of(name)
        if column is not None and column.into:
            inner = entry.setdefault(column.into, {})
            entry[column.into] = {**inner, name: value} if isinstance(inner, Mapping) else {name: value}
        else:
            entry[name] = value
    return entry


def _form_field(
    column: Column, value: object, choices: tuple[Choice, ...], texts: Texts, wrong: str
) -> Field:
    several = column.kind is Kind.WORDS and bool(choices)
    shown = "" if several else cells.shown(value, column)
    several_of = value.split(", ") if isinstance(value, str) else value
    values = tuple(map(str, several_of)) if several and isinstance(several_of, list | tuple) else ()
    if isinstance(value, str):
        shown = value
    elif column.kind in {Kind.CHOICE, Kind.FLAG} or (choices and not several):
        shown = ("yes" if value else "no" if value is False else "") if column.kind is Kind.FLAG else value
    return Field(
        name=column.field,
        label=heading(column, texts),
        hint=column.notes[1 if in_chinese(texts) else 0],
        value="" if shown is None else str(shown),
        values=values,
        choices=choices,
        several=several,
        long=column.width >= 30 and not several,
        wrong=wrong,
    )


def _choices(column: Column, roster: Roster, texts: Texts) -> tuple[Choice, ...]:
    match column.field:
        case "building" | "buildings":
            return tuple(Choice(label=each.name, value=each.key) for each in roster.buildings.values())
        case "leader" | "members" | "carers":
            people = sorted(roster.people.values(), key=lambda each: each.name)
            return tuple(Choice(label=each.name, value=each.key) for each in people if not each.guest)
        case "parent":
            return tuple(Choice(label=each.name, value=each.key) for each in roster.groups.values())
    if column.kind is Kind.FLAG:
        return (
            Choice(label=texts.gettext("Yes"), value="yes"),
            Choice(label=texts.gettext("No"), value="no"),
        )
    if column.kind is Kind.CHOICE or column.field in {"roles", "brings"}:
        return tuple(Choice(label=_choice(each, column, texts), value=each) for each in column.choices or ())
    return ()


def _choice(word: str, column: Column, texts: Texts) -> str:
    known = column.choices or {}
    return known.get(word, word) if in_chinese(texts) else word.replace("_", " ")


def seen(entry: Mapping[str, object]) -> str:
    """The same for an entry as it was, and no other: so that two people who change it notice each other."""
    told = json.dumps(entry, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
