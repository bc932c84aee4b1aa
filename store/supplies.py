"""The store's part about medicine that residents take all the time, and medicines as rows: sealed, all but
their days. When one is asked for is none of this module's business.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from dispatch.entries import MedicineEntry, RegisterFile
from dispatch.errors import BadFileError
from dispatch.moments import Micros
from dispatch.stops import Good
from dispatch.supply import Asked, DueSupply, Supply
from store import jobs, residents
from store import stops as stop_rows
from store.crypto import Vault
from store.engine import Params, Query, Row, Save
from store.part import Part
from store.register_rows import Wanted
from store.words import join, pack, split


class SupplyRows(Part):
    """What `dispatch.supply.Supplies` promises."""

    async def supplies(self, committee_id: int) -> tuple[Supply, ...]:
        """See `Supplies.supplies`."""
        rows = await self._engine.read(Query("supplies", {"committee_id": committee_id}))
        return tuple(read(row, self._vault) for row in rows)

    async def supply(self, committee_id: int, supply_id: int) -> Supply | None:
        """See `Supplies.supply`."""
        where = {"committee_id": committee_id, "id": supply_id}
        rows = await self._engine.read(Query("supply", where))
        return read(rows[0], self._vault) if rows else None

    async def supplies_due(self, now: Micros, limit: int) -> tuple[DueSupply, ...]:
        """See `Supplies.supplies_due`."""
        rows = await self._engine.read(Query("supplies_due", {"now": now, "limit": limit}))
        return tuple(
            DueSupply(committee_id=row["committee_id"], supply_id=row["id"], look_at=row["look_at"])
            for row in rows
        )

    async def asked_for(self, committee_id: int, since: date) -> tuple[Asked, ...]:
        """See `Supplies.asked_for`."""
        where = {"committee_id": committee_id, "since": since.isoformat()}
        stops = await self._engine.read(Query("stops_of_supplies", where))
        if not stops:
            return ()
        rows = await self._engine.read(Query("jobs_of_supplies", where))
        known = {row["id"]: jobs.read(row, self._vault) for row in rows}
        read_stops = (stop_rows.read(row, self._vault) for row in stops)
        return tuple(Asked(stop=stop, job=known[stop.job_id]) for stop in read_stops if stop.job_id in known)

    async def look_at_supply(self, due: DueSupply, again_at: Micros) -> None:
        """See `Supplies.look_at_supply`."""
        where = {"id": due.supply_id, "committee_id": due.committee_id}
        save = Save("look_at_supply", {**where, "seen": due.look_at, "look_at": again_at})
        await self._write(save)

    async def refilled(self, supply: Supply, until: date, now: Micros) -> None:
        """See `Supplies.refilled`."""
        where = {"id": supply.id, "committee_id": supply.committee_id, "look_at": now}
        save = Save("refill_supply", {**where, "seen": supply.until.isoformat(), "until": until.isoformat()})
        await self._write(save)


def read(row: Row, vault: Vault) -> Supply:
    """The medicine that a row of `medicine_supplies` is, with its resident, opened."""
    return Supply(
        id=row["id"],
        committee_id=row["committee_id"],
        key=vault.unseal(row["key"]),
        resident=residents.read(row, vault, "resident_"),
        medicine=vault.unseal(row["medicine"]),
        hospital=vault.unseal(row["hospital"]),
        doctor=vault.unseal(row["doctor"]),
        brings=_brings(row, vault),
        until=date.fromisoformat(row["until"]),
        box=row["box"],
        ahead=row["ahead"],
        look_at=row["look_at"],
    )


def wanted(entry: MedicineEntry, ids: Mapping[str, int | None], vault: Vault) -> Wanted:
    """The row that an entry of a file is to be; `ids` are those of residents by the hash of their key, None
    for one who is written before it. Raises `BadFileError`."""
    resident = str(vault.index("resident", entry["resident"]))
    if resident not in ids:
        raise BadFileError(table="medicines", field="resident", expected="the key of a resident")
    open_ = {
        "key_index": vault.index("medicine", entry["key"]),
        "said_until": entry["until"].isoformat(),
        "box": entry["box"],
        "ahead": entry["ahead"],
        "active": 1,
    }
    sealed = {
        "key": entry["key"],
        "medicine": entry["medicine"],
        "hospital": entry["hospital"],
        "doctor": entry["doctor"],
        "brings": join(entry["brings"]),
    }
    mark = vault.index("medicine row", pack([open_, sealed, resident]))
    return Wanted(open={**open_, "resident_id": ids[resident]}, sealed=sealed, marked=mark)


def written(want: Wanted, resident: str, row: Row | None, now: Micros, vault: Vault) -> Params:
    """Every column, over `row`, for the resident of that hash. A day that the register said before has been
    moved on since by what was fetched, so it counts only where it says another one, or the medicine is new or
    counts again."""
    said = want.open["said_until"]
    moved = row is not None and row["active"] and row["said_until"] == said
    kept = want.columns(vault).items()
    columns = {name: value for name, value in kept if name not in {"active", "resident_id"}}
    until = row["until"] if moved and row is not None else said
    return {**columns, "resident_index": resident, "until": until, "look_at": now}


def told(row: Row, names: Mapping[int, str], vault: Vault) -> dict[str, Any]:
    """The medicine as a committee's file says it, with the day as it is now; `names` are residents' keys."""
    return {
        "key": vault.unseal(row["key"]),
        "resident": names[row["resident_id"]],
        "medicine": vault.unseal(row["medicine"]),
        "hospital": vault.unseal(row["hospital"]),
        "doctor": vault.unseal(row["doctor"]),
        "until": date.fromisoformat(row["until"]),
        "box": row["box"] or None,
        "ahead": row["ahead"],
        "brings": [each.value for each in _brings(row, vault)],
    }


def entries(file: RegisterFile) -> Sequence[MedicineEntry]:
    """The medicines of a file."""
    return cast("Sequence[MedicineEntry]", file.medicines)


def _brings(row: Row, vault: Vault) -> tuple[Good, ...]:
    named = split(vault.unseal(row["brings"]))
    return tuple(good for good in Good if good.value in named)
