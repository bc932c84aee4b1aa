"""The store's part about lateness: which rows are overdue, and that each of them is made good once.

A repair is a receipt like that of any update: unique, and let go of after some nights like all the others.
"""

from collections.abc import AsyncIterator, Sequence

from dispatch.lateness import Late, Repair, Timed
from dispatch.moments import Micros
from store.attempts import insist
from store.engine import Plan, Query, Row, Save, Work
from store.part import Part

LATE = {
    Timed.JOB: "late_jobs",
    Timed.DUTY: "late_duties",
    Timed.CARD: "late_rows",
    Timed.CARE: "late_care",
    Timed.MEDICINE: "late_medicines",
    Timed.STATUS: "late_statuses",
    Timed.REPORT: "late_reports",
}
"""The statement that finds what is late, of each kind that carries a due time."""

_FIRST, _BEHIND = "late", "latf"
"""Between which texts the receipts of repairs lie. Letters only: databases sort signs in their own ways."""

_NOTICED = "behind"
"""How the receipt begins of a duty that was noticed to be behind (and `behind_duties` reads it): outside of
those."""


class Watched(Part):
    """What `dispatch.ports.Store` promises of lateness."""

    async def late(self, before: Micros, page: int) -> tuple[Late, ...]:
        """See `Lateness.late`."""
        return tuple([late for what in LATE async for late in self._late(what, before, page)])

    async def _late(self, what: Timed, before: Micros, page: int) -> AsyncIterator[Late]:
        last, full = {"since": -1, "behind": -1}, True
        while full:
            rows = await self._engine.read(Query(LATE[what], {**last, "before": before, "limit": page}))
            for row in rows:
                yield _late(what, row)
                last = {"since": row["due_at"], "behind": row["id"]}
            full = len(rows) == page

    async def behind(self, now: Micros) -> tuple[Late, ...]:
        """See `Lateness.behind`."""
        found = []
        for row in await self._engine.read(Query("behind_duties")):
            seen: Micros | None = row["noticed_at"]
            if seen is None:  # a look makes it another revision, so that each time is noticed anew
                seen = await self._once(f"{_NOTICED} {row['id']} {row['revision']}", row["id"], now)
            due_at = now if seen is None else seen
            found.append(Late(what=Timed.DUTY, id=row["id"], committee_id=row["id"], due_at=due_at))
        return tuple(found)

    async def begin_repair(self, late: Late, now: Micros) -> Micros | None:
        """See `Lateness.begin_repair`."""
        return await self._once(_receipt(late), late.committee_id, now)

    async def _once(self, receipt: str, committee_id: int, now: Micros) -> Micros | None:
        """Keep the receipt; None where it is new, else since when it has been there."""
        save = Save("begin_repair", {"receipt": receipt, "committee_id": committee_id, "at": now})
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
        source_id=row["source_id"],
        urgent=bool(row["urgent"]),
    )


def _receipt(late: Late) -> str:
    return f"{_FIRST} {late.what} {late.id} {late.due_at}"


def _repair(row: Row) -> Repair:
    _, what, number, due_at = row["receipt"].split()
    late = Late(what=Timed(what), id=int(number), committee_id=row["committee_id"], due_at=int(due_at))
    return Repair(late=late, at=row["at"])
