"""A file that says only what is different from one of ours."""

import re
from pathlib import Path

import pytest

from bot.playbooks import load_playbooks
from dispatch.errors import BadFileError
from dispatch.moments import MINUTE

OURS = load_playbooks(None)


def written(folder: Path, text: str) -> Path:
    (folder / "own.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_committee_sets_its_own_time_to_look_again_in_two_lines(tmp_path: Path) -> None:
    own = load_playbooks(written(tmp_path, 'based_on = "welfare_check"\nrecheck = "10m"\n'))["welfare_check"]
    ours = OURS["welfare_check"]
    times = [step.recheck.after for step in own.steps if step.recheck is not None]
    assert times == [10 * MINUTE] * len([step for step in ours.steps if step.recheck is not None])
    assert [step.findings for step in own.steps] == [step.findings for step in ours.steps]
    assert (own.waves, own.deadlines, own.recognise) == (ours.waves, ours.deadlines, ours.recognise)
    assert own.digest != ours.digest


def test_single_waits_are_changed_and_whatever_else_is_given_stands_for_ours(tmp_path: Path) -> None:
    text = 'based_on = "oxygen_refill"\nloops = 7\n[deadlines]\nurge_every = "3m"\n'
    own, ours = load_playbooks(written(tmp_path, text))["oxygen_refill"], OURS["oxygen_refill"]
    assert (own.loops, own.deadlines.urge_every) == (7, 3 * MINUTE)
    assert own.deadlines.nudge_grace == ours.deadlines.nudge_grace
    assert own.steps == ours.steps


def test_another_kind_may_be_based_on_one_of_ours(tmp_path: Path) -> None:
    text = 'based_on = "welfare_check"\nkind = "lift_stuck"\nrecognise = ["电梯困人", "stuck in the lift"]\n'
    found = load_playbooks(written(tmp_path, text))
    assert found["lift_stuck"].steps == found["welfare_check"].steps
    assert found["welfare_check"] == OURS["welfare_check"]


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ('based_on = "welfare_chek"', "based_on", "did you mean welfare_check?"),
        ("based_on = 3", "based_on", "in quotes"),
        ('based_on = "welfare_check"\nrecheck = "30s"', "recheck", '"1m" to "24h"'),
        ('based_on = "welfare_check"\nrecheck = 10', "recheck", "in quotes"),
        ('based_on = "oxygen_refill"\nrecheck = "10m"', "recheck", "some step has a time of its own"),
        ('based_on = "welfare_check"\nloop = 3', "loop", "did you mean loops?"),
        ('based_on = "welfare_check"\nkind = "other"', "recognise", "welfare_check.toml has"),
        ('recheck = "10m"', "recheck", "one of: kind, title"),
    ],
)
def test_a_mistake_in_it_is_named_by_its_own_file(
    text: str, field: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(BadFileError) as refused:
        load_playbooks(written(tmp_path, text))
    params = refused.value.params
    assert (params["file"], params["table"], params["field"]) == ("own.toml", "", field)
    assert expected in str(params["expected"])


def test_the_examples_of_the_documentation_are_good_ones(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "playbooks.md"
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    examples = [each for each in blocks if re.match(r"(kind|based_on) = ", each)]  # whole ones
    assert len(examples) == 2
    for number, example in enumerate(examples):
        (tmp_path / f"example_{number}.toml").write_text(example, encoding="utf-8")
    found = load_playbooks(tmp_path)
    assert found["lift_stuck"].guided
    assert found["welfare_check"].digest != OURS["welfare_check"].digest
