"""Buildings whose way on foot is not known, as a console tells of them: a gate may have been forgotten."""

from collections.abc import Sequence

from dispatch.paths import MOST, cut_off
from dispatch.people import Roster


def told(roster: Roster) -> Sequence[str]:
    """One line each: `4号楼: no way leads there from the others`. They count as far as the straight line has
    it."""
    if not roster.paths and sum(bool(each.outline) for each in roster.buildings.values()) > 1:
        return (f"more than {MOST} houses and corners were drawn",)
    named = (roster.buildings[each].name for each in cut_off(roster.paths))
    return [f"{name}: no way leads there from most of the others; is a gate missing?" for name in named]
