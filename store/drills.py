"""The store's part about ways that ring, and about tests of them."""

from collections.abc import Generator, Sequence

from dispatch.drills import Result, Secret
from dispatch.events import NoticeKind
from dispatch.moments import Micros
from dispatch.people import Address
from store import ways
from store.attempts import insist
from store.engine import Params, Plan, Query, Rows, Save, SaveMany, Work, nothing
from store.outbox import OWED
from store.part import Part


class Drilling(Part):
    """What `dispatch.drills.Drills` promises."""

    async def secret(self, address: Address) -> str | None:
        """See `Drills.secret`."""
        where = {"committee_id": address.committee_id, "address_id": address.id}
        rows = await self._engine.read(Query("secret_of_address", where))
        return self._vault.unseal(rows[0]["secret"]) if rows else None

    async def secrets(self, committee_id: int) -> tuple[Secret, ...]:
        """See `Drills.secrets`."""
        rows = await self._engine.read(Query(ways.TABLE, {"committee_id": committee_id}))
        return tuple(
            Secret(
                person_id=row["person_id"],
                position=row["position"],
                address_id=row["address_id"],
                value=self._vault.unseal(row["secret"]),
            )
            for row in rows
            if row["address_id"] is not None and row["active"]
        )

    async def doubt(self, address: Address, reason: str, now: Micros) -> None:
        """See `Drills.doubt`."""
        where = {"id": address.id, "committee_id": address.committee_id}
        await self._noted(Save("doubt_address", {**where, "reason": reason, "at": now}))

    async def clear_doubt(self, address: Address) -> None:
        """See `Drills.clear_doubt`."""
        await self._noted(Save("clear_doubt", {"id": address.id, "committee_id": address.committee_id}))

    async def begin_drill(
        self, committee_id: int, addresses: Sequence[int], now: Micros, cause: str, week: str = ""
    ) -> tuple[int, ...]:
        """See `Drills.begin_drill`."""
        return await self._insist(
            lambda: beginning(committee_id, addresses, now, (NoticeKind.DRILL, cause), week)
        )

    async def drill_begun(self, committee_id: int, week: str) -> bool:
        """See `Drills.drill_begun`."""
        return bool(
            await self._engine.read(Query("drill_begun", {"committee_id": committee_id, "name": week}))
        )

    async def drill(self, committee_id: int, cause: str) -> tuple[Result, ...]:
        """See `Drills.drill`."""
        where = {"committee_id": committee_id, "cause": cause}
        return tuple(
            Result(
                id=row["id"],
                address_id=row["address_id"],
                status=row["status"],
                tries=row["tries"],
                failed=row["failed_reason"],
            )
            for row in await self._engine.read(Query("results_of_drill", where))
        )

    async def end_drill(self, committee_id: int, cause: str, now: Micros) -> None:
        """See `Drills.end_drill`."""
        where = {"committee_id": committee_id, "cause": cause}
        await self._noted(Save("end_drill", {**where, "done_at": now}))

    async def _noted(self, save: Save) -> None:
        await insist(self._engine.run, lambda: Work((), lambda _rows: Plan((save,), nothing)))


def beginning(
    committee_id: int, addresses: Sequence[int], now: Micros, owed: tuple[NoticeKind, str], week: str
) -> Generator[Sequence[Query], Rows, Plan[tuple[int, ...]]]:
    """A work that owes each address a message about no job, of that kind and cause, and gives the new rows;
    with a name (`week`) once and never again, whoever else begins it."""
    kind, cause = owed
    name = {"committee_id": committee_id, "name": week, "begun_at": now}
    rows = yield (Query("begin_drill", name),) if week else ()
    if not addresses or (week and not rows["begin_drill"]):
        return Plan((), lambda _rows: ())
    saves = (
        SaveMany("insert_owed", [_owed(committee_id, address, now, kind, cause) for address in addresses]),
        Save(OWED, {"cause": cause}),
    )
    return Plan(saves, lambda given: tuple(row["id"] for row in given[-1]))


def _owed(committee_id: int, address_id: int, now: Micros, kind: NoticeKind, cause: str) -> Params:
    return {
        "committee_id": committee_id,
        "job_id": None,
        "address_id": address_id,
        "picture": None,
        "claim": None,
        "cause": cause,
        "kind": kind.value,
        "wakes": int(kind.wakes),
        "urgent": 0,
        "created_at": now,
    }
