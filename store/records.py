"""The store's part about how people answered: counts by person, day or night, hour and kind, added to once
a job is over. By facet they are one row each, so that a year's hours are 24 rows a person and not 300.

A number a committee says how many of its jobs have been counted; whoever remembers the counts asks for it
first. Why somebody refused is kept nowhere.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence

from dispatch import learning
from dispatch.learning import Said
from dispatch.moments import Micros
from dispatch.policies.belief import bucket
from dispatch.policies.counts import Row as Counted
from dispatch.policies.record import Record
from dispatch.policies.search import Reply
from dispatch.seeking import facets_at
from store import claims
from store.engine import Params, Plan, Query, Row, Rows, Save, SaveMany
from store.memory import Memory
from store.part import Part

_ANY_REST = 0
"""The bucket of counts by facet, in which rests are not told apart; those of earlier releases have others,
and are added up with them (`dispatch.policies.counts`)."""


class Records(Part):
    """What `workers.learning` asks for."""

    async def learn(self, limit: int) -> int:
        """Count what jobs that are over said of those who were asked, each job once; `limit` jobs at most.
        Returns how many there were."""
        for number in range(limit):
            if not await self._insist(_counted):
                return number
        return limit


def counted_jobs(committee_id: int) -> Query:
    """How many of the committee's jobs are counted."""
    return Query("counted_jobs", {"committee_id": committee_id})


def record(
    committee_id: int, rows: Rows, memory: Memory, now: Micros
) -> Generator[Sequence[Query], Rows, Record]:
    """What is on record, from the rows of `counted_jobs`; read only where jobs were counted since. When each
    was asked last is read with it, and remembered."""
    jobs = _number(rows["counted_jobs"])
    known = memory.record(committee_id, jobs)
    if known is not None:
        return known
    committee = {"committee_id": committee_id}
    offers = memory.offers(committee_id)
    rows = yield (
        Query("records_of", committee),
        Query("rests_of", committee),
        offers.earlier(committee_id, now),
    )
    offers.asked(rows["last_asks"], now)
    rests = {row["person_id"]: jobs + 1 - row["job"] for row in rows["rests_of"]}
    return memory.keep_record(committee_id, jobs, Record(rows=map(_read, rows["records_of"]), rests=rests))


def _counted() -> Generator[Sequence[Query], Rows, Plan[bool]]:
    rows = yield (Query("uncounted_job"),)
    if not rows["uncounted_job"]:
        return Plan((), lambda _rows: False)
    job = rows["uncounted_job"][0]
    committee = {"committee_id": job["committee_id"]}
    rows = yield (
        *(Query(name, {"job_id": job["id"]}) for name in ("asks_of_job", "claims_of_job")),
        Query("counted_jobs", committee),
        Query("rests_of", committee),
    )
    number = _number(rows["counted_jobs"]) + 1
    asks, taken = claims.read_asks(rows["asks_of_job"]), claims.read_claims(rows["claims_of_job"])
    answers = tuple(learning.said(asks, taken, job["closed_at"]))
    rested = sorted(learning.rested(asks, taken))
    last = {row["person_id"]: row["job"] for row in rows["rests_of"]}
    saves: list[Save | SaveMany] = [
        Save("mark_counted", {**committee, "id": job["id"]}, expect=1),
        Save("count_job", committee),
    ]
    if answers:
        saves.append(SaveMany("add_record", list(_added(job, number, answers, last))))
    if rested:
        saves.append(
            SaveMany("save_rest", [{**committee, "person_id": who, "job": number} for who in rested])
        )
    return Plan(saves, lambda _rows: True)


def _added(job: Row, number: int, answers: Sequence[Said], last: Mapping[int, int]) -> Iterator[Params]:
    for each in answers:
        rest = bucket(number - last[each.person_id] if each.person_id in last else None)
        for facet in ("", *facets_at(each.at, job["timezone"], job["kind"])):
            yield {
                "committee_id": job["committee_id"],
                "person_id": each.person_id,
                "facet": facet,
                "bucket": _ANY_REST if facet else rest,
                "asked": each.weight,
                "accepted": float(each.reply is Reply.ACCEPTED),
                "refused": float(each.reply is Reply.REFUSED),
            }


def _read(row: Row) -> Counted:
    return Counted(
        person_id=row["person_id"],
        facet=row["facet"],
        bucket=row["bucket"],
        asked=row["asked"],
        accepted=row["accepted"],
        refused=row["refused"],
    )


def _number(rows: Sequence[Row]) -> int:
    return int(rows[0]["jobs"]) if rows else 0
