"""What the desk's own pages hold: how a message was understood, who there is, what happened tonight.

The words are already in the reader's language; nothing here is private but the facts of a preview.
"""

from dataclasses import dataclass

from handlers.messages import Fact, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How a message would be understood, before it is posted. Without a `title` there is nothing to show."""

    title: str = ""
    badge: str = ""
    tone: Tone = Tone.NORMAL
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the committee, one line each. `epoch` is that of their personal link: a revocation asked
    for on a page with an older one was done before."""

    person_id: int
    name: str
    epoch: int
    roles: str
    about: str
    trusted: bool
    paused: bool
    trouble: str
    """Why they are not reached now; empty when they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A building: how many of our people live there, and how many jobs are open."""

    name: str
    helpers: int
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who there is, as far as `wanted` asks for; `of` is how many there are in all."""

    wanted: str
    of: int
    members: tuple[Member, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """Who stands where in the ladder, or who has which week."""

    when: str
    who: str
    now: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to a job; never anybody's free words."""

    clock: str
    job_id: int
    title: str
    said: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """The last hours on one sheet. `sum` are counts in words."""

    sum: tuple[str, ...]
    duty: tuple[DutyLine, ...]
    ladder: tuple[DutyLine, ...]
    told: tuple[Happening, ...]
