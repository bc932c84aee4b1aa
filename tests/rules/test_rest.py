"""How long somebody rests: words to a moment, and a moment to words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import pauses
from dispatch.moments import HOUR, Micros, from_datetime, to_datetime
from handlers import spans

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"
DAYS_OF_A_YEAR = st.integers(0, 366 * 24 * HOUR)


def moment(text: str, zone: str = SHANGHAI) -> Micros:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


NOW = moment("2026-11-23T21:30")


@pytest.mark.parametrize(
    ("now", "until", "zone"),
    [
        ("2026-11-23T21:30", "2026-11-24T08:00", SHANGHAI),
        ("2026-11-23T12:00", "2026-11-24T08:00", SHANGHAI),
        ("2026-11-24T02:00", "2026-11-24T08:00", SHANGHAI),
        ("2026-11-24T04:00", "2026-11-24T08:00", SHANGHAI),
        ("2026-11-24T04:01", "2026-11-25T08:00", SHANGHAI),
        # The nights in which clocks go forward and back: eight by the clock on the wall all the same.
        ("2026-03-28T22:00", "2026-03-29T08:00", BERLIN),
        ("2026-10-24T22:00", "2026-10-25T08:00", BERLIN),
    ],
)
def test_until_tomorrow_is_eight_oclock_after_the_coming_night(now: str, until: str, zone: str) -> None:
    assert pauses.morning(moment(now, zone), zone) == moment(until, zone)


@given(since=DAYS_OF_A_YEAR, zone=st.sampled_from([SHANGHAI, BERLIN, "Asia/Kathmandu"]))
def test_a_rest_until_the_morning_is_never_shorter_than_a_short_one_nor_longer_than_a_day_and_a_bit(
    since: Micros, zone: str
) -> None:
    now = NOW + since
    until = pauses.morning(now, zone)
    assert pauses.SHORT <= until - now <= 29 * HOUR  # one hour more where clocks go back
    assert to_datetime(until).astimezone(ZoneInfo(zone)).time() == pauses.MORNING


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("", "2026-11-24T08:00"),
        ("morning", "2026-11-24T08:00"),
        ("明早", "2026-11-24T08:00"),
        ("到明天", "2026-11-24T08:00"),
        ("4", "2026-11-24T01:30"),
        ("4h", "2026-11-24T01:30"),
        ("4 Hours", "2026-11-24T01:30"),
        ("４小时", "2026-11-24T01:30"),
        ("四小时", "2026-11-24T01:30"),
        ("两个小时。", "2026-11-23T23:30"),
        ("3天", "2026-11-26T21:30"),
        ("23:00", "2026-11-23T23:00"),
        ("until 18:00", "2026-11-24T18:00"),
        ("到18点", "2026-11-24T18:00"),
        ("八点", "2026-11-24T08:00"),
        ("21:30", "2026-11-24T21:30"),
    ],
)
def test_a_time_is_understood_as_people_write_it(said: str, until: str) -> None:
    assert spans.until(said, NOW, SHANGHAI) == moment(until)


@pytest.mark.parametrize("said", ["off", "OFF", "结束", "恢复", "resume"])
def test_it_is_over(said: str) -> None:
    assert spans.until(said, NOW, SHANGHAI) is None


@pytest.mark.parametrize("said", ["open", "一直", "until I say so"])
def test_until_they_say_so_is_a_moment_that_nobody_here_lives_to_see(said: str) -> None:
    assert spans.until(said, NOW, SHANGHAI) == pauses.UNTIL_SAID
    assert to_datetime(pauses.UNTIL_SAID).year == 9999


@pytest.mark.parametrize(
    "said",
    ["0", "0小时", "337", "15天", "24:00", "8:61", "sometimes", "3号楼电梯", "-4", "4 4", "十二三小时"],
)
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(spans.UnreadableSpanError):
        spans.until(said, NOW, SHANGHAI)
    assert not spans.readable(said)


@given(said=st.text(max_size=30))
def test_whatever_is_written_is_over_refused_or_a_moment_to_come(said: str) -> None:
    try:
        until = spans.until(said, NOW, SHANGHAI)
    except spans.UnreadableSpanError:
        return
    assert until is None or NOW < until <= max(NOW + pauses.LONGEST, pauses.UNTIL_SAID)


def test_the_moment_at_which_a_rest_ends_is_the_first_at_which_one_is_asked() -> None:
    assert pauses.at_clock(pauses.MORNING, moment("2026-11-24T08:00"), SHANGHAI) == moment("2026-11-25T08:00")
