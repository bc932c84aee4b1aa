"""The store's part about letting go: what the night takes away by itself, a little at a time.

What is let go of together is found first and taken by its number, so that two processes that tidy up in the
same night take nothing by halves. When it is old enough is not known here.
"""

from collections.abc import Generator, Sequence

from dispatch.moments import Micros
from store import matrix
from store.attempts import insist
from store.engine import Plan, Query, Rows, Save, SaveMany, Work
from store.part import Part

_RELAY = ("forget_relay_asks", "forget_relay_cards", "forget_relay")
_JOB = (
    "forget_own_job_private",
    "forget_own_reveals",
    "forget_own_claims",
    "forget_own_waiting",
    "forget_own_asks",
    "forget_own_ledger",
    "forget_own_outbox",
    "forget_own_cards",
    "forget_own_pictures",
    "forget_own_picture_messages",
    "forget_own_wanted_pictures",
    "forget_own_stops",
    "forget_own_doors",
    "forget_own_job",
)
"""Every table that a job of the program's own may be in; its own row last, since the others point to it."""
_SAID = ("forget_said", "forget_transfer_note", "forget_stops", "forget_doors", "forget_run")
_APPLICATION = ("forget_turned_away", "forget_application")


class Forgetting(Part):
    """What `workers.nightly.Keeper` promises of what has no other place."""

    async def forget_receipts(self, before: Micros, limit: int) -> int:
        """Let go of the oldest receipts from before then, `limit` at most; how many there were."""
        saves = (
            Save("forget_receipts", {"before": before, "limit": limit}),
            matrix.outdated(before, limit),
        )
        work = Work((), lambda _rows: Plan(saves, lambda given: len(given[0])))
        return await insist(self._engine.run, lambda: work)

    async def forget_reports(self, before: Micros, limit: int) -> int:
        """Let go of what other systems were told before then, or what was given up, `limit` at most; how many
        there were. What is owed stays."""
        return await self._forget_by("forget_reports", before, limit)

    async def forget_relays(self, before: Micros, limit: int) -> int:
        """The same for relays that were decided before then, with who was asked. What hands a job to another
        committee stays, as long as the job does."""
        return await self._forget("old_relays", _RELAY, before, limit)

    async def forget_own_jobs(self, before: Micros, limit: int) -> int:
        """The same for jobs of the program's own committee that ended before then, with all that happened to
        them. Jobs of people stay."""
        return await self._forget("old_own_jobs", _JOB, before, limit)

    async def forget_said(self, before: Micros, limit: int) -> int:
        """Let go of the private text of jobs that ended before then, `limit` jobs at most; how many there
        were. The jobs stay."""
        return await self._forget("old_said", _SAID, before, limit)

    async def forget_notes(self, before: Micros, limit: int) -> int:
        """The same for what people wrote down in jobs that ended before then; that they did stays."""
        return await self._forget_by("forget_notes", before, limit)

    async def forget_reveals(self, before: Micros, limit: int) -> int:
        """The same for who was shown what before then."""
        return await self._forget_by("forget_reveals", before, limit)

    async def forget_register_log(self, before: Micros, limit: int) -> int:
        """The same for who changed the register before then."""
        return await self._forget_by("forget_register_log", before, limit)

    async def forget_applications(self, before: Micros, limit: int) -> int:
        """The same for who applied, where it was decided before then; that somebody did stays."""
        return await self._forget("old_applications", _APPLICATION, before, limit)

    async def _forget_by(self, name: str, before: Micros, limit: int) -> int:
        """By one statement that gives back what it let go of."""
        save = Save(name, {"before": before, "limit": limit})
        work = Work((), lambda _rows: Plan((save,), lambda given: len(given[0])))
        return await insist(self._engine.run, lambda: work)

    async def _forget(self, which: str, saves: Sequence[str], before: Micros, limit: int) -> int:
        def steps() -> Generator[Sequence[Query], Rows, Plan[int]]:
            rows = yield (Query(which, {"before": before, "limit": limit}),)
            found = [{"id": row["id"], "committee_id": row["committee_id"]} for row in rows[which]]
            gone = [SaveMany(name, found) for name in saves] if found else []
            return Plan(gone, lambda _given: len(found))

        return await self._insist(steps)
