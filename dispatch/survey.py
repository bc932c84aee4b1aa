"""Where buildings stand of which only the spot on the compound's own plan is known, as far as distances go.

Buildings that have a point as well tie the plan to the ground: it is turned, stretched and moved, never
bent, until their spots lie on their points as nearly as they can (least squares). Where too few do, a
scale alone says how far spots are from each other, but not where north is. Nothing that comes out of it was
measured by anybody: it is reckoned with, and neither kept, shown nor exported.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from dispatch.geography import Plane, Point, centre, flat

OFF_M = 30.0
"""Metres of a building from where the plan has it, beyond which the plan is not believed: half a slab of six
storeys, since one person marks its door and another one its middle, and what a phone errs beside it."""

APART_M = 50.0
"""Metres between two buildings that tie the plan, at least: where phones place each of them 5 m off, every
length comes out a fifth wrong, and the worse the nearer they are."""

ALIKE = 1.25
"""How many times larger the scale that somebody said may be than the one that the points give, or smaller:
what `APART_M` leaves open, and a little more."""

SUSPECTS = 5
"""Buildings that are tried out for being the wrong one: of many each takes as long as all."""

Spot = tuple[float, float]
"""On the plan: x to the right and y down, in its units."""

Key = TypeVar("Key")


class Doubt(StrEnum):
    """Why buildings that are only spots are nowhere."""

    LOOSE = "loose"
    """Nobody said the scale, and no two buildings `APART_M` apart have a spot and a point as well."""
    OFF = "off"
    """Buildings are more than `OFF_M` from where the plan has them."""
    MIRRORED = "mirrored"
    """The plan would fit if left and right, or up and down, were the other way round."""
    SCALE = "scale"
    """The scale that somebody said is another one than the points give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted(Generic[Key]):
    """What speaks against the plan; `key` is the building that fits worst, so many `metres` from where
    the plan would have it by the others, and `scale` what the points give, where it is about that."""

    why: Doubt
    key: Key | None = None
    metres: float = 0.0
    scale: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Generic[Key]):
    """Where buildings are, by their keys: on the earth, measured or by the plan (`points`), or only in metres
    to the right and down on the plan (`sheet`), which is another world than the earth."""

    points: Mapping[Key, Point] = field(default_factory=dict)
    sheet: Mapping[Key, Spot] = field(default_factory=dict)
    doubted: Doubted[Key] | None = None
    """None where no building is in want of the plan, too."""

    def knows(self, key: Key) -> bool:
        """Something is known of how far it is from there."""
        return key in self.points or key in self.sheet

    def metres(self, one: Key, other: Key) -> float:
        """The straight line on a flat map; infinite where nobody knows."""
        if one in self.points and other in self.points:
            return flat(self.points[one], self.points[other])
        if one in self.sheet and other in self.sheet:
            return math.dist(self.sheet[one], self.sheet[other])
        return math.inf


def survey(points: Mapping[Key, Point], spots: Mapping[Key, Spot], scale: float | None = None) -> Survey[Key]:
    """Where all of them are. `scale` is in metres a unit of the plan, None where nobody said it. A building
    with a point is where the point is, whatever the plan has."""
    if spots.keys() <= points.keys():
        return Survey(points=points)
    tying = [key for key in spots if key in points]
    plane = Plane(centre([points[key] for key in tying])) if tying else None
    places = [complex(*plane.laid(points[key])) for key in tying] if plane else []
    drawn = [_upright(spots[key]) for key in tying]
    if plane is None or len(set(drawn)) < 2 or max(map(abs, places)) < APART_M / 2:
        return _by_scale(points, spots, scale)
    tie = _Tie.of(drawn, places)
    doubted = _doubted(tying, tie, drawn, places, scale)
    if doubted is not None:
        return Survey(points=points, doubted=doubted)
    loose = {key: tie.place(_upright(spot)) for key, spot in spots.items() if key not in points}
    found = {key: plane.lifted(place.real, place.imag) for key, place in loose.items()}
    return Survey(points={**points, **found})


def _by_scale(points: Mapping[Key, Point], spots: Mapping[Key, Spot], scale: float | None) -> Survey[Key]:
    if scale is None:
        return Survey(points=points, doubted=Doubted(why=Doubt.LOOSE))
    return Survey(points=points, sheet={key: (x * scale, y * scale) for key, (x, y) in spots.items()})


def _doubted(
    tying: Sequence[Key],
    tie: "_Tie",
    drawn: Sequence[complex],
    places: Sequence[complex],
    scale: float | None,
) -> Doubted[Key] | None:
    off = tie.off(drawn, places)
    worst, given = max(off), abs(tie.turn)
    most = min(OFF_M, max(map(abs, places)) / 2)  # where all lie close together, anything would fit
    if worst > most:
        mirrored = [each.conjugate() for each in drawn]
        if max(_Tie.of(mirrored, places).off(mirrored, places)) <= most:
            return Doubted(why=Doubt.MIRRORED)
        odd, metres = _odd_one(off, drawn, places)
        return Doubted(why=Doubt.OFF, key=tying[odd], metres=metres)
    if scale is not None and not 1 / ALIKE <= given / scale <= ALIKE:
        return Doubted(why=Doubt.SCALE, scale=given)
    return None


def _odd_one(off: Sequence[float], drawn: Sequence[complex], places: Sequence[complex]) -> tuple[int, float]:
    """The one without which all the others fit best, by its number, and how far it is from where these have
    it. It draws the others along, so it need not be the one that is `off` most."""
    found = []
    for odd in sorted(range(len(off)), key=lambda number: -off[number])[:SUSPECTS]:
        others = [number for number in range(len(off)) if number != odd]
        rest, there = [drawn[each] for each in others], [places[each] for each in others]
        if len(set(rest)) > 1:
            tie = _Tie.of(rest, there)
            found.append((max(tie.off(rest, there)), odd, abs(places[odd] - tie.place(drawn[odd]))))
    _, odd, metres = min(found, default=(0.0, off.index(max(off)), max(off)))
    return odd, metres


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tie:
    """The plan upon the ground. Both are complex numbers, to the right or east and up or north, so one of
    them turns and stretches (`turn`); the middles of both fall together."""

    turn: complex
    drawn: complex
    middle: complex

    @classmethod
    def of(cls, drawn: Sequence[complex], places: Sequence[complex]) -> "_Tie":
        """That by which what is drawn comes nearest to its places, by the sum of squares."""
        here, there = sum(drawn) / len(drawn), sum(places) / len(places)
        spread = sum(abs(each - here) ** 2 for each in drawn)
        pairs = zip(drawn, places, strict=True)
        turn = sum((each - here).conjugate() * (place - there) for each, place in pairs) / spread
        return cls(turn=turn, drawn=here, middle=there)

    def place(self, drawn: complex) -> complex:
        """Where on the ground it is."""
        return self.middle + self.turn * (drawn - self.drawn)

    def off(self, drawn: Sequence[complex], places: Sequence[complex]) -> list[float]:
        """How many metres each is from its place."""
        return [abs(place - self.place(each)) for each, place in zip(drawn, places, strict=True)]


def _upright(spot: Spot) -> complex:
    x, y = spot
    return complex(x, -y)
