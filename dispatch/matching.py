"""Whom a wave asks: able, allowed, not resting, not asked before in this loop, nearest first.

Pure: everything it weighs is in the situation. Distances come from a port; the cheap great circle
sorts everybody, the exact one only the finalists (TECH_NOTES.md, Distances).
"""

from collections.abc import Mapping

from dispatch.geography import Point, haversine
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.playbook import Needs, Wave, WaveTo
from dispatch.ports import Distances
from dispatch.situation import Situation, SurroundingsUnknownError

_FINALISTS = 2
"""Finalists per person wanted: the great circle errs by 0.32 % at most, so twice as many always hold
the true nearest ones unless a whole crowd stands within a metre of each other."""

_FAR = float("inf")
"""How far somebody lives whose building is not known: behind everybody else."""


def hides(situation: Situation) -> bool:
    """The job reveals something private to whoever claims it."""
    return bool(situation.job.hides & situation.playbook.reveal)


def able(person: Person, needs: Needs) -> bool:
    """Has the skills and, where one is needed, a vehicle."""
    return needs.skills <= person.skills and (bool(person.vehicle) or not needs.vehicle)


def trusted_enough(person: Person, situation: Situation) -> bool:
    """May be shown what the job reveals."""
    return person.trusted or not (hides(situation) or situation.playbook.needs.trusted)


def choose(situation: Situation, wave: Wave, distances: Distances, now: Micros) -> tuple[int, ...]:
    """Person ids to ask now, nearest first; may be empty.

    Of a counted wave, people who can be rung this moment come first: a closed page wakes nobody. Raises
    `SurroundingsUnknownError` where it was not read who is busy and who is present.
    """
    if situation.busy is None or situation.present is None:
        raise SurroundingsUnknownError
    barred = _barred(situation)
    if wave.to is not WaveTo.GROUP:
        barred |= situation.busy
    candidates = _candidates(situation, barred, now)
    if wave.to is not WaveTo.NEAREST:
        return tuple(person.id for person in candidates)
    wanted = wave.count or len(candidates)
    rings = [person for person in candidates if person.id in situation.present]
    silent = [person for person in candidates if person.id not in situation.present]
    nearest = _nearest(situation, rings, wanted, distances)
    nearest += _nearest(situation, silent, wanted - len(nearest), distances)
    return tuple(person.id for person in nearest)


def _candidates(situation: Situation, barred: set[int], now: Micros) -> list[Person]:
    # Every wave of every job looks at everybody: what holds for nearly all of them is asked once.
    needs, roster = situation.playbook.needs, situation.roster
    trust, picky = hides(situation) or needs.trusted, bool(needs.skills) or needs.vehicle
    kept = barred.union(who for who, until in roster.pausing.items() if until > now)
    return [
        person
        for person in roster.askable
        if person.id not in kept and (person.trusted or not trust) and (not picky or able(person, needs))
    ]


def _barred(situation: Situation) -> set[int]:
    """Asked in this loop, refused once, gave up a place once, or holding one."""
    loop = situation.job.calling.loop
    asked = {
        ask.person_id for ask in situation.asks if not ask.leader and (ask.loop == loop or ask.refused_at)
    }
    return asked | {claim.person_id for claim in situation.claims}


def _nearest(situation: Situation, people: list[Person], wanted: int, distances: Distances) -> list[Person]:
    if wanted <= 0:
        return []
    place = _point(situation, situation.job.building_id)
    if place is None:
        return people[:wanted]
    # By building, not by person: three hundred volunteers live in a dozen of them.
    homes = {home: _point(situation, home) for home in {person.building_id for person in people}}
    roughly = {home: _FAR if point is None else haversine(place, point) for home, point in homes.items()}
    finalists = _first(people, roughly, wanted * _FINALISTS)
    exactly = {
        home: _FAR if (point := homes[home]) is None else distances.meters(place, point)
        for home in {person.building_id for person in finalists}
    }
    return _first(finalists, exactly, wanted)


def _first(people: list[Person], far: Mapping[int | None, float], count: int) -> list[Person]:
    """The nearest of them, by how far their homes are; those equally far in the order in which they stood."""
    rings: dict[float, list[Person]] = {}
    for person in people:
        rings.setdefault(far[person.building_id], []).append(person)
    return [person for distance in sorted(rings) for person in rings[distance]][:count]


def _point(situation: Situation, building_id: int | None) -> Point | None:
    building = situation.roster.buildings.get(building_id) if building_id is not None else None
    return None if building is None else building.point
