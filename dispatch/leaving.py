"""Somebody, or a resident, asks what is kept about them, or to be forgotten: what that means, and when it has
to wait.

Pure: what the rows are is the store's business, and how it is told that of whoever asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from dispatch import duty
from dispatch.errors import DispatchError
from dispatch.moments import Micros
from dispatch.people import Roster

GONE = "left-"
"""How the key of somebody begins who was forgotten: the number follows that their rows go on having."""


class Hindrance(StrEnum):
    """Why somebody cannot be forgotten yet."""

    WORKS = "works"
    """They have a job in hand."""
    ANSWERS = "answers"
    """They answer for a job that is called about."""
    ON_DUTY = "on_duty"
    ACTS = "acts"
    """They act as somebody's secretary."""
    OPEN_JOBS = "open_jobs"
    """A job about the resident is open."""


class StillNeededError(DispatchError):
    """They cannot be forgotten yet (`why`, and the numbers of the `jobs` it is about)."""

    key = "still_needed"


class GoneAlreadyError(DispatchError):
    """Nothing is kept that says who they were."""

    key = "gone_already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept about somebody: tables by name, each row with its columns, private fields opened."""

    key: str
    name: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """A job that somebody has in hand: as a claimer, or (`claim` False) as the leader who answers for it."""

    job_id: int
    claim: bool


class Subjects(Protocol):
    """What a store promises of those whom its rows are about."""

    async def kept_about(self, committee_id: int, key: str) -> Kept:
        """Everything about the person of that key, also one who has left; nothing private of anybody else.
        Raises `UnknownPersonError`."""

    async def kept_about_resident(self, committee_id: int, key: str) -> Kept:
        """The same about a resident."""

    async def forget_person(self, committee_id: int, key: str, now: Micros) -> int:
        """Let go of all that says who they are; their number goes on standing for them, and is given back.
        Raises `UnknownPersonError`, `StillNeededError`; nothing is changed then."""

    async def forget_resident(self, committee_id: int, key: str) -> int:
        """The same of a resident, and of what was said in jobs about them."""


def check(roster: Roster, person: int, hands: Sequence[Hands], now: Micros, *, acts: bool) -> None:
    """Raise `StillNeededError` where others count on them now: the most urgent reason only."""
    for why, claim in ((Hindrance.WORKS, True), (Hindrance.ANSWERS, False)):
        if jobs := [each.job_id for each in hands if each.claim is claim]:
            raise StillNeededError(why=why.value, jobs=told(jobs))
    if duty.on_duty(roster, now) == person:
        raise StillNeededError(why=Hindrance.ON_DUTY.value, jobs="")
    if acts:
        raise StillNeededError(why=Hindrance.ACTS.value, jobs="")


def told(jobs: Sequence[int]) -> str:
    """Numbers of jobs, as they are said."""
    return ", ".join(str(job) for job in jobs)
