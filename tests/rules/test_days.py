"""A day as people write one is found, and whatever is no day is none."""

from datetime import date, timedelta

import pytest

from handlers import days

FRIDAY = date(2026, 12, 25)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG = ("monday", "Tuesday", "wednesday", "Thursday", "friday", "Saturday", "sunday")


@pytest.mark.parametrize("number", range(7))
def test_a_weekday_is_the_next_one_of_its_name(number: int) -> None:
    meant = days.read(WEEKDAYS[number], FRIDAY)
    assert meant is not None
    assert meant.weekday() == number
    assert FRIDAY <= meant < FRIDAY + timedelta(weeks=1)
    for said in (LONG[number], f"周{'一二三四五六日'[number]}", f"星期{'一二三四五六天'[number]}的夜班"):
        assert days.read(said, FRIDAY) == meant


@pytest.mark.parametrize(
    ("said", "ahead"),
    [
        ("今天", 0), ("today", 0), ("明天夜班", 1), ("Tomorrow", 1), ("后天", 2),
        ("12-31", 6), ("12月31日", 6), ("2027-01-01", 7), ("1-1", 7), ("12-25", 0), ("tues", 4), ("thurs", 6),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(said: str, ahead: int) -> None:
    assert days.read(said, FRIDAY) == FRIDAY + timedelta(days=ahead)


@pytest.mark.parametrize(
    "said", ["", "白班", "13-45", "2-30", "Sunny", "Monica", "frying pan", "2026-12-24", "周七"]
)
def test_what_is_no_day_to_come_is_none(said: str) -> None:
    assert days.read(said, FRIDAY) is None
