"""A playbook: how a kind of job is recognised, announced, watched, walked through and escalated.

Values only; `playbook_file` reads them from a mapping and names every mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from dispatch import instructions
from dispatch.ages import Ages
from dispatch.instructions import Instruction, Words
from dispatch.jobs import Priority
from dispatch.medicine import Medicine
from dispatch.moments import Micros
from dispatch.no_answer import NoAnswer
from dispatch.people import Rung


class WaveTo(StrEnum):
    """Who a wave asks."""

    NEAREST = "nearest"
    """The `count` nearest who are able and free."""
    ABLE = "able"
    """Everybody able and free."""
    GROUP = "group"
    """Everybody able, busy or not, and the volunteers' rooms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """`after` counts from the step before (from the posting for the first)."""

    after: Micros
    to: WaveTo
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RungCall:
    """`after` counts from the step before: how long that one had to answer. A rung with `every` has a clock
    of its own: once called, it is called again that often (`escalation`). At most one of a playbook has."""

    after: Micros
    to: Rung
    every: Micros | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long silence is waited out. `nudge_grace` is the time between a nudge and its consequence."""

    claimed_to_started: Micros
    started_to_done: Micros
    nudge_grace: Micros
    waitlist_offer: Micros
    urge_every: Micros
    """An acknowledged call is urged again after this, and passes on after as much silence."""
    exhausted_every: Micros
    """All leaders are called again this often once the loops are used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What somebody must bring to be able. An untrusted person may never take a job that hides
    something, whatever stands here."""

    skills: frozenset[str] = frozenset()
    vehicle: bool = False
    trusted: bool = False
    two_people: bool = False
    speaks: frozenset[str] = frozenset()
    """Languages in which whoever goes must be able to talk, as the register names them."""
    age: Ages | None = None
    """Whoever is known to be of another age is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Somebody should be found `within` that time with probability `chance`."""

    within: Micros
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeking:
    """Who are asked before the whole group is, and when, is a policy's to say (`dispatch.policies`): somebody
    should be found `within` that time with probability `chance`. Half of those who answer at all have
    answered after `answers`. The counted waves are for jobs where life
    is at stake, which ask at once, and for playbooks without this."""

    policy: str
    within: Micros
    chance: float
    """Both for jobs as urgent as the kind is (`aims.aim`)."""
    answers: Micros
    by_priority: Mapping[Priority, Aim] = field(default_factory=dict)
    """For jobs of these priorities instead."""


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """One kind of job. `digest` identifies this very version of it."""

    digest: str
    kind: str
    title: Words
    icon: str
    priority: Priority
    recognise: tuple[str, ...]
    """Words in a message that mean this kind; empty only for the fallback kind."""
    require: frozenset[str]
    """Of `building`, `unit`, `phone`: asked for once when missing, never holding the job back."""
    reveal: frozenset[str]
    """Which private fields a trusted claimer sees: of `unit`, `phone`, `text`, `resident`, `keyholder`."""
    places: int
    needs: Needs
    waves: tuple[Wave, ...]
    rungs: tuple[RungCall, ...]
    loops: int
    deadlines: Deadlines
    steps: tuple[Instruction, ...] = ()
    example: Words = field(default_factory=dict)
    seeking: Seeking | None = None
    medicine: Medicine | None = None
    """Jobs of this kind are medicine requests."""
    told: Words = field(default_factory=dict)
    """What the family is told when it was done (`dispatch.telling`); without it they are told nothing."""
    no_answer: NoAnswer | None = None
    """What a door opens where nobody answers, for jobs of this kind that are rounds."""
    second: bool = False
    """Help asks for one more person at once (`dispatch.reinforcing`)."""

    @property
    def guided(self) -> bool:
        """Whoever goes is asked, step by step, what they find."""
        return instructions.guided(self.steps)

    @cached_property
    def pictured(self) -> bool:
        """Some step shows what to do in a picture."""
        return any(step.picture for step in self.steps)

    @cached_property
    def reveals(self) -> frozenset[str]:
        """All private fields that it ever opens."""
        return self.reveal.union(*(step.reveal for step in self.steps))

    @cached_property
    def step_of(self) -> Mapping[str, Instruction]:
        """The steps of a guided one by key."""
        return {step.key: step for step in self.steps if step.key}


def for_everything(playbooks: Mapping[str, Playbook]) -> Playbook | None:
    """The one for what no word stands for: something still waits where its own kind is no more."""
    return next((each for each in playbooks.values() if not each.recognise), None)
