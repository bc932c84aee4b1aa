"""Open jobs near somebody whom nobody asked: which of them they could take, and how far they are."""

import math

from dispatch import access, barriers, lifecycle, passage
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
    """How far the job is on foot from its reader's home; last where nobody knows."""
    reader, place = view.reader, view.situation.job.building_id
    if reader is None or place is None:
        return math.inf
    return view.situation.roster.homes.metres(place, reader.building_id)
