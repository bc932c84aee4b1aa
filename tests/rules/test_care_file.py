"""The care plans of a committee's file: every mistake named by table, field and what was expected."""

from collections.abc import Mapping
from datetime import date

import pytest

from dispatch import register
from dispatch.care_file import ANCHOR
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from store.calendar import RuleCalendar
from tests.rules.registers import GOOD

KINDS = ("daily_round", "general", "oxygen_refill")
OXYGEN = {
    "key": "chen-oxygen",
    "resident": "chen",
    "kind": "oxygen_refill",
    "at": "08:00, 20:00",
    "ahead": 60,
    "within": 30,
    "carers": ["wang"],
    "device": "床头左侧的制氧机",
    "words": "加纯净水到刻度线",
}
NO_ROUND = {"residents": (), "buildings": (), "alone": False, "relay": False}
DOORLESS = {"key": "li", "name": "李伯", "building": "3"}


def parsed(*plans: Mapping[str, object]) -> RegisterFile:
    residents = [*GOOD["residents"], DOORLESS]
    people = [*GOOD["people"], {"key": "desk", "name": "街道", "roles": ["office"]}]
    contents = {**GOOD, "people": people, "residents": residents, "care": list(plans)}
    return register.parse("committee.toml", contents, RuleCalendar(), KINDS)


def test_a_plan_is_read_with_what_it_does_not_say_filled_in() -> None:
    full, short = parsed(OXYGEN, {"key": "b", "resident": "chen", "kind": "general", "at": ["9:30"]}).care
    assert full == {**OXYGEN, **NO_ROUND, "at": ["08:00", "20:00"], "rrule": "FREQ=DAILY", "anchor": ANCHOR,
                    "carers": ("wang",)}  # fmt: skip
    assert (short["at"], short["ahead"], short["within"], short["carers"]) == (["09:30"], 60, 60, ())


def test_a_rule_that_counts_from_a_day_is_counted_from_the_one_it_names() -> None:
    rule = {"rrule": "FREQ=DAILY;INTERVAL=2", "anchor": "2026-11-02"}
    assert parsed({**OXYGEN, **rule}).care[0]["anchor"] == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rrule", "FREQ=SECONDLY"),
        ("rrule", "FREQ=HOURLY"),
        ("rrule", "FREQ=DAILY;INTERVAL=0"),
        ("rrule", "FREQ=DAILY;BYHOUR=8"),  # hours stand in `at`
        ("rrule", "FREQ=DAILY;COUNT=3"),
        ("rrule", "FREQ=DAILY;BYDAY=XX"),
        ("rrule", "FREQ=DAILY;BYMONTHDAY=3"),
        ("rrule", "FREQ=MONTHLY;BYMONTH=13"),
        ("rrule", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"),  # never
        ("rrule", "every day"),
        ("at", ""),
        ("at", "25:00"),
        ("at", "8"),
        ("at", "08:00, 08:00"),
        ("at", "00:00 04:00 08:00 12:00 16:00 20:00 23:00"),
        ("ahead", 0),
        ("ahead", 24 * 60 + 1),
        ("within", -1),
        ("within", 24 * 60),  # longer than until the next turn
        ("kind", "massage"),
        ("resident", "nobody"),
        ("resident", "li"),  # no door
        ("carers", ["nobody"]),
        ("carers", ["desk"]),  # takes no job
        ("carers", ["wang", "wang"]),
        ("device", "x" * 201),
        ("words", "x" * 2001),
        ("colour", "blue"),
    ],
)
def test_a_mistake_is_named_by_table_and_field(field: str, value: object) -> None:
    anchor = {"anchor": "2026-11-02"} if field == "rrule" else {}
    with pytest.raises(BadFileError) as error:
        parsed({**OXYGEN, **anchor, field: value})
    assert error.value.params["table"] == "care #1"
    assert error.value.params["field"] == field
    assert str(value) not in str(error.value.params["expected"]) or len(str(value)) < 4


def test_a_window_as_long_as_until_the_next_turn_is_the_longest() -> None:
    assert parsed({**OXYGEN, "ahead": 600, "within": 120}).care
    with pytest.raises(BadFileError, match="at most 720 minutes") as error:
        parsed({**OXYGEN, "ahead": 600, "within": 121})
    assert error.value.params["field"] == "within"


def test_a_rule_that_counts_names_its_day() -> None:
    with pytest.raises(BadFileError) as error:
        parsed({**OXYGEN, "rrule": "FREQ=DAILY;INTERVAL=2"})
    assert error.value.params["field"] == "anchor"


def test_a_key_is_one_plans() -> None:
    with pytest.raises(BadFileError, match="key of its own"):
        parsed(OXYGEN, OXYGEN)
