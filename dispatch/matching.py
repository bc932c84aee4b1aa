"""Whom a wave asks: of those whom nothing keeps from it (`barriers`), the nearest first.

Pure: everything it weighs is in the situation, the paths of the committee's plan too. Where that says none,
straight lines come from a port; a flat map sorts everybody's homes, the exact one only the finalists
(TECH_NOTES.md, Distances).
"""

from collections.abc import Callable
from functools import partial

from dispatch import passage
from dispatch.barriers import barriers
from dispatch.geography import DETOUR
from dispatch.moments import Micros
from dispatch.people import Person
from dispatch.playbook import Wave, WaveTo
from dispatch.ports import Distances
from dispatch.situation import Situation, SurroundingsUnknownError
from dispatch.whereabouts import outwards

_FINALISTS = 2
"""Finalists per person wanted: within a city a flat map errs by far less than 1 %, so twice as many always
hold the true nearest ones unless a whole crowd stands within a metre of each other."""


def enterable(situation: Situation, now: Micros) -> bool:
    """Somebody may go there, as the buildings' statuses have it: else nobody is asked, in a room neither."""
    roster, place = situation.roster, situation.job.building_id
    sealed = passage.sealed(roster, now)
    if not sealed or not roster.askable:
        return True
    return any(passage.may_go(person, place, sealed) is None for person in everybody(situation, now))


def choose(situation: Situation, wave: Wave, distances: Distances, now: Micros) -> tuple[int, ...]:
    """Person ids to ask now, nearest first; may be empty.

    Of a counted wave, people who can be rung this moment come first: a closed page wakes nobody. Raises
    `SurroundingsUnknownError` where it was not read who is busy and who is present.
    """
    if situation.present is None:
        raise SurroundingsUnknownError
    suits = barriers(situation, now, busy=wave.to is not WaveTo.GROUP).spare
    people = everybody(situation, now)
    if wave.to is not WaveTo.NEAREST:
        return tuple(person.id for person in people if suits(person))
    wanted = len(people) if wave.count is None else wave.count
    nearest = partial(_nearest, situation, distances, now)
    present = situation.present
    if not present:
        return tuple(person.id for person in nearest(wanted, suits))
    found = nearest(wanted, lambda who: who.id in present and suits(who))
    if len(found) < wanted:
        found += nearest(wanted - len(found), lambda who: who.id not in present and suits(who))
    return tuple(person.id for person in found)


def everybody(situation: Situation, now: Micros) -> tuple[Person, ...]:
    """Whoever may be asked for this job at all: of a sealed building staff with protective gear as well."""
    roster = situation.roster
    return (*roster.askable, *passage.entering(roster, situation.job.building_id, now))


def _finalists(
    situation: Situation, now: Micros, wanted: int, suits: Callable[[Person], bool]
) -> list[Person]:
    """Those who may be among the nearest, roughly in that order.

    From the building outwards, and no further than needed: nobody looks at three hundred people for five."""
    found: list[Person] = []
    roster, place = situation.roster, situation.job.building_id
    for people in outwards(roster, place, situation.near, passage.entering(roster, place, now)):
        found += filter(suits, people)
        if len(found) >= wanted * _FINALISTS:
            break
    return found


def _nearest(
    situation: Situation, distances: Distances, now: Micros, wanted: int, suits: Callable[[Person], bool]
) -> list[Person]:
    finalists = _finalists(situation, now, wanted, suits)
    place = situation.job.building_id
    if place is None or not situation.roster.survey.knows(place):
        return finalists[:wanted]
    # By building, not by person: three hundred volunteers live in a dozen of them.
    finalists = finalists[: wanted * _FINALISTS]
    exactly = {
        home: _walk(situation, place, home, distances)
        for home in {situation.at(person) for person in finalists}
    }
    return sorted(finalists, key=lambda person: exactly[situation.at(person)])[:wanted]


def _walk(situation: Situation, place: int, home: int | None, distances: Distances) -> float:
    """Metres on foot: along the path, or else the exact straight line and a usual detour; what is exact on a
    plan alone is known already."""
    homes, points = situation.roster.homes, situation.roster.survey.points
    path = homes.path(place, home)
    if path is not None:
        return path
    there, here = points.get(place), None if home is None else points.get(home)
    return (
        homes.metres(place, home) if there is None or here is None else distances.meters(there, here) * DETOUR
    )
