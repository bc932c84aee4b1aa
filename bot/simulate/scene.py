"""A job with everybody's dice thrown: the same for every policy, whatever each of them has done before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from bot.simulate.trial import Trial
from dispatch.policies.search import Reply

Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What nobody knows in life: the chance that each accepts this job, and that each is back a job later."""

    accepts: Numbers
    refuses: float
    returns: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`back` says who of those who are away comes back with this job; None: nobody is ever away."""

    trial: Trial
    truth: Truth
    back: Flags | None = None
    group: str = ""

    def met(self, away: Flags) -> Trial:
        """The job as it is met while these people are away; who comes back with it is taken off `away`."""
        if self.back is None:
            return self.trial
        away &= ~self.back
        replies = [
            None if gone else reply for reply, gone in zip(self.trial.replies, away.tolist(), strict=True)
        ]
        return replace(self.trial, replies=replies)


class World(Protocol):
    """The people of one run, and the jobs that befall them. Made from a recipe, a seed and the run's
    number."""

    size: int

    def scenes(self) -> Iterator[Scene]:
        """One job after the other."""
        ...


def replies(dice: Numbers, accepts: Numbers | float, refuses: float) -> list[Reply | None]:
    """What each says by a number from 0 to 1."""
    kinds = (dice < accepts).astype(np.int8) + 2 * ((dice >= accepts) & (dice < accepts + refuses)).astype(
        np.int8
    )
    return [_KINDS[kind] for kind in kinds.tolist()]


def lognormal(normal: Numbers, median: float, sigma: float) -> Numbers:
    """Times, from numbers that are normally distributed."""
    found: Numbers = median * np.exp(sigma * normal)
    return found


def spread(rng: np.random.Generator, mean: Numbers | float, deviation: float, size: int) -> Numbers:
    """Chances between 0 and 1 (beta distributed) with that mean and standard deviation."""
    centre = np.broadcast_to(np.asarray(mean, dtype=np.float64), (size,))
    if deviation <= 0:
        return centre.copy()
    # Never wider than the distribution can be while it has one peak.
    weight = np.maximum(centre * (1 - centre) / deviation**2 - 1, 2.0)
    return rng.beta(centre * weight, (1 - centre) * weight)


def returns(rng: np.random.Generator, figures: Sequence[float], size: int) -> Numbers:
    """Chances a job to be back whose mean, slowest and quickest tenth are `figures`: evenly spread between
    neighbouring quantiles, the highest as high as the mean asks for."""
    mean, low, high = figures
    lowest = low / 2
    # A tenth below, eight tenths between, a tenth above: what the mean leaves to that one decides its top.
    top = 2 * (10 * mean - (lowest + low) / 2 - 4 * (low + high)) - high
    if mean == low == high:
        return np.full(size, mean)
    return np.interp(rng.random(size), (0.0, 0.1, 0.9, 1.0), (lowest, low, high, min(1.0, max(high, top))))


_KINDS = (None, Reply.ACCEPTED, Reply.REFUSED)
