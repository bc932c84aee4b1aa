"""Which pictures of a playbook's steps whoever has a job is to have, by numbers below those of its own.

Where all steps are read one after the other, it is one sheet with all of them; where each step asks, it is
the picture of the one that is asked. They are drawings of ours, or a committee's, and nobody's secret.
"""

from collections.abc import Sequence
from typing import Protocol

from dispatch import walking
from dispatch.instructions import Instruction
from dispatch.jobs import Job
from dispatch.pictures import Picture
from dispatch.playbook import Playbook

SHEET = 0
"""All pictures of a playbook that only lists its steps. A step's own has a number below it: -1 the first."""


class Guides(Protocol):
    """Has the pictures that playbooks name."""

    def picture(self, name: str) -> Picture | None:
        """One of them; None for one that is no more: the job keeps its playbook, and the file was removed."""

    def sheet(self, steps: Sequence[Instruction]) -> Picture | None:
        """All of these steps' pictures on one, each with the number of its step; None where there is none."""


def due(job: Job, playbook: Playbook) -> tuple[int, ...]:
    """The numbers of what whoever has the job is to have now."""
    if not playbook.guided:
        return (SHEET,) if playbook.pictured else ()
    step = walking.current(job, playbook)
    if step is None or not step.picture:
        return ()
    return (-1 - playbook.steps.index(step),)


def had(job: Job, playbook: Playbook) -> tuple[int, ...]:
    """The numbers of all that whoever has the job may have got so far."""
    if not playbook.guided:
        return due(job, playbook)
    before = [step for step, _ in walking.passed(job, playbook) if step.picture]
    return tuple(dict.fromkeys((*(-1 - playbook.steps.index(step) for step in before), *due(job, playbook))))


def drawn(number: int, playbook: Playbook, guides: Guides) -> Picture | None:
    """The picture of that number; None where there is none (any more)."""
    if number == SHEET:
        return guides.sheet(playbook.steps)
    step = playbook.steps[-1 - number] if -len(playbook.steps) <= number < SHEET else None
    return guides.picture(step.picture) if step is not None and step.picture else None
