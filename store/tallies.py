"""The store's part about load: how often people were asked, rung and at work, and which digest was begun.

It counts rows of jobs that others keep, and writes nothing but what a digest owes.
"""

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence

from dispatch.events import NoticeKind
from dispatch.fairness import Count, Posted, Sign, Tally
from dispatch.moments import Micros
from store import drills, jobs, outbox
from store.attempts import insist
from store.engine import Params, Plan, Query, Row, Rows, stepwise
from store.part import Part

MOST_CALLED = 1_000
"""Jobs whose alarms are looked up, each by itself: five times a week of the field notes' busiest days. Only a
sped-up crowd calls leaders for more; its oldest ones are left out."""


class TallyRows(Part):
    """What `dispatch.fairness.Tallies` promises."""

    async def tally(self, committee_id: int, since: Micros, day: Micros) -> Tally:
        """See `Tallies.tally`."""
        return await insist(self._engine.look, lambda: stepwise(_tally(committee_id, since, day)))

    async def own_load(self, committee_id: int, person_id: int, since: Micros) -> tuple[int, int]:
        """See `Tallies.own_load`."""
        where = {"committee_id": committee_id, "person_id": person_id, "since": since}
        offers, taken = [await self._engine.read(Query(name, where)) for name in ("own_offers", "own_jobs")]
        return offers[0]["jobs"], taken[0]["jobs"]

    async def begin_digest(
        self, committee_id: int, addresses: Sequence[int], now: Micros, name: str
    ) -> tuple[int, ...]:
        """See `Tallies.begin_digest`."""
        owed = NoticeKind.DIGEST, f"{name} of {committee_id}"
        return await self._insist(lambda: drills.beginning(committee_id, addresses, now, owed, name))

    async def digest_begun(self, committee_id: int, name: str) -> bool:
        """See `Tallies.digest_begun`."""
        where = {"committee_id": committee_id, "name": name}
        return bool(await self._engine.read(Query("drill_begun", where)))


def _tally(committee_id: int, since: Micros, day: Micros) -> Generator[Sequence[Query], Rows, Plan[Tally]]:
    span = {"committee_id": committee_id, "since": since}
    rows = yield (
        Query("offers_since", {**span, "day": day}),
        Query("posted_since", {**span, "since": day}),
        Query("called_for", {**span, "limit": MOST_CALLED}),
        *(Query(name, span) for name in ("claims_since", "signs_since", "thanked_since")),
    )
    called = [_alarms(row["job_id"], span) for row in rows["called_for"]]
    if called:
        rows = yield called
    tally = Tally(
        offers={
            row["person_id"]: Count(span=row["in_span"], day=row["in_day"]) for row in rows["offers_since"]
        },
        jobs=_taken(rows["claims_since"], day),
        posted=tuple(map(_posted, rows["posted_since"])),
        alarms=tuple(map(_sign, rows.get("alarms_of_job", ()))),
        signs=tuple(map(_sign, rows["signs_since"])),
        thanks=_thanks(rows["thanked_since"], day),
    )
    return Plan((), lambda _rows: tally)


def _alarms(job_id: int, span: Params) -> Query:
    first, behind = outbox.causes(job_id)
    return Query("alarms_of_job", {**span, "job_id": job_id, "first": first, "behind": behind})


def _taken(rows: Sequence[Row], day: Micros) -> Mapping[int, Count]:
    """A job that somebody gave back and took again is one."""
    ever: dict[int, set[int]] = defaultdict(set)
    lately: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        ever[row["person_id"]].add(row["job_id"])
        if row["claimed_at"] > day:
            lately[row["person_id"]].add(row["job_id"])
    return {who: Count(span=len(found), day=len(lately[who])) for who, found in ever.items()}


def _thanks(rows: Sequence[Row], day: Micros) -> Count:
    """Once a job and giver."""
    given = [(row["closed_at"], len(set(jobs.thanked_by(row)))) for row in rows]
    return Count(span=sum(count for _, count in given), day=sum(count for at, count in given if at > day))


def _posted(row: Row) -> Posted:
    return Posted(posted_at=row["posted_at"], claimed_at=row["claimed_at"], closed_at=row["closed_at"])


def _sign(row: Row) -> Sign:
    return Sign(person_id=row["person_id"], at=row["at"])
