"""Who is compared: a policy with what is on record for it. Those that are told more than life tells are
bounds."""

import importlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from bot.simulate.mistakes import MistakeError
from bot.simulate.recipes import Compound, Fatigue, OneJob, Recipe
from bot.simulate.scene import Flags, Scene
from dispatch.policies.adaptive import Adaptive
from dispatch.policies.everybody import Everybody
from dispatch.policies.fixed import Fixed
from dispatch.policies.likely import Likely
from dispatch.policies.one_at_a_time import OneAtATime
from dispatch.policies.pool import Prior
from dispatch.policies.record import Record, Weighed
from dispatch.policies.refusals import Refusals
from dispatch.policies.rested import Rested
from dispatch.policies.search import Reply
from dispatch.policies.wave import Policy
from dispatch.policies.waves import Waves

_CERTAIN = 1e9
"""Counts beside which nothing that happens counts."""


class Memory(StrEnum):
    """What a contestant knows of people."""

    KEPT = "kept"
    """What it has learned since its run began with an empty record."""
    NONE = "none"
    """Nothing: every job is the first."""
    RATE = "rate"
    """How many accept and refuse, from the beginning."""
    BELIEF = "belief"
    """Everybody's own chances to accept and to return, from the beginning; not who is there now."""
    INDEX = "index"
    """The same, and that somebody who rests on is likelier to be there later."""
    SEEN = "seen"
    """Everybody's own chances, and who is there now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """Without `capped` a recipe's limit of people a job does not hold for it."""

    name: str
    made: Callable[[], Policy]
    memory: Memory = Memory.KEPT
    capped: bool = True

    def record(self, recipe: Recipe) -> Record:
        """What is on record when its run begins."""
        match self.memory:
            case Memory.KEPT | Memory.NONE:
                return Record()
            case Memory.RATE:
                refuse = 0.0 if isinstance(recipe, Fatigue) else recipe.refuse
                told = Prior(accepts=recipe.accept, refuses=refuse, strength=_CERTAIN, steady=_CERTAIN)
                return Record(told)
            case _:
                return Told(self.memory)


class Told(Record):
    """A record that is told the truth about everybody before each job."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(Prior(strength=_CERTAIN, steady=_CERTAIN))
        self._memory = memory
        self._truth: list[Weighed] = []
        self._asked: dict[int, int] = {}
        self._job = 0

    def learn(self, scene: Scene, away: Flags) -> None:
        """What is true of this job."""
        self._job += 1
        truth, belief = scene.truth, self._memory is not Memory.SEEN
        accepts, returning = truth.accepts.tolist(), truth.returns.tolist()
        if not belief:
            self._truth = [
                (chance * (not gone), chance * (not gone))
                for chance, gone in zip(accepts, away.tolist(), strict=True)
            ]
            return
        self._truth = [
            self._thought(person, chance, returning[person]) for person, chance in enumerate(accepts)
        ]

    def _thought(self, person: int, chance: float, rate: float) -> Weighed:
        rest = self._job - self._asked[person] if person in self._asked else None
        if rest is None:
            return chance, chance
        gone = (1 - rate) ** rest
        later = rest * rate * gone if self._memory is Memory.INDEX else 0.0
        return chance * (1 - gone), chance * (1 - gone - later)

    def note(
        self,
        person_id: int,
        facets: Iterable[str],  # noqa: ARG002 - it has nothing to learn
        reply: Reply | None,  # noqa: ARG002 - the same
        *,
        weight: float = 1.0,  # noqa: ARG002 - the same
    ) -> None:
        """Only when they were asked counts: the rest is known."""
        self._asked[person_id] = self._job

    def weigh(self, person_id: int, facets: tuple[str, ...]) -> Weighed:  # noqa: ARG002 - told for this very job
        """The true chance."""
        return self._truth[person_id]


_STANDARD = (
    Contestant(name="all", made=Everybody, memory=Memory.NONE, capped=False),
    Contestant(name="fixed", made=Fixed, memory=Memory.NONE),
    Contestant(name="one_at_a_time", made=OneAtATime, memory=Memory.NONE),
    Contestant(name="waves", made=Waves, memory=Memory.NONE),
    Contestant(name="refusals", made=Refusals, memory=Memory.NONE),
)

_ADAPTIVE = Contestant(name="adaptive", made=Adaptive)

_OF_A = (
    *_STANDARD,
    _ADAPTIVE,
    Contestant(name="adaptive_first_job", made=Adaptive, memory=Memory.NONE),
    Contestant(name="adaptive_told", made=Adaptive, memory=Memory.RATE),
)


def _of_b(recipe: Fatigue) -> tuple[Contestant, ...]:
    likely = partial(Likely, count=recipe.pings)
    return (
        Contestant(name="all", made=Everybody, memory=Memory.NONE, capped=False),
        # People stand in an order of chance: the first of them are as good as drawn.
        Contestant(name="random", made=partial(Fixed, count=recipe.pings), memory=Memory.NONE),
        Contestant(name="rested", made=partial(Rested, count=recipe.pings)),
        Contestant(name="belief", made=likely, memory=Memory.BELIEF),
        Contestant(name="oracle", made=likely, memory=Memory.SEEN),
        Contestant(name="waves", made=Waves, memory=Memory.NONE),
        Contestant(name="likely", made=likely),
        Contestant(name="likely_told", made=likely, memory=Memory.INDEX),
        # These ask fewer than that on the whole, and more where it is needed; the next one never.
        Contestant(name="adaptive", made=Adaptive, capped=False),
        Contestant(name="adaptive_capped", made=Adaptive),
        Contestant(name="adaptive_told", made=Adaptive, memory=Memory.INDEX),
        Contestant(name="adaptive_oracle", made=Adaptive, memory=Memory.SEEN),
    )


def _ours(recipe: Recipe) -> tuple[Contestant, ...]:
    match recipe:
        case OneJob():
            return _OF_A
        case Fatigue():
            return _of_b(recipe)
        case Compound():
            return (*_STANDARD, _ADAPTIVE)


def entered(recipe: Recipe, policies: tuple[str, ...]) -> tuple[Contestant, ...]:
    """Who plays a recipe, and after them whoever else is named as `module:object`."""
    return (*_ours(recipe), *(Contestant(name=name, made=partial(outside, name)) for name in policies))


def outside(name: str) -> Policy:
    """Somebody else's policy, `module:object`: an object with `next_wave`, or a class that makes one."""
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise MistakeError(f"there is no policy {name}: {error}") from error
    made = found() if isinstance(found, type) else found
    if not isinstance(made, Policy):
        raise MistakeError(f"{name} is no policy: it has no next_wave")
    return made
