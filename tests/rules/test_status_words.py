"""A building's status in the words of whoever writes it, and words that are something else."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.moments import Micros
from dispatch.rota import moment
from handlers import status_words
from handlers.status_words import UnreadableStatusError

ZONE = "Asia/Shanghai"
SEVEN, TWO = "sealed 7, controlled 7", "sealed 2, controlled 12"


def micros(local: str) -> Micros:
    return moment(datetime.fromisoformat(local), ZoneInfo(ZONE))


NOW = micros("2026-05-25 15:00")


READ = [
    ("3号楼 封控 7+7", "3号楼", SEVEN, ""),
    ("3号楼封控7+7", "3号楼", SEVEN, ""),
    ("3 7+7", "3", SEVEN, ""),
    ("３号楼　封控　７＋７", "3号楼", SEVEN, ""),
    ("Building 3 sealed 7+7.", "Building 3", SEVEN, ""),
    ("3 sealed 2 controlled 12", "3", TWO, ""),
    ("3 sealed for 2 days, then controlled for 12 days", "3", TWO, ""),
    ("3号楼：2+12", "3号楼", TWO, ""),
    ("3号楼 封控2天，随后管控十二天", "3号楼", TWO, ""),
    ("3号楼 封控", "3号楼", "sealed", ""),
    ("3号楼 管控5天", "3号楼", "controlled 5", ""),
    ("3号楼 解封", "3号楼", "open", ""),
    ("3号楼解除封控", "3号楼", "open", ""),
    ("3 sealed 7, controlled 7, open", "3", SEVEN, ""),
    ("3 open", "3", "open", ""),
    ("东苑 封控 7+7", "东苑", SEVEN, ""),
    ("3号楼 封控 7+7 自4月1日起", "3号楼", SEVEN, "4月1日"),
    ("自4月1日起 3号楼 封控 7+7", "3号楼", SEVEN, "4月1日"),
    ("3 sealed 7+7 since 5-20 08:00", "3", SEVEN, "5-20 08:00"),
    ("3号楼 从明天起管控", "3号楼", "controlled", "明天"),
]


@pytest.mark.parametrize(("words", "place", "scheme", "since"), READ)
def test_words_are_read_as_they_are_meant(words: str, place: str, scheme: str, since: str) -> None:
    found = status_words.read(words)
    assert found is not None
    assert (found.place, found.since) == (place, since)
    assert found.scheme == status_words.scheme(scheme)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "3号楼502 敲门无应答",
        "3",
        "37+7",
        "3号楼 2个人 7点到",
        "封控",
        "open",
        "Building 3, 5 bags of rice",
    ],
)
def test_other_words_name_no_status(words: str) -> None:
    assert status_words.read(words) is None


@pytest.mark.parametrize(
    "words",
    [
        *("3 sealed 7+7+7", "3号楼 封控楼下有人晕倒", "3 sealed 99", "3 sealed, controlled 7"),
        *("3号楼 管控 7+7", "3 sealed 0", "3号楼 开放时间"),
    ],
)
def test_a_status_that_cannot_be_is_said_to_be_unreadable(words: str) -> None:
    with pytest.raises(UnreadableStatusError):
        status_words.read(words)


SINCE = [
    ("", None),
    ("现在", None),
    ("即日", None),
    ("5月20日", "2026-05-20 00:00"),
    ("5-20 08:30", "2026-05-20 08:30"),
    ("2026-05-20", "2026-05-20 00:00"),
    ("yesterday", "2026-05-24 00:00"),
    ("昨天下午3点", "2026-05-24 15:00"),
    ("前天", "2026-05-23 00:00"),
    ("tomorrow 06:00", "2026-05-26 06:00"),
    ("08:00", "2026-05-25 08:00"),
    ("6-1", "2026-06-01 00:00"),
]


@pytest.mark.parametrize(("words", "meant"), SINCE)
def test_a_beginning_is_the_nearest_day_of_that_name(words: str, meant: str | None) -> None:
    assert status_words.since(words, NOW, ZONE) == (None if meant is None else micros(meant))


def test_around_the_turn_of_a_year_the_nearest_day_is_the_other_years() -> None:
    january, december = micros("2027-01-03 10:00"), micros("2026-12-30 10:00")
    assert status_words.since("12-30", january, ZONE) == micros("2026-12-30 00:00")
    assert status_words.since("1月3日", december, ZONE) == micros("2027-01-03 00:00")


@pytest.mark.parametrize("words", ["soon", "2月30日", "2025-05-20", "7-20", "25:00", "5-20 99:99"])
def test_a_beginning_that_nobody_can_mean_is_unreadable(words: str) -> None:
    with pytest.raises(UnreadableStatusError):
        status_words.since(words, NOW, ZONE)
