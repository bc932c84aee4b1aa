"""What all people of a committee have in common: how willing they are, how much they differ, how soon they
return. What somebody's own few answers are weighed against.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from dispatch.policies.belief import RATES, fits, met, weights
from dispatch.policies.counts import Count, Counts, Row, parent

DIFFERING = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Shapes of the gamma distribution of people's factors, from very different to alike."""

SURE = 0.95
"""Nobody accepts more surely than this."""


def _around(centre: float) -> tuple[float, ...]:
    """Shares of the `RATES` where most people return about as soon as that: lognormal, two thirds within a
    factor of two and a bit."""
    raw = [math.exp(-0.5 * (math.log(rate / centre) / 0.8) ** 2) for rate in RATES]
    return tuple(each / sum(raw) for each in raw)


_GUESSES = (*(_around(rate) for rate in RATES[:-1]), (*(0.0 for _ in RATES[:-1]), 1.0))
"""How people may return on the whole; the last one: being asked tires nobody."""

_BEFORE = (*(0.5 / (len(RATES) - 1) for _ in RATES[:-1]), 0.5)
"""How likely each of these is before anything is known: as likely as not, nobody tires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is thought before anybody was asked."""

    accepts: float = 0.20
    """A fifth of those who are asked accept: between what broadcasts get (a few in a hundred) and what was
    measured where volunteers are asked a few at a time (a quarter)."""
    refuses: float = 0.20
    """As many refuse (Recipe A)."""
    strength: float = 16.0
    """That counts as much as sixteen people who were asked: after two jobs one's own people count
    for more."""
    steady: float = 120.0
    """However much is on record, today may be different: as if no more than 120 had ever accepted, which
    leaves a standard deviation of an eleventh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one person's answers say, as logarithms of likelihoods: for each of the shapes of `DIFFERING`, and
    for each of the `_GUESSES`. `likely` is how likely each of the `RATES` is theirs, `met` how many of the
    `asked` times they were back."""

    differing: tuple[float, ...]
    tiring: tuple[float, ...]
    likely: tuple[float, ...]
    met: float
    asked: float


class Pool:
    """Everybody's counts, and what follows from everybody's evidence."""

    def __init__(self, prior: Prior) -> None:
        self._prior = prior
        self._counts = Counts()
        self._differing = [0.0] * len(DIFFERING)
        self._tiring = [0.0] * len(_GUESSES)
        self._returning: tuple[float, ...] | None = None
        self._met = self._times = 0.0
        self._rates: tuple[float, float, float] | None = None
        self._alike: float | None = None

    @property
    def sureness(self) -> float:
        """How much is known about how willing people are today, in acceptances."""
        known = self._prior.accepts * self._prior.strength + self._counts.total.accepted
        return 1.0 / (1.0 / known + 1.0 / self._prior.steady)

    def facet(self, name: str) -> Count:
        """Everybody's counts in a facet."""
        return self._counts.by_facet.get(name) or Count()

    def parts(self, name: str) -> tuple[str, ...]:
        """The parts of a facet in which anybody was asked."""
        return tuple(each for each in self._counts.by_facet if parent(each) == name)

    def add(self, row: Row) -> None:
        """Somebody was asked."""
        self._counts.add(row)
        self._rates = None

    def add_facet(self, row: Row, facet: str) -> None:
        """In a facet."""
        self._counts.by_facet.setdefault(facet, Count()).add(row)

    def rates(self) -> tuple[float, float, float]:
        """How many accept and refuse of those who are back, and the share that is back when asked."""
        if self._rates is None:
            prior, total = self._prior, self._counts.total
            seen = self._met / self._times if self._times else 1.0
            back = seen * total.asked
            accepts = (prior.accepts * prior.strength + total.accepted) / (prior.strength + back)
            refuses = (prior.refuses * prior.strength + total.refused) / (prior.strength + back)
            self._rates = (min(SURE, accepts), min(SURE, refuses), seen)
        return self._rates

    def returning(self) -> tuple[float, ...]:
        """How likely each of the `RATES` is of somebody about whom nothing is known."""
        if self._returning is None:
            shares = weights(self._tiring, _BEFORE)
            self._returning = tuple(sum(map(mul, shares, column)) for column in _COLUMNS)
        return self._returning

    def alike(self) -> float:
        """How little people differ: a mean of `DIFFERING`, by how well each explains everybody's answers."""
        if self._alike is None:
            likely = weights(self._differing, [1.0] * len(DIFFERING))
            logs = (weight * math.log(shape) for weight, shape in zip(likely, DIFFERING, strict=True))
            self._alike = math.exp(sum(logs))
        return self._alike

    def evidence(self, counts: Counts) -> Evidence:
        """What one person's answers say, given everybody's."""
        usual, refuses, _ = self.rates()
        logs = fits(counts.asked, counts.answered, usual + refuses, self.alike())
        likely = weights(logs, self.returning())
        times = met(counts.asked, likely)
        return Evidence(
            differing=tuple(_marginal(shape, counts.total.accepted, usual * times) for shape in DIFFERING),
            tiring=tuple(_mixed(logs, guess) for guess in _GUESSES),
            likely=likely,
            met=times,
            asked=counts.total.asked,
        )

    def swap(self, before: Evidence | None, now: Evidence) -> None:
        """What one person's answers say has changed."""
        self._met += now.met - (before.met if before else 0.0)
        self._times += now.asked - (before.asked if before else 0.0)
        for place, log in enumerate(now.differing):
            self._differing[place] += log - (before.differing[place] if before else 0.0)
        for place, log in enumerate(now.tiring):
            self._tiring[place] += log - (before.tiring[place] if before else 0.0)
        self._alike = self._rates = self._returning = None


def _marginal(shape: float, counted: float, expected: float) -> float:
    """How likely so many acceptances are where so many were to be expected of anybody, if people's factors
    are gamma distributed with that shape (a negative binomial; what is the same for every shape left out)."""
    fit = math.lgamma(shape + counted) - math.lgamma(shape) + shape * math.log(shape)
    return fit - (shape + counted) * math.log(shape + expected)


def _mixed(logs: Sequence[float], prior: Sequence[float]) -> float:
    """The logarithm of the mean of likelihoods."""
    best = max(logs)
    mean = sum(before * math.exp(log - best) for log, before in zip(logs, prior, strict=True))
    # As unlikely as a number can be, where the only rate that a guess allows does not fit at all.
    return best + math.log(max(mean, 1e-300))


_COLUMNS = tuple(zip(*_GUESSES, strict=True))
"""The same by rate."""
