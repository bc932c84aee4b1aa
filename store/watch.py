"""The store's part about lateness: which rows are overdue, and that each of them is made good once.

A repair is a receipt like that of any update: unique, and let go of after some nights like all the others.
"""

from collections.abc import AsyncIterator, Sequence

from dispatch.lateness import Late, Repair, Timed
from dispatch.moments import Micros
from store.attempts import insist
from store.engine import Plan, Query, Row, Save, Work
from store.part import Part

_LATE = {Timed.JOB: "late_jobs", Timed.DUTY: "late_duties", Timed.CARD: "late_rows"}

_FIRST, _BEHIND = "late", "latf"
"""Between which texts the receipts of repairs lie. Letters only: databases sort signs in their own ways."""


class Watched(Part):
    """What `dispatch.ports.Store` promises of lateness."""

    async def late(self, before: Micros, page: int) -> tuple[Late, ...]:
        """See `Lateness.late`."""
        return tuple([late for what in _LATE async for late in self._late(what, before, page)])

    async def _late(self, what: Timed, before: Micros, page: int) -> AsyncIterator[Late]:
        last, full = {"since": -1, "behind": -1}, True
        while full:
            rows = await self._engine.read(Query(_LATE[what], {**last, "before": before, "limit": page}))
            for row in rows:
                yield _late(what, row)
                last = {"since": row["due_at"], "behind": row["id"]}
            full = len(rows) == page

    async def begin_repair(self, late: Late, now: Micros) -> Micros | None:
        """See `Lateness.begin_repair`."""
        receipt = _receipt(late)
        save = Save("begin_repair", {"receipt": receipt, "committee_id": late.committee_id, "at": now})
        work: Work[bool] = Work((), lambda _rows: Plan((save,), lambda given: bool(given[0])))
        # Where nobody knows whether it was kept, somebody else has it: once too seldom, and never twice.
        if await insist(self._engine.run, lambda: work, repeatable=False):
            return None
        rows = await self._engine.read(Query("repair_begun", {"receipt": receipt}))
        return rows[0]["at"] if rows else now

    async def repairs(self, committee_id: int, since: Micros) -> Sequence[Repair]:
        """See `Lateness.repairs`."""
        where = {"committee_id": committee_id, "first": _FIRST, "behind": _BEHIND, "since": since}
        return tuple(map(_repair, await self._engine.read(Query("repairs_of", where))))


def _late(what: Timed, row: Row) -> Late:
    return Late(
        what=what,
        id=row["id"],
        committee_id=row["committee_id"],
        due_at=row["due_at"],
        platform=row["platform"],
        urgent=bool(row["urgent"]),
    )


def _receipt(late: Late) -> str:
    return f"{_FIRST} {late.what} {late.id} {late.due_at}"


def _repair(row: Row) -> Repair:
    _, what, number, due_at = row["receipt"].split()
    late = Late(what=Timed(what), id=int(number), committee_id=row["committee_id"], due_at=int(due_at))
    return Repair(late=late, at=row["at"])
