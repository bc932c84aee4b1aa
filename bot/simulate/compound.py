"""Recipe C: days and nights of a compound whose buildings are sealed in turn."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bot.simulate import recipes, scene
from bot.simulate.scene import Flags, Scene, Truth
from bot.simulate.trial import Trial
from dispatch.policies.candidate import Candidate

HOURS = ("night", "day", "evening")
PRIORITIES = ("life", "urgent", "normal")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    building: int
    hours: int
    priority: int


class Days:
    """Everybody lives in a building, and jobs are at buildings. Whoever lives in a sealed one may not leave
    it; into one go those who live there and those with gear."""

    def __init__(self, recipe: recipes.Compound, seed: int, run: int) -> None:
        self.size = recipe.volunteers
        self._recipe = recipe
        rng = self._rng = np.random.default_rng([seed, 3, run])
        corners = rng.random((recipe.buildings, 2)) * (recipe.width, recipe.height)
        straight = np.linalg.norm(corners[:, None] - corners[None], axis=2)
        self._far = np.asarray(recipe.ground) if recipe.ground else straight * recipe.detour
        self._homes = rng.integers(recipe.buildings, size=self.size)
        self._gear = rng.random(self.size) < recipe.gear
        self._willing = scene.spread(rng, recipe.accept, recipe.accept_spread, self.size)
        figures = (recipe.returning, recipe.returning_low, recipe.returning_high)
        self._returns = scene.returns(rng, figures, self.size)
        # Seals begin on other days, so that about the same share is sealed on each.
        self._phase = rng.random(recipe.buildings)

    def scenes(self) -> Iterator[Scene]:
        """One job after the other."""
        for day in range(self._recipe.days):
            sealed = self._sealed(day)
            for _ in range(self._recipe.jobs):
                yield self._scene(self._job(), sealed)

    def _sealed(self, day: int) -> Flags:
        recipe = self._recipe
        if recipe.sealed <= 0:
            return np.zeros(recipe.buildings, dtype=np.bool_)
        cycle = recipe.sealed_days / recipe.sealed
        found: Flags = (day + self._phase * cycle) % cycle < recipe.sealed_days
        return found

    def _job(self) -> _Job:
        recipe, rng = self._recipe, self._rng
        shares = (recipe.life, recipe.urgent, max(0.0, 1 - recipe.life - recipe.urgent))
        return _Job(
            building=int(rng.integers(recipe.buildings)),
            hours=int(rng.choice(3, p=np.asarray(recipe.by_hours) / sum(recipe.by_hours))),
            priority=int(rng.choice(3, p=np.asarray(shares) / sum(shares))),
        )

    def _scene(self, job: _Job, sealed: Flags) -> Scene:
        recipe, rng = self._recipe, self._rng
        usual = (recipe.night_accept, recipe.accept, recipe.evening_accept)[job.hours]
        keen = recipe.life_accept if PRIORITIES[job.priority] == "life" else 1.0
        accepts = np.minimum(0.95, self._willing * usual / recipe.accept * keen)
        present = rng.random(self.size) < recipe.present
        back = rng.random(self.size) < self._returns
        truth = Truth(accepts=accepts, refuses=recipe.refuse, returns=self._returns)
        trial = self._trial(job, self._allowed(job, sealed), present, truth)
        return Scene(trial=trial, truth=truth, back=back, group=PRIORITIES[job.priority])

    def _allowed(self, job: _Job, sealed: Flags) -> Flags:
        if sealed[job.building]:
            found: Flags = (self._homes == job.building) | (self._gear & ~sealed[self._homes])
            return found
        return ~sealed[self._homes]

    def _trial(self, job: _Job, allowed: Flags, present: Flags, truth: Truth) -> Trial:
        recipe, rng = self._recipe, self._rng
        walk = self._far[job.building][self._homes] / recipe.speed
        normal = rng.standard_normal((2, self.size))
        slow = recipe.night_turnout if HOURS[job.hours] == "night" else 1.0
        turnout = scene.lognormal(normal[1], recipe.turnout * slow, recipe.turnout_sigma)
        said = scene.replies(rng.random(self.size), truth.accepts, truth.refuses)
        order = [person for person in np.argsort(walk, kind="stable").tolist() if allowed[person]]
        priority = job.priority
        return Trial(
            people=[
                Candidate(id=person, walk=float(walk[person]), present=bool(present[person]))
                for person in order
            ],
            replies=[reply if rings else None for reply, rings in zip(said, present.tolist(), strict=True)],
            delays=scene.lognormal(normal[0], recipe.answer, recipe.answer_sigma).tolist(),
            ways=(turnout + walk).tolist(),
            target=(recipe.life_target, recipe.target, recipe.normal_target)[priority],
            chance=(recipe.life_chance, recipe.chance, recipe.normal_chance)[priority],
            horizon=recipe.horizon,
            facets=(HOURS[job.hours], PRIORITIES[priority]),
        )
