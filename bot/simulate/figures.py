"""The figures of a contestant with their 95 % intervals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.simulate.trial import Outcome

FIVE_MINUTES = 300.0

_Z = 1.959964
"""Of a normal distribution 95 % lie within so many standard deviations."""

_RESAMPLES = 2000
"""So many resamples of the runs give an interval that another seed moves by a few hundredths of its width."""

_BLOCKS = 20
"""At least so many blocks are resampled: a plan with fewer runs has each cut into consecutive parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value and its interval; None where there was nothing to measure."""

    value: float | None
    low: float | None
    high: float | None


Figures = Mapping[str, Figure]

NAMES = ("claimed_5min", "pings", "late_taps", "arrival_s", "coverage")


def measured(runs: Sequence[Sequence[Outcome]]) -> Figures:
    """All figures of a contestant. `claimed_5min` and `coverage` are shares of the jobs, `pings` and
    `late_taps` means a job, `arrival_s` the median of the jobs that somebody came to."""
    jobs = [outcome for run in runs for outcome in run]
    blocks = _blocks(runs)
    quick = sum(job.claimed is not None and job.claimed <= FIVE_MINUTES for job in jobs)
    covered = sum(job.claimed is not None for job in jobs)
    return {
        "claimed_5min": share(quick, len(jobs)),
        "pings": mean([[job.pings for job in block] for block in blocks]),
        "late_taps": mean([[job.late for job in block] for block in blocks]),
        "arrival_s": median([job.arrived for job in jobs if job.arrived is not None]),
        "coverage": share(covered, len(jobs)),
    }


def share(count: int, total: int) -> Figure:
    """A share with Wilson's interval."""
    if not total:
        return Figure(value=None, low=None, high=None)
    rate, z2 = count / total, _Z**2
    centre = (rate + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(rate * (1 - rate) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return Figure(value=rate, low=max(0.0, centre - half), high=min(1.0, centre + half))


def mean(blocks: Sequence[Sequence[float]]) -> Figure:
    """A mean; its interval by resampling whole blocks, since jobs of one run hang together."""
    sums = np.array([sum(block) for block in blocks], dtype=np.float64)
    sizes = np.array([len(block) for block in blocks], dtype=np.float64)
    if not sizes.sum():
        return Figure(value=None, low=None, high=None)
    # The same resamples whoever is measured: contestants' intervals move together.
    drawn = np.random.default_rng(len(blocks)).integers(len(blocks), size=(_RESAMPLES, len(blocks)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975)).tolist()
    return Figure(value=float(sums.sum() / sizes.sum()), low=low, high=high)


def median(values: Sequence[float]) -> Figure:
    """A median; its interval by ranks, which asks nothing of the distribution."""
    if not values:
        return Figure(value=None, low=None, high=None)
    ordered, count = sorted(values), len(values)
    reach = _Z * math.sqrt(count) / 2
    low = max(0, math.floor(count / 2 - reach))
    high = min(count - 1, math.ceil(count / 2 + reach))
    return Figure(value=float(np.median(ordered)), low=ordered[low], high=ordered[high])


def _blocks(runs: Sequence[Sequence[Outcome]]) -> list[Sequence[Outcome]]:
    parts = max(1, math.ceil(_BLOCKS / len(runs)))
    blocks = []
    for run in runs:
        step = max(1, math.ceil(len(run) / parts))
        blocks += [run[start : start + step] for start in range(0, len(run), step)]
    return blocks
