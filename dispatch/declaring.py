"""What follows from somebody's word about a building, and from the clock: what is kept, and who is told.

Pure. A word is kept beside all that were said before; a status that begins by itself is told once, and only
the newest one that holds: after three weeks of darkness nobody is told of three steps. Values, and the part
of the store that keeps them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dispatch import acting
from dispatch.errors import UnknownBuildingError
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.relays import Relay, RelayKind, RelayState
from dispatch.sealing import Course, Scheme, Sealing, Status, ahead, at, course, status_at

NEVER = -1
"""No stage of it was told so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody says of a building. The same `receipt` again is the same word."""

    building_id: int
    since: Micros
    scheme: Scheme
    by_id: int
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a sealing was told: the number of its stage, and when the next one begins by itself."""

    told: int
    look_at: Micros | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be kept, at once. `marks` are by sealing; 0 is the new one's. `over` count no longer."""

    sealing: Sealing | None = None
    receipt: str = ""
    marks: Mapping[int, Mark] = field(default_factory=dict)
    over: tuple[int, ...] = ()
    notices: tuple[Relay, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is to be kept."""
        return not (self.sealing or self.marks or self.over or self.notices)


Rule = Callable[[Roster, Mapping[int, Mark]], Ruling]
"""Pure: the committee, and how far each sealing was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was kept, and ids of new outbox rows. An empty ruling: nothing, or all of it before."""

    ruling: Ruling
    rows: tuple[int, ...] = ()


class Sealings(Protocol):
    """The part of the store that keeps them."""

    async def rule_sealing(self, committee_id: int, rule: Rule) -> Ruled:
        """Load what there is, rule, keep all of it; two of them never run side by side in one committee.
        Raises what `rule` raises."""

    async def sealings_due(self, now: Micros, limit: int) -> tuple[int, ...]:
        """Committees where a status has begun by itself and was not told yet."""

    async def sealings_said(self, committee_id: int, limit: int) -> tuple[Sealing, ...]:
        """Everything that was ever declared, the newest first."""

    async def status_notices(self, committee_id: int) -> tuple[Relay, ...]:
        """What was told last of each building, as far back as relays are kept."""


def declared(roster: Roster, marks: Mapping[int, Mark], wanted: Wanted, now: Micros) -> Ruling:
    """Somebody's word; the same again changes nothing. Raises `UnknownBuildingError`."""
    if wanted.building_id not in roster.buildings:
        raise UnknownBuildingError
    known = _known(roster, wanted.building_id)
    if _same(known, wanted, roster, now):
        return Ruling()
    new = Sealing(
        id=0,
        committee_id=roster.committee.id,
        building_id=wanted.building_id,
        since=wanted.since,
        scheme=wanted.scheme,
        by_id=wanted.by_id,
        set_at=now,
    )
    line = course([*known, new], roster.committee.timezone)
    cause = f"building {wanted.building_id} said {now}"
    return Ruling(
        sealing=new,
        receipt=wanted.receipt,
        marks=dict(_marks([*known, new], line, marks, now)),
        over=_over(known, line, now),
        notices=(_notice(roster, wanted.building_id, cause, now, wanted.by_id),),
    )


def stepped(roster: Roster, marks: Mapping[int, Mark], now: Micros) -> Ruling:
    """Whatever has begun by itself. Early, late or repeated looks change nothing."""
    changed: dict[int, Mark] = {}
    over: list[int] = []
    notices: list[Relay] = []
    for building, line in roster.courses.items():
        known, current = _known(roster, building), at(line, now)
        over += _over(known, line, now)
        changed |= dict(_marks(known, line, marks, now))
        if current is not None and _told(marks, current.sealing_id) != current.stage:
            cause = f"building {building} sealing {current.sealing_id} stage {current.stage}"
            notices.append(_notice(roster, building, cause, now, None))
    return Ruling(marks=changed, over=tuple(over), notices=tuple(notices))


def _known(roster: Roster, building_id: int) -> list[Sealing]:
    return [sealing for sealing in roster.sealings if sealing.building_id == building_id]


def _same(known: Sequence[Sealing], wanted: Wanted, roster: Roster, now: Micros) -> bool:
    """It says nothing new: it was said last, or opens what is open and stays so."""
    if known and (known[-1].since, known[-1].scheme) == (wanted.since, wanted.scheme):
        return True
    line = course(known, roster.committee.timezone)
    opens = not wanted.scheme and wanted.since <= now
    return opens and status_at(line, now) is Status.OPEN and len(ahead(line, now)) <= 1


def _marks(
    known: Sequence[Sealing], line: Course, marks: Mapping[int, Mark], now: Micros
) -> Iterator[tuple[int, Mark]]:
    """How far each has been told once this ruling is kept, where that is something new."""
    current = at(line, now)
    for sealing in known:
        told = _told(marks, sealing.id)
        if current is not None and current.sealing_id == sealing.id:
            told = current.stage
        coming = (each.since for each in line if each.sealing_id == sealing.id and each.since > now)
        mark = Mark(told=told, look_at=min(coming, default=None))
        if marks.get(sealing.id) != mark:
            yield sealing.id, mark


def _told(marks: Mapping[int, Mark], sealing_id: int) -> int:
    return marks[sealing_id].told if sealing_id in marks else NEVER


def _over(known: Sequence[Sealing], line: Course, now: Micros) -> tuple[int, ...]:
    """Those of which nothing holds any more, or will."""
    counting = {period.sealing_id for period in ahead(line, now)}
    return tuple(sealing.id for sealing in known if sealing.id not in counting)


def _notice(roster: Roster, building_id: int, cause: str, now: Micros, by_id: int | None) -> Relay:
    """Told to the desk and to our people who live there, not to whoever said it."""
    roster = acting.at(roster, now)
    living = {who for who, person in roster.people.items() if person.building_id == building_id}
    told = {*roster.desk, *living} - {by_id or 0}
    return Relay(
        committee_id=roster.committee.id,
        cause=cause,
        kind=RelayKind.STATUS,
        state=RelayState.OVER,
        version=1,
        about_id=None,
        by_id=by_id,
        building_id=building_id,
        asked=tuple(sorted(told)),
        made_at=now,
        decided_at=now,
        due_at=None,
    )
