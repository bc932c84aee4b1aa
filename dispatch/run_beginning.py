"""What a job knows of being a medicine run from the beginning: where it goes, until when others may join."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.jobs import Draft
from dispatch.moments import Micros, to_datetime
from dispatch.people import Roster
from dispatch.rota import midnight, moment
from dispatch.stops import Request, Run


def until(now: Micros, zone: ZoneInfo) -> Micros:
    """The end of the half-day: noon or midnight, on the clock on the wall."""
    day = to_datetime(now).astimezone(zone).date()
    noon = moment(datetime.combine(day, time(12)), zone)
    return noon if now < noon else midnight(day + timedelta(days=1), zone)


def begin(request: Request, roster: Roster, now: Micros) -> Run:
    """The run of one request, which nobody may join where it cannot wait."""
    end = now if request.alone else until(now, ZoneInfo(roster.committee.timezone))
    return Run(hospital=request.hospital, until=end)


def begun(draft: Draft, roster: Roster, now: Micros) -> Draft:
    """The draft as the run that it begins; unchanged where it asks for no medicine."""
    return draft if draft.request is None else replace(draft, run=begin(draft.request, roster, now))
