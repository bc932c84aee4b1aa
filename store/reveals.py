"""The store's part about what was shown to whom: read for the limits and for staff, and who is in doubt.

What is too much is decided in `dispatch.harvesting`; that something was shown is written where it is decided
(`store.changes`).
"""

from collections.abc import Iterator, Sequence

from dispatch.events import EventKind
from dispatch.lately import Limits, Reader, Reveal, Shown, Wish
from dispatch.moments import Micros
from dispatch.situation import Decision
from store import accounts
from store.engine import Query, Row, Save
from store.part import Part
from store.words import split


class RevealRows(Part):
    """What `dispatch.lately.ShownRows` promises."""

    async def reveals(self, committee_id: int, wish: Wish, limit: int) -> Sequence[Reveal]:
        """See `ShownRows.reveals`."""
        where = {
            "committee_id": committee_id,
            "since": wish.since,
            "until": wish.until,
            "person_id": wish.person_id,
            "job_id": wish.job_id,
            "limit": limit,
        }
        return [_reveal(row) for row in await self._engine.read(Query("reveals_since", where))]


def hold(committee_id: int, person_id: int) -> Query:
    """What a work holds that decides on what somebody was shown (`Work.holds`), before the job."""
    return Query("hold_shown", {"committee_id": committee_id, "person_id": person_id})


def shown_lately(committee_id: int, to: Reader) -> Query:
    """The jobs whose private side somebody was shown of late."""
    where = {"committee_id": committee_id, "person_id": to.person_id, "since": to.since}
    return Query("shown_lately", where)


def read_shown(rows: Sequence[Row]) -> tuple[Shown, ...]:
    """What rows of `shown_lately` say."""
    return tuple(Shown(job_id=row["job_id"], given_back_at=row["given_back_at"]) for row in rows)


def shown_enough(committee_id: int, now: Micros, limits: Limits) -> Query:
    """Who was shown as many doors within a day as anybody may be."""
    where = {"committee_id": committee_id, "since": now - limits.day, "limit": limits.a_day}
    return Query("shown_enough", where)


def doubted(decision: Decision) -> Iterator[Save]:
    """Whom a decision puts in doubt: they are vouched for no more, until staff do so again."""
    for event in decision.events:
        if event.kind is EventKind.DOUBTED:
            committee = decision.after.job.committee_id
            where = {"committee_id": committee, "person_id": event.data["person"]}
            yield Save("doubt_person", {**where, "at": event.at})
            yield accounts.revised(committee)


def _reveal(row: Row) -> Reveal:
    return Reveal(
        job_id=row["job_id"],
        person_id=row["person_id"],
        name=row["name"],
        kind=row["kind"],
        building_id=row["building_id"],
        fields=split(row["fields"]),
        at=row["at"],
        reason=EventKind(row["reason"]),
    )
