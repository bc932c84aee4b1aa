"""A committee's own ground under Recipe C: how far it is from building to building, as the program knows it.

It is the very length that waves and policies go by (`dispatch.homes.Homes.metres`): along the paths of the
plan, or else the straight line and a usual detour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.committee import read_committee
from bot.simulate.recipes import Compound, Metres, Plan
from dispatch.geography import Building
from dispatch.ground import Ground
from dispatch.paths import lengths
from dispatch.people import Committee, Ladder, Roster
from store import paths


def laid(plans: Sequence[Plan], file: Path) -> list[Plan]:
    """The plans, Recipe C on the ground of a committee's file instead of one that dice make. Raises
    `BadFileError` for the file, and `ValueError` for one that places fewer than two buildings, and where no
    plan is of Recipe C."""
    if not any(isinstance(plan.recipe, Compound) for plan in plans):
        raise ValueError("--ground is for recipe c")
    metres = _metres(paths.ground(read_committee(file), dict.fromkeys(paths.ROWS, ()), ()))
    if len(metres) < 2:
        raise ValueError("--ground needs a file of two buildings or more that say where they are")
    return [
        replace(plan, recipe=replace(plan.recipe, ground=metres, buildings=len(metres)))
        if isinstance(plan.recipe, Compound)
        else plan
        for plan in plans
    ]


def _metres(ground: Ground) -> Metres:
    numbers = {house.key: number for number, house in enumerate(ground.houses, 1)}
    roster = Roster(
        committee=Committee(id=1, key="ground", name="", language="en", timezone="UTC", emergency={}),
        people={},
        buildings={
            numbers[house.key]: Building(
                id=numbers[house.key], committee_id=1, key=house.key, name=house.key, point=house.point
            )
            for house in ground.houses
        },
        addresses=(),
        ladder=Ladder(),
        paths=_numbered(lengths(ground), numbers),
    )
    return tuple(
        tuple(roster.homes.metres(one, other) for other in roster.buildings) for one in roster.buildings
    )


def _numbered(
    found: Mapping[str, Mapping[str, float]], numbers: Mapping[str, int]
) -> Mapping[int, Mapping[int, float]]:
    return {
        numbers[one]: {numbers[other]: metres for other, metres in far.items()} for one, far in found.items()
    }
