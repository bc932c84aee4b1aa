"""Until when somebody acts, as people write it: a day, which is meant to its end, or what `spans` reads.

An end is always needed: nobody acts until they say so.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.acting import MOST
from dispatch.moments import Micros, to_datetime
from dispatch.rota import midnight, moment
from handlers import days, spans
from handlers.folding import fold
from handlers.numerals import number
from handlers.spans import UnreadableSpanError

_UNTIL = re.compile(r"(?:(?:until|till|to)\b|直到|到|至)\s*", re.IGNORECASE)
_MORNING = re.compile(r"早|morning", re.IGNORECASE)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)|(?<!\d)(\d{1,2}|[一二三四五六七八九十]{1,3})点")


def until(said: str, now: Micros, timezone: str) -> Micros | None:
    """The moment that is meant, at most `MOST` from now; None is that it is over. Raises
    `UnreadableSpanError`, also where nothing is said."""
    words = fold(said).text.strip(" \t\r\n,.!?，。！？~～")
    words = words[match.end() :] if (match := _UNTIL.match(words)) else words
    if not words:
        raise UnreadableSpanError
    zone = ZoneInfo(timezone)
    day = days.read(words, to_datetime(now).astimezone(zone).date())
    if day is None or _MORNING.search(words):
        found = spans.until(words, now, timezone)
    else:
        found = _on(day, words, zone)
    if found is not None and not now < found <= now + MOST:
        raise UnreadableSpanError
    return found


def _on(day: date, words: str, zone: ZoneInfo) -> Micros:
    clock = _CLOCK.search(words)
    if clock is None:
        return midnight(day + timedelta(days=1), zone)
    hour, minute = number(clock[1] or clock[3]), int(clock[2] or 0)
    if hour is None or hour > 23 or minute > 59:
        raise UnreadableSpanError
    return moment(datetime.combine(day, time(hour, minute)), zone)
