"""Recipe B: many jobs and few people, each of whom is away for a while after having been asked."""

from collections.abc import Iterator

import numpy as np

from bot.simulate import scene
from bot.simulate.recipes import Fatigue
from bot.simulate.scene import Numbers, Scene, Truth
from bot.simulate.trial import Trial
from dispatch.policies.candidate import Candidate


class Weary:
    """No place is further than another: who stands first is chance."""

    def __init__(self, recipe: Fatigue, seed: int, run: int) -> None:
        self.size = recipe.volunteers
        self._recipe = recipe
        self._rng = np.random.default_rng([seed, 2, run])
        figures = (recipe.returning, recipe.returning_low, recipe.returning_high)
        self._returns = scene.returns(self._rng, figures, self.size)
        willing = scene.spread(self._rng, recipe.accept, recipe.accept_spread, self.size)
        self._accepts = [
            scene.spread(self._rng, willing, recipe.kind_spread, self.size) for _ in recipe.kinds
        ]

    def scenes(self) -> Iterator[Scene]:
        """One job after the other."""
        recipe = self._recipe
        shares = np.asarray(recipe.kinds) / sum(recipe.kinds)
        for _ in range(recipe.jobs):
            kind = int(self._rng.choice(len(shares), p=shares))
            truth = Truth(accepts=self._accepts[kind], refuses=0.0, returns=self._returns)
            back = self._rng.random(self.size) < self._returns
            yield Scene(trial=self._trial(kind, truth.accepts), truth=truth, back=back)

    def _trial(self, kind: int, accepts: Numbers) -> Trial:
        recipe, rng = self._recipe, self._rng
        order = rng.permutation(self.size)
        delays = scene.lognormal(rng.standard_normal(self.size), recipe.answer, recipe.answer_sigma)
        return Trial(
            people=[Candidate(id=person, walk=0.0) for person in order.tolist()],
            replies=scene.replies(rng.random(self.size), accepts, 0.0),
            delays=delays.tolist(),
            ways=[0.0] * self.size,
            target=recipe.target,
            chance=recipe.chance,
            horizon=recipe.horizon,
            facets=(f"kind:{kind}",),
            most=recipe.pings,
        )
