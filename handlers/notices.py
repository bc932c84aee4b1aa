"""The notice for a building's door: its status on one sheet of paper, in every language that there is, for
the households that no chat reaches.

What stands on it stands at the gate anyway. No name, no door and no number of anybody: it hangs for days, and
whoever is on duty changes; it says to ring the committee.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch import sealing
from dispatch.errors import UnknownBuildingError
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.sealing import Status
from handlers import statuses
from handlers.texts import Catalogs, Texts, mark

MOST_STEPS = 6
"""Lines of status in the largest letters: two languages of a scheme such as 7+7, and the opening."""

LONG_NAME = 10
"""Signs of a building's name in the largest letters: as many as stand beside each other there."""

MEANS: Mapping[Status, str] = {
    Status.SEALED: mark("Nobody leaves the building, and nobody enters it without protective gear."),
    Status.CONTROLLED: mark("You may go out and in; the committee says how."),
    Status.OPEN: mark("You may go out and in as always."),
}
"""For everybody who lives there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The notice in one language, as HTML names it (`tag`); `how` is for whoever prints it."""

    tag: str
    badge: str
    since: str
    steps: tuple[str, ...]
    means: str
    ring: str
    danger: str
    report: str
    made: str
    trial: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorNotice:
    """What stands on the sheet. `epoch` is part of where its code leads: that of the committee's posters."""

    committee: str
    building: str
    status: str
    """As `dispatch.sealing.Status` has it."""
    sign: str
    epoch: int
    demo: bool
    wordings: tuple[Wording, ...]

    @property
    def long(self) -> bool:
        """More than a sheet takes in its largest letters."""
        lines = sum(len(each.steps) for each in self.wordings)
        return lines > MOST_STEPS or len(self.building) > LONG_NAME


def notice(building_id: int, roster: Roster, catalogs: Catalogs, now: Micros) -> DoorNotice:
    """As it is at this moment, the committee's own language first. Raises `UnknownBuildingError`."""
    building = roster.buildings.get(building_id)
    if building is None:
        raise UnknownBuildingError
    own = catalogs.texts(roster.committee.language).language
    order = sorted(catalogs.languages, key=lambda each: each != own)
    status = statuses.now_is(building_id, roster, now)
    return DoorNotice(
        committee=roster.committee.name,
        building=building.name,
        status=status.value,
        sign=statuses.SIGNS[status],
        epoch=roster.committee.poster_epoch,
        demo=roster.committee.demo,
        wordings=tuple(_wording(building_id, roster, catalogs.texts(each), now) for each in order),
    )


def _wording(building_id: int, roster: Roster, texts: Texts, now: Micros) -> Wording:
    say, status = texts.say, statuses.now_is(building_id, roster, now)
    holding = sealing.at(roster.courses.get(building_id, ()), now)
    numbers = texts.listed(roster.committee.emergency.values())
    return Wording(
        tag=texts.language.replace("_", "-"),
        badge=texts.gettext(statuses.NAMES[status]),
        since=say("Since {when}.", when=statuses.when(holding.since, roster, texts)) if holding else "",
        steps=statuses.steps(building_id, roster, texts, now),
        means=texts.gettext(MEANS[status]),
        ring=say("If you need anything, or want to know more, ring the residents' committee."),
        danger=say("In danger ring {numbers} first.", numbers=numbers) if numbers else "",
        report=say("Neighbours help: report in here"),
        made=say("As of {when}", when=statuses.when(now, roster, texts)),
        trial=say("DEMONSTRATION") if roster.committee.demo else "",
        how=say("Print this page on A4 and hang it at the building's door."),
    )
