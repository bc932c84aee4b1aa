"""Points in time as this project stores them: integer microseconds since 1970, UTC.

Integers compare, sort and index exactly in every database, and never carry a forgotten zone.
Calendars (weeks, local hours) belong to `duty`; this module knows no zone.
"""

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Micros: TypeAlias = int
"""A point in time (since the epoch, UTC) or a length of time, in microseconds."""

SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(moment: Micros) -> datetime:
    """The same point in time as an aware UTC datetime, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=moment)


def from_datetime(moment: datetime) -> Micros:
    """The same point in time as microseconds; a naive datetime raises `ValueError`."""
    if moment.tzinfo is None:
        raise ValueError("a point in time needs a zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)
