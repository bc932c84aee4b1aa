"""How far it is on foot from a building to where people live, worked out once a building.

Along the path where the committee's plan says it (`paths`), else by estimate. Knows neither people nor jobs.
"""

import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from dispatch.geography import DETOUR, EARTH_RADIUS_M, Building, Point, flat

Home: TypeAlias = int | None
"""The building where somebody lives; None where nobody knows."""


class Homes:
    """The homes of those who may be asked; `paths` are metres between buildings where the plan says them.
    What was worked out is kept as long as this is."""

    def __init__(
        self,
        buildings: Mapping[int, Building],
        paths: Mapping[int, Mapping[int, float]],
        homes: Iterable[Home],
    ) -> None:
        self._buildings = buildings
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
        """How many metres on foot these homes are away: along the path where the plan says it. Else by the
        straight line on a flat map and a usual detour: near enough to sort by within a city, and a hundred
        times as quick for two thousand buildings. Infinite where nobody knows."""
        found = self._distances.get(building_id)
        if found is None:
            measured, known = self._measured(self._point(building_id)), self._paths.get(building_id)
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
            there, here = self._point(place), self._point(home)
            far = math.inf if there is None or here is None else flat(there, here) * DETOUR
        return far

    def path(self, place: int, home: Home) -> float | None:
        """The metres that the plan says; None where it does not."""
        return self._paths.get(place, {}).get(home or 0)

    def _ringed(self, building_id: int) -> tuple[tuple[Home, ...], ...]:
        rings: dict[float, list[Home]] = {}
        for home, far in self.distances(building_id).items():
            rings.setdefault(far, []).append(home)
        return tuple(tuple(rings[far]) for far in sorted(rings))

    def _measured(self, place: Point | None) -> Mapping[Home, float]:
        if place is None:
            return dict.fromkeys(self._spots, math.inf)
        north, east = math.radians(place.lat), math.radians(place.lon)
        squeeze, hypot, metres = math.cos(north), math.hypot, EARTH_RADIUS_M * DETOUR
        return {
            home: metres * hypot(lat - north, (lon - east) * squeeze)
            for home, (lat, lon) in self._spots.items()
        }

    def _point(self, home: Home) -> Point | None:
        building = None if home is None else self._buildings.get(home)
        return None if building is None else building.point


def _radians(point: Point | None) -> tuple[float, float]:
    """Latitude and longitude; infinitely far where nobody knows."""
    return (math.inf, math.inf) if point is None else (math.radians(point.lat), math.radians(point.lon))
