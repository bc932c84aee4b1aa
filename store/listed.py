"""Jobs with a list of their own, whose rows are written in the transaction that moves the job."""

from collections.abc import Callable, Generator, Sequence

from dispatch.errors import ConflictError
from dispatch.kept import Saved
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from store import jobs
from store.changes import Keeper
from store.engine import Plan, Query, Rows, Save, SaveMany
from store.memory import Memory
from store.part import Part


class Listed(Part):
    """What the parts share that keep such lists."""

    _keeper: Keeper
    _memory: Memory

    async def _held(
        self,
        committee_id: int,
        job_id: int,
        make: Callable[[], Generator[Sequence[Query], Rows, Plan[Saved]]],
    ) -> Saved:
        try:
            return await self._insist(make, hold=jobs.hold(committee_id, job_id), repeatable=False)
        except ConflictError:
            self._memory.drop_job(job_id)
            raise


def heard(decide: Decide, made: list[Decision]) -> Decide:
    """The same, whose decisions are remembered; the last one counts."""

    def deciding(situation: Situation) -> Decision:
        made.append(decide(situation))
        return made[-1]

    return deciding


def also(plan: Plan[Saved], more: Sequence[Save | SaveMany]) -> Plan[Saved]:
    """The same, with more to be kept in the same transaction."""
    split = len(plan.saves)
    return Plan([*plan.saves, *more], lambda rows: plan.result(rows[:split]), plan.meanwhile)
