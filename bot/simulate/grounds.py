"""A committee's own ground under Recipe C: how far it is from building to building, as the program knows it.

It is the very length that waves and policies go by (`dispatch.homes.Homes.metres`): along the paths of the
plan, or else the straight line and a usual detour.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from bot.committee import read_committee, read_plan, spotted
from bot.simulate.recipes import Compound, Metres, Plan
from dispatch.entries import BuildingEntry, CommitteeEntry, RegisterFile
from dispatch.geography import Building
from dispatch.paths import lengths
from dispatch.people import Committee, Ladder, Roster
from store import paths, people, register_rows


def laid(plans: Sequence[Plan], file: Path) -> list[Plan]:
    """The plans, Recipe C on the ground of a committee's file instead of one that dice make. Raises
    `BadFileError` for the file, and `ValueError` for one that places fewer than two buildings, and where no
    plan is of Recipe C."""
    if not any(isinstance(plan.recipe, Compound) for plan in plans):
        raise ValueError("--ground is for recipe c")
    committee = read_committee(file)
    metres = _metres(spotted(committee, read_plan(file, committee)))
    if len(metres) < 2:
        raise ValueError("--ground needs a file of two buildings or more that say where they are")
    return [
        replace(plan, recipe=replace(plan.recipe, ground=metres, buildings=len(metres)))
        if isinstance(plan.recipe, Compound)
        else plan
        for plan in plans
    ]


def _metres(file: RegisterFile) -> Metres:
    """Between all buildings that are placed on the earth, or else on the plan: whichever are more."""
    committee = cast("CommitteeEntry", file.committee)
    entries = sorted(cast("Sequence[BuildingEntry]", file.buildings), key=lambda each: each["key"])
    buildings = {
        number: _building(number, entry, committee["coordinates"]) for number, entry in enumerate(entries, 1)
    }
    numbers = {building.key: number for number, building in buildings.items()}
    ground = paths.ground(file, dict.fromkeys(paths.ROWS, ()), ())
    roster = Roster(
        committee=Committee(
            id=1, key="ground", name="", language="en", timezone="UTC", emergency={}, scale=committee["scale"]
        ),
        people={},
        buildings=buildings,
        addresses=(),
        ladder=Ladder(),
        paths=_numbered(lengths(ground), numbers),
    )
    placed: Collection[int] = max(roster.survey.points, roster.survey.sheet, key=len)
    return tuple(tuple(roster.homes.metres(one, other) for other in placed) for one in placed)


def _building(number: int, entry: BuildingEntry, system: str | None) -> Building:
    return people.building({**register_rows.building(entry, system).open, "id": number, "committee_id": 1})


def _numbered(
    found: Mapping[str, Mapping[str, float]], numbers: Mapping[str, int]
) -> Mapping[int, Mapping[int, float]]:
    return {
        numbers[one]: {numbers[other]: metres for other, metres in far.items()} for one, far in found.items()
    }
