"""A day, as people write one: a date, a weekday, today or tomorrow, in Chinese and English."""

import re
from datetime import date, timedelta

_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)(?P<han>[一二三四五六日天])|\b(?P<latin>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|r|rs|ur)?(?:day)?\b",
    re.IGNORECASE,
)
_HAN, _LATIN = "一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2}
_DATE = re.compile(r"(?:(?P<year>\d{4})-)?(?P<month>\d{1,2})(?:-|月)(?P<day>\d{1,2})日?")


def read(words: str, today: date) -> date | None:
    """The day that is meant, from today on: a date, a weekday, today or tomorrow."""
    if (found := _DATE.search(words)) is not None:
        return _dated(found, today)
    if (found := _WEEKDAY.search(words)) is not None:
        han, latin = found["han"], (found["latin"] or "").lower()
        weekday = _HAN.index("日" if han == "天" else han) if han else _LATIN.index(latin)
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return next((today + timedelta(days=days) for word, days in _DAYS.items() if word in words.lower()), None)


def _dated(found: re.Match[str], today: date) -> date | None:
    month, day = int(found["month"]), int(found["day"])
    years = [int(found["year"])] if found["year"] else [today.year, today.year + 1]
    for year in years:
        try:
            meant = date(year, month, day)
        except ValueError:
            continue
        if meant >= today:
            return meant
    return None
