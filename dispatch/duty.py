"""Who is on duty, and who stands on each rung of the ladder, at a moment.

Resolved when a rung fires, never earlier: a change of duty in between is seen. What somebody took over counts
before the rota, and where there is no rota the ladder's first list passes weekly. Whoever acts as a secretary
has what nobody else is there for, and stands behind the deputies.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dispatch.moments import HOUR, Micros, from_datetime, to_datetime
from dispatch.people import Role, Roster, Rung
from dispatch.rota import LONGEST, Away, Override, Shift, present, whose_turn

HANDOVER = timedelta(hours=8)
"""Duty passes on Mondays at 08:00 local time (DESIGN.md, section 6): after the night, before the day."""

AHEAD: Micros = 60 * 24 * HOUR
"""As far as duty is told in advance: more than anybody plans, and no great sum."""


def on_duty(roster: Roster, now: Micros) -> int | None:
    """Person id of whoever is on duty, or None. People who are no longer active, or out, are passed over."""
    return _overriding(roster, now, now) or planned(roster, now).person_id


def planned(roster: Roster, now: Micros) -> Shift:
    """The shift that runs now as it was planned. Where there is none, nobody has it until the next begins."""
    zone = _zone(roster)
    if roster.rota is None:
        shift: Shift | None = _week(roster, zone, now, now)
    else:
        shift = roster.rota.at(zone, now, roster.people, _away(roster, now))
    if shift is None:
        return _hole(roster, now)
    return shift if shift.person_id is not None else replace(shift, person_id=_standing_in(roster, now, now))


def held(roster: Roster, since: Micros, until: Micros) -> tuple[Shift, ...]:
    """Who has the duty between the two moments, piece by piece, as it stands now: without gaps, since a piece
    that nobody has is one, too. The first piece begins with the shift that runs at `since`."""
    begun = planned(roster, since).starts_at
    shifts = _shifts(roster, begun, until, since)
    spans = [(each.starts_at, each.ends_at) for each in shifts]
    spans += [(each.starts_at, each.ends_at) for each in roster.overrides]
    spans += [(each.acting_since or 0, each.acting_until or 0) for each in roster.acting]
    edges = {begun, until, *(edge for span in spans for edge in span if begun < edge < until)}
    found: list[Shift] = []
    for start, end in pairwise(sorted(edges)):
        shift = _counting(roster, [each for each in shifts if each.starts_at <= start < each.ends_at])
        piece = Shift(
            slot="" if shift is None else shift.slot,
            starts_at=start,
            ends_at=end,
            person_id=_overriding(roster, start, max(start, since))
            or (None if shift is None else shift.person_id or _standing_in(roster, start, max(start, since))),
        )
        begins = shift is not None and shift.starts_at == start
        if found and not begins and _same(found[-1], piece):
            found[-1] = replace(found[-1], ends_at=end)
        else:
            found.append(piece)
    return tuple(piece for piece in found if piece.ends_at > since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A piece of duty: `person_id` is None where nobody has it."""

    person_id: int | None
    since: Micros


def turns(roster: Roster, now: Micros, count: int) -> tuple[Turn, ...]:
    """The turn that runs and those that come, `count` in all, as it stands now."""
    pieces = held(roster, now, now + AHEAD)[:count]
    return tuple(Turn(person_id=piece.person_id, since=piece.starts_at) for piece in pieces)


def next_in_line(roster: Roster, but: tuple[int, ...], now: Micros) -> int | None:
    """Whom to ask for the duty when these do not answer: whoever stands next on the rota or the ladder and
    can be reached; None when nobody is left."""
    return next((who for who in line(roster, now) if who not in but), None)


def line(roster: Roster, now: Micros) -> tuple[int, ...]:
    """Everybody who may hold the duty, as they come: on duty now, those of the next shifts, the ladder."""
    coming = [piece.person_id for piece in held(roster, now, now + AHEAD) if piece.person_id is not None]
    ladder = [person for rung in Rung if rung is not Rung.OFFICE for person in _named(rung, roster, now)]
    return there(tuple(dict.fromkeys([*coming, *ladder])), roster, now)


def standing_on(rung: Rung, roster: Roster, now: Micros) -> tuple[int, ...]:
    """The people whom a rung calls now: active, not out, and reachable by some address; may be empty."""
    if rung is Rung.DUTY:
        duty = on_duty(roster, now)
        people: tuple[int, ...] = () if duty is None else (duty,)
    else:
        people = _named(rung, roster, now)
    return there(people, roster, now)


def last_resort(roster: Roster, now: Micros | None = None) -> tuple[int, ...]:
    """Whom to call when the ladder is used up. Never empty while anybody of the desk or the office can
    be reached: a committee that named nobody still has somebody who must answer. At a moment `now` whoever is
    out is passed over, unless nobody else is left."""
    named, leading = reachable(roster.ladder.last_resort, roster), _whoever_leads(roster)
    if now is None:
        return named or leading
    return there(named, roster, now) or there(leading, roster, now) or named or leading


def all_leaders(roster: Roster, now: Micros) -> tuple[int, ...]:
    """Everybody on any rung, and the last resort, each once."""
    people = [person for rung in Rung for person in standing_on(rung, roster, now)]
    return tuple(dict.fromkeys([*people, *last_resort(roster, now)]))


def staff(roster: Roster, now: Micros) -> tuple[int, ...]:
    """The staff who can be reached and are not out."""
    people = (person.id for person in roster.people.values() if Role.STAFF in person.roles)
    return there(tuple(sorted(people)), roster, now)


def reachable(people: tuple[int, ...], roster: Roster) -> tuple[int, ...]:
    """Those of them who are active and have an address, or are rung by a service, in the order given."""
    there = (person for person in people if person in roster.people)
    return tuple(person for person in there if person in roster.addresses_of or person in roster.rung)


def there(people: tuple[int, ...], roster: Roster, now: Micros) -> tuple[int, ...]:
    """Those of them who can be reached and are not out at this moment, in the order given."""
    return tuple(who for who in reachable(people, roster) if not roster.people[who].out(now))


def _whoever_leads(roster: Roster) -> tuple[int, ...]:
    leading = frozenset({Role.STAFF, Role.SECRETARY, Role.OFFICE})
    found = sorted(person.id for person in roster.people.values() if person.roles & leading)
    return reachable(tuple(found), roster)


def _named(rung: Rung, roster: Roster, now: Micros) -> tuple[int, ...]:
    """Who stands on a rung: whoever acts comes after the deputies, unless they have the duty anyway."""
    people = roster.ladder.rungs.get(rung, ())
    if rung is not Rung.DEPUTY or not roster.acting:
        return people
    duty = on_duty(roster, now)
    acting = (person.id for person in roster.acting if person.acts(now) and person.id != duty)
    return tuple(dict.fromkeys([*people, *acting]))


def _standing_in(roster: Roster, now: Micros, known: Micros) -> int | None:
    """Who acts at that moment, of those who are not out at the moment `known`; whoever began first."""
    acting = (person for person in roster.acting if person.acts(now) and not person.out(known))
    return next((person.id for person in acting), None)


def _overriding(roster: Roster, now: Micros, known: Micros) -> int | None:
    """Who took the duty at that moment, of those who are not out at the moment `known`."""
    taken = (each for each in reversed(roster.overrides) if each.starts_at <= now < each.ends_at)
    here = present(roster.people, _away(roster, known), known)
    return next(
        (each.person_id for each in taken if each.person_id in here and _still(roster, each, now)), None
    )


def _still(roster: Roster, taken: Override, at: Micros) -> bool:
    """A guest has nothing after their time, whatever they were given."""
    person = roster.people[taken.person_id]
    return not person.guest or person.acts(at)


def _shifts(roster: Roster, since: Micros, until: Micros, known: Micros) -> tuple[Shift, ...]:
    """What is planned between the two moments, as it stands at the moment `known`; shifts of several slots
    may meet."""
    zone = _zone(roster)
    if roster.rota is not None:
        return roster.rota.shifts(zone, since, until, roster.people, _away(roster, known))
    weeks = [_week(roster, zone, since, known)]
    while weeks[-1].ends_at < until:
        weeks.append(_week(roster, zone, weeks[-1].ends_at, known))
    return tuple(weeks)


def _counting(roster: Roster, running: Sequence[Shift]) -> Shift | None:
    return next(iter(running), None) if roster.rota is None else roster.rota.counting(running)


def _same(one: Shift, other: Shift) -> bool:
    return (one.slot, one.person_id) == (other.slot, other.person_id)


def _week(roster: Roster, zone: ZoneInfo, now: Micros, known: Micros) -> Shift:
    """The week of the ladder's first list that runs now, as it stands at the moment `known`."""
    day = (to_datetime(now).astimezone(zone).replace(tzinfo=None) - HANDOVER).date()
    week = (day.toordinal() - 1) // 7  # day 1 of the calendar was a Monday
    monday = datetime.combine(day - timedelta(days=day.weekday()), time()) + HANDOVER
    starts, ends = (monday.replace(tzinfo=zone), (monday + timedelta(weeks=1)).replace(tzinfo=zone))
    people = roster.ladder.rungs.get(Rung.DUTY, ())
    here = present(roster.people, _away(roster, known), from_datetime(starts))
    person = whose_turn(people, week, here) if people else None
    return Shift(slot="", starts_at=from_datetime(starts), ends_at=from_datetime(ends), person_id=person)


def _hole(roster: Roster, now: Micros) -> Shift:
    """Between two shifts, or before the first and after the last of them."""
    far = LONGEST * HOUR
    around = (
        () if roster.rota is None else roster.rota.shifts(_zone(roster), now - far, now + far, roster.people)
    )
    since = max((shift.ends_at for shift in around if shift.ends_at <= now), default=now - far)
    until = min((shift.starts_at for shift in around if shift.starts_at > now), default=now + far)
    return Shift(slot="", starts_at=since, ends_at=until, person_id=None)


def _away(roster: Roster, now: Micros) -> Away:
    """Who is out at this moment, and until when."""
    return {who: until for who, until in roster.leaving.items() if until > now}


def _zone(roster: Roster) -> ZoneInfo:
    return ZoneInfo(roster.committee.timezone)
