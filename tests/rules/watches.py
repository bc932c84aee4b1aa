"""A committee whose duty is looked at again and again, and what is kept of it between two looks."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

from dispatch import passing
from dispatch.moments import Micros, from_datetime
from dispatch.people import Address, Ladder, Person, Role, Roster, Rung
from dispatch.relays import Entrusted, Passed, Relay, RelayKind, Watch
from dispatch.rota import Override, Rota, Slot
from store.calendar import RuleCalendar
from tests.rules import builders

A, B, C, LAST = 501, 502, 503, 504
"""Three who take turns, and the last resort."""
NUMBERS = count(1)
NOON = from_datetime(datetime(2026, 11, 20, 12, tzinfo=UTC))


def leader(number: int, out: tuple[Micros, Micros] | None = None) -> Person:
    person = builders.person(number, Role.SECRETARY)
    return person if out is None else replace(person, out_since=out[0], out_until=out[1])


def committee(*people: Person, zone: str = "UTC", overrides: tuple[Override, ...] = ()) -> Roster:
    """Days from eight to eight, nights the rest; A and B take the days in turns, C and A the nights."""
    found = people or (leader(A), leader(B), leader(C), leader(LAST))
    slots = (
        Slot(name="day", rule="FREQ=DAILY;BYHOUR=8", anchor=date(2026, 1, 1), hours=12, people=(A, B)),
        Slot(name="night", rule="FREQ=DAILY;BYHOUR=20", anchor=date(2026, 1, 1), hours=12, people=(C, A)),
    )
    plain = builders.roster()
    return replace(
        plain,
        committee=replace(plain.committee, timezone=zone),
        people={each.id: each for each in found},
        addresses=tuple(
            Address(
                id=each.id, committee_id=each.committee_id, platform="chat", value=each.key, person_id=each.id
            )
            for each in found
        ),
        ladder=Ladder(rungs={Rung.DUTY: (A, B)}, last_resort=(LAST,)),
        rota=Rota(slots=slots, calendar=RuleCalendar()),
        overrides=overrides,
    )


def after(passed: Passed, *entrusted: Entrusted) -> Watch:
    """What the next look finds: as it was kept, with the numbers that the store gives."""
    relays = [
        replace(each, id=each.id or next(NUMBERS))
        for each in passed.watch.relays
        if each.due_at is not None or passed.answer is not None
    ]
    return replace(passed.watch, relays=tuple(relays), entrusted=entrusted)


def remembered(passed: Passed, known: dict[str, Relay]) -> Watch:
    """The same, kept beside all that was known before: of one cause there is one relay, once and for all."""
    relays = tuple(each for each in passed.watch.relays if each.id or each.cause not in known)
    watch = after(replace(passed, watch=replace(passed.watch, relays=relays)))
    known |= {each.cause: each for each in (*relays, *watch.relays)}
    return watch


def watched(roster: Roster, since: Micros) -> Watch:
    """A committee that was looked at then for the first time."""
    return after(passing.looked(Watch(roster=roster), since))


def asked(watch: Watch, kind: RelayKind = RelayKind.ROLLCALL) -> tuple[int, ...]:
    """Who was asked, in their order."""
    return next((each.asked for each in watch.relays if each.kind is kind and each.open), ())


def at(hour: int, minute: int = 0, *, day: int = 21) -> Micros:
    return from_datetime(datetime(2026, 11, day, hour, minute, tzinfo=UTC))
