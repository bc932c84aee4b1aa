"""What is thought of one person: how soon they are back after having been asked.

Whoever is asked needs a rest before they look at such a message again; how long differs from one person to
the next. The model is that of volunteers who return by chance: after each further job that the committee
posts, with a rate of their own (docs/matching.md, Recipe B).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

RATES = (0.015, 0.03, 0.06, 0.12, 0.24, 0.48, 1.0)
"""Chances a job to be back, one of which is thought to be somebody's: from some sixty jobs to always
there."""

BUCKETS = (1.0, 2.0, 3.0, 4.5, 6.5, 9.5, 13.5, 19.5, 27.5, 39.5, 55.5, 96.0)
"""Rests are counted in buckets, so that a person's record stays a few numbers: two to every doubling, and a
rest that stands for all of a bucket."""

NEVER = len(BUCKETS)
"""The bucket of those who had never been asked."""

_FAINT = 0.01
"""A rate that is thought less likely than this is left out."""


def bucket(rest: int | None) -> int:
    """Which of the buckets a rest of so many jobs belongs to; None: never asked before."""
    if rest is None:
        return NEVER
    doublings = max(rest, 1).bit_length() - 1
    half = doublings > 0 and rest >= 3 << (doublings - 1)
    return min(max(0, 2 * doublings - 1 + half), len(BUCKETS) - 1)


def _back(rate: float, rest: float) -> float:
    return 1.0 - math.pow(1.0 - rate, rest)


_BACK = tuple((*(_back(rate, rest) for rest in BUCKETS), 1.0) for rate in RATES)
"""By rate, then by bucket: the chance that they are back. Whoever was never asked is there."""

_LOG_BACK = tuple(tuple(math.log(back) for back in row) for row in _BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """`returns`: rates with the weight of each. `met`: how many of the times that they were asked they were
    back."""

    returns: tuple[tuple[float, float], ...]
    met: float = 0.0

    def outlook(self, rest: int | None) -> tuple[float, float]:
        """The chance that they look at a message now, after a rest of so many jobs, and how much it grows
        with one more job of rest."""
        if rest is None:
            return 1.0, 0.0
        away = grows = 0.0
        for rate, weight in self.returns:
            still = weight * math.pow(1.0 - rate, rest)
            away += still
            grows += still * rate
        return 1.0 - away, grows


def fits(asked: Sequence[float], answered: Sequence[float], usual: float, alike: float) -> tuple[float, ...]:
    """How well each of the `RATES` explains somebody's answers: logarithms of likelihoods.

    Answers are Poisson counts whose mean is `usual` a time that they were back, times the person's own
    factor, which is gamma distributed with shape `alike`; that factor is integrated out.
    """
    total = sum(answered)
    return tuple(
        sum(map(mul, answered, log_row))
        - (alike + total) * math.log(alike + usual * sum(map(mul, asked, row)))
        for row, log_row in zip(_BACK, _LOG_BACK, strict=True)
    )


def weights(logs: Sequence[float], prior: Sequence[float]) -> tuple[float, ...]:
    """Likelihoods and what was thought before, as shares of one."""
    best = max(logs)
    raw = [before * math.exp(log - best) for log, before in zip(logs, prior, strict=True)]
    total = sum(raw)
    return tuple(each / total for each in raw)


def met(asked: Sequence[float], likely: Sequence[float]) -> float:
    """How many of the times that somebody was asked they were back, with those weights of the `RATES`."""
    found: float = sum(weight * sum(map(mul, asked, row)) for weight, row in zip(likely, _BACK, strict=True))
    return found


def belief(likely: Sequence[float], times: float) -> Belief:
    """With the faint rates left out; `times` is how often they were back when they were asked."""
    kept = [pair for pair in zip(RATES, likely, strict=True) if pair[1] >= _FAINT]
    total = sum(weight for _, weight in kept)
    returns = tuple((rate, weight / total) for rate, weight in kept)
    return Belief(returns=returns, met=times)


def factor(prior: float, counted: float, expected: float) -> float:
    """Observed to expected, drawn towards 1 by `prior` pseudo-counts of both."""
    return (prior + counted) / (prior + expected)
