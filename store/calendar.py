"""Rules of recurrence (RFC 5545), read by python-dateutil: the store's answer to `dispatch.rota.Calendar`.

Knows rules and local times; whose shift it is, and what a local time is as a moment, is not its business.
"""

import re
from collections.abc import Sequence
from datetime import MAXYEAR, date, datetime, time
from functools import lru_cache

from dateutil.rrule import rrulestr

RULES_KEPT = 256
"""Rules whose occurrences are remembered, each for one year: thirty committees with a few slots each."""

OFTEN = re.compile(r"FREQ=(?:HOURLY|MINUTELY|SECONDLY)|INTERVAL=0*(?:;|$)|BYSECOND=", re.IGNORECASE)
"""What no shift is: several starts an hour, and an interval of nothing, with which the library never ends."""


class RuleCalendar:
    """Implements `dispatch.rota.Calendar`."""

    def starts(self, rule: str, anchor: date, until: datetime) -> Sequence[datetime]:
        """See `dispatch.rota.Calendar`."""
        # Whole years, so that every question of a year is answered from the same list. A few occurrences
        # more than were asked for do no harm.
        return _until_year(rule, anchor, min(until.year + 1, MAXYEAR))


@lru_cache(maxsize=RULES_KEPT)
def _until_year(rule: str, anchor: date, year: int) -> Sequence[datetime]:
    """Every occurrence before that year begins. Raises `ValueError`."""
    if OFTEN.search(rule):
        raise ValueError("a rule of days, weeks, months or years is wanted")
    try:
        read = rrulestr(rule, dtstart=datetime.combine(anchor, time()))
        end = datetime(year, 1, 1)  # noqa: DTZ001 - local time of whoever asks
        return tuple(read.between(datetime.min, end, inc=True))  # noqa: DTZ901 - the same
    except ValueError:
        raise
    except Exception as error:
        # What the library raises for a rule that is none depends on what is wrong with it.
        raise ValueError(f"not a rule of recurrence ({type(error).__name__})") from error
