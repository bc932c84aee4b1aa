"""The figures of docs/matching.md are those of a kept run of `make simulate` (`bench/simulate.json`)."""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.simulate import report
from bot.simulate.figures import NAMES, Figure
from bot.simulate.options import SEED
from bot.simulate.recipes import PLANS, USUAL

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "bench" / "simulate.json"

HEADINGS = {
    "claimed in 5 min": "claimed_5min",
    "pings": "pings",
    "late taps": "late_taps",
    "arrival": "arrival_s",
    "coverage": "coverage",
}
TABLES = ("recipe_a_23", "recipe_a_05", "recipe_b", "recipe_c")
"""In the order in which the page has them."""


@pytest.fixture(scope="module")
def kept() -> Mapping[str, Any]:
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def tables() -> Iterator[tuple[Sequence[str], Sequence[Sequence[str]]]]:
    """Headings and rows of each table of policies that the page has of the four recipes."""
    page = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")
    for block in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
        heading, _, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()
        ]
        if heading[0] == "policy" and "coverage" in heading:
            yield heading, rows


def shown(policy: Mapping[str, Any], name: str) -> str:
    """A figure as the page has it, which sets what a console shows."""
    low, high = policy["intervals"][name]
    found = report.written(name, Figure(value=policy[name], low=low, high=high))
    return found.replace("%", " %").replace("-", "\N{EN DASH}")


def test_the_kept_run_is_one_of_every_recipe_as_it_is_today(kept: Mapping[str, Any]) -> None:
    assert {*kept} == {*TABLES, "about"}
    assert kept["about"]["seed"] == SEED
    today = {
        plan.key: {"runs": plan.runs, **dataclasses.asdict(plan.recipe)}
        for name in USUAL
        for plan in PLANS[name]
    }
    assert kept["about"]["parameters"] == json.loads(json.dumps(today))


def test_every_figure_of_the_page_is_of_that_run_and_none_is_left_out(kept: Mapping[str, Any]) -> None:
    found = list(tables())
    assert len(found) == len(TABLES)
    for name, (heading, rows) in zip(TABLES, found, strict=True):
        named = {row[0].strip("`") for row in rows}
        assert named >= {policy for policy in kept[name] if "/" not in policy}
        for row in rows:
            policy = kept[name][row[0].strip("`")]
            said = {HEADINGS[each]: cell for each, cell in zip(heading, row, strict=True) if each in HEADINGS}
            assert said == {figure: shown(policy, figure) for figure in NAMES if figure in said}, (
                name,
                row,
            )


def test_the_aims_are_met_by_that_run(kept: Mapping[str, Any]) -> None:
    ours, few, weary = (kept[name] for name in ("recipe_a_23", "recipe_a_05", "recipe_b"))
    policy = ours["adaptive"]
    assert round(policy["claimed_5min"], 4) >= 0.999
    assert round(policy["pings"], 2) <= 9.0
    assert round(policy["late_taps"], 2) <= 1.1
    assert round(policy["arrival_s"]) <= 240
    assert few["adaptive"]["claimed_5min"] >= 0.99
    assert few["adaptive"]["pings"] <= 45
    half = (weary["belief"]["coverage"] + weary["oracle"]["coverage"]) / 2
    assert weary["adaptive_told"]["coverage"] >= half
    assert weary["adaptive"]["coverage"] >= half
    assert weary["adaptive"]["pings"] <= 10
