"""The recipes: every parameter of what is simulated, with its unit and where it comes from. Plain values.

docs/matching.md says more about the sources. A parameter becomes an option of the command by standing here.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeAlias

from dispatch.geography import DETOUR

Metres: TypeAlias = tuple[tuple[float, ...], ...]
"""On foot from each building to each."""


BRIEF = "set for this project, by its brief"
FATIGUE = "our own simulation of a fatigue model, as the project's brief sets it"
RECIPE_A, RECIPE_B = "Recipe A", "Recipe B"
BOOKS = "our playbooks"
ESTIMATE, CHOICE = "our estimate", "our choice"
GIVEN = "given with the command"
"""Where figures come from. An estimate is of people, a choice is of what is played."""


def _of(default: Any, about: str, source: str) -> Any:
    return field(default=default, metadata={"about": about, "source": source})


def _share(default: float, about: str, source: str) -> Any:
    return field(default=default, metadata={"about": about, "source": source, "share": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class OneJob:
    """Recipe A: one job in the middle of a disc of volunteers, again and again; nobody tires."""

    volunteers: int = _of(150, "how many people may be asked", BRIEF)
    radius: float = _of(400.0, "metres from the job to the furthest of them", BRIEF)
    detour: float = _of(DETOUR, "path to straight line", BRIEF)
    speed: float = _of(1.8, "metres a second on the way", BRIEF)
    turnout: float = _of(105.0, "seconds from the tap to the own door, median", BRIEF)
    turnout_sigma: float = _of(0.6, "spread of its logarithm", BRIEF)
    accept: float = _share(0.23, "share of those asked that accept", BRIEF)
    refuse: float = _share(0.20, "share of those asked that refuse; the rest is silent", BRIEF)
    answer: float = _of(60.0, "seconds until somebody answers, median", BRIEF)
    answer_sigma: float = _of(1.0, "spread of its logarithm", BRIEF)
    target: float = _of(300.0, "seconds in which somebody is wanted", BRIEF)
    chance: float = _share(0.999, "how surely", BRIEF)
    horizon: float = _of(1800.0, "seconds after which a job counts as not covered", CHOICE)
    jobs: int = _of(
        400, "jobs in a row of one committee, which begins with an empty record: 20 days of 20", CHOICE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fatigue:
    """Recipe B: many jobs, few people; whoever is asked is away for a while."""

    volunteers: int = _of(200, "how many people may be asked", FATIGUE)
    jobs: int = _of(6000, "jobs in a row", FATIGUE)
    pings: int = _of(10, "at most so many are asked for a job", FATIGUE)
    returning: float = _share(
        0.118, "chance a job that somebody who was asked is back, mean of all people", FATIGUE
    )
    returning_low: float = _share(0.024, "the same, of the slowest tenth", FATIGUE)
    returning_high: float = _share(0.201, "the same, of the quickest tenth", FATIGUE)
    accept: float = _share(0.25, "share of those there that accept, mean", FATIGUE)
    accept_spread: float = _share(0.03, "standard deviation of that between people", ESTIMATE)
    kind_spread: float = _share(0.03, "and of one person between kinds of job", ESTIMATE)
    kinds: tuple[float, ...] = _of((0.105, 0.555, 0.121, 0.219), "how frequent the kinds of job are", FATIGUE)
    answer: float = _of(60.0, "seconds until somebody answers, median", RECIPE_A)
    answer_sigma: float = _of(1.0, "spread of its logarithm", RECIPE_A)
    target: float = _of(1800.0, "seconds in which somebody is wanted", CHOICE)
    chance: float = _share(0.99, "how surely", CHOICE)
    horizon: float = _of(3600.0, "seconds after which a job counts as not covered", CHOICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """Recipe C: a residents' compound by night and day, with sealed buildings and three priorities."""

    volunteers: int = _of(280, "volunteers", "field notes: 280 in six groups")
    buildings: int = _of(60, "buildings", "field notes: up to 125")
    width: float = _of(400.0, "metres, east to west", ESTIMATE)
    height: float = _of(500.0, "metres, north to south", ESTIMATE)
    detour: float = _of(DETOUR, "path to straight line", RECIPE_A)
    speed: float = _of(1.8, "metres a second on the way", RECIPE_A)
    turnout: float = _of(105.0, "seconds from the tap to the own door, median by day", RECIPE_A)
    turnout_sigma: float = _of(0.6, "spread of its logarithm", RECIPE_A)
    night_turnout: float = _of(1.5, "by night so many times as long", ESTIMATE)
    days: int = _of(20, "days in a row of one committee, which begins with an empty record", CHOICE)
    jobs: int = _of(20, "urgent jobs a day", "field notes: 10 to 30, estimated there")
    by_hours: tuple[float, ...] = _of((0.15, 0.6, 0.25), "share of jobs by night, day, evening", ESTIMATE)
    life: float = _share(0.15, "share of jobs that are life-threatening", ESTIMATE)
    urgent: float = _share(0.45, "share of urgent ones; the rest is normal", ESTIMATE)
    medicine: float = _share(
        0.5, "share of all jobs that are about medicine", "field notes: 10 and more a day"
    )
    accept: float = _share(0.23, "share that accepts by day", RECIPE_A)
    night_accept: float = _share(0.08, "by night", ESTIMATE)
    evening_accept: float = _share(0.28, "in the evening", ESTIMATE)
    accept_spread: float = _share(0.10, "standard deviation of that between people", ESTIMATE)
    life_accept: float = _of(1.3, "so many times as many for a life-threatening job", ESTIMATE)
    refuse: float = _share(0.20, "share that refuses", RECIPE_A)
    answer: float = _of(60.0, "seconds until somebody answers, median", RECIPE_A)
    answer_sigma: float = _of(1.0, "spread of its logarithm", RECIPE_A)
    returning: float = _share(0.118, "chance a job that somebody who was asked looks again", RECIPE_B)
    returning_low: float = _share(0.024, "the same, of the slowest tenth", RECIPE_B)
    returning_high: float = _share(0.201, "the same, of the quickest tenth", RECIPE_B)
    sealed: float = _share(0.15, "share of buildings that are sealed on a day", ESTIMATE)
    sealed_days: int = _of(7, "for so many days", 'field notes: "7+7"')
    gear: float = _share(0.05, "share of volunteers with protective gear", ESTIMATE)
    present: float = _share(0.9, "share whose telephone can be rung", ESTIMATE)
    life_target: float = _of(180.0, "seconds in which somebody is wanted for a life-threatening job", CHOICE)
    target: float = _of(300.0, "for an urgent one", BOOKS)
    normal_target: float = _of(900.0, "for a normal one", BOOKS)
    medicine_target: float = _of(360.0, "for a normal one about medicine", BOOKS)
    life_chance: float = _share(0.999, "how surely, life-threatening", CHOICE)
    chance: float = _share(0.99, "urgent", BOOKS)
    normal_chance: float = _share(0.99, "normal", BOOKS)
    horizon: float = _of(3600.0, "seconds after which a job counts as not covered", CHOICE)
    ground: Metres = ()
    """A committee's own (`--ground`), instead of `width`, `height` and `detour`."""


Recipe: TypeAlias = OneJob | Fatigue | Compound


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recipe with how often it is run: `runs` rows of jobs, each with people of its own. `varied` says
    where those parameters come from that are not the recipe's usual ones."""

    key: str
    recipe: Recipe
    runs: int
    varied: str = CHOICE


A_23 = Plan(key="recipe_a_23", recipe=OneJob(), runs=50)
A_05 = Plan(key="recipe_a_05", recipe=OneJob(accept=0.05, refuse=0.10), runs=10, varied=BRIEF)
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


def sources(plan: Plan) -> Mapping[str, str]:
    """Where each parameter of what is played comes from; one that is not the plan's own was given."""
    own = next(each for plans in PLANS.values() for each in plans if each.key == plan.key)
    return {
        each.name: _source(each, getattr(plan.recipe, each.name), getattr(own.recipe, each.name), own.varied)
        for each in fields(plan.recipe)
        if each.metadata
    }


def _source(each: "Field[Any]", value: object, usual: object, varied: str) -> str:
    if value != usual:
        return GIVEN
    return str(each.metadata["source"]) if value == each.default else varied
