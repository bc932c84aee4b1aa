"""Which pictures of a playbook's steps whoever has a job is to have, by numbers below those of its own.

Where all steps are read one after the other, it is one sheet with all of them; where each step asks, it is
the picture of the one that is asked. They are drawings of ours, or a committee's, and nobody's secret. A job
that becomes another kind has other numbers from then on, so that what was sent before can be taken away.
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

OF_A_KIND = 64
"""Numbers of one kind: it has 40 steps at most. After the first change of a job's kind they begin at -64."""


class Guides(Protocol):
    """Has the pictures that playbooks name."""

    def picture(self, name: str) -> Picture | None:
        """One of them; None for one that is no more: the job keeps its playbook, and the file was removed."""

    def sheet(self, steps: Sequence[Instruction]) -> Picture | None:
        """All of these steps' pictures on one, each with the number of its step; None where there is none."""


def due(job: Job, playbook: Playbook) -> tuple[int, ...]:
    """The numbers of what whoever has the job is to have now."""
    if not playbook.guided:
        return (_first(job),) if playbook.pictured else ()
    step = walking.current(job, playbook)
    if step is None or not step.picture:
        return ()
    return (_of_step(job, playbook, step),)


def had(job: Job, playbook: Playbook) -> tuple[int, ...]:
    """The numbers of all that whoever has the job may have got so far, since it is of its kind."""
    if not playbook.guided:
        return due(job, playbook)
    before = [step for step, _ in walking.passed(job, playbook) if step.picture]
    return tuple(dict.fromkeys((*(_of_step(job, playbook, step) for step in before), *due(job, playbook))))


def drawn(number: int, job: Job, playbook: Playbook, guides: Guides) -> Picture | None:
    """The picture of that number; None where there is none (any more), and for one of an earlier kind."""
    own = number - _first(job)
    if own == SHEET:
        return guides.sheet(playbook.steps)
    step = playbook.steps[-1 - own] if -len(playbook.steps) <= own < SHEET else None
    return guides.picture(step.picture) if step is not None and step.picture else None


def _first(job: Job) -> int:
    """The number of the sheet; those of the steps are below it."""
    return SHEET - OF_A_KIND * job.kinds


def _of_step(job: Job, playbook: Playbook, step: Instruction) -> int:
    return _first(job) - 1 - playbook.steps.index(step)
