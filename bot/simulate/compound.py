"""Recipe C: days and nights of a compound whose buildings are sealed in turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bot.simulate import recipes, scene
from bot.simulate.scene import Flags, Scene, Truth
from bot.simulate.trial import Trial
from dispatch.jobs import Priority
from dispatch.moments import HOUR, Micros
from dispatch.policies.candidate import Candidate
from dispatch.seeking import facets_at

HOURS: Mapping[str, int] = {"night": 3, "day": 12, "evening": 20}
"""An hour of each by the clock: what a policy is told of it, the program's own rule says."""

PRIORITIES = tuple(Priority)

DANGER, MEDICINE, REST = "welfare_check", "medicine_run", "general"
"""The kinds of jobs, by our own playbooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    building: int
    at: Micros
    hours: str
    priority: Priority
    kind: str


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
        self._kinds = np.random.default_rng([seed, 3, run, 1])

    def scenes(self) -> Iterator[Scene]:
        """One job after the other."""
        for day in range(self._recipe.days):
            sealed = self._sealed(day)
            for _ in range(self._recipe.jobs):
                yield self._scene(self._job(day), sealed)

    def _sealed(self, day: int) -> Flags:
        recipe = self._recipe
        if recipe.sealed <= 0:
            return np.zeros(recipe.buildings, dtype=np.bool_)
        cycle = recipe.sealed_days / recipe.sealed
        found: Flags = (day + self._phase * cycle) % cycle < recipe.sealed_days
        return found

    def _job(self, day: int) -> _Job:
        recipe, rng = self._recipe, self._rng
        shares = (recipe.life, recipe.urgent, max(0.0, 1 - recipe.life - recipe.urgent))
        building = int(rng.integers(recipe.buildings))
        hours = list(HOURS)[int(rng.choice(3, p=np.asarray(recipe.by_hours) / sum(recipe.by_hours)))]
        priority = PRIORITIES[int(rng.choice(3, p=np.asarray(shares) / sum(shares)))]
        return _Job(
            building=building,
            at=(24 * day + HOURS[hours]) * HOUR,
            hours=hours,
            priority=priority,
            kind=self._kind(priority),
        )

    def _kind(self, priority: Priority) -> str:
        """Where a life is at stake somebody is looked after; of the others so many are about medicine that
        it is the recipe's share of all."""
        medicine = self._kinds.random() * (1 - self._recipe.life) < self._recipe.medicine
        if priority is Priority.LIFE:
            return DANGER
        return MEDICINE if medicine else REST

    def _scene(self, job: _Job, sealed: Flags) -> Scene:
        recipe, rng = self._recipe, self._rng
        by_hours = {"night": recipe.night_accept, "day": recipe.accept, "evening": recipe.evening_accept}
        usual = by_hours[job.hours]
        keen = recipe.life_accept if job.priority is Priority.LIFE else 1.0
        accepts = np.minimum(0.95, self._willing * usual / recipe.accept * keen)
        present = rng.random(self.size) < recipe.present
        back = rng.random(self.size) < self._returns
        truth = Truth(accepts=accepts, refuses=recipe.refuse, returns=self._returns)
        trial = self._trial(job, self._allowed(job, sealed), present, truth)
        return Scene(trial=trial, truth=truth, back=back, group=job.priority.value)

    def _allowed(self, job: _Job, sealed: Flags) -> Flags:
        if sealed[job.building]:
            found: Flags = (self._homes == job.building) | (self._gear & ~sealed[self._homes])
            return found
        return ~sealed[self._homes]

    def _trial(self, job: _Job, allowed: Flags, present: Flags, truth: Truth) -> Trial:
        recipe, rng = self._recipe, self._rng
        walk = self._far[job.building][self._homes] / recipe.speed
        normal = rng.standard_normal((2, self.size))
        slow = recipe.night_turnout if job.hours == "night" else 1.0
        turnout = scene.lognormal(normal[1], recipe.turnout * slow, recipe.turnout_sigma)
        said = scene.replies(rng.random(self.size), truth.accepts, truth.refuses)
        order = [person for person in np.argsort(walk, kind="stable").tolist() if allowed[person]]
        target, chance = self._wanted(job)
        return Trial(
            people=[
                Candidate(id=person, walk=float(walk[person]), present=bool(present[person]))
                for person in order
            ],
            replies=[reply if rings else None for reply, rings in zip(said, present.tolist(), strict=True)],
            delays=scene.lognormal(normal[0], recipe.answer, recipe.answer_sigma).tolist(),
            ways=(turnout + walk).tolist(),
            target=target,
            chance=chance,
            horizon=recipe.horizon,
            facets=facets_at(job.at, "UTC", job.kind),
        )

    def _wanted(self, job: _Job) -> tuple[float, float]:
        """Within how many seconds, and how surely: as our playbooks say, but where a life is at stake."""
        recipe = self._recipe
        if job.priority is Priority.LIFE:
            return recipe.life_target, recipe.life_chance
        if job.priority is Priority.URGENT:
            return recipe.target, recipe.chance
        normal = recipe.medicine_target if job.kind == MEDICINE else recipe.normal_target
        return normal, recipe.normal_chance
