"""What the shipped welfare check makes of findings: how urgent it is, and until when leaders are called."""

import pytest

from dispatch.jobs import CallCause, Priority
from dispatch.verbs import Verb
from tests.rules.builders import Play, situation
from tests.rules.checks import CHECK, HIDES, at_step
from tests.rules.plays import ANA
from tests.rules.test_walking import finds

WORST = (("neighbours", "none"), ("see", "unwell"), ("found", "unwell"))
"""Nobody answers anywhere; or somebody does, and an ambulance is needed."""


@pytest.mark.parametrize(("step", "finding"), WORST)
def test_a_finding_that_is_a_danger_to_life_raises_a_check_that_was_less_urgent(
    step: str, finding: str
) -> None:
    play = at_step(step, Priority.NORMAL)
    before = play.job.priority
    play.does(ANA, Verb.FIND, finding=f"{step}.{finding}")
    assert (before, play.job.priority) == (Priority.NORMAL, Priority.LIFE)
    assert (play.job.calling.cause, play.job.calling.running) == (CallCause.FINDING, True)


WELL = [
    ("knock.none phone.none neighbours.none police.opened", "found.well", False),
    ("knock.none phone.none neighbours.none police.opened", "found.empty", True),
    ("knock.none phone.none neighbours.none police.opened", "found.unwell", True),
    ("knock.none phone.none neighbours.none police.opened found.empty", "search.found", False),
    ("knock.none phone.none neighbours.none police.opened found.unwell", "ambulance.rung", True),
    ("knock.none phone.none neighbours.none police.opened found.unwell ambulance.rung", "ride.arrived", True),
    (
        "knock.none phone.none neighbours.none police.opened found.unwell ambulance.rung ride.arrived",
        "handed.taken",
        False,
    ),
    (
        "knock.none phone.none neighbours.none police.opened found.unwell ambulance.rung ride.arrived",
        "handed.stays",
        False,
    ),
    ("knock.none phone.none neighbours.none", "police.rung", True),
    ("knock.opened see.unwell", "ambulance.rung", True),
]
"""A way through the welfare check, what is found then, and whether leaders are still called."""


@pytest.mark.parametrize(("way", "found", "goes_on"), WELL)
def test_a_welfare_check_calls_leaders_until_the_resident_is_well_elsewhere_or_on_board(
    way: str, found: str, goes_on: bool
) -> None:
    play = Play(situation(CHECK, hides=HIDES))
    play.does(ANA, Verb.CLAIM)
    finds(play, *way.split(), found)
    assert play.job.calling.running is goes_on
