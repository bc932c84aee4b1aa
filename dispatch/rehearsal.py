"""What would happen if a job were posted at some moment and nobody ever answered: a rehearsal on paper.

The real decisions, on the committee as it stands, with a clock that is only imagined: nothing is kept, nobody
is told. What it cannot know is who will be at work elsewhere then, or have a page open: it takes it that
nobody is, and that every private detail is given, so that only those who were vouched for are asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from dispatch import duty, lifecycle, waking
from dispatch.events import Event, EventKind
from dispatch.jobs import Job, JobStatus, Priority
from dispatch.moments import HOUR, Micros
from dispatch.people import Audience, Roster, Rung
from dispatch.playbook import Playbook, WaveTo
from dispatch.ports import Distances
from dispatch.situation import Decision, Situation

LONGEST: Micros = 48 * HOUR
"""A job that is not exhausted by then has loops that nobody reads to their end."""


class Gap(StrEnum):
    """Something that should not be so."""

    NOBODY_ON_DUTY = "nobody_on_duty"
    RUNG_EMPTY = "rung_empty"
    WAVE_EMPTY = "wave_empty"
    NO_WAY = "no_way"
    """Somebody who is called has a page at most, and that rings nobody while it is closed."""
    FAILING = "failing"
    """All that would wake them failed when it was last tried."""
    UNREADABLE = "unreadable"
    """An address that they listed cannot be read, so that nothing is ever rung by it."""
    NO_ADDRESS = "no_address"
    """Somebody of a rung, or of the last resort, has no address at all and is left out of every call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of ways before anything is sent: people whose page `rings` a phone although it is closed,
    ids of addresses at which the last try failed, and of those that no service can read."""

    rings: frozenset[int] = frozenset()
    failing: frozenset[int] = frozenset()
    unreadable: frozenset[int] = frozenset()


NOTHING = Known()

_LISTED = frozenset(rung.value for rung in Rung) - {Rung.DUTY.value}
"""Rungs on which everybody is called who stands there: of the duty it is one at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Somebody who is asked or called, and the addresses that are used one after the other as each refuses,
    without those that cannot be read; none where there is nothing but a page."""

    person_id: int
    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that happens; `gaps` with the person whom each is about, if it is about one."""

    at: Micros
    event: Event
    people: tuple[Reached, ...] = ()
    gaps: tuple[tuple[Gap, int | None], ...] = ()


def rehearse(
    playbook: Playbook,
    roster: Roster,
    building_id: int | None,
    at: Micros,
    distances: Distances,
    known: Known = NOTHING,
    priority: Priority | None = None,
) -> tuple[Scene, ...]:
    """All that happens from the posting until the ladder is used up, in order. Without a `priority` the job
    is as urgent as its kind."""
    begins = _situation(playbook, roster, building_id, at, known.rings)
    begins = replace(begins, job=replace(begins.job, priority=priority or playbook.priority))
    decision = lifecycle.posted(begins, at, distances)
    scenes = list(_scenes(decision, known))
    while (now := decision.after.job.look_at) is not None and now <= at + LONGEST:
        decision = lifecycle.looked(decision.after, now, distances)
        scenes += _scenes(decision, known)
        if any(scene.event.kind is EventKind.EXHAUSTED for scene in scenes):
            break
    return tuple(scenes)


def _situation(
    playbook: Playbook, roster: Roster, building_id: int | None, at: Micros, rings: frozenset[int]
) -> Situation:
    job = Job(
        id=0,
        committee_id=roster.committee.id,
        version=0,
        kind=playbook.kind,
        playbook=playbook.digest,
        priority=playbook.priority,
        status=JobStatus.OPEN,
        posted_by=None,
        posted_at=at,
        places=playbook.places,
        building_id=building_id,
        hides=playbook.reveal,
        look_at=at,
    )
    return Situation(job=job, playbook=playbook, roster=roster, present=roster.by_chat | rings)


def _scenes(decision: Decision, known: Known) -> Iterator[Scene]:
    roster = decision.after.roster
    new = decision.after.asks[len(decision.before.asks) :]
    for event in decision.events:
        asks = [
            ask for ask in new if event.step is not None and (ask.loop, ask.step) == (event.loop, event.step)
        ]
        people = tuple(
            Reached(person_id=ask.person_id, ways=_ways(roster, ask.person_id, event.at, leads=ask.leader))
            for ask in asks
        )
        gaps = [*_gaps_of(event, roster, people), *_left_out(event, roster)]
        for ask, reached in zip(asks, people, strict=True):
            if ask.leader:
                gaps += _gaps_at(reached, known)
        read = tuple(_without(reached, known.unreadable) for reached in people)
        yield Scene(at=event.at, event=event, people=read, gaps=tuple(gaps))


def _ways(roster: Roster, person: int, at: Micros, *, leads: bool) -> tuple[int, ...]:
    if leads:
        return waking.order(roster, person, at)
    return tuple(each.id for each in waking.chats(roster, person))


def _gaps_of(event: Event, roster: Roster, people: tuple[Reached, ...]) -> Iterator[tuple[Gap, int | None]]:
    if event.kind is EventKind.RUNG_EMPTY:
        yield (Gap.NOBODY_ON_DUTY if event.data.get("rung") == "duty" else Gap.RUNG_EMPTY, None)
    rooms = event.data.get("to") == WaveTo.GROUP and roster.rooms(Audience.VOLUNTEERS)
    if event.kind is EventKind.ASKED and not people and not rooms:
        yield (Gap.WAVE_EMPTY, None)


def _left_out(event: Event, roster: Roster) -> Iterator[tuple[Gap, int | None]]:
    """Those who should have been called here, and whom no call can reach."""
    rung = event.data.get("rung")
    people: tuple[int, ...] = ()
    if rung == "last_resort" or event.kind is EventKind.EXHAUSTED:
        people = roster.ladder.last_resort
    elif event.kind is EventKind.CALLED and rung in _LISTED:
        people = roster.ladder.rungs.get(Rung(rung), ())
    reached = duty.reachable(people, roster)
    yield from ((Gap.NO_ADDRESS, each) for each in people if each in roster.people and each not in reached)


def _gaps_at(reached: Reached, known: Known) -> Iterator[tuple[Gap, int | None]]:
    if not known.unreadable.isdisjoint(reached.ways):
        yield (Gap.UNREADABLE, reached.person_id)
    if reached.person_id in known.rings:
        return
    ways = _without(reached, known.unreadable).ways
    if not ways:
        yield (Gap.NO_WAY, reached.person_id)
    elif known.failing.issuperset(ways):
        yield (Gap.FAILING, reached.person_id)


def _without(reached: Reached, unreadable: frozenset[int]) -> Reached:
    return replace(reached, ways=tuple(way for way in reached.ways if way not in unreadable))
