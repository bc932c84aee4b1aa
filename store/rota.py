"""The rota as rows: as the committee's file says it, with what people took over since.

Which shift a rule makes is the calendar's business; here rules are texts that were tried
before they were kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import cast

from dispatch.entries import HolidayEntry, RegisterFile, SlotEntry
from dispatch.errors import BadFileError
from dispatch.rota import Holiday, Override, Rota, Slot
from store.calendar import RuleCalendar
from store.engine import Params, Row, Rows
from store.words import pack, unpack

TABLES = ("rota_of", "holidays_of", "overrides_of")
"""What a roster reads of it."""


def read(rows: Rows) -> Rota | None:
    """The rota of `TABLES`; None where there is none."""
    if not rows["rota_of"]:
        return None
    return Rota(
        slots=tuple(map(_slot, rows["rota_of"])),
        holidays=tuple(map(_holiday, rows["holidays_of"])),
        calendar=RuleCalendar(),
    )


def read_overrides(rows: Rows) -> tuple[Override, ...]:
    """The overrides of `TABLES`, by id."""
    return tuple(map(_override, rows["overrides_of"]))


def wanted(file: RegisterFile, ids: Mapping[str, int]) -> tuple[list[Params], list[Params]]:
    """Slots and holidays of a file as columns. Raises `BadFileError` for people whom nobody knows and for
    rules that cannot be read: a rule that is kept is asked for whenever anything is decided."""
    slots = [
        {
            "name": entry["name"],
            "rule": _tried(entry),
            "anchor": entry["anchor"].isoformat(),
            "hours": entry["hours"],
            "people": _ids(entry["people"], ids, "rota"),
        }
        for entry in cast("Sequence[SlotEntry]", file.rota or ())
    ]
    holidays = [
        {
            "first_day": entry["first"].isoformat(),
            "last_day": entry["last"].isoformat(),
            "people": _ids(entry["people"], ids, "holidays"),
        }
        for entry in cast("Sequence[HolidayEntry]", file.holidays)
    ]
    return _counted(slots), _counted(holidays)


def same(rows: Sequence[Row], want: Sequence[Params]) -> bool:
    """The rows say it already."""
    return len(rows) == len(want) and all(
        row[name] == value for row, params in zip(rows, want, strict=True) for name, value in params.items()
    )


def _slot(row: Row) -> Slot:
    return Slot(
        name=row["name"],
        rule=row["rule"],
        anchor=date.fromisoformat(row["anchor"]),
        hours=row["hours"],
        people=tuple(unpack(row["people"])),
    )


def _holiday(row: Row) -> Holiday:
    return Holiday(
        first=date.fromisoformat(row["first_day"]),
        last=date.fromisoformat(row["last_day"]),
        people=tuple(unpack(row["people"])),
    )


def _override(row: Row) -> Override:
    return Override(
        id=row["id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        person_id=row["person_id"],
        by=row["by_id"],
        made_at=row["made_at"],
    )


def _tried(entry: SlotEntry) -> str:
    anchor = entry["anchor"]
    try:
        RuleCalendar().starts(entry["rrule"], anchor, datetime.combine(anchor, time()))
    except ValueError as error:
        raise BadFileError(table="rota", field="rrule", expected="a rule of RFC 5545") from error
    return entry["rrule"]


def _ids(keys: Sequence[str], ids: Mapping[str, int], table: str) -> str:
    if missing := [key for key in keys if key not in ids]:
        expected = f"keys of people of this committee; {missing[0]} is none"
        raise BadFileError(table=table, field="people", expected=expected)
    return pack([ids[key] for key in keys])


def _counted(entries: Sequence[Params]) -> list[Params]:
    return [{**entry, "position": position} for position, entry in enumerate(entries)]
