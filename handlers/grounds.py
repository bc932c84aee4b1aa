"""What the desk reads of the ground once the register has changed: where nobody can walk, or how far it is
nobody knows."""

from dispatch import paths
from dispatch.people import Roster
from dispatch.survey import APART_M, Doubt
from handlers.texts import Texts, mark

_WHY = {
    Doubt.LOOSE: mark(
        "Say the plan's scale, or where two buildings are that stand on it {apart} m or more from each other."
    ),
    Doubt.OFF: mark(
        "By the plan and the other buildings {building} is {metres} m from where it is said to be: is the "
        "plan drawn to scale?"
    ),
    Doubt.MIRRORED: mark(
        "The plan fits the buildings only in a mirror: x counts to the right, and y down from the upper edge."
    ),
    Doubt.SCALE: mark(
        "The plan's scale is said to be {said} m, and by where the buildings are it is {found} m."
    ),
}


def told(roster: Roster, texts: Texts) -> str:
    """Which buildings no way leads to, and why the plan places none; empty where there is nothing to say."""
    return texts.sentences(_cut_off(roster, texts), _doubted(roster, texts))


def _cut_off(roster: Roster, texts: Texts) -> str:
    names = [roster.buildings[each].name for each in paths.cut_off(roster.paths)]
    if not names:
        return ""
    return texts.say(
        "No way on foot leads to {buildings}: is a gate missing? There the straight line counts.",
        buildings=texts.names(names),
    )


def _doubted(roster: Roster, texts: Texts) -> str:
    doubted = roster.survey.doubted
    if doubted is None:
        return ""
    named = None if doubted.key is None else roster.buildings[doubted.key].name
    why = texts.say(
        _WHY[doubted.why],
        apart=round(APART_M),
        building=named,
        metres=round(doubted.metres),
        said=brief(roster.committee.scale or 0.0),
        found=brief(doubted.scale),
    )
    said = texts.gettext("How far it is to buildings that stand on the plan alone is not known.")
    return texts.sentences(said, why)


def brief(scale: float) -> str:
    """A number of metres to three digits: more of them are nobody's to know."""
    return f"{float(f'{scale:.3g}'):g}"
