"""Until when, as people write it: hours, days, a time of day, tomorrow, until further notice.

Knows words and clocks, and nothing of what the time is for.
"""

import re
from datetime import time

from dispatch import pauses
from dispatch.moments import HOUR, Micros
from handlers.folding import fold
from handlers.numerals import HAN, number

DAY: Micros = 24 * HOUR

_MORNING = frozenset({"", "morning", "tomorrow", "明早", "明天", "明天早上", "明天早晨"})
_ALWAYS = frozenset({"open", "always", "i say so", "一直", "不定", "我说为止", "另行通知"})
_OVER = frozenset({"off", "end", "over", "stop", "resume", "结束", "恢复", "取消", "停止"})
_UNTIL = re.compile(r"(?:(?:until|till|to)\b|直到|到|至)\s*")
_COUNT = rf"(\d{{1,3}}|[{HAN}]{{1,3}})"
_HOURS = re.compile(rf"{_COUNT}\s*(?:h|hours?|个?小时|个?钟头?)?")
_DAYS = re.compile(rf"{_COUNT}\s*(?:d|days?|天|日)")
_CLOCK = re.compile(
    rf"(\d{{1,2}}|[{HAN}]{{1,3}})\s*(?:[:.]\s*(\d{{2}})|点(?:\s*(\d{{1,2}})\s*分?)?)(?:整|钟)?"
)


class UnreadableSpanError(Exception):
    """No length of time, or one that is none or longer than allowed."""


def until(said: str, now: Micros, timezone: str) -> Micros | None:
    """The moment that is meant, as `dispatch.pauses` counts; nothing said is tomorrow morning, None is that
    it is over. Raises `UnreadableSpanError`."""
    words = fold(said).text.strip(" \t\r\n.!?。！？~～").lower()
    if words in _OVER:
        return None
    words = words[match.end() :] if (match := _UNTIL.match(words)) else words
    if words in _MORNING:
        return pauses.morning(now, timezone)
    if words in _ALWAYS:
        return pauses.UNTIL_SAID
    return _clock(words, now, timezone) or _length(words, now)


def readable(said: str) -> bool:
    """Some moment is meant by it."""
    try:
        until(said, 0, "UTC")
    except UnreadableSpanError:
        return False
    return True


def _clock(words: str, now: Micros, timezone: str) -> Micros | None:
    match = _CLOCK.fullmatch(words)
    if match is None:
        return None
    hour, minute = number(match[1]), int(match[2] or match[3] or 0)
    if hour is None or hour > 23 or minute > 59:
        raise UnreadableSpanError
    return pauses.at_clock(time(hour, minute), now, timezone)


def _length(words: str, now: Micros) -> Micros:
    for shape, unit in ((_HOURS, HOUR), (_DAYS, DAY)):
        if match := shape.fullmatch(words):
            length = (number(match[1]) or 0) * unit
            if 0 < length <= pauses.LONGEST:
                return now + length
    raise UnreadableSpanError
