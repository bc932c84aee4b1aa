"""Who is told of a shift that they have, before it begins: the evening before, or as soon as it
was given to them.

Data in, relays out. Nothing is asked by them, and each is made once.
"""

from collections.abc import Iterator

from dispatch import duty, rollcall
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.relays import Relay, RelayKind, Watch
from dispatch.rollcall import Coming


def reminders(watch: Watch, now: Micros) -> Iterator[Relay]:
    """What people are to be told by now, those included that were made before: their causes are the same."""
    yield from _gifts(watch, now)
    for each in rollcall.coming(watch.roster, now):
        if each.remind_at <= now and not _took_lately(watch.roster, each):
            span = (each.shift.starts_at, each.shift.ends_at)
            cause = _cause(each.shift.starts_at, each.person_id)
            yield _told(watch, now, RelayKind.REMINDER, cause, each.person_id, span)


def holds(relay: Relay, roster: Roster, now: Micros) -> bool:
    """It is still to come, and still theirs."""
    starts_at = relay.starts_at or 0
    return starts_at > now and duty.on_duty(roster, starts_at) == relay.about_id


def _gifts(watch: Watch, now: Micros) -> Iterator[Relay]:
    """Told at once; in the evening before the shift and later, that is the reminder."""
    roster, since = watch.roster, watch.looked_at
    for each in roster.overrides:
        who, start = each.person_id, each.starts_at
        if since is None or each.made_at < since or start <= now or each.by in (None, who):
            continue
        if duty.on_duty(roster, start) == who:
            late = rollcall.remind_at(start, rollcall.zone(roster)) <= now
            cause = _cause(start, who) if late else f"given {each.id}"
            span = (start, each.ends_at)
            yield _told(watch, now, RelayKind.GIVEN, cause, who, span, by=each.by)


def _took_lately(roster: Roster, coming: Coming) -> bool:
    """They said themselves that they take it when the evening before had come: they know."""
    override = rollcall.overriding(roster, coming.shift.starts_at)
    return override is not None and override.by == coming.person_id and override.made_at >= coming.remind_at


def _told(
    watch: Watch,
    now: Micros,
    kind: RelayKind,
    cause: str,
    who: int,
    span: tuple[Micros, Micros],
    *,
    by: int | None = None,
) -> Relay:
    return Relay(
        committee_id=watch.roster.committee.id,
        cause=cause,
        kind=kind,
        about_id=who,
        by_id=by,
        made_at=now,
        due_at=span[0],
        starts_at=span[0],
        ends_at=span[1],
        asked=(who,),
    )


def _cause(starts_at: Micros, who: int) -> str:
    return f"reminder {starts_at} {who}"
