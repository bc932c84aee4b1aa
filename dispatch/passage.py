"""Who may go where, as the buildings' statuses have it: one rule for asking, for claiming and for giving.

Whoever lives in a sealed building goes nowhere else, and a sealed building is entered by those who live in it
or have protective gear; staff who have it are asked for that beside the volunteers. Controlled bars nobody:
the committee's own measures say how people go out. How much is at stake changes nothing: somebody who carries
it from house to house helps nobody.
"""

from collections.abc import Container
from enum import StrEnum

from dispatch.errors import GearNeededError, NotAllowedError, SealedInError
from dispatch.moments import Micros
from dispatch.people import Person, Roster
from dispatch.sealing import Status, status_at


class Bar(StrEnum):
    """Why somebody may not go."""

    SEALED_IN = "sealed_in"
    """Their own building is sealed, and the job is not known to be in it."""
    NO_GEAR = "no_gear"
    """The job's building is sealed, they do not live in it, and have no protective gear."""


_ERRORS: dict[Bar, type[NotAllowedError]] = {Bar.SEALED_IN: SealedInError, Bar.NO_GEAR: GearNeededError}


def sealed(roster: Roster, now: Micros) -> frozenset[int]:
    """Ids of the buildings that are sealed at this moment."""
    return frozenset(
        building for building, known in roster.courses.items() if status_at(known, now) is Status.SEALED
    )


def may_go(person: Person, building_id: int | None, sealed: Container[int]) -> Bar | None:
    """None where the person may go to a job in that building; None as the building is a place that nobody has
    said yet, which may be anywhere."""
    if building_id is not None and person.building_id == building_id:
        return None
    if person.building_id in sealed:
        return Bar.SEALED_IN
    if building_id in sealed and not person.gear:
        return Bar.NO_GEAR
    return None


def entering(roster: Roster, building_id: int | None, now: Micros) -> tuple[Person, ...]:
    """Staff with protective gear, where the place is sealed; nobody elsewhere. They are asked beside those
    who are asked anyway, and kept from it by the same rules."""
    if building_id is None or not roster.sealings or not roster.geared:
        return ()
    return roster.geared if building_id in sealed(roster, now) else ()


def barred(person: Person, building_id: int | None, roster: Roster, now: Micros) -> Bar | None:
    """The same at a moment."""
    return may_go(person, building_id, sealed(roster, now)) if roster.sealings else None


def check(person: Person, building_id: int | None, roster: Roster, now: Micros) -> None:
    """Raise `SealedInError` or `GearNeededError` for somebody who may not go."""
    bar = barred(person, building_id, roster, now)
    if bar is not None:
        raise _ERRORS[bar](verb="claim")
