"""The store's part about medicine runs: their stops as rows, sealed, and what hospitals were found to have.

What becomes of a run is none of this module's business.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace

from dispatch.errors import NonceUsedError
from dispatch.jobs import Draft
from dispatch.kept import Saved
from dispatch.medicines import Ticked
from dispatch.moments import Micros
from dispatch.playbook import Playbook
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from dispatch.sources import Source
from dispatch.stops import Stock, Stop
from store import private, residents
from store import stops as stop_rows
from store.changes import Keeper, Wanted
from store.engine import Plan, Query, Row, Rows, Save
from store.listed import Listed, also, heard


class MedicineRows(Listed):
    """What `dispatch.medicines.Medicines` promises."""

    async def stop_job(self, committee_id: int, nonce: str, mark: str = "") -> int | None:
        """See `Medicines.stop_job`."""
        rows = await self._engine.read(_of_nonce(committee_id, nonce))
        return _known(rows, mark)

    async def stop_from(self, source: Source, job_id: int) -> bool:
        """See `Medicines.stop_from`."""
        where = {"committee_id": source.committee_id, "job_id": job_id, "source_id": source.id}
        return bool(await self._engine.read(Query("stop_of_source", where)))

    async def join_run(self, draft: Draft, job_id: int, decide: Decide, now: Micros) -> Saved:
        """See `Medicines.join_run`."""
        return await self._held(
            draft.committee_id, job_id, lambda: _joined(self._keeper, draft, job_id, decide, now)
        )

    async def stops(self, committee_id: int, job_id: int) -> tuple[Stop, ...]:
        """See `Medicines.stops`."""
        rows = await self._engine.read(_of_job(committee_id, job_id))
        return tuple(stop_rows.read(row, self._vault) for row in rows)

    async def tick(
        self,
        committee_id: int,
        job_id: int,
        decide: Callable[[Situation, tuple[Stop, ...]], Ticked],
        now: Micros,
    ) -> Saved:
        """See `Medicines.tick`."""
        wanted = Wanted(committee_id=committee_id, job_id=job_id)
        return await self._held(committee_id, job_id, lambda: _ticked(self._keeper, wanted, decide, now))

    async def stocks(self, committee_id: int, drug: str) -> tuple[Stock, ...]:
        """See `Medicines.stocks`."""
        where = {"committee_id": committee_id, "drug_index": stop_rows.index(drug, self._vault)}
        rows = await self._engine.read(Query("stocks_of", where))
        return tuple(
            Stock(hospital=row["hospital"], stocked=bool(row["stocked"]), at=row["at"]) for row in rows
        )

    async def stock_counts(self, committee_id: int) -> Mapping[str, tuple[int, int]]:
        """See `Medicines.stock_counts`."""
        rows = await self._engine.read(Query("stock_counts", {"committee_id": committee_id}))
        return {row["hospital"]: (int(row["had"]), int(row["known"]) - int(row["had"])) for row in rows}


def posted(
    keeper: Keeper, draft: Draft, playbook: Playbook, now: Micros, decide: Decide
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    """Post the job, with its first stop where it is a run."""
    made: list[Decision] = []
    resident = None
    if draft.run is not None:
        query = residents.of_draft(draft, keeper.vault)
        resident = private.first((yield (query,)), query.name)
    plan = yield from keeper.post(draft, playbook, now, heard(decide, made))
    if draft.run is None or draft.request is None or not made:
        return plan
    columns = stop_rows.columns(draft, draft.request, made[-1].after.job.id, 1, resident, keeper.vault)
    return also(plan, [Save("insert_stop", columns)])


def _joined(
    keeper: Keeper, draft: Draft, job_id: int, decide: Decide, now: Micros
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    query = residents.of_draft(draft, keeper.vault)
    rows = yield (_of_nonce(draft.committee_id, draft.nonce), query)
    known = _known(rows["stop_of_nonce"], draft.mark)
    if known is not None:
        return Plan((), lambda _rows: Saved(job_id=known, decision=None))
    resident, made = private.first(rows, query.name), list[Decision]()
    wanted = Wanted(committee_id=draft.committee_id, job_id=job_id)
    plan = yield from keeper.change(wanted, heard(_informed(decide, resident), made), now)
    run = made[-1].after.job.run
    if not made[-1].changed or run is None or draft.request is None:
        return plan
    columns = stop_rows.columns(draft, draft.request, job_id, run.stops, resident, keeper.vault)
    return also(plan, [Save("insert_stop", columns)])


def _ticked(
    keeper: Keeper, wanted: Wanted, decide: Callable[[Situation, tuple[Stop, ...]], Ticked], now: Micros
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    rows = yield (_of_job(wanted.committee_id, wanted.job_id),)
    stops = tuple(stop_rows.read(row, keeper.vault) for row in rows["stops_of_job"])
    made: list[Ticked] = []

    def deciding(situation: Situation) -> Decision:
        made.append(decide(situation, stops))
        return made[-1].decision

    plan = yield from keeper.change(wanted, deciding, now)
    stop, learned = made[-1].stop, made[-1].learned
    if stop is None:
        return plan
    saves = [Save("save_stop", stop_rows.moved(stop, keeper.vault))]
    if learned is not None:
        hospital, had = learned
        saves.append(
            Save(
                "save_stock",
                {
                    "committee_id": wanted.committee_id,
                    "hospital": hospital,
                    "drug_index": stop_rows.index(stop.drug, keeper.vault),
                    "drug": keeper.vault.seal(stop.drug),
                    "stocked": int(had),
                    "at": now,
                },
            )
        )
    return also(plan, saves)


def _known(rows: Sequence[Row], mark: str) -> int | None:
    if not rows:
        return None
    job_id: int = rows[0]["job_id"]
    if mark and rows[0]["request_mark"] not in {None, mark}:
        raise NonceUsedError(job=job_id)
    return job_id


def _informed(decide: Decide, resident: Row | None) -> Decide:
    """What whoever takes the run is shown from now on is also who lives behind the new door."""

    def deciding(situation: Situation) -> Decision:
        made = decide(situation)
        if resident is None or not made.changed:
            return made
        phone = {"phone"} if resident["phone"] else set()
        job = replace(made.after.job, hides=made.after.job.hides | {"resident"} | phone)
        return replace(made, after=replace(made.after, job=job))

    return deciding


def _of_nonce(committee_id: int, nonce: str) -> Query:
    return Query("stop_of_nonce", {"committee_id": committee_id, "nonce": nonce})


def _of_job(committee_id: int, job_id: int) -> Query:
    return Query("stops_of_job", {"committee_id": committee_id, "job_id": job_id})
