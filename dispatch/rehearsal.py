"""What would happen if a job were posted at some moment and nobody ever answered: a rehearsal on paper.

The real decisions, on the committee as it stands, with a clock that is only imagined: nothing is kept, nobody
is told. What it cannot know is who will be at work elsewhere then, or have a page open: it takes it that
nobody is, and that every private detail is given, so that only those who were vouched for are asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from dispatch import lifecycle, waking
from dispatch.events import Event, EventKind
from dispatch.jobs import Job, JobStatus
from dispatch.moments import HOUR, Micros
from dispatch.people import Audience, Roster
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Somebody who is asked or called, and the addresses that are used one after the other as each refuses;
    none where there is nothing but a page."""

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
    rings: frozenset[int] = frozenset(),
    failing: frozenset[int] = frozenset(),
) -> tuple[Scene, ...]:
    """All that happens from the posting until the ladder is used up, in order.

    `rings` are people whose page rings a phone although it is closed, `failing` ids of addresses at which the
    last try failed."""
    decision = lifecycle.posted(_situation(playbook, roster, building_id, at, rings), at, distances)
    scenes = list(_scenes(decision, rings, failing))
    while (now := decision.after.job.look_at) is not None and now <= at + LONGEST:
        decision = lifecycle.looked(decision.after, now, distances)
        scenes += _scenes(decision, rings, failing)
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


def _scenes(decision: Decision, rings: frozenset[int], failing: frozenset[int]) -> Iterator[Scene]:
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
        gaps = [*_gaps_of(event, roster, people)]
        for ask, reached in zip(asks, people, strict=True):
            if ask.leader and reached.person_id not in rings:
                gaps += _gaps_at(reached, failing)
        yield Scene(at=event.at, event=event, people=people, gaps=tuple(gaps))


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


def _gaps_at(reached: Reached, failing: frozenset[int]) -> Iterator[tuple[Gap, int | None]]:
    if not reached.ways:
        yield (Gap.NO_WAY, reached.person_id)
    elif failing.issuperset(reached.ways):
        yield (Gap.FAILING, reached.person_id)
