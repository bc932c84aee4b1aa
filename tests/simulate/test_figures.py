"""Figures and their intervals."""

import numpy as np
import pytest

from bot.simulate import figures
from bot.simulate.trial import Outcome


def job(claimed: float | None, *, pings: int = 3, late: int = 0) -> Outcome:
    arrived = None if claimed is None else claimed + 100
    return Outcome(claimed=claimed, arrived=arrived, asked=tuple(range(pings)), late=late)


def test_the_figures_of_some_jobs() -> None:
    found = figures.measured([[job(10), job(299), job(400, pings=9, late=2)], [job(None, pings=5)]])
    values = {name: figure.value for name, figure in found.items()}
    assert values == {
        "claimed_5min": 0.5,
        "pings": 5.0,
        "late_taps": 0.5,
        "arrival_s": 399.0,
        "coverage": 0.75,
    }


def test_where_nobody_came_there_is_no_arrival() -> None:
    found = figures.measured([[job(None)]])
    assert found["arrival_s"] == figures.Figure(value=None, low=None, high=None)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (999, 1000, 0.9943, 0.9998)],
)
def test_shares_have_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    found = figures.share(count, total)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    means = medians = 0
    for _ in range(200):
        values = rng.exponential(5.0, size=(40, 10)).tolist()
        mean = figures.mean(values)
        median = figures.median([value for block in values for value in block])
        assert mean.low is not None and mean.high is not None  # noqa: PT018 - for the types
        assert median.low is not None and median.high is not None  # noqa: PT018 - the same
        means += mean.low <= 5.0 <= mean.high
        medians += median.low <= 5.0 * np.log(2) <= median.high
    assert 178 <= means <= 200
    assert 178 <= medians <= 200


def test_jobs_of_one_run_that_go_alike_widen_the_interval() -> None:
    apart = figures.mean([[float(n % 2) for n in range(20)] for _ in range(20)])
    alike = figures.mean([[float(n % 2)] * 20 for n in range(20)])
    assert apart.low is not None and apart.high is not None  # noqa: PT018 - for the types
    assert alike.low is not None and alike.high is not None  # noqa: PT018 - the same
    assert apart.high - apart.low < alike.high - alike.low
