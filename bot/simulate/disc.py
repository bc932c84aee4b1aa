"""Recipe A: one job in the middle of a disc of volunteers."""

from collections.abc import Iterator

import numpy as np

from bot.simulate import scene
from bot.simulate.recipes import OneJob
from bot.simulate.scene import Scene, Truth
from bot.simulate.trial import Trial
from dispatch.policies.candidate import Candidate


class Disc:
    """The same people at other places, job after job."""

    def __init__(self, recipe: OneJob, seed: int, run: int) -> None:
        self.size = recipe.volunteers
        self._recipe = recipe
        self._rng = np.random.default_rng([seed, 1, run])

    def scenes(self) -> Iterator[Scene]:
        """One job after the other."""
        recipe = self._recipe
        truth = Truth(
            accepts=np.full(self.size, recipe.accept), refuses=recipe.refuse, returns=np.ones(self.size)
        )
        for _ in range(recipe.jobs):
            yield Scene(trial=self._trial(), truth=truth)

    def _trial(self) -> Trial:
        recipe, rng, size = self._recipe, self._rng, self.size
        # Evenly over the disc: the square root of an even number is the distance.
        walk = recipe.radius * np.sqrt(rng.random(size)) * recipe.detour / recipe.speed
        dice, normal = rng.random(size), rng.standard_normal((2, size))
        order = np.argsort(walk, kind="stable")
        turnout = scene.lognormal(normal[1], recipe.turnout, recipe.turnout_sigma)
        return Trial(
            people=[
                Candidate(id=person, walk=seconds)
                for person, seconds in zip(order.tolist(), walk[order].tolist(), strict=True)
            ],
            replies=scene.replies(dice, recipe.accept, recipe.refuse),
            delays=scene.lognormal(normal[0], recipe.answer, recipe.answer_sigma).tolist(),
            ways=(turnout + walk).tolist(),
            target=recipe.target,
            chance=recipe.chance,
            horizon=recipe.horizon,
        )
