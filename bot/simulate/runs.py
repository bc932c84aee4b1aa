"""Runs plans: every contestant through the same jobs, one process a core, and the same figures on any
number."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from bot.simulate.compound import Days
from bot.simulate.contestants import Contestant, Memory, Told, entered
from bot.simulate.disc import Disc
from bot.simulate.play import play
from bot.simulate.recipes import Compound, Fatigue, OneJob, Plan, Recipe
from bot.simulate.scene import Flags, Scene, World
from bot.simulate.trial import Outcome
from bot.simulate.weary import Weary
from dispatch.policies.record import Record

_UNTAUGHT = frozenset({Memory.NONE, Memory.RATE})
"""They learn nothing from what happens."""

Outcomes = dict[str, list[Outcome]]
"""By contestant, in the order of the jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A plan with what became of it: by contestant, run by run."""

    plan: Plan
    runs: tuple[Outcomes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    recipe: Recipe
    seed: int
    run: int
    policies: tuple[str, ...]


class _Player:
    """A contestant on the way through a run."""

    def __init__(self, contestant: Contestant, recipe: Recipe, size: int) -> None:
        self.name = contestant.name
        self._contestant = contestant
        self._policy = contestant.made()
        self._record: Record = contestant.record(recipe)
        self._away: Flags = np.zeros(size, dtype=np.bool_)

    def meets(self, scene: Scene) -> Outcome:
        """Plays the job, and remembers it as far as it may."""
        self._record.next_job()
        trial = scene.met(self._away)
        if not self._contestant.capped:
            trial = replace(trial, most=None)
        if isinstance(self._record, Told):
            self._record.learn(scene, self._away)
        outcome = play(self._policy, trial, self._record)
        if self._contestant.memory not in _UNTAUGHT:
            for person in outcome.asked:
                self._record.note(person, trial.facets, trial.replies[person])
        self._away[list(outcome.asked)] = True
        return replace(outcome, group=scene.group)


def world(recipe: Recipe, seed: int, run: int) -> World:
    """The people and jobs of one run."""
    match recipe:
        case OneJob():
            return Disc(recipe, seed, run)
        case Fatigue():
            return Weary(recipe, seed, run)
        case Compound():
            return Days(recipe, seed, run)


def played(
    plans: Sequence[Plan],
    seed: int,
    policies: tuple[str, ...],
    cores: int,
    told: Callable[[int, int], None],
) -> list[Played]:
    """All plans. `told` hears how many of how many runs are over. Raises `MistakeError`."""
    tasks = [
        _Task(recipe=plan.recipe, seed=seed, run=run, policies=policies)
        for plan in plans
        for run in range(plan.runs)
    ]
    found: list[Outcomes] = []
    for outcomes in _done(tasks, cores):
        found.append(outcomes)
        told(len(found), len(tasks))
    results, start = [], 0
    for plan in plans:
        results.append(Played(plan=plan, runs=tuple(found[start : start + plan.runs])))
        start += plan.runs
    return results


def _done(tasks: Sequence[_Task], cores: int) -> Iterator[Outcomes]:
    if cores <= 1 or len(tasks) <= 1:
        yield from map(_run, tasks)
        return
    # Begun afresh and not forked: numpy has threads of its own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(cores, len(tasks)), mp_context=context) as pool:
        yield from pool.map(_run, tasks)


def _run(task: _Task) -> Outcomes:
    there = world(task.recipe, task.seed, task.run)
    players = [_Player(each, task.recipe, there.size) for each in entered(task.recipe, task.policies)]
    found: Outcomes = {player.name: [] for player in players}
    for scene in there.scenes():
        for player in players:
            found[player.name].append(player.meets(scene))
    return found
