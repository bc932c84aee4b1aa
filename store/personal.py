"""The store's part about what somebody sets for themselves, and what they have done so far."""

from collections import defaultdict
from collections.abc import Generator, Sequence

from dispatch.errors import UnknownPersonError
from dispatch.hours import Served, Thanks
from dispatch.moments import Micros
from store import jobs
from store.attempts import insist
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, stepwise
from store.part import Part

LISTED = 100
"""Jobs of which the words of thanks are read, the newest: as many as the sheet lists (`handlers.hours`)."""


class Personal(Part):
    """What `dispatch.ports.Store` promises of a person's own affairs."""

    async def pause(self, committee_id: int, person_id: int, until: Micros | None) -> None:
        """See `Store.pause`."""
        await self._insist(lambda: _pause(committee_id, person_id, until))

    async def served(self, committee_id: int, person_id: int) -> tuple[Served, ...]:
        """See `Store.served`."""
        return await insist(
            self._engine.look, lambda: stepwise(_of_person(committee_id, person_id, self._vault))
        )


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


def _of_person(
    committee_id: int, person: int, vault: Vault
) -> Generator[Sequence[Query], Rows, Plan[tuple[Served, ...]]]:
    committee = {"committee_id": committee_id}
    rows = yield (Query("served_by", {**committee, "person_id": person}),)
    found = rows["served_by"]
    thanked = [row["job_id"] for row in found[:LISTED] if row["thanked_by"]]
    said: dict[int, list[Thanks]] = defaultdict(list)
    if thanked:
        rows = yield [Query("thanks_of_job", {**committee, "job_id": job}) for job in thanked]
        for row in rows["thanks_of_job"]:
            if row["actor_id"] != person:
                said[row["job_id"]].append(_thanks(row, vault))
    served = tuple(_served(row, person, tuple(said.get(row["job_id"], ()))) for row in found)
    return Plan((), lambda _rows: served)


def _thanks(row: Row, vault: Vault) -> Thanks:
    return Thanks(at=row["at"], by=row["actor_id"], words=vault.unseal(row["note"]))


def _served(row: Row, person: int, thanks: tuple[Thanks, ...]) -> Served:
    return Served(
        job_id=row["job_id"],
        kind=row["kind"],
        building_id=row["building_id"],
        claimed_at=row["claimed_at"],
        done_at=row["ended_at"],
        thanked=len(set(jobs.thanked_by(row)) - {person}),
        thanks=thanks,
    )
