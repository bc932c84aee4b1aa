"""The store's part about where people are who share it: a building's number, sealed, and until when.

What counts no more is let go of by whoever shares next, and by the watch of every ten minutes.
"""

from collections.abc import Generator, Mapping, Sequence

from dispatch.moments import MINUTE, Micros
from dispatch.people import Person
from dispatch.whereabouts import SILENT, Shared
from store.crypto import Vault
from store.engine import Plan, Query, Rows, Save, nothing
from store.part import Part

NEWS: Micros = MINUTE
"""Somebody who is still there is written down no more often: phones tell every few seconds."""

_ELSEWHERE = "0"


def known(committee_id: int, now: Micros) -> Query:
    """Those whose place counts at this moment."""
    return Query("whereabouts_of", {"committee_id": committee_id, "now": now})


def read(rows: Rows, vault: Vault) -> Mapping[int, int | None]:
    """Person id to the building at which they are, None for elsewhere; of `known`."""
    return {row["person_id"]: int(vault.unseal(row["near"])) or None for row in rows["whereabouts_of"]}


class WhereaboutsRows(Part):
    """What `dispatch.whereabouts.Whereabouts` promises."""

    async def keep_whereabouts(self, person: Person, building_id: int | None, shared: Shared) -> None:
        """See `Whereabouts.keep_whereabouts`."""
        near = "" if shared.stopped else str(building_id or _ELSEWHERE)
        await self._insist(lambda: _keep(person, near, shared, self._vault))

    async def drop_whereabouts(self, now: Micros) -> None:
        """Let go of what counted no more half an hour before; until then it tells late news from new."""
        await self._write(Save("drop_whereabouts", {"before": now - SILENT}))


def _keep(
    person: Person, near: str, shared: Shared, vault: Vault
) -> Generator[Sequence[Query], Rows, Plan[None]]:
    who = {"committee_id": person.committee_id, "person_id": person.id}
    rows = yield (Query("whereabouts_of_person", who),)
    for row in rows["whereabouts_of_person"]:
        late = shared.at < row["heard_at"]
        if late or (vault.unseal(row["near"]) == near and shared.at < row["heard_at"] + NEWS):
            return Plan((), nothing)
    columns = {**who, "near": vault.seal(near), "heard_at": shared.at, "until": shared.until}
    old = Save("drop_whereabouts", {"before": shared.at - SILENT})
    return Plan((old, Save("keep_whereabouts", columns)), nothing)
