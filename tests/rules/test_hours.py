"""What somebody has given: overlaps count once, a week begins on Monday, the sheet tells nothing private."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import hours as counting
from dispatch.hours import Served, Thanks
from dispatch.moments import HOUR, MINUTE, Micros, from_datetime
from handlers import hours
from handlers.texts import Catalogs
from tests.rules import builders
from tests.rules.builders import NOW

ZONE = "Asia/Shanghai"
STRETCHES = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 100)), max_size=20)


def served(begins: Micros, ends: Micros, *, job: int = 1, kind: str = "general") -> Served:
    return Served(job_id=job, kind=kind, building_id=1, claimed_at=begins, done_at=ends)


@pytest.mark.parametrize(
    ("stretches", "minutes"),
    [
        ([], 0),
        ([(0, 30)], 30),
        ([(0, 30), (30, 60)], 60),
        ([(0, 30), (10, 20)], 30),
        ([(10, 40), (0, 30)], 40),
        ([(0, 10), (20, 30), (5, 25)], 30),
        ([(10, 10)], 0),
    ],
)
def test_two_jobs_at_the_same_time_count_once(stretches: list[tuple[int, int]], minutes: int) -> None:
    jobs = [served(begins * MINUTE, ends * MINUTE) for begins, ends in stretches]
    assert counting.given(jobs) == minutes * MINUTE


@given(STRETCHES)
def test_the_time_given_is_that_of_all_minutes_in_which_something_was_in_hand(
    stretches: list[tuple[int, int]],
) -> None:
    minutes = {minute for begins, length in stretches for minute in range(begins, begins + length)}
    jobs = [served(begins * MINUTE, (begins + length) * MINUTE) for begins, length in stretches]
    assert counting.given(jobs) == len(minutes) * MINUTE


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        ("2026-11-23T00:00", ZONE),
        ("2026-11-29T23:59", ZONE),
        ("2026-10-26T00:00", "Europe/Berlin"),
        ("2026-10-25T23:59", "Europe/Berlin"),
    ],
)
def test_a_week_begins_on_monday_at_midnight_by_the_local_clock(now: str, zone: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
    monday = {"2026-11": "2026-11-23", "2026-10": "2026-10-26"}[now[:7]]
    if now == "2026-10-25T23:59":
        monday = "2026-10-19"
    expected = datetime.fromisoformat(monday).replace(tzinfo=ZoneInfo(zone))
    assert counting.week(from_datetime(local), zone) == from_datetime(expected)


def test_the_sheet_counts_this_week_and_all_of_it() -> None:
    texts, people = Catalogs.load().texts("en"), builders.roster()
    monday = counting.week(NOW, people.committee.timezone)
    jobs = [
        served(monday + HOUR, monday + 2 * HOUR, job=3),
        served(monday - 3 * HOUR, monday - HOUR, job=2),
        served(monday - 30 * HOUR, monday - 29 * HOUR, job=1, kind="gone"),
    ]
    sheet = hours.hours(jobs, people, {"general": builders.situation().playbook}, texts, NOW)
    assert sheet.week == ("1 job", "1 hr")
    assert sheet.ever == ("3 jobs", "4 hr")
    assert [each.job_id for each in sheet.jobs] == [3, 2, 1]
    assert sheet.jobs[2].what.startswith("gone")
    assert sheet.more == 0


def test_a_long_life_of_jobs_is_counted_whole_and_listed_in_part() -> None:
    texts = Catalogs.load().texts("zh_CN")
    jobs = [
        served(NOW - number * HOUR - MINUTE, NOW - number * HOUR, job=number + 1)
        for number in range(hours.MOST + 7)
    ]
    sheet = hours.hours(jobs, builders.roster(), {}, texts, NOW)
    assert sheet.ever == ("107件", "1小时47分钟")
    assert (len(sheet.jobs), sheet.more) == (hours.MOST, 7)
    assert sheet.since


def test_whoever_has_done_nothing_yet_has_an_empty_sheet() -> None:
    sheet = hours.hours([], builders.roster(), {}, Catalogs.load().texts("en"), NOW)
    assert (sheet.week, sheet.ever, sheet.since, sheet.jobs) == (("0 jobs", "–"), ("0 jobs", "–"), "", ())


def test_the_sheet_counts_thanks_and_shows_who_gave_them_with_their_words() -> None:
    texts, people = Catalogs.load().texts("en"), builders.roster()
    thanks = (Thanks(at=NOW, by=builders.STAFF, words="she smiled"), Thanks(at=NOW, by=4711))
    jobs = [
        replace(served(NOW - HOUR, NOW), thanked=2, thanks=thanks),
        served(NOW - 3 * HOUR, NOW - 2 * HOUR),
    ]
    sheet = hours.hours(jobs, people, {"general": builders.situation().playbook}, texts, NOW)
    assert sheet.thanked == "thanked 2 times"
    name = people.people[builders.STAFF].name
    assert [each.thanks for each in sheet.jobs] == [(f"{name}: she smiled", "somebody who has left"), ()]
