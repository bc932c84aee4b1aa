"""What `make bench-matrix` writes, by the names that others read. How quick it is, nobody asserts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench import matrix_burst, matrix_frozen, matrix_tap, report
from bench.matrix import BENCHES
from bench.matrix_burst import Round
from bench.report import Outcome

TAPS, BARE_TAPS = [float(number) for number in range(1, 101)], [float(number) / 2 for number in range(1, 101)]
"""Milliseconds of a hundred taps each."""


def found(second_has: int = 1, claimed: int = 40) -> dict[str, Outcome]:
    """A run, with as many winners of its second card, and as many claimed after it was frozen."""
    rounds = [
        Round(seconds=seconds, winners=winners, edits=2, answers=1)
        for seconds, winners in ((3.0, 1), (1.0, second_has), (2.0, 1))
    ]
    return {
        "tap": matrix_tap.outcome(TAPS, BARE_TAPS, 100, 120.0),
        "burst": matrix_burst.outcome(rounds, [2.0, 4.0, 3.0], 280, 130.0),
        "frozen": matrix_frozen.outcome(cards=40, claimed=claimed, answered=280, taps=280, seconds=3.0),
    }


def test_the_benches_are_those_that_are_called_by_name() -> None:
    assert list(BENCHES) == ["tap", "burst", "frozen"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("tap", {"p50_ms": 50.5, "p99_ms": 99.0, "bare_p99_ms": 49.5}),
        ("burst", {"winners": 1, "all_s": 2.0, "bare_all_s": 3.0}),
        ("frozen", {"cards": 40, "claimed": 40}),
    ],
)
def test_the_figures_stand_in_the_file_by_these_names(
    name: str, values: Mapping[str, float], tmp_path: Path
) -> None:
    file = tmp_path / "results.json"
    report.write(file, {"cores": "2"}, found())
    written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert values.items() <= written[name].items()


@pytest.mark.parametrize("winners", [0, 2])
def test_a_card_with_two_winners_or_none_hides_behind_no_other(winners: int) -> None:
    run = found(second_has=winners)
    assert run["burst"].values["winners"] == winners
    assert "burst: winners" in report.verdict(run)


def test_a_card_that_nobody_got_after_it_was_frozen_is_told() -> None:
    assert report.verdict(found()).startswith(f"{report.MISSED}: tap: p99")  # twice the bare bot's
    assert "frozen: cards claimed" in report.verdict(found(claimed=39))
