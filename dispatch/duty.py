"""Who is on duty, and who stands on each rung of the ladder, at a moment.

Resolved when a rung fires, never earlier: a change of duty in between is seen.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.moments import Micros, from_datetime, to_datetime
from dispatch.people import Role, Roster, Rung

HANDOVER = timedelta(hours=8)
"""Duty passes on Mondays at 08:00 local time (DESIGN.md, section 6): after the night, before the day."""


def on_duty(roster: Roster, now: Micros) -> int | None:
    """Person id of whoever is on duty, or None. People who are no longer active are passed over."""
    people = roster.ladder.rungs.get(Rung.DUTY, ())
    if not people:
        return None
    local = to_datetime(now).astimezone(ZoneInfo(roster.committee.timezone)).replace(tzinfo=None)
    week = ((local - HANDOVER).date().toordinal() - 1) // 7  # day 1 of the calendar was a Monday
    turn = week % len(people)
    return next((person for person in people[turn:] + people[:turn] if person in roster.people), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A week of duty: `person_id` is None where nobody has it."""

    person_id: int | None
    since: Micros


def turns(roster: Roster, now: Micros, count: int) -> tuple[Turn, ...]:
    """The turn that runs and those that come, `count` in all, as the ladder stands now."""
    zone = ZoneInfo(roster.committee.timezone)
    day = (to_datetime(now).astimezone(zone).replace(tzinfo=None) - HANDOVER).date()
    monday = datetime.combine(day - timedelta(days=day.weekday()), time()) + HANDOVER
    starts = [(monday + timedelta(weeks=week)).replace(tzinfo=zone) for week in range(count)]
    return tuple(Turn(person_id=on_duty(roster, since), since=since) for since in map(from_datetime, starts))


def standing_on(rung: Rung, roster: Roster, now: Micros) -> tuple[int, ...]:
    """The people whom a rung calls now: active and reachable by some address; may be empty."""
    if rung is Rung.DUTY:
        duty = on_duty(roster, now)
        people: tuple[int, ...] = () if duty is None else (duty,)
    else:
        people = roster.ladder.rungs.get(rung, ())
    return reachable(people, roster)


def last_resort(roster: Roster) -> tuple[int, ...]:
    """Whom to call when the ladder is used up. Never empty while anybody of the desk or the office can
    be reached: a committee that named nobody still has somebody who must answer."""
    return reachable(roster.ladder.last_resort, roster) or _whoever_leads(roster)


def all_leaders(roster: Roster, now: Micros) -> tuple[int, ...]:
    """Everybody on any rung, and the last resort, each once."""
    people = [person for rung in Rung for person in standing_on(rung, roster, now)]
    return tuple(dict.fromkeys([*people, *last_resort(roster)]))


def staff(roster: Roster) -> tuple[int, ...]:
    """The staff who can be reached."""
    people = (person.id for person in roster.people.values() if Role.STAFF in person.roles)
    return reachable(tuple(sorted(people)), roster)


def reachable(people: tuple[int, ...], roster: Roster) -> tuple[int, ...]:
    """Those of them who are active and have an address, in the order given."""
    return tuple(person for person in people if person in roster.people and person in roster.addresses_of)


def _whoever_leads(roster: Roster) -> tuple[int, ...]:
    leading = frozenset({Role.STAFF, Role.SECRETARY, Role.OFFICE})
    found = sorted(person.id for person in roster.people.values() if person.roles & leading)
    return reachable(tuple(found), roster)
