"""The store's part about what somebody sets for themselves, and what they have done so far."""

from collections.abc import Generator, Sequence

from dispatch.errors import UnknownPersonError
from dispatch.hours import Served
from dispatch.moments import Micros
from store.attempts import insist
from store.engine import Plan, Query, Row, Rows, Save, stepwise
from store.part import Part


class Personal(Part):
    """What `dispatch.ports.Store` promises of a person's own affairs."""

    async def pause(self, committee_id: int, person_id: int, until: Micros | None) -> None:
        """See `Store.pause`."""
        await insist(self._engine.run, lambda: stepwise(_pause(committee_id, person_id, until)))

    async def served(self, committee_id: int, person_id: int) -> tuple[Served, ...]:
        """See `Store.served`."""
        where = {"committee_id": committee_id, "person_id": person_id}
        return tuple(map(_served, await self._engine.read(Query("served_by", where))))


def _pause(
    committee_id: int, person_id: int, until: Micros | None
) -> Generator[Sequence[Query], Rows, Plan[None]]:
    where = {"committee_id": committee_id, "person_id": person_id}
    rows = yield (Query("person_by_id", where),)
    if not rows["person_by_id"]:
        raise UnknownPersonError
    if rows["person_by_id"][0]["paused_until"] == until:
        return Plan((), lambda _rows: None)
    saves = (
        Save("set_pause", {**where, "until": until}, expect=1),
        Save("raise_revision", {"committee_id": committee_id}),
    )
    return Plan(saves, lambda _rows: None)


def _served(row: Row) -> Served:
    return Served(
        job_id=row["job_id"],
        kind=row["kind"],
        building_id=row["building_id"],
        claimed_at=row["claimed_at"],
        done_at=row["ended_at"],
    )
