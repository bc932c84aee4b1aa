"""How far it is on foot from a building to where people live, worked out once a building.

Along the path where it was reckoned (`paths`), else by estimate. Knows neither people nor jobs.
"""

import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from dispatch.geography import DETOUR, EARTH_RADIUS_M, Point
from dispatch.survey import Survey

Home: TypeAlias = int | None
"""The building where somebody lives; None where nobody knows."""


class Homes:
    """The homes of those who may be asked; `survey` says where buildings are, and `paths` the metres between
    them where they were reckoned. What was worked out is kept as long as this is."""

    def __init__(
        self,
        survey: Survey[int],
        paths: Mapping[int, Mapping[int, float]],
        homes: Iterable[Home],
    ) -> None:
        self._survey = survey
        self._paths = paths
        self._spots = {home: _radians(self._point(home)) for home in homes}
        self._distances: dict[int, Mapping[Home, float]] = {}
        self._outward: dict[int, tuple[tuple[Home, ...], ...]] = {}

    def outward(self, building_id: int) -> tuple[tuple[Home, ...], ...]:
        """From one building outwards: nearest homes first, those equally far together, and last those of
        which nobody knows where they are."""
        found = self._outward.get(building_id)
        if found is None:
            found = self._outward[building_id] = self._ringed(building_id)
        return found

    def distances(self, building_id: int) -> Mapping[Home, float]:
        """How many metres on foot these homes are away: along the path where one is known. Else by the
        straight line on a flat map and a usual detour: near enough to sort by within a city, and a hundred
        times as quick for two thousand buildings. Infinite where nobody knows."""
        found = self._distances.get(building_id)
        if found is None:
            measured, known = self._measured(building_id), self._paths.get(building_id)
            if known:
                measured = {home: known.get(home or 0, far) for home, far in measured.items()}
            found = self._distances[building_id] = measured
        return found

    def metres(self, place: int, home: Home) -> float:
        """How far one building is from another on foot, as `distances` says; infinite where nobody knows."""
        far = self.distances(place).get(home)
        if far is None:  # nobody lives there who may be asked
            far = self.path(place, home)
        if far is None:
            far = self._straight(place, home)
        return far

    def path(self, place: int, home: Home) -> float | None:
        """The metres that were reckoned; None where they were not."""
        return self._paths.get(place, {}).get(home or 0)

    def _ringed(self, building_id: int) -> tuple[tuple[Home, ...], ...]:
        rings: dict[float, list[Home]] = {}
        for home, far in self.distances(building_id).items():
            rings.setdefault(far, []).append(home)
        return tuple(tuple(rings[far]) for far in sorted(rings))

    def _measured(self, building_id: int) -> Mapping[Home, float]:
        if building_id in self._survey.sheet:  # where there is no earth, or only a part of it
            return {home: self._straight(building_id, home) for home in self._spots}
        place = self._point(building_id)
        if place is None:
            return dict.fromkeys(self._spots, math.inf)
        north, east = math.radians(place.lat), math.radians(place.lon)
        squeeze, hypot, metres = math.cos(north), math.hypot, EARTH_RADIUS_M * DETOUR
        return {
            home: metres * hypot(lat - north, (lon - east) * squeeze)
            for home, (lat, lon) in self._spots.items()
        }

    def _straight(self, place: int, home: Home) -> float:
        """The straight line and a usual detour; infinite where nobody knows."""
        return math.inf if home is None else self._survey.metres(place, home) * DETOUR

    def _point(self, home: Home) -> Point | None:
        return None if home is None else self._survey.points.get(home)


def _radians(point: Point | None) -> tuple[float, float]:
    """Latitude and longitude; infinitely far where nobody knows."""
    return (math.inf, math.inf) if point is None else (math.radians(point.lat), math.radians(point.lon))
