"""The rota: which shifts there are, and whose turn each of them is.

A rule says when a slot's shifts start, in the committee's local time; its people take them one after the
other. How a rule is read is the calendar's business, and who is away is `duty`'s. Local hours become moments
here, so that a shift of twelve hours ends by the clock on the wall also in the night in which clocks change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from dispatch.moments import SECOND, Micros, from_datetime, to_datetime

LONGEST = 31 * 24
"""Hours of one shift at most: nobody plans further than a month, and a slip of a zero is found."""

BEYOND = timedelta(hours=4)
"""How far around a span a calendar is asked: more than clocks are ever moved."""


Away: TypeAlias = Mapping[int, Micros]
"""People who are out, and until when."""

NOBODY_AWAY: Away = {}


class Calendar(Protocol):
    """Reads rules of recurrence (RFC 5545)."""

    def starts(self, rule: str, anchor: date, until: datetime) -> Sequence[datetime]:
        """Every occurrence from the anchor day on up to `until`, ascending, as local times without a zone.

        Raises `ValueError` for a rule that it cannot read. Asking again is cheap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A kind of shift. The first occurrence of `rule` on or after `anchor` is the first person's."""

    name: str
    rule: str
    anchor: date
    hours: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days, both included, whose shifts are held by people of their own."""

    first: date
    last: date
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A piece of duty: `person_id` is None where nobody has it; the end is not part of it."""

    slot: str
    starts_at: Micros
    ends_at: Micros
    person_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody has the duty in this span, whatever the rota says. Of two the one of the greater id counts."""

    id: int
    starts_at: Micros
    ends_at: Micros
    person_id: int
    by: int | None = None
    made_at: Micros = 0
    """By whose word, and since when it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Somebody is to have the duty in this span, by the word of `by`. The same `cause` again changes nothing;
    `note` is one of our own words."""

    committee_id: int
    starts_at: Micros
    ends_at: Micros
    person_id: int
    by: int
    cause: str
    note: str = "swap"


@dataclass(frozen=True, kw_only=True)
class Rota:
    """A committee's slots, the first one counting where two of them meet, and its holidays."""

    slots: tuple[Slot, ...]
    holidays: tuple[Holiday, ...] = ()
    calendar: Calendar = field(compare=False, repr=False)

    def shifts(
        self,
        zone: ZoneInfo,
        since: Micros,
        until: Micros,
        there: Container[int],
        away: Away = NOBODY_AWAY,
    ) -> tuple[Shift, ...]:
        """Every shift that has a part between the two moments, by start, then by slot. Of people who are not
        `there`, or are `away` when it begins, the next in the list takes the turn."""
        found = [shift for slot in self.slots for shift in self._of(slot, zone, since, until, (there, away))]
        return tuple(sorted(found, key=lambda shift: shift.starts_at))

    def at(
        self, zone: ZoneInfo, now: Micros, there: Container[int], away: Away = NOBODY_AWAY
    ) -> Shift | None:
        """The shift that counts at this moment; None where none runs."""
        return self.counting(self.shifts(zone, now, now + 1, there, away))

    def counting(self, running: Sequence[Shift]) -> Shift | None:
        """Of several shifts that run at a moment, that of the first slot with somebody."""
        names = [slot.name for slot in self.slots]
        return min(running, key=lambda each: (each.person_id is None, names.index(each.slot)), default=None)

    def _of(
        self, slot: Slot, zone: ZoneInfo, since: Micros, until: Micros, people: tuple[Container[int], Away]
    ) -> Sequence[Shift]:
        length, end = timedelta(hours=slot.hours), _local(until, zone) + BEYOND
        starts = self.calendar.starts(slot.rule, slot.anchor, end)
        first = bisect_left(starts, _local(since, zone) - length - BEYOND)
        shifts = (
            Shift(
                slot=slot.name,
                starts_at=moment(start, zone),
                ends_at=moment(start + length, zone),
                person_id=self._whose(slot, turn, start.date(), present(*people, moment(start, zone))),
            )
            for turn, start in enumerate(starts[first : bisect_right(starts, end)], first)
        )
        return [shift for shift in shifts if shift.starts_at < until and shift.ends_at > since]

    def _whose(self, slot: Slot, turn: int, day: date, there: Container[int]) -> int | None:
        people = slot.people
        holiday = next((each for each in self.holidays if each.first <= day <= each.last), None)
        if holiday is not None:
            people = holiday.people
            # Through the days and, within a day, through the slots: so that nobody has all nights.
            turn = (day - holiday.first).days * len(self.slots) + self.slots.index(slot)
        return whose_turn(people, turn, there)


@dataclass(frozen=True, slots=True)
class _Present(Container[int]):
    """Those who are of the committee and not away at one moment."""

    there: Container[int]
    away: Away
    at: Micros

    def __contains__(self, who: object) -> bool:
        return who in self.there and not (isinstance(who, int) and self.away.get(who, self.at) > self.at)


def present(there: Container[int], away: Away, at: Micros) -> Container[int]:
    """Of those who are `there` the ones who are not away at this moment."""
    return _Present(there, away, at) if away else there


def whose_turn(people: Sequence[int], turn: int, there: Container[int]) -> int | None:
    """Whoever has the turn of this number, or the next after them who is there; None if none of them is."""
    count = len(people)
    return next((who for step in range(count) if (who := people[(turn + step) % count]) in there), None)


def moment(local: datetime, zone: ZoneInfo) -> Micros:
    """When a clock on the wall shows this for the first time. An hour that is left out in spring is over at
    the moment at which clocks jump, so what would begin within it begins then: shifts stay in their order."""
    before, after = (from_datetime(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    return before if before <= after else _jump(after, before, zone)


def _jump(early: Micros, late: Micros, zone: ZoneInfo) -> Micros:
    """The moment between the two at which the zone's clocks change."""
    known = to_datetime(early).astimezone(zone).utcoffset()
    low, high = early // SECOND, late // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle * SECOND).astimezone(zone).utcoffset() == known:
            low = middle
        else:
            high = middle
    return high * SECOND


def midnight(day: date, zone: ZoneInfo) -> Micros:
    """When the day begins there."""
    return moment(datetime.combine(day, time()), zone)


def _local(at: Micros, zone: ZoneInfo) -> datetime:
    return to_datetime(at).astimezone(zone).replace(tzinfo=None)
