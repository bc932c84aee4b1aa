"""Buildings whose way on foot is not known, as a console tells of them: a gate may have been forgotten, or
the plan does not fit."""

from collections.abc import Sequence

from dispatch.paths import MOST, cut_off
from dispatch.people import Roster
from dispatch.survey import APART_M, Doubt
from handlers.grounds import brief


def told(roster: Roster) -> Sequence[str]:
    """One line each: `4号楼: no way leads there from the others`. They count as far as the straight line has
    it."""
    if not roster.paths and sum(bool(each.outline) for each in roster.buildings.values()) > 1:
        return (f"more than {MOST} houses and corners were drawn",)
    named = (roster.buildings[each].name for each in cut_off(roster.paths))
    return [f"{name}: no way leads there from most of the others; is a gate missing?" for name in named]


def unplaced(roster: Roster) -> str:
    """Why the plan says of no building how far it is; empty where it does, or none is in want of it."""
    doubted = roster.survey.doubted
    if doubted is None:
        return ""
    named = "" if doubted.key is None else roster.buildings[doubted.key].name
    said, found = brief(roster.committee.scale or 0.0), brief(doubted.scale)
    return {
        Doubt.LOOSE: f"it has no scale, and no two buildings {APART_M:.0f} m apart have a position, too",
        Doubt.OFF: f"by it and the others {named} is {doubted.metres:.0f} m off; is it drawn to scale?",
        Doubt.MIRRORED: "it fits the buildings' positions only in a mirror; y counts down from above",
        Doubt.SCALE: f"its scale is said to be {said} m, and by the buildings' positions it is {found} m",
    }[doubted.why]
