"""The store's part about other systems that open jobs: their tokens hashed, their webhooks sealed.

A report that is owed to one is a row, written with what it tells of; what it says is made when it is sent.
"""

import hmac
from collections.abc import Iterator, Sequence

from dispatch.errors import SourceInUseError, UnknownSourceError
from dispatch.moments import Micros
from dispatch.situation import Decision
from dispatch.sources import Listed, Report, Source, Webhook, happened
from store.attempts import insist
from store.engine import Params, Plan, Query, Row, Save, SaveMany, Work
from store.part import Part

_MARK = "token"


class SourceRows(Part):
    """What `dispatch.sources.Sources` promises, and what the commands need."""

    async def source(self, token: str) -> Source | None:
        """See `Sources.source`."""
        mark = self._vault.mark(_MARK, token)
        if mark is None:
            return None
        rows = await self._engine.read(Query("source_by_token", {"token_mark": mark}))
        # Found by a keyed hash, so the time taken tells nothing of the token; compared all the same.
        if not rows or not hmac.compare_digest(str(rows[0]["token_mark"]), mark):
            return None
        return _read(rows[0])

    async def add_source(
        self, committee_id: int, key: str, *, token: str, webhook: str, secret: str, now: Micros
    ) -> None:
        """Let a system in, or one that was removed in again. Raises `SourceInUseError`."""
        columns: Params = {
            "committee_id": committee_id,
            "key": key,
            "token_mark": self._vault.mark(_MARK, token),
            "webhook": self._vault.seal(webhook),
            "secret": self._vault.seal(secret),
            "made_at": now,
        }
        if not (await self._rows(Save("save_source", columns)))[0]:
            raise SourceInUseError

    async def remove_source(self, committee_id: int, key: str, now: Micros) -> None:
        """Its token opens nothing from now on, and nothing is told it any more. Its jobs go on. Raises
        `UnknownSourceError`."""
        where = {"committee_id": committee_id, "key": key}
        removed = Save("remove_source", {**where, "removed_at": now})
        if not (await self._rows(removed, Save("drop_reports", {**where, "done_at": now})))[0]:
            raise UnknownSourceError

    async def sources(self, committee_id: int) -> tuple[Listed, ...]:
        """The committee's sources, by key."""
        rows = await self._engine.read(Query("sources_of", {"committee_id": committee_id}))
        return tuple(
            Listed(
                source=_read(row),
                webhook=self._vault.unseal(row["webhook"]),
                made_at=row["made_at"],
                owed=row["owed"],
                given_up=row["given_up"],
            )
            for row in rows
        )

    async def due_webhooks(self, now: Micros) -> tuple[Webhook, ...]:
        """See `Sources.due_webhooks`."""
        rows = await self._engine.read(Query("sources_owed", {"now": now}))
        return tuple(
            Webhook(
                source=_read(row),
                url=self._vault.unseal(row["webhook"]),
                secret=self._vault.unseal(row["secret"]),
            )
            for row in rows
        )

    async def due_reports(self, webhook: Webhook, now: Micros, limit: int) -> tuple[Report, ...]:
        """See `Sources.due_reports`."""
        where = {"source_id": webhook.source.id, "now": now, "limit": limit}
        rows = await self._engine.read(Query("due_reports", where))
        return tuple(
            Report(
                job_id=row["job_id"],
                version=row["version"],
                committee_id=row["committee_id"],
                event=row["event"],
                tries=row["tries"],
                created_at=row["created_at"],
            )
            for row in rows
        )

    async def begin_report(self, report: Report, now: Micros, until: Micros) -> bool:
        """See `Sources.begin_report`."""
        begun = Save("begin_report", {**_which(report), "now": now, "until": until})
        return bool((await self._rows(begun))[0])

    async def postpone_report(self, report: Report, due_at: Micros) -> None:
        """See `Sources.postpone_report`."""
        await self._rows(Save("postpone_report", {**_which(report), "due_at": due_at}))

    async def finish_report(self, report: Report, status: str, now: Micros) -> None:
        """See `Sources.finish_report`."""
        await self._rows(Save("finish_report", {**_which(report), "status": status, "done_at": now}))

    async def _rows(self, *saves: Save) -> Sequence[Sequence[Row]]:
        work = Work((), lambda _rows: Plan(saves, lambda given: given))
        return await insist(self._engine.run, lambda: work)


def reports(decision: Decision) -> Iterator[SaveMany]:
    """What a decision owes to the source that its job is from, if it is from one."""
    job = decision.after.job
    told = happened(decision) if job.source_id is not None else ()
    if told:
        yield SaveMany(
            "insert_report",
            [
                {
                    "job_id": job.id,
                    "version": version,
                    "committee_id": job.committee_id,
                    "source_id": job.source_id,
                    "event": event,
                    "at": at,
                }
                for version, event, at in told
            ],
        )


def _which(report: Report) -> Params:
    return {"job_id": report.job_id, "version": report.version, "committee_id": report.committee_id}


def _read(row: Row) -> Source:
    return Source(id=row["id"], committee_id=row["committee_id"], key=row["key"], told=bool(row["webhook"]))
