"""A building's status: open, controlled or sealed, and the steps that it takes by itself.

A sealing is what somebody declared: a beginning and a scheme. Which status holds at a moment follows from
that and from the clock, so that no task has to run for it to be true. Who may go where is `passage`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from dispatch.moments import HOUR, Micros, to_datetime
from dispatch.rota import moment

MOST_STAGES = 6
"""Of one scheme: the reports know two, and more than six nobody can tell the people of a building."""

MOST_DAYS = 90
"""Of one stage: longer than any lockdown of the reports; a slip of the finger (`77`) is below it, and is read
back to whoever made it."""

DAY: Micros = 24 * HOUR

BACK: Micros = 60 * DAY
"""How long ago something may be said to have begun: whoever takes over enters what was declared before."""

AHEAD: Micros = 14 * DAY
"""How long before it begins it may be declared. Both leave a day for clocks that are changed."""


class Status(StrEnum):
    """What holds for a building. Sealed: nobody leaves, and nobody enters without protective gear.
    Controlled: people may go out and in; the committee's own measures say how."""

    OPEN = "open"
    CONTROLLED = "controlled"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A status for so many days; None: until somebody says otherwise."""

    status: Status
    days: int | None = None


Scheme: TypeAlias = tuple[Stage, ...]
"""Stages one after the other; behind the last one the building is open. An empty one: open at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What somebody declared of a building, whatever became of it: nothing of it is ever rewritten."""

    id: int
    committee_id: int
    building_id: int
    since: Micros
    scheme: Scheme
    by_id: int
    set_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A status that holds from one moment until another, which is not part of it; None: until further notice.

    `stage` is the number of the scheme's stage, from 0; the opening behind the last one has the next number.
    """

    sealing_id: int
    stage: int
    status: Status
    since: Micros
    until: Micros | None


Course: TypeAlias = tuple[Period, ...]
"""A building's periods, one after the other. Before the first one it is open."""


def periods(sealing: Sealing, timezone: str) -> Course:
    """What a sealing amounts to if nothing else is declared.

    A day is one on the wall: what begins at three in the afternoon ends at three in the afternoon so many
    days later, whatever the clocks were changed in between."""
    zone = ZoneInfo(timezone)
    local = to_datetime(sealing.since).astimezone(zone).replace(tzinfo=None)
    found: list[Period] = []
    since, days = sealing.since, 0
    for number, stage in enumerate((*sealing.scheme, Stage(status=Status.OPEN))):
        until = None
        if stage.days is not None:
            days += stage.days
            until = moment(local + timedelta(days=days), zone)
        found.append(
            Period(sealing_id=sealing.id, stage=number, status=stage.status, since=since, until=until)
        )
        if until is None:
            break
        since = until
    return tuple(found)


def course(declared: Iterable[Sealing], timezone: str) -> Course:
    """What holds for a building of which all this was declared, in this order: from when it begins, what was
    said last counts."""
    found: list[Period] = []
    for sealing in declared:
        kept = [period for period in found if period.since < sealing.since]
        if kept and (kept[-1].until is None or kept[-1].until > sealing.since):
            kept[-1] = replace(kept[-1], until=sealing.since)
        found = [*kept, *periods(sealing, timezone)]
    return tuple(found)


def at(known: Course, now: Micros) -> Period | None:
    """The period that holds at this moment; None before the first."""
    index = bisect_right(known, now, key=lambda period: period.since)
    return known[index - 1] if index else None


def status_at(known: Course, now: Micros) -> Status:
    """The status at this moment."""
    period = at(known, now)
    return Status.OPEN if period is None else period.status


def ahead(known: Course, now: Micros) -> Course:
    """The period that holds now, if there is one, and all that follow it by themselves."""
    return tuple(period for period in known if period.until is None or period.until > now)


def valid(scheme: Scheme) -> bool:
    """One that can be declared: not too long, and with something behind a stage only if that one ends."""
    lengths = [stage.days for stage in scheme]
    ends = all(days is not None for days in lengths[:-1])
    whole = all(days is None or 1 <= days <= MOST_DAYS for days in lengths)
    return len(scheme) <= MOST_STAGES and ends and whole


def written(scheme: Scheme) -> str:
    """The scheme as it is kept: `sealed 7, controlled 7`. An empty one is `open`."""
    words = (
        stage.status.value if stage.days is None else f"{stage.status.value} {stage.days}" for stage in scheme
    )
    return ", ".join(words) or Status.OPEN.value


def read(words: str) -> Scheme:
    """The scheme that was kept as these words. Raises `ValueError` for others."""
    if words == Status.OPEN.value:
        return ()
    return tuple(_stage(each.split(" ")) for each in words.split(", "))


def _stage(words: Sequence[str]) -> Stage:
    status, *days = words
    return Stage(status=Status(status), days=int(days[0]) if days else None)
