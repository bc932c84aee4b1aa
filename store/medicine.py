"""The store's part about medicine runs: their stops as rows, sealed, and what hospitals were found to have.

What becomes of a run is none of this module's business.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from dispatch.errors import ConflictError
from dispatch.jobs import Draft
from dispatch.kept import Saved
from dispatch.medicines import Ticked
from dispatch.moments import Micros
from dispatch.playbook import Playbook
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from dispatch.stops import Good, Handed, Request, Stock, Stop, StopState
from store import jobs, private, residents
from store.attempts import insist
from store.changes import Keeper, Wanted
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, stepwise
from store.memory import Memory
from store.part import Part
from store.words import pack, unpack


class MedicineRows(Part):
    """What `dispatch.medicines.Medicines` promises."""

    _keeper: Keeper
    _memory: Memory

    async def stop_job(self, committee_id: int, nonce: str) -> int | None:
        """See `Medicines.stop_job`."""
        rows = await self._engine.read(_of_nonce(committee_id, nonce))
        return rows[0]["job_id"] if rows else None

    async def join_run(self, draft: Draft, job_id: int, decide: Decide, now: Micros) -> Saved:
        """See `Medicines.join_run`."""
        return await self._held(
            draft.committee_id, job_id, lambda: _joined(self._keeper, draft, job_id, decide, now)
        )

    async def stops(self, committee_id: int, job_id: int) -> tuple[Stop, ...]:
        """See `Medicines.stops`."""
        rows = await self._engine.read(_of_job(committee_id, job_id))
        return tuple(read(row, self._vault) for row in rows)

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
        where = {"committee_id": committee_id, "drug_index": index(drug, self._vault)}
        rows = await self._engine.read(Query("stocks_of", where))
        return tuple(
            Stock(hospital=row["hospital"], stocked=bool(row["stocked"]), at=row["at"]) for row in rows
        )

    async def stock_counts(self, committee_id: int) -> Mapping[str, tuple[int, int]]:
        """See `Medicines.stock_counts`."""
        rows = await self._engine.read(Query("stock_counts", {"committee_id": committee_id}))
        return {row["hospital"]: (int(row["had"]), int(row["known"]) - int(row["had"])) for row in rows}

    async def _held(
        self,
        committee_id: int,
        job_id: int,
        make: Callable[[], Generator[Sequence[Query], Rows, Plan[Saved]]],
    ) -> Saved:
        try:
            return await insist(
                self._engine.run, lambda: stepwise(make(), jobs.hold(committee_id, job_id)), repeatable=False
            )
        except ConflictError:
            self._memory.drop_job(job_id)
            raise


def posted(
    keeper: Keeper, draft: Draft, playbook: Playbook, now: Micros, decide: Decide
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    """Post the job, with its first stop where it is a run."""
    made: list[Decision] = []
    resident = None
    if draft.run is not None:
        query = residents.of_draft(draft, keeper.vault)
        resident = private.first((yield (query,)), query.name)
    plan = yield from keeper.post(draft, playbook, now, _heard(decide, made))
    if draft.run is None or draft.request is None or not made:
        return plan
    columns = _columns(draft, draft.request, made[-1].after.job.id, 1, resident, keeper.vault)
    return _with(plan, [Save("insert_stop", columns)])


def _joined(
    keeper: Keeper, draft: Draft, job_id: int, decide: Decide, now: Micros
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    query = residents.of_draft(draft, keeper.vault)
    rows = yield (_of_nonce(draft.committee_id, draft.nonce), query)
    if rows["stop_of_nonce"]:
        known: int = rows["stop_of_nonce"][0]["job_id"]
        return Plan((), lambda _rows: Saved(job_id=known, decision=None))
    resident, made = private.first(rows, query.name), list[Decision]()
    wanted = Wanted(committee_id=draft.committee_id, job_id=job_id)
    plan = yield from keeper.change(wanted, _heard(decide, made), now)
    run = made[-1].after.job.run
    if not made[-1].changed or run is None or draft.request is None:
        return plan
    columns = _columns(draft, draft.request, job_id, run.stops, resident, keeper.vault)
    return _with(plan, [Save("insert_stop", columns)])


def _ticked(
    keeper: Keeper, wanted: Wanted, decide: Callable[[Situation, tuple[Stop, ...]], Ticked], now: Micros
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    rows = yield (_of_job(wanted.committee_id, wanted.job_id),)
    stops = tuple(read(row, keeper.vault) for row in rows["stops_of_job"])
    made: list[Ticked] = []

    def deciding(situation: Situation) -> Decision:
        made.append(decide(situation, stops))
        return made[-1].decision

    plan = yield from keeper.change(wanted, deciding, now)
    stop, learned = made[-1].stop, made[-1].learned
    if stop is None:
        return plan
    saves = [Save("save_stop", _moved(stop, keeper.vault))]
    if learned is not None:
        hospital, had = learned
        saves.append(
            Save(
                "save_stock",
                {
                    "committee_id": wanted.committee_id,
                    "hospital": hospital,
                    "drug_index": index(stop.drug, keeper.vault),
                    "drug": keeper.vault.seal(stop.drug),
                    "stocked": int(had),
                    "at": now,
                },
            )
        )
    return _with(plan, saves)


def _heard(decide: Decide, made: list[Decision]) -> Decide:
    def deciding(situation: Situation) -> Decision:
        made.append(decide(situation))
        return made[-1]

    return deciding


def _with(plan: Plan[Saved], more: Sequence[Save]) -> Plan[Saved]:
    """The same, with more to be kept in the same transaction."""
    split = len(plan.saves)
    return Plan([*plan.saves, *more], lambda rows: plan.result(rows[:split]), plan.meanwhile)


def _of_nonce(committee_id: int, nonce: str) -> Query:
    return Query("stop_of_nonce", {"committee_id": committee_id, "nonce": nonce})


def _of_job(committee_id: int, job_id: int) -> Query:
    return Query("stops_of_job", {"committee_id": committee_id, "job_id": job_id})


def index(drug: str, vault: Vault) -> str | None:
    """The hash of a medicine, however its name is spaced and spelt in capitals."""
    return vault.index("drug", "".join(drug.split()).casefold())


def _columns(
    draft: Draft, request: Request, job_id: int, number: int, resident: Row | None, vault: Vault
) -> dict[str, Any]:
    """A new stop. What the job itself keeps of its first one is not kept twice."""
    own = number == 1
    return {
        "job_id": job_id,
        "number": number,
        "committee_id": draft.committee_id,
        "nonce": draft.nonce,
        "building_id": draft.building_id,
        "resident_id": None if resident is None else resident["id"],
        "hospital": vault.seal(request.hospital),
        "tried": "",
        "state": StopState.OPEN.value,
        "days": request.days,
        "drug": vault.seal(request.drug),
        "doctor": vault.seal(request.doctor),
        "unit": vault.seal("" if own else draft.unit),
        "phone": vault.seal("" if own else draft.phone),
        "words": vault.seal("" if own else draft.text),
        "handed": _seal_handed(tuple(Handed(good=good) for good in request.goods), vault),
    }


def _moved(stop: Stop, vault: Vault) -> dict[str, Any]:
    return {
        "job_id": stop.job_id,
        "number": stop.number,
        "committee_id": stop.committee_id,
        "hospital": vault.seal(stop.hospital),
        "tried": vault.seal(pack(list(stop.tried))) if stop.tried else "",
        "state": stop.state.value,
        "handed": _seal_handed(stop.handed, vault),
    }


def read(row: Row, vault: Vault) -> Stop:
    """The stop that a row is, opened, with what the register knows of the resident."""
    return Stop(
        committee_id=row["committee_id"],
        job_id=row["job_id"],
        number=row["number"],
        hospital=vault.unseal(row["hospital"]),
        state=StopState(row["state"]),
        building_id=row["building_id"],
        resident_id=row["resident_id"],
        days=row["days"],
        drug=vault.unseal(row["drug"]),
        doctor=vault.unseal(row["doctor"]),
        unit=vault.unseal(row["unit"]),
        phone=vault.unseal(row["phone"] or row["resident_phone"] or ""),
        words=vault.unseal(row["words"]),
        resident_name=vault.unseal(row["resident_name"] or ""),
        handed=_read_handed(row["handed"], vault),
        tried=tuple(unpack(vault.unseal(row["tried"]))) if row["tried"] else (),
    )


def _seal_handed(handed: tuple[Handed, ...], vault: Vault) -> str:
    return (
        vault.seal(pack([[each.good.value, each.received, each.returned] for each in handed]))
        if handed
        else ""
    )


def _read_handed(token: str, vault: Vault) -> tuple[Handed, ...]:
    if not token:
        return ()
    return tuple(
        Handed(good=Good(good), received=received, returned=returned)
        for good, received, returned in unpack(vault.unseal(token))
    )
