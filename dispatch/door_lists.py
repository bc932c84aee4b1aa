"""What rounds need from the store, as a protocol. Everything is asked for by committee id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dispatch.doors import Door, NewDoor
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.situation import Decision, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What became of it, with the doors that are not as they were."""

    decision: Decision
    doors: tuple[Door, ...] = ()


class DoorLists(Protocol):
    """The part of the store that keeps them."""

    async def doors_of_plan(self, committee_id: int, plan_id: int) -> tuple[NewDoor, ...]:
        """Whom a round of that plan goes to if it is opened now, by building and door; nobody where the plan
        is no round, or everybody has left."""

    async def doors(self, committee_id: int, job_id: int) -> tuple[Door, ...]:
        """The doors of a job, by number, decrypted; none where it is no round. The caller has asked the
        access table."""

    async def tick_doors(
        self,
        committee_id: int,
        job_id: int,
        decide: Callable[[Situation, tuple[Door, ...]], Visited],
        now: Micros,
    ) -> Saved:
        """Load the job with its doors, decide, and save the job and the doors that changed, or nothing."""
