"""The duty as a calendar (RFC 5545): names and hours, one event a piece of duty.

An event keeps its name (UID) as long as the piece begins at the same moment, so that a swap changes what a
phone shows already and adds nothing beside it.
"""

from icalendar import Calendar, Event

from dispatch.moments import to_datetime
from handlers.sheets import Almanac

PRODUCT = "-//Suidao//duty//"


def written(told: Almanac) -> bytes:
    """The file that a phone subscribes to."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", told.title)
    for piece in told.pieces:
        event = Event()
        event.add("uid", f"{told.key}-{piece.starts_at}@duty.suidao")
        event.add("dtstamp", to_datetime(told.now))
        event.add("dtstart", to_datetime(piece.starts_at))
        event.add("dtend", to_datetime(piece.ends_at))
        event.add("summary", piece.said)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
