"""A building's status as people write it, such as `3号楼 封控 7+7` or `3 sealed 2, controlled 12 since 4-1`.

Knows words, numbers and clocks. Whether there is such a building, and who may say this, is for others to say.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch import sealing
from dispatch.moments import Micros, to_datetime
from dispatch.rota import moment
from dispatch.sealing import Scheme, Stage, Status
from handlers.folding import fold
from handlers.numerals import HAN, number

LONGEST = 200
"""Characters of a status with all its dates; whoever writes more is telling something else."""

_NAMES = {
    Status.SEALED: r"sealed\s+off|sealed|封控|封闭|封楼|封",
    Status.CONTROLLED: r"controlled|管控",
    Status.OPEN: r"reopened|opened|open|解除封控|解除管控|解除|解封|开放|放开",
}
_STATUS = "|".join(f"(?P<{status.value}>{names})" for status, names in _NAMES.items())
_ANY = "|".join(_NAMES.values())
_COUNT = rf"(?:\d{{1,2}}|[{HAN}]{{1,3}})"
_PLUS = r"(?<![\d+])\d{1,2}\s?\+\s?\d{1,2}(?![\d+])"
_SHORT = re.compile(r"(?P<sealed>\d{1,2})\s?\+\s?(?P<controlled>\d{1,2})\s?(?:天|日|days?)?")
_STATED = re.compile(
    rf"(?P<place>.{{1,60}}?)[\s,:，、]*(?P<course>(?:(?<![a-z])(?:{_ANY})|{_PLUS}).*)",
    re.IGNORECASE | re.DOTALL,
)
_STAGE = re.compile(
    rf"(?:{_STATUS})(?:\s*(?:for\s+)?(?P<days>{_COUNT})\s*(?:days?\b|d\b|天|日)?)?", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s,;，；、+]*(?:then\b|and\b|随后|然后|再|后)?[\s,;，；、]*", re.IGNORECASE)
_SINCE = (
    re.compile(r"[\s,，]{0,3}(?:自|从)\s{0,3}(?P<when>[^自从起]{1,24}?)\s{0,3}(?:起|开始)[\s,，]{0,3}"),
    re.compile(r"[\s,，]{0,3}(?:\b(?:since|from)\b|自|从)\s{0,3}(?P<when>[^自从]{1,24})$", re.IGNORECASE),
)
_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s*[-年/.]\s*)?(?P<month>\d{1,2})\s*[-月/.]\s*(?P<day>\d{1,2})\s*[日号]?"
)
_CLOCK = re.compile(rf"(?P<hour>\d{{1,2}}|[{HAN}]{{1,3}})\s*(?::\s*(?P<minute>\d{{2}})|[点时])")
_DAYS = {
    "前天": -2, "昨天": -1, "yesterday": -1, "今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2,
}  # fmt: skip
_NOW = frozenset({"now", "today on", "现在", "即日", "即刻", "此刻"})
_AFTERNOON = re.compile(r"下午|傍晚|晚|\bpm\b", re.IGNORECASE)
_END = " \t\r\n.!?。！？~～,，"


class UnreadableStatusError(Exception):
    """No status, or no beginning, that anybody could mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What somebody said of a place, as it was written; `since` is empty where it holds from now on."""

    place: str
    scheme: Scheme
    since: str = ""


def read(words: str) -> Stated | None:
    """What these words say; None where they name no status. Raises `UnreadableStatusError` where they name
    one that cannot be."""
    if len(words) > LONGEST:
        return None
    since, rest = _since(fold(words).text.strip(_END))
    found = _STATED.fullmatch(rest.strip(_END))
    if found is None:
        return None
    return Stated(place=found["place"].strip(_END), scheme=scheme(found["course"]), since=since)


def scheme(words: str) -> Scheme:
    """The scheme that is meant: `7+7`, `sealed 2, controlled 12`, `封控7天`, `open`. Raises
    `UnreadableStatusError`."""
    rest = fold(words).text.strip(_END)
    stages = _short(rest) or _stages(rest)
    while stages and stages[-1].status is Status.OPEN:
        stages = stages[:-1]  # that it is open then goes without saying
    if not sealing.valid(stages):
        raise UnreadableStatusError
    return stages


def since(words: str, now: Micros, timezone: str) -> Micros | None:
    """The moment that is meant, lately or soon; a day alone is its beginning, None is now. Raises
    `UnreadableStatusError`."""
    said = fold(words).text.strip(_END).lower()
    if not said or said in _NOW:
        return None
    zone = ZoneInfo(timezone)
    today = to_datetime(now).astimezone(zone).date()
    day, clock = _day(said, today), _clock(said)
    if day is None and clock is None:
        raise UnreadableStatusError
    meant = moment(datetime.combine(day or today, clock or time()), zone)
    if not now - sealing.BACK <= meant <= now + sealing.AHEAD:
        raise UnreadableStatusError
    return meant


def _since(words: str) -> tuple[str, str]:
    """When it begins, and the words without that."""
    for shape in _SINCE:
        if (found := shape.search(words)) is not None:
            return found["when"], f"{words[: found.start()]} {words[found.end() :]}".strip()
    return "", words


def _short(words: str) -> Scheme:
    """`7+7`, with or without the word for sealed before it; empty for other words."""
    plain = re.sub(rf"^(?:{_NAMES[Status.SEALED]})\s*", "", words, flags=re.IGNORECASE)
    found = _SHORT.fullmatch(plain.strip("() （）"))
    if found is None:
        return ()
    return tuple(
        Stage(status=status, days=int(found[status.value])) for status in (Status.SEALED, Status.CONTROLLED)
    )


def _stages(words: str) -> Scheme:
    stages: list[Stage] = []
    place = 0
    while place < len(words):
        found = _STAGE.match(words, place)
        if found is None:
            raise UnreadableStatusError
        status = next(status for status in Status if found[status.value])
        stages.append(Stage(status=status, days=number(found["days"]) if found["days"] else None))
        gap = _BETWEEN.match(words, found.end())
        place = found.end() if gap is None else gap.end()
    return tuple(stages)


def _day(words: str, today: date) -> date | None:
    if (found := _DATE.search(words)) is not None:
        return _dated(found, today)
    return next((today + timedelta(days=days) for word, days in _DAYS.items() if word in words), None)


def _dated(found: re.Match[str], today: date) -> date:
    """The nearest day of that name, where no year is said. Raises `UnreadableStatusError`."""
    month, day = int(found["month"]), int(found["day"])
    years = [int(found["year"])] if found["year"] else [today.year - 1, today.year, today.year + 1]
    days = [meant for year in years if (meant := _date(year, month, day)) is not None]
    if not days:
        raise UnreadableStatusError
    return min(days, key=lambda meant: abs(meant - today))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(words: str) -> time | None:
    found = _CLOCK.search(words)
    if found is None:
        return None
    hour, minute = number(found["hour"]), int(found["minute"] or 0)
    if hour is not None and hour < 12 and _AFTERNOON.search(words):
        hour += 12
    if hour is None or hour > 23 or minute > 59:
        raise UnreadableStatusError
    return time(hour, minute)
