"""The store's part about care plans, and plans as rows: sealed, all but their kind, their times and who does
it. When a turn is opened is none of this module's business.
"""

from collections.abc import Generator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from dispatch.care import DuePlan, Excuse, Plan, Scope
from dispatch.care_file import times
from dispatch.entries import CareEntry, RegisterFile
from dispatch.errors import BadFileError
from dispatch.jobs import Job
from dispatch.moments import MINUTE, Micros
from dispatch.residents import Resident
from store import jobs, residents, rounds
from store.calendar import RuleCalendar
from store.crypto import Vault
from store.engine import Params, Query, Row, Rows, Save
from store.engine import Plan as Written
from store.part import Part
from store.register_rows import Wanted
from store.words import pack, unpack

MOST_TURNS = 60
"""Done claims that are looked through for those who did a plan's turns: two months of every day."""

TIMES = ("rule", "times", "anchor", "ahead", "within")
"""Columns of which another value means that turns before this moment are nobody's business."""


class CareRows(Part):
    """What `dispatch.care.CarePlans` promises."""

    async def care_plans(self, committee_id: int) -> tuple[Plan, ...]:
        """See `CarePlans.care_plans`."""
        rows = await self._engine.read(Query("care_plans", {"committee_id": committee_id}))
        return tuple(read(row, self._vault) for row in rows)

    async def care_plan(self, committee_id: int, plan_id: int) -> Plan | None:
        """See `CarePlans.care_plan`."""
        where = {"committee_id": committee_id, "id": plan_id}
        rows = await self._engine.read(Query("care_plan", where))
        return read(rows[0], self._vault) if rows else None

    async def care_due(self, now: Micros, limit: int) -> tuple[DuePlan, ...]:
        """See `CarePlans.care_due`."""
        rows = await self._engine.read(Query("care_due", {"now": now, "limit": limit}))
        return tuple(
            DuePlan(committee_id=row["committee_id"], plan_id=row["id"], look_at=row["look_at"])
            for row in rows
        )

    async def carers(self, committee_id: int) -> frozenset[int]:
        """See `CarePlans.carers`."""
        rows = await self._engine.read(Query("carers_of", {"committee_id": committee_id}))
        return frozenset(who for row in rows for who in unpack(row["carers"]))

    async def care_turns(self, committee_id: int, since: Micros) -> tuple[Job, ...]:
        """See `CarePlans.care_turns`."""
        where = {"committee_id": committee_id, "since": since}
        rows = await self._engine.read(Query("care_turns", where))
        return tuple(jobs.read(row, self._vault) for row in rows)

    async def care_doers(self, committee_id: int, plan_id: int, limit: int) -> tuple[int, ...]:
        """See `CarePlans.care_doers`."""
        where = {"committee_id": committee_id, "care_id": plan_id, "limit": MOST_TURNS}
        rows = await self._engine.read(Query("care_doers", where))
        return tuple(dict.fromkeys(row["person_id"] for row in rows))[:limit]

    async def care_excuses(self, committee_id: int, since: Micros) -> tuple[Excuse, ...]:
        """See `CarePlans.care_excuses`."""
        rows = await self._engine.read(Query("care_excuses", {"committee_id": committee_id, "since": since}))
        return tuple(
            Excuse(
                plan_id=row["plan_id"],
                at=row["at"],
                person_id=row["person_id"],
                by_id=row["by_id"],
                said_at=row["said_at"],
            )
            for row in rows
        )

    async def excuse(self, committee_id: int, excuse: Excuse) -> bool:
        """See `CarePlans.excuse`."""
        return await self._insist(lambda: _excused(committee_id, excuse))

    async def look_at_care(self, due: DuePlan, again_at: Micros) -> None:
        """See `CarePlans.look_at_care`."""
        where = {"id": due.plan_id, "committee_id": due.committee_id}
        save = Save("look_at_care", {**where, "seen": due.look_at, "look_at": again_at})
        await self._write(save)


def _excused(committee_id: int, excuse: Excuse) -> Generator[Sequence[Query], Rows, Written[bool]]:
    columns = {
        "plan_id": excuse.plan_id,
        "at": excuse.at,
        "person_id": excuse.person_id,
        "committee_id": committee_id,
        "by_id": excuse.by_id,
        "said_at": excuse.said_at,
    }
    rows = yield (Query("insert_excuse", columns),)
    if not rows["insert_excuse"]:
        return Written((), lambda _rows: False)
    again = {"id": excuse.plan_id, "committee_id": committee_id, "look_at": excuse.said_at}
    return Written((Save("look_at_care_now", again),), lambda _rows: True)


def read(row: Row, vault: Vault) -> Plan:
    """The plan that a row of `care_plan` is, with its resident, opened."""
    return Plan(
        id=row["id"],
        committee_id=row["committee_id"],
        key=vault.unseal(row["key"]),
        resident=_resident(row, vault),
        kind=row["kind"],
        rule=row["rule"],
        times=times(row["times"].split()),
        anchor=date.fromisoformat(row["anchor"]),
        ahead=row["ahead"] * MINUTE,
        within=row["within"] * MINUTE,
        carers=tuple(unpack(row["carers"])),
        device=vault.unseal(row["device"]),
        words=vault.unseal(row["words"]),
        scope=rounds.read_scope(row["scope"], vault),
        since_at=row["since_at"],
        look_at=row["look_at"],
        calendar=RuleCalendar(),
    )


def _resident(row: Row, vault: Vault) -> Resident | None:
    """Whom a plan is for; None of a round."""
    if row["resident_id"] is None:
        return None
    return residents.read(row, vault, "resident_")


def wanted(
    entry: CareEntry, ids: Mapping[str, int | None], people: Mapping[str, int], vault: Vault
) -> Wanted:
    """The row that an entry of a file is to be; `ids` are those of residents by the hash of their key, None
    for one who is written before it. Raises `BadFileError`."""
    if missing := [key for key in entry["carers"] if key not in people]:
        expected = f"keys of people of this committee; {missing[0]} is none"
        raise BadFileError(table="care", field="carers", expected=expected)
    scope = Scope(
        residents=tuple(entry["residents"]),
        buildings=tuple(entry["buildings"]),
        alone=entry["alone"],
        relay=entry["relay"],
    )
    named = [("resident", entry["resident"])] if entry["resident"] else []
    for field, key in (*named, *(("residents", key) for key in scope.residents)):
        if str(vault.index("resident", key)) not in ids:
            raise BadFileError(table="care", field=field, expected="the key of a resident")
    resident = str(vault.index("resident", entry["resident"]))
    open_ = {
        "key_index": vault.index("care", entry["key"]),
        "kind": entry["kind"],
        "rule": entry["rrule"],
        "times": " ".join(entry["at"]),
        "anchor": entry["anchor"].isoformat(),
        "ahead": entry["ahead"],
        "within": entry["within"],
        "carers": pack([people[key] for key in entry["carers"]]),
        "active": 1,
    }
    sealed = {"key": entry["key"], "device": entry["device"], "words": entry["words"]}
    sealed["scope"] = "" if entry["resident"] else rounds.pack_scope(scope)
    mark = vault.index("care row", pack([open_, sealed, resident]))
    return Wanted(open={**open_, "resident_id": ids.get(resident)}, sealed=sealed, marked=mark)


def written(want: Wanted, resident: str, row: Row | None, now: Micros, vault: Vault) -> Params:
    """Every column, over `row`, for the resident of that hash: a plan that is new, counts again or has other
    times begins now."""
    same = row is not None and row["active"] and all(row[name] == want.open[name] for name in TIMES)
    since = row["since_at"] if row is not None and same else now
    kept = want.columns(vault).items()
    columns = {name: value for name, value in kept if name not in {"active", "resident_id"}}
    return {**columns, "resident_index": resident, "since_at": since, "look_at": now}


class Subjects:
    """Whom plans are for, as a committee's file says it; made of the rows of all residents and buildings."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows, self._vault = rows, vault
        self._there = {row["id"]: row for row in rows["residents_of"] if row["active"]}

    def of(self, row: Row) -> dict[str, Any] | None:
        """The fields of a plan's row that say it; None for nobody who is there."""
        if row["resident_id"] is not None:
            found = self._there.get(row["resident_id"])
            return None if found is None else {"resident": self._vault.unseal(found["key"])}
        scope = rounds.read_scope(row["scope"], self._vault)
        if scope is None:
            return None
        homes = {row["key_index"] for row in rounds.members(scope, self._rows, self._vault)}
        if not homes:
            return None
        return {
            "residents": [key for key in scope.residents if self._vault.index("resident", key) in homes],
            "buildings": list(scope.buildings),
            "alone": scope.alone,
            "relay": scope.relay,
        }


def told(row: Row, people: Mapping[int, str], there: Subjects, vault: Vault) -> dict[str, Any] | None:
    """The plan as a committee's file says it; `people` are keys of people. None where everybody whom it is
    for has left."""
    subject = there.of(row)
    return subject and {
        "key": vault.unseal(row["key"]),
        **subject,
        "kind": row["kind"],
        "rrule": row["rule"],
        "at": row["times"].split(),
        "anchor": date.fromisoformat(row["anchor"]),
        "ahead": row["ahead"],
        "within": row["within"],
        "carers": [people[each] for each in unpack(row["carers"]) if each in people],
        "device": vault.unseal(row["device"]),
        "words": vault.unseal(row["words"]),
    }


def entries(file: RegisterFile) -> Sequence[CareEntry]:
    """The plans of a file."""
    return cast("Sequence[CareEntry]", file.care)
