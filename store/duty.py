"""The store's part about shifts that change hands: kept once, and seen by whatever is decided after it."""

from collections.abc import Generator, Sequence

from dispatch import acting
from dispatch.errors import UnknownPersonError
from dispatch.moments import HOUR, Micros
from dispatch.people import Roster
from dispatch.rota import Swap
from store import people
from store.engine import Params, Plan, Query, Rows, Save
from store.part import Part

OVERRIDES_KEPT: Micros = 90 * 24 * HOUR
"""How long it is known who took over a shift that is over: a quarter, as far as anybody counts back."""


class Duties(Part):
    """What `dispatch.ports.Store` promises of duty."""

    async def take_duty(self, taken: Swap, now: Micros) -> bool:
        """See `Store.take_duty`."""
        hold = people.hold(taken.committee_id)
        return await self._insist(lambda: swap(taken, now), hold=hold)


def swap(taken: Swap, now: Micros) -> Generator[Sequence[Query], Rows, Plan[bool]]:
    """Keep that somebody takes a span of duty; see `Store.take_duty`."""
    committee_id = taken.committee_id
    rows = yield (
        Query("override_of_cause", {"committee_id": committee_id, "cause": taken.cause}),
        *people.roster_of(committee_id),
    )
    if rows["override_of_cause"]:
        return Plan((), lambda _rows: False)
    roster: Roster = acting.at(people.read_roster(rows), now)
    if taken.person_id not in roster.people:
        raise UnknownPersonError
    forgotten = {"committee_id": committee_id, "before": now - OVERRIDES_KEPT}
    saves = (
        Save("insert_override", columns(taken, now)),
        Save("forget_overrides", forgotten),
        Save("raise_revision", {"committee_id": committee_id}),
    )
    return Plan(saves, lambda _rows: True)


def columns(taken: Swap, now: Micros) -> Params:
    """A swap as the row that it becomes."""
    return {
        "committee_id": taken.committee_id,
        "starts_at": taken.starts_at,
        "ends_at": taken.ends_at,
        "person_id": taken.person_id,
        "by_id": taken.by,
        "note": taken.note,
        "cause": taken.cause,
        "made_at": now,
    }
