"""A committee's own time to look again: in every step that has one, for jobs that begin, in nothing else."""

from dataclasses import replace

from bot.playbooks import load_playbooks
from dispatch import own_times, playbook_file
from dispatch.moments import MINUTE
from dispatch.people import Committee
from tests.rules.builders import roster

OURS = load_playbooks(None)
WELFARE = OURS["welfare_check"]
HERE: Committee = roster().committee
THEIRS = replace(HERE, recheck=10 * MINUTE)


def test_every_step_with_a_time_has_theirs_and_the_job_keeps_that() -> None:
    own = own_times.own(WELFARE, THEIRS)
    before = [step.recheck for step in WELFARE.steps]
    assert [step.recheck and step.recheck.after for step in own.steps] == [
        each and 10 * MINUTE for each in before
    ]
    assert [step.recheck and step.recheck.to for step in own.steps] == [each and each.to for each in before]
    assert own.deadlines == WELFARE.deadlines
    assert own.digest != WELFARE.digest
    assert playbook_file.from_json(playbook_file.to_json(own)) == own


def test_where_they_say_nothing_or_no_step_has_a_time_it_is_the_very_same_playbook() -> None:
    assert own_times.own(WELFARE, HERE) is WELFARE
    assert own_times.own(OURS["oxygen_refill"], THEIRS) is OURS["oxygen_refill"]
    assert own_times.all_own(OURS, HERE) is OURS
    assert set(own_times.all_own(OURS, THEIRS)) == set(OURS)
