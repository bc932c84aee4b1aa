"""A job as one reader may see it, put together from what is kept: the one place that fills a `JobView`.

What the reader may see is asked of the access table and of `revealing`; nothing is read that they may not.
"""

from collections.abc import Iterator
from dataclasses import replace

from dispatch import access, lifecycle, reach, revealing, saying, telling
from dispatch.events import EventKind
from dispatch.jobs import Job, JobStatus, Outcome, Private
from dispatch.lately import Reveal, Wish
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.ports import Store
from dispatch.situation import Situation
from dispatch.transfers import Fate
from dispatch.verbs import Verb
from dispatch.views import JobView, Relation

REVEALS_TOLD = 100
"""Lines of a card that tell who was shown what: as many as a job of many hands has people."""


async def view(store: Store, situation: Situation, reader: Person | None, now: Micros) -> JobView:
    """Everything that the reader may see of it (None: a room)."""
    job = situation.job
    fate = await _fate(store, job)
    if reader is None:
        return JobView(situation=situation, reader=None, relation=Relation.PUBLIC, fate=fate)
    shown = revealing.reveals(situation, reader)
    private = await store.private(job.committee_id, job.id) if shown else None
    seen = replace(known(situation, reader, private), fate=fate)
    if rings_family(seen):
        seen = replace(seen, told=await store.told_family(job.committee_id, job.id))
    if private is not None:
        seen = await _listed(store, seen, private, reader)
    if not seen.desk:
        return await with_words(store, seen)
    timeline = await store.timeline(job.committee_id, job.id)
    seen = replace(seen, timeline=timeline)
    if job.hides or any(entry.kind is EventKind.SAID for entry in timeline):
        seen = replace(seen, shown=await _reveals(store, job, reader, now))
    if _may_go_elsewhere(job, reader):
        others = [each for each in await store.committees() if each.id != job.committee_id]
        seen = replace(seen, elsewhere=tuple(others))
    if job.status is JobStatus.CLOSED:
        return seen
    missed = reach.missed(situation, await store.sends(job.committee_id, job.id))
    return replace(seen, words=saying.said_to(timeline, reader), unreached=missed)


async def with_words(store: Store, seen: JobView) -> JobView:
    """The view with what was said to its reader since they have the job; for everybody else as it was."""
    job, mine, reader = seen.situation.job, seen.mine, seen.reader
    if reader is None or mine is None or not mine.live or mine.since_version >= job.version:
        return seen
    if not revealing.reads(seen.situation, reader):
        return seen
    said = await store.said(job.committee_id, job.id, mine.since_version)
    return replace(seen, words=saying.said_to(said, reader))


def known(situation: Situation, reader: Person, private: Private | None) -> JobView:
    """What of it needs no further reading; `private` as it is kept."""
    mine = max(
        (claim for claim in situation.claims if claim.person_id == reader.id),
        key=lambda claim: claim.number,
        default=None,
    )
    standing = lifecycle.standing(situation, reader.id)
    desk = access.allows(Verb.SEE_DESK, reader, situation.job.committee_id, standing)
    if private is not None:
        private = revealing.limited(private, situation, reader)
    return JobView(
        situation=situation,
        reader=reader,
        relation=next(_relations(situation, reader, called=standing.called, desk=desk), Relation.PUBLIC),
        mine=mine,
        private=private,
        pictures=0 if private is None else revealing.pictures(situation, reader),
        desk=desk,
    )


def rings_family(seen: JobView) -> bool:
    """Its reader would ring the family, or see to it that somebody does."""
    held = seen.mine is not None and seen.mine.holds_place
    return (seen.desk or held) and telling.asks(seen.situation.job, seen.situation.playbook)


async def _listed(store: Store, seen: JobView, private: Private, reader: Person) -> JobView:
    """The requests of a medicine run, or the doors of a round, as the reader may see them."""
    situation, job = seen.situation, seen.situation.job
    if job.run is not None:
        stops = await store.stops(job.committee_id, job.id)
        seen = replace(seen, stops=revealing.of_stops(stops, private, situation, reader))
    if job.round is not None:
        doors = await store.doors(job.committee_id, job.id)
        seen = replace(seen, doors=revealing.of_doors(doors, situation, reader))
    return seen


async def _reveals(store: Store, job: Job, reader: Person, now: Micros) -> tuple[Reveal, ...]:
    """Who was shown what of a job, for those who may read that."""
    if not access.allows(Verb.SEE_REVEALS, reader, job.committee_id):
        return ()
    return tuple(await store.reveals(job.committee_id, Wish(since=0, until=now, job_id=job.id), REVEALS_TOLD))


def _may_go_elsewhere(job: Job, reader: Person) -> bool:
    """The other committees' names are wanted: to choose from, or to tell who was asked."""
    chooses = job.status is not JobStatus.CLOSED and access.allows(Verb.HAND_OVER, reader, job.committee_id)
    return chooses or job.pending is not None


async def _fate(store: Store, job: Job) -> Fate | None:
    """The other end of a job that changed committees; no other one is looked up."""
    if job.origin_id is None and job.outcome is not Outcome.HANDED_OVER:
        return None
    return await store.fate(job.committee_id, job.id)


def _relations(situation: Situation, reader: Person, *, called: bool, desk: bool) -> Iterator[Relation]:
    """What the reader is to the job, the strongest first; no further than it is asked for, since a job of
    hundreds is looked through at every one of hundreds of taps."""
    claims = [claim for claim in situation.claims if claim.person_id == reader.id]
    if any(claim.holds_place for claim in claims):
        yield Relation.CLAIMER
    if called:
        yield Relation.CALLED
    if desk:
        yield Relation.DESK
    if any(waiting.person_id == reader.id for waiting in reversed(situation.waiting)):  # newest first
        yield Relation.WAITING
    if claims:
        yield Relation.RELEASED
    if any(ask.person_id == reader.id for ask in situation.asks):
        yield Relation.ASKED
