"""The care plans of a committee's file, checked: `[[care]]`.

A plan is of one resident, or a round of several (`round_file`). All of it is private but its kind: a mistake
is named by table, number and field, never by what stood there. A plan that would never open a job, or opens
the next one before the last had to be done, is refused: somebody's oxygen hangs on it."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from dispatch import fields, round_file
from dispatch.entries import CareEntry, PersonEntry, ResidentEntry
from dispatch.rota import Calendar
from dispatch.tables import Table, refuse_twice

ANCHOR = date(2024, 1, 1)
"""The day from which a plan is counted that names none: a Monday, and any serves for what repeats by the day
or the week."""

AHEAD, WITHIN = 60, 60
"""Minutes where a plan names none: an hour to find somebody and go, and an hour until it must be done. Our
estimate, from a supper and a walk across the compound (R2)."""

LONGEST = 24 * 60
"""Minutes of either side of a plan's window."""

SHORTEST = 10
"""Minutes of a window: less is over before those who usually do it have looked at their phones."""

MOST_TIMES = 6
"""Times a day: every four hours, the night included."""

MOST_CARERS = 10

TRIED = timedelta(days=400)
"""How far from its anchor a rule is tried: whatever repeats within a year has shown itself by then."""

_DAY = r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"
_DATE = r"-?([1-9]|[12][0-9]|3[01])"
_MONTH = r"([1-9]|1[0-2])"
_PARTS = (
    rf"INTERVAL=[1-9][0-9]?|WKST=(MO|SU)|UNTIL=[0-9]{{8}}|BYMONTH={_MONTH}(,{_MONTH})*|BYDAY={_DAY}(,{_DAY})*"
)
_RULE = (
    rf"FREQ=(DAILY|WEEKLY)(;({_PARTS}))*|"
    rf"FREQ=(MONTHLY|YEARLY)(;({_PARTS}|BYMONTHDAY={_DATE}(,{_DATE})*))*"
)
"""Dates with months alone: of days without one the library would look through eight thousand years for a
thirtieth of February, one by one."""
_RULE_SAID = "a rule of days by RFC 5545 such as FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,TH; the hours stand in at"
_COUNTED = re.compile("INTERVAL=|UNTIL=|FREQ=(MONTHLY|YEARLY)")
"""Rules that mean something else from another day on."""

_TIME = r"([01]?[0-9]|2[0-3])[:：][0-5][0-9]"
_TIME_SAID = "hours of the day such as 08:00, or several: 08:00, 20:00"
_HOLDING = frozenset({"volunteer", "leader", "staff", "secretary"})


def plans(
    top: Table,
    residents: Sequence[ResidentEntry],
    buildings: Collection[str],
    people: Sequence[PersonEntry],
    kinds: Collection[str] | None,
    calendar: Calendar | None,
) -> Sequence[CareEntry]:
    """The care plans of a file. Without `kinds` any kind will do, without a `calendar` rules are not tried.
    Raises `BadFileError`."""
    tables = top.tables("care")
    homes = {each["key"]: each for each in residents}
    roles = {each["key"]: each["roles"] for each in people}
    found = [_plan(table, homes, buildings, roles, kinds) for table in tables]
    for table, plan in zip(tables, found, strict=True):
        _check_window(table, plan, calendar)
    refuse_twice(tables, "key", [each["key"] for each in found], "key")
    return found


def times(said: Sequence[str]) -> tuple[time, ...]:
    """The hours that a plan's entry names, ascending."""
    return tuple(sorted(time.fromisoformat(each) for each in said))


def _plan(
    table: Table,
    homes: Mapping[str, ResidentEntry],
    buildings: Collection[str],
    roles: Mapping[str, Sequence[str]],
    kinds: Collection[str] | None,
) -> CareEntry:
    table.only(*CareEntry.__annotations__)
    rule = table.text("rrule", "FREQ=DAILY", pattern=_RULE, expected=_RULE_SAID, longest=200)
    if _COUNTED.search(rule) and not table.has("anchor"):
        table.fail("anchor", f"{fields.DAY_SAID}, from which INTERVAL, UNTIL, months and years are counted")
    return {
        "key": fields.key(table),
        **round_file.subject(table, homes, buildings),
        "kind": _kind(table, kinds),
        "rrule": rule,
        "at": _times(table),
        "anchor": fields.day(table, "anchor") if table.has("anchor") else ANCHOR,
        "ahead": table.whole("ahead", AHEAD, low=1, high=LONGEST),
        "within": table.whole("within", WITHIN, low=1, high=LONGEST),
        "carers": _carers(table, roles),
        "device": table.text("device", "", longest=200),
        "words": table.text("words", ""),
    }


def _kind(table: Table, kinds: Collection[str] | None) -> str:
    if kinds is None:
        return table.text("kind", pattern=r"[a-z][a-z0-9_]{0,39}", expected="a kind of job")
    return table.choice("kind", sorted(kinds))


def _times(table: Table) -> Sequence[str]:
    said = table.value("at", _TIME_SAID)
    listed = re.split(r"[\s,，、;；]+", said.strip()) if isinstance(said, str) else said
    if not isinstance(listed, Sequence) or not 1 <= len(listed) <= MOST_TIMES:
        table.fail("at", f"{_TIME_SAID}; at most {MOST_TIMES}")
    found = []
    for each in listed:
        if not isinstance(each, str) or not re.fullmatch(_TIME, each):
            table.fail("at", _TIME_SAID)
        found.append(each.replace("：", ":").zfill(len("08:00")))
    if len(set(found)) != len(found):
        table.fail("at", f"{_TIME_SAID}, each only once")
    return sorted(found)


def _carers(table: Table, roles: Mapping[str, Sequence[str]]) -> Sequence[str]:
    keys = table.words("carers", known=tuple(roles), expected="a list of keys of people of this file")
    if len(keys) > MOST_CARERS:
        table.fail("carers", f"at most {MOST_CARERS} people")
    for key in keys:
        if _HOLDING.isdisjoint(roles[key]):
            table.fail("carers", f"people to whom a job can be given; {key} has none of the roles "
                       f"{', '.join(sorted(_HOLDING))}")  # fmt: skip
    return keys


def _check_window(table: Table, plan: CareEntry, calendar: Calendar | None) -> None:
    """The rule can be read and gives something, and a turn is over before the next one is opened."""
    window = plan["ahead"] + plan["within"]
    if window < SHORTEST:
        table.fail("within", f"at least {SHORTEST} minutes, together with ahead")
    if calendar is None:
        return
    try:
        days = calendar.starts(
            plan["rrule"], plan["anchor"], datetime.combine(plan["anchor"], time()) + TRIED
        )
    except ValueError:
        table.fail("rrule", _RULE_SAID)
    turns = [datetime.combine(day.date(), at) for day in days for at in times(plan["at"])]
    if not turns:
        table.fail("rrule", "a rule of days that come at all")
    nearest = min((after - before for before, after in pairwise(turns)), default=TRIED)
    if nearest < timedelta(minutes=window):
        least = nearest // timedelta(minutes=1)
        table.fail("within", f"at most {least} minutes together with ahead, since the next turn is then")
