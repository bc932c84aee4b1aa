"""Whom a wave asks: able, allowed, not asked before in this loop, nearest first.

Pure: everything it weighs is in the situation. Distances come from a port; the cheap great circle
sorts everybody, the exact one only the finalists (TECH_NOTES.md, Distances).
"""

from dispatch.geography import Point, haversine
from dispatch.people import PAGE, Person, Role
from dispatch.playbook import Needs, Wave, WaveTo
from dispatch.ports import Distances
from dispatch.situation import Situation

_FINALISTS = 2
"""Finalists per person wanted: the great circle errs by 0.32 % at most, so twice as many always hold
the true nearest ones unless a whole crowd stands within a metre of each other."""

_ASKABLE = frozenset({Role.VOLUNTEER, Role.LEADER})


def hides(situation: Situation) -> bool:
    """The job reveals something private to whoever claims it."""
    return bool(situation.job.hides & situation.playbook.reveal)


def able(person: Person, needs: Needs) -> bool:
    """Has the skills and, where one is needed, a vehicle."""
    return needs.skills <= person.skills and (bool(person.vehicle) or not needs.vehicle)


def trusted_enough(person: Person, situation: Situation) -> bool:
    """May be shown what the job reveals."""
    return person.trusted or not (hides(situation) or situation.playbook.needs.trusted)


def choose(situation: Situation, wave: Wave, distances: Distances) -> tuple[int, ...]:
    """Person ids to ask now, nearest first; may be empty.

    Of a counted wave, people who can be rung this moment come first: a closed page wakes nobody.
    """
    candidates = _candidates(situation, busy_too=wave.to is WaveTo.GROUP)
    if wave.to is not WaveTo.NEAREST:
        return tuple(person.id for person in candidates)
    wanted = wave.count or len(candidates)
    rings = [person for person in candidates if _can_be_rung(person, situation)]
    silent = [person for person in candidates if not _can_be_rung(person, situation)]
    nearest = _nearest(situation, rings, wanted, distances)
    nearest += _nearest(situation, silent, wanted - len(nearest), distances)
    return tuple(person.id for person in nearest)


def _candidates(situation: Situation, *, busy_too: bool) -> list[Person]:
    barred = _barred(situation)
    if not busy_too:
        barred |= situation.busy
    return [
        person
        for person in situation.roster.people.values()
        if person.roles & _ASKABLE
        and not person.paused
        and person.id not in barred
        and person.id in situation.roster.addresses_of
        and able(person, situation.playbook.needs)
        and trusted_enough(person, situation)
    ]


def _barred(situation: Situation) -> set[int]:
    """Asked in this loop, refused once, gave up a place once, or holding one."""
    loop = situation.job.calling.loop
    asked = {
        ask.person_id for ask in situation.asks if not ask.leader and (ask.loop == loop or ask.refused_at)
    }
    return asked | {claim.person_id for claim in situation.claims}


def _can_be_rung(person: Person, situation: Situation) -> bool:
    if person.id in situation.present:
        return True
    return any(address.platform != PAGE for address in situation.roster.addresses_of[person.id])


def _nearest(situation: Situation, people: list[Person], wanted: int, distances: Distances) -> list[Person]:
    if wanted <= 0:
        return []
    place = _point(situation, situation.job.building_id)
    if place is None:
        return people[:wanted]
    homes = {person.id: _point(situation, person.building_id) for person in people}

    def roughly(person: Person) -> float:
        home = homes[person.id]
        return float("inf") if home is None else haversine(place, home)

    def exactly(person: Person) -> float:
        home = homes[person.id]
        return float("inf") if home is None else distances.meters(place, home)

    finalists = sorted(people, key=roughly)[: wanted * _FINALISTS]
    return sorted(finalists, key=exactly)[:wanted]


def _point(situation: Situation, building_id: int | None) -> Point | None:
    building = situation.roster.buildings.get(building_id) if building_id is not None else None
    return None if building is None else building.point
