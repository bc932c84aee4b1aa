"""Open jobs near somebody whom nobody asked: which of them they could take, and how far they are."""

import math

from dispatch import access, barriers, lifecycle, passage
from dispatch.geography import haversine
from dispatch.jobs import JobStatus
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.verbs import Verb
from dispatch.views import JobView


def takeable(view: JobView, reader: Person, now: Micros) -> bool:
    """The reader could take it now, by what they can do and may."""
    situation = view.situation
    if situation.job.status is not JobStatus.OPEN or not barriers.may_offer(reader, situation, now):
        return False
    if passage.barred(reader, situation.job.building_id, situation.roster, now) is not None:
        return False
    standing = lifecycle.standing(situation, reader.id)
    return access.allows(Verb.CLAIM, reader, situation.job.committee_id, standing)


def metres(view: JobView) -> float:
    """How far the job is from its reader's home; last where nobody knows."""
    buildings, reader, job = view.situation.roster.buildings, view.reader, view.situation.job
    home = buildings.get((reader.building_id if reader is not None else None) or 0)
    there = buildings.get(job.building_id or 0)
    if home is None or there is None or home.point is None or there.point is None:
        return math.inf
    return haversine(home.point, there.point)
