"""The rota of a committee's file: every mistake named by table, field and what was expected."""

from datetime import date

import pytest

from dispatch import register
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from store.calendar import RuleCalendar
from tests.rules.registers import GOOD

NIGHT = {
    "name": "night",
    "rrule": "FREQ=DAILY;BYHOUR=20",
    "anchor": date(2026, 11, 2),
    "hours": 12,
    "people": ["lin"],
}


def parsed(slot: object, *more: object, holidays: object = ()) -> RegisterFile:
    contents = {**GOOD, "rota": [slot, *more], "holidays": list(holidays)}  # type: ignore[call-overload]  # any table
    return register.parse("committee.toml", contents, RuleCalendar())


def test_a_rota_is_read_with_its_days_as_days() -> None:
    file = parsed(
        {**NIGHT, "anchor": "2026-11-02"}, holidays=[{"date": date(2026, 12, 25), "people": ["lin"]}]
    )
    assert list(file.rota or ()) == [{**NIGHT, "people": ("lin",)}]
    assert [(each["first"], each["last"]) for each in file.holidays] == [(date(2026, 12, 25),) * 2]


def test_a_file_without_a_rota_says_nothing_of_one() -> None:
    assert register.parse("committee.toml", GOOD).rota is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rrule", "every night"),
        ("rrule", ""),
        ("rrule", "FREQ=HOURLY"),
        ("rrule", "FREQ=DAILY;INTERVAL=0"),
        ("rrule", "FREQ=DAILY;BYHOUR=24"),
        ("rrule", "FREQ=DAILY;BYDAY=XX"),
        ("rrule", "FREQ=DAILY;NONSENSE=1"),
        ("rrule", "FREQ=DAILY\nDTSTART:20260101T000000"),
        ("rrule", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"),  # never
        ("anchor", "tomorrow"),
        ("anchor", "2026-02-30"),
        ("anchor", 20261102),
        ("hours", 0),
        ("hours", 25),  # the next one starts before it is over
        ("hours", 1_000),
        ("people", []),
        ("people", ["nobody"]),
        ("people", ["wang"]),  # a volunteer
        ("people", ["lin", "lin"]),
        ("person", ["lin"]),
    ],
)
def test_a_bad_slot_is_named_by_number_name_and_field(field: str, value: object) -> None:
    with pytest.raises(BadFileError) as found:
        parsed({**NIGHT, field: value})
    assert (found.value.params["table"], found.value.params["field"]) == ("rota #1 (night)", field)


def test_two_slots_of_one_name_are_refused() -> None:
    with pytest.raises(BadFileError) as found:
        parsed(NIGHT, NIGHT)
    assert found.value.params["table"] == "rota #2 (night)"


@pytest.mark.parametrize(
    ("holiday", "field"),
    [
        ({"people": ["lin"]}, "first"),
        ({"date": "2026-10-01"}, "people"),
        ({"date": "2026-10-01", "last": "2026-10-02", "people": ["lin"]}, "date"),
        ({"first": "2026-10-02", "last": "2026-10-01", "people": ["lin"]}, "last"),
        ({"first": "2026-10-02", "last": "2027-10-01", "people": ["lin"]}, "last"),
        ({"date": "2026-10-01", "people": ["wang"]}, "people"),
    ],
)
def test_a_bad_holiday_is_named_by_number_and_field(holiday: dict[str, object], field: str) -> None:
    with pytest.raises(BadFileError) as found:
        parsed(NIGHT, holidays=[holiday])
    assert (found.value.params["table"], found.value.params["field"]) == ("holidays #1", field)


def test_two_holidays_of_one_day_are_refused() -> None:
    days = [
        {"first": "2026-10-01", "last": "2026-10-07", "people": ["lin"]},
        {"date": "2026-10-07", "people": ["lin"]},
    ]
    with pytest.raises(BadFileError) as found:
        parsed(NIGHT, holidays=days)
    assert (found.value.params["table"], found.value.params["field"]) == ("holidays #2", "date")
