"""A door as a stop of a round: who lives there, who tells them, how far it has come.

Values only. A round is a job (`jobs.Job.round`) that a care plan opens for several residents at once; what
becomes of its doors is decided in `rounds`. All of a door is private but that it is one of so many.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST_DOORS = 60
"""Doors of one round: two hours at two minutes a door, and nobody's list is longer. R11's thousand elders
are many rounds, each with people of its own."""


class DoorState(StrEnum):
    """How far a door has come."""

    OPEN = "open"
    WELL = "well"
    """Somebody was seen or heard there, and is well."""
    PASSED_ON = "passed_on"
    """The relay household has told them."""
    NO_ANSWER = "no_answer"
    """Nobody answers: a check looks after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDoor:
    """Whom a round goes to, and by which household they are told (None: somebody goes there)."""

    resident_id: int
    building_id: int | None
    household_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One resident of a round, decrypted. `number` counts a job's doors from 1. `relay_unit` and
    `relay_phone` are of the household that tells them, where one does; `check` is the job that looks after
    whoever does not answer."""

    committee_id: int
    job_id: int
    number: int
    resident_id: int | None
    building_id: int | None
    household_id: int | None = None
    state: DoorState = DoorState.OPEN
    check: int | None = None
    name: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    relay_unit: str = field(default="", repr=False)
    relay_phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a job knows of being a round: how many doors it has, and by their numbers those that are not
    ticked yet and those where nobody answered. Everybody may know that."""

    doors: int
    open: tuple[int, ...] = ()
    unanswered: tuple[int, ...] = ()

    @property
    def ticked(self) -> int:
        """How many doors somebody has ticked, whatever was found there."""
        return self.doors - len(self.open)


def listed(numbers: Sequence[int]) -> str:
    """Numbers of doors, neighbours joined: `1-3, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
