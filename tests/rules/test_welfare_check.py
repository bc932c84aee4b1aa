"""What the shipped welfare check makes of findings, however urgent it was before."""

import pytest

from dispatch.jobs import CallCause, Priority
from dispatch.verbs import Verb
from tests.rules.checks import at_step
from tests.rules.plays import ANA

WORST = (("neighbours", "none"), ("see", "unwell"), ("found", "unwell"))
"""Nobody answers anywhere; or somebody does, and an ambulance is needed."""


@pytest.mark.parametrize(("step", "finding"), WORST)
def test_a_finding_that_is_a_danger_to_life_raises_a_check_that_was_less_urgent(
    step: str, finding: str
) -> None:
    play = at_step(step, Priority.NORMAL)
    assert play.job.priority is Priority.NORMAL
    play.does(ANA, Verb.FIND, finding=f"{step}.{finding}")
    assert play.job.priority is Priority.LIFE
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.FINDING, True)
