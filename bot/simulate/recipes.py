"""The recipes: every parameter of what is simulated, with its unit and where it comes from. Plain values.

docs/matching.md says more about the sources. A parameter becomes an option of the command by standing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dispatch.geography import DETOUR

Metres: TypeAlias = tuple[tuple[float, ...], ...]
"""On foot from each building to each."""


def _of(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


def _share(default: float, about: str) -> Any:
    return field(default=default, metadata={"about": about, "share": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class OneJob:
    """Recipe A: one job in the middle of a disc of volunteers, again and again; nobody tires."""

    volunteers: int = _of(150, "how many people may be asked")
    radius: float = _of(400.0, "metres from the job to the furthest of them")
    detour: float = _of(DETOUR, "path to straight line")
    speed: float = _of(1.8, "metres a second on the way")
    turnout: float = _of(105.0, "seconds from the tap to the own door, median")
    turnout_sigma: float = _of(0.6, "spread of its logarithm")
    accept: float = _share(0.23, "share of those asked that accept")
    refuse: float = _share(0.20, "share of those asked that refuse; the rest is silent")
    answer: float = _of(60.0, "seconds until somebody answers, median")
    answer_sigma: float = _of(1.0, "spread of its logarithm")
    target: float = _of(300.0, "seconds in which somebody is wanted")
    chance: float = _share(0.999, "how surely")
    horizon: float = _of(1800.0, "seconds after which a job counts as not covered")
    jobs: int = _of(400, "jobs in a row of one committee, which begins with an empty record: 20 days of 20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fatigue:
    """Recipe B: many jobs, few people; whoever is asked is away for a while."""

    volunteers: int = _of(200, "how many people may be asked")
    jobs: int = _of(6000, "jobs in a row")
    pings: int = _of(10, "at most so many are asked for a job")
    returning: float = _share(0.118, "chance a job that somebody who was asked is back, mean of all people")
    returning_low: float = _share(0.024, "the same, of the slowest tenth")
    returning_high: float = _share(0.201, "the same, of the quickest tenth")
    accept: float = _share(0.25, "share of those there that accept, mean")
    accept_spread: float = _share(0.03, "standard deviation of that between people")
    kind_spread: float = _share(0.03, "and of one person between kinds of job")
    kinds: tuple[float, ...] = _of((0.105, 0.555, 0.121, 0.219), "how frequent the kinds of job are")
    answer: float = _of(60.0, "seconds until somebody answers, median")
    answer_sigma: float = _of(1.0, "spread of its logarithm")
    target: float = _of(1800.0, "seconds in which somebody is wanted")
    chance: float = _share(0.99, "how surely")
    horizon: float = _of(3600.0, "seconds after which a job counts as not covered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """Recipe C: a residents' compound by night and day, with sealed buildings and three priorities."""

    volunteers: int = _of(280, "volunteers (field notes: 280 in six groups)")
    buildings: int = _of(60, "buildings (field notes: up to 125)")
    width: float = _of(400.0, "metres, east to west")
    height: float = _of(500.0, "metres, north to south")
    detour: float = _of(DETOUR, "path to straight line")
    speed: float = _of(1.8, "metres a second on the way")
    turnout: float = _of(105.0, "seconds from the tap to the own door, median by day")
    turnout_sigma: float = _of(0.6, "spread of its logarithm")
    night_turnout: float = _of(1.5, "by night so many times as long (our estimate)")
    days: int = _of(20, "days in a row of one committee, which begins with an empty record")
    jobs: int = _of(20, "urgent jobs a day (field notes: 10 to 30)")
    by_hours: tuple[float, ...] = _of(
        (0.15, 0.6, 0.25), "share of jobs by night, day, evening (our estimate)"
    )
    life: float = _share(0.15, "share of jobs that are life-threatening (our estimate)")
    urgent: float = _share(0.45, "share of urgent ones; the rest is normal (our estimate)")
    accept: float = _share(0.23, "share that accepts by day (Recipe A)")
    night_accept: float = _share(0.08, "by night (our estimate)")
    evening_accept: float = _share(0.28, "in the evening (our estimate)")
    accept_spread: float = _share(0.10, "standard deviation of that between people (Recipe B)")
    life_accept: float = _of(1.3, "so many times as many for a life-threatening job (our estimate)")
    refuse: float = _share(0.20, "share that refuses (Recipe A)")
    answer: float = _of(60.0, "seconds until somebody answers, median")
    answer_sigma: float = _of(1.0, "spread of its logarithm")
    returning: float = _share(0.118, "chance a job that somebody who was asked looks again (Recipe B)")
    returning_low: float = _share(0.024, "the same, of the slowest tenth")
    returning_high: float = _share(0.201, "the same, of the quickest tenth")
    sealed: float = _share(0.15, "share of buildings that are sealed on a day (our estimate)")
    sealed_days: int = _of(7, 'for so many days (field notes: "7+7")')
    gear: float = _share(0.05, "share of volunteers with protective gear (our estimate)")
    present: float = _share(0.9, "share whose telephone can be rung (our estimate)")
    life_target: float = _of(180.0, "seconds in which somebody is wanted for a life-threatening job")
    target: float = _of(300.0, "for an urgent one")
    normal_target: float = _of(1800.0, "for a normal one")
    life_chance: float = _share(0.999, "how surely, life-threatening")
    chance: float = _share(0.99, "urgent")
    normal_chance: float = _share(0.95, "normal")
    horizon: float = _of(3600.0, "seconds after which a job counts as not covered")
    ground: Metres = ()
    """A committee's own (`--ground`), instead of `width`, `height` and `detour`."""


Recipe: TypeAlias = OneJob | Fatigue | Compound


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recipe with how often it is run: `runs` rows of jobs, each with people of its own."""

    key: str
    recipe: Recipe
    runs: int


A_23 = Plan(key="recipe_a_23", recipe=OneJob(), runs=50)
A_05 = Plan(key="recipe_a_05", recipe=OneJob(accept=0.05, refuse=0.10), runs=10)
B = Plan(key="recipe_b", recipe=Fatigue(), runs=2)
C = Plan(key="recipe_c", recipe=Compound(), runs=6)

ROBUST = tuple(
    Plan(
        key=f"robust_{round(accept * 100):02}_{volunteers}_{radius}",
        recipe=OneJob(
            accept=accept,
            refuse=min(0.2, 2 * accept),
            volunteers=volunteers,
            radius=float(radius),
            jobs=100,
        ),
        runs=4,
    )
    for accept in (0.05, 0.10, 0.23, 0.50)
    for volunteers in (30, 150, 300)
    for radius in (200, 400, 1000)
)
"""Rates and sizes that nothing was tuned for."""

FRONTIER = tuple(
    Plan(key=f"frontier_{name}_{chance}", recipe=OneJob(accept=accept, refuse=refuse, chance=chance), runs=4)
    for name, accept, refuse in (("23", 0.23, 0.20), ("05", 0.05, 0.10))
    for chance in (0.9, 0.97, 0.99, 0.997, 0.999, 0.9997)
)
"""What more certainty costs."""

BUDGETS = tuple(
    Plan(key=f"frontier_b_{pings}", recipe=Fatigue(pings=pings, jobs=3000), runs=1)
    for pings in (6, 8, 10, 12, 15, 20, 30)
)
"""What it costs to ask no more than so many for any job."""

PLANS: Mapping[str, tuple[Plan, ...]] = {
    "a_23": (A_23,),
    "a_05": (A_05,),
    "b": (B,),
    "c": (C,),
    "robust": ROBUST,
    "frontier": (*FRONTIER, *BUDGETS),
}
"""By the names that the command takes."""

USUAL = ("a_23", "a_05", "b", "c")
"""What is run where nothing is said."""
