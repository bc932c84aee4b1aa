"""Where somebody is who shares their place for a while, as far as asking wants to know: at which building.

The place itself is kept nowhere. Whoever shares it is taken to be at the building that is nearest, instead of
at their own, until they stop, until the end that they chose, or until nothing was heard for `SILENT`. Knows
neither how a place arrives nor how it is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.geography import Point, haversine
from dispatch.moments import MINUTE, Micros
from dispatch.people import Person, Roster

SILENT: Micros = 30 * MINUTE
"""A phone that lies still sends nothing, and so does one that lost its network while its owner walked off.
Half an hour crosses any compound: an older place says less than where somebody lives."""

AROUND_M = 300.0
"""So near a building somebody is at it: metres, three minutes on foot; phones err by tens of them."""

ELSEWHERE = None
"""Near no building of the committee: behind everybody whose walk is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What somebody said of where they are: at this moment, until `ends`. One that ends as it is said takes
    back what they said before."""

    point: Point
    at: Micros
    ends: Micros

    @property
    def until(self) -> Micros:
        """Until when it counts, unless more is heard."""
        return min(self.ends, self.at + SILENT)

    @property
    def stopped(self) -> bool:
        """They share their place no more."""
        return self.ends <= self.at


class Whereabouts(Protocol):
    """What is kept of it; `dispatch.ports.Store` is one."""

    async def keep_whereabouts(self, person: Person, building_id: int | None, shared: Shared) -> None:
        """From now on the person is taken to be at that building (None: elsewhere), or at home again where
        they stopped. What is older than what is kept changes nothing; repeating is safe."""


def building_at(points: Mapping[int, Point], point: Point) -> int | None:
    """The id of the nearest building within `AROUND_M`, `points` being those of all that are known;
    `ELSEWHERE` where there is none."""
    placed = [(haversine(point, each), building) for building, each in points.items()]
    metres, nearest = min(placed, default=(AROUND_M + 1, ELSEWHERE))
    return nearest if metres <= AROUND_M else ELSEWHERE


def outwards(
    roster: Roster, place: int | None, near: Mapping[int, int | None], beside: Sequence[Person] = ()
) -> Iterator[Sequence[Person]]:
    """Everybody who may be asked at all, from a building outwards, those equally far together and by id.
    `near` says of whom it is known at which building they are; the others are at home. `beside`: who may be
    asked for this place, and for others not."""
    if place is None or not roster.survey.knows(place):
        yield (*roster.askable, *beside) if beside else roster.askable
        return
    met = _met(roster, place, near, beside)
    far = roster.homes.distances(place) if met else {}
    for homes in roster.homes.outward(place):
        while met and met[-1][0] <= far[homes[0]]:
            yield (met.pop()[1],)
        living = roster.askable_in(homes)
        yield tuple(person for person in living if person.id not in near) if near else living
    yield from ((person,) for _, person in reversed(met))


def _met(
    roster: Roster, place: int, near: Mapping[int, int | None], beside: Sequence[Person]
) -> list[tuple[float, Person]]:
    """Those of whom it is known where they are, and those beside, the nearest last."""
    if not near and not beside:
        return []
    who = (*(person for person in roster.askable if person.id in near), *beside)
    found = ((roster.homes.metres(place, near.get(each.id, each.building_id)), each) for each in who)
    return sorted(found, key=lambda each: (-each[0], -each[1].id))
