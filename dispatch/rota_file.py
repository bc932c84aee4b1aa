"""The tables of a committee's file that make its rota, checked: `[[rota]]` and `[[holidays]]`.

Every mistake is named by table, number and field. A time in which nobody is planned is no mistake here: it
may be meant, and `duty` says where it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from dispatch import fields
from dispatch.entries import HolidayEntry, SlotEntry
from dispatch.rota import LONGEST, Calendar
from dispatch.tables import Table, refuse_twice

TRIED = timedelta(days=400)
"""How far from its anchor a rule is tried: whatever repeats within a year has shown itself by then."""

LONGEST_HOLIDAY = timedelta(days=60)
"""A new year's week is nine days; two months and more are another rota, or a slip in a year."""

_RULE = r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*"
_RULE_SAID = "a rule of RFC 5545 such as FREQ=DAILY;BYHOUR=20 or FREQ=WEEKLY;BYDAY=MO;BYHOUR=8"
_NAME_LENGTH = 40  # characters: a name stands beside a time and a person


def slots(top: Table, leading: Mapping[str, bool], calendar: Calendar | None) -> Sequence[SlotEntry]:
    """The slots of a file. `leading` says of every person of the file whether they may hold duty; without a
    `calendar` rules are not tried. Raises `BadFileError`."""
    tables = top.tables("rota", label="name")
    found: list[SlotEntry] = []
    for table in tables:
        table.only("name", "rrule", "anchor", "hours", "people")
        slot: SlotEntry = {
            "name": table.text("name", longest=_NAME_LENGTH),
            "rrule": table.text("rrule", pattern=_RULE, expected=_RULE_SAID, longest=200),
            "anchor": fields.day(table, "anchor"),
            "hours": table.whole("hours", low=1, high=LONGEST),
            "people": _people(table, leading),
        }
        if calendar is not None:
            _try(table, slot, calendar)
        found.append(slot)
    refuse_twice(tables, "name", [slot["name"] for slot in found], "name")
    return found


def holidays(top: Table, leading: Mapping[str, bool]) -> Sequence[HolidayEntry]:
    """The holidays of a file, each a `date`, or days from `first` to `last`. Raises `BadFileError`."""
    found: list[HolidayEntry] = []
    for table in top.tables("holidays"):
        table.only("date", "first", "last", "people")
        single = table.has("date")
        first = fields.day(table, "date" if single else "first")
        last = first if single else fields.day(table, "last")
        if single and (table.has("first") or table.has("last")):
            table.fail("date", "either date, or first and last")
        if not first <= last <= first + LONGEST_HOLIDAY:
            table.fail("last", f"a day on or after first, at most {LONGEST_HOLIDAY.days} days later")
        if any(first <= each["last"] and last >= each["first"] for each in found):
            table.fail("date" if single else "first", "days that no other holiday has")
        found.append({"first": first, "last": last, "people": _people(table, leading)})
    return found


def _people(table: Table, leading: Mapping[str, bool]) -> Sequence[str]:
    expected = "a list of keys of people of this file, without whoever has left"
    keys = table.words("people", known=tuple(leading), expected=expected)
    if not keys:
        table.fail("people", "at least one key of a person of this file")
    for key in keys:
        if not leading[key]:
            table.fail("people", f"people who may be on the ladder; {key} has no role of leader, staff, "
                       "secretary or office")  # fmt: skip
    return keys


def _try(table: Table, slot: SlotEntry, calendar: Calendar) -> None:
    """The rule can be read, gives something, and no shift begins before the one before it is over."""
    anchor = datetime.combine(slot["anchor"], time())
    try:
        starts = calendar.starts(slot["rrule"], slot["anchor"], anchor + TRIED)
    except ValueError:
        table.fail("rrule", _RULE_SAID)
    if not starts:
        table.fail("rrule", "a rule by which a shift starts at all")
    nearest = min((after - before for before, after in pairwise(starts)), default=TRIED)
    if nearest < timedelta(hours=slot["hours"]):
        hours = nearest // timedelta(hours=1)
        table.fail("hours", f"at most {hours}, since the next shift of this rule starts by then")
