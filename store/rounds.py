"""The store's part about rounds: whom a plan's round goes to, and the doors of a job as rows.

Rows hold ids and how far a door has come; names, doors and phones stay where the register has them, sealed.
What becomes of a round is none of this module's business.
"""

import re
from collections.abc import Callable, Generator, Mapping, Sequence

from dispatch.care import Scope
from dispatch.door_lists import Visited
from dispatch.doors import Door, DoorState, NewDoor
from dispatch.jobs import Draft
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.playbook import Playbook
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from store import medicine
from store.changes import Keeper, Wanted
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, SaveMany
from store.listed import Listed, also, heard
from store.register_rows import flagged
from store.words import pack, unpack

_DIGITS = re.compile(r"\d+")


class RoundRows(Listed):
    """What `dispatch.door_lists.DoorLists` promises."""

    async def doors_of_plan(self, committee_id: int, plan_id: int) -> tuple[NewDoor, ...]:
        """See `DoorLists.doors_of_plan`."""
        where = {"committee_id": committee_id}
        plans = await self._engine.read(Query("care_plan", {**where, "id": plan_id}))
        scope = read_scope(plans[0]["scope"], self._vault) if plans else None
        if scope is None:
            return ()
        names = ("residents_of", "buildings_of", *(("households_of",) if scope.relay else ()))
        rows = {name: await self._engine.read(Query(name, where)) for name in names}
        return gone_to(scope, rows, self._vault)

    async def doors(self, committee_id: int, job_id: int) -> tuple[Door, ...]:
        """See `DoorLists.doors`."""
        rows = await self._engine.read(_of_job(committee_id, job_id))
        return tuple(read(row, self._vault) for row in rows)

    async def tick_doors(
        self,
        committee_id: int,
        job_id: int,
        decide: Callable[[Situation, tuple[Door, ...]], Visited],
        now: Micros,
    ) -> Saved:
        """See `DoorLists.tick_doors`."""
        wanted = Wanted(committee_id=committee_id, job_id=job_id)
        return await self._held(committee_id, job_id, lambda: _ticked(self._keeper, wanted, decide, now))


def posted(
    keeper: Keeper, draft: Draft, playbook: Playbook, now: Micros, decide: Decide
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    """Post the job, with its doors where it is a round."""
    made: list[Decision] = []
    plan = yield from medicine.posted(keeper, draft, playbook, now, heard(decide, made))
    if not draft.doors or not made:
        return plan
    job = made[-1].after.job.id
    rows = [
        {
            "job_id": job,
            "number": number,
            "committee_id": draft.committee_id,
            "resident_id": each.resident_id,
            "building_id": each.building_id,
            "household_id": each.household_id,
            "state": DoorState.OPEN.value,
        }
        for number, each in enumerate(draft.doors, 1)
    ]
    return also(plan, [SaveMany("insert_door", rows)])


def _ticked(
    keeper: Keeper,
    wanted: Wanted,
    decide: Callable[[Situation, tuple[Door, ...]], Visited],
    now: Micros,
) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
    rows = yield (_of_job(wanted.committee_id, wanted.job_id),)
    doors = tuple(read(row, keeper.vault) for row in rows["doors_of_job"])
    made: list[Visited] = []

    def deciding(situation: Situation) -> Decision:
        made.append(decide(situation, doors))
        return made[-1].decision

    plan = yield from keeper.change(wanted, deciding, now)
    return also(plan, [Save("save_door", _moved(door)) for door in made[-1].doors])


def gone_to(scope: Scope, rows: Mapping[str, Sequence[Row]], vault: Vault) -> tuple[NewDoor, ...]:
    """Whom the rows of residents, buildings and (for a relay) households make it go to: by building, as the
    committee lists them, then by door."""
    order = {row["id"]: place for place, row in enumerate(rows["buildings_of"])}
    relays = {
        row["building_id"]: row
        for row in reversed(rows.get("households_of", ()))
        if row["active"] and row["building_id"] is not None and flagged(row["relay"], vault)
    }
    there = members(scope, rows, vault)
    there = sorted(there, key=lambda row: (order.get(row["building_id"], len(order)), _by_door(row, vault)))
    return tuple(
        NewDoor(
            resident_id=row["id"],
            building_id=row["building_id"],
            household_id=_told_by(row, relays.get(row["building_id"])),
        )
        for row in there
    )


def members(scope: Scope, rows: Mapping[str, Sequence[Row]], vault: Vault) -> list[Row]:
    """The residents who are there and whom it goes to."""
    keys = {row["id"]: row["key"] for row in rows["buildings_of"]}
    named = {vault.index("resident", key): key for key in scope.residents}
    return [
        row
        for row in rows["residents_of"]
        if row["active"]
        and scope.holds(
            named.get(row["key_index"], ""),
            keys.get(row["building_id"]),
            alone=scope.alone and flagged(row["alone"], vault),
        )
    ]


def _told_by(resident: Row, household: Row | None) -> int | None:
    """The household that tells them, unless they are of it."""
    if household is None or household["id"] == resident["household_id"]:
        return None
    own = household["unit_index"] is not None and household["unit_index"] == resident["unit_index"]
    return None if own else int(household["id"])


def _by_door(row: Row, vault: Vault) -> str:
    return _DIGITS.sub(lambda found: found[0].zfill(9), vault.unseal(row["unit"]))


def _of_job(committee_id: int, job_id: int) -> Query:
    return Query("doors_of_job", {"committee_id": committee_id, "job_id": job_id})


def _moved(door: Door) -> dict[str, object]:
    return {
        "job_id": door.job_id,
        "number": door.number,
        "committee_id": door.committee_id,
        "state": door.state.value,
        "check_id": door.check,
    }


def read(row: Row, vault: Vault) -> Door:
    """The door that a row is, opened, with what the register knows of resident and household."""
    return Door(
        committee_id=row["committee_id"],
        job_id=row["job_id"],
        number=row["number"],
        resident_id=row["resident_id"],
        building_id=row["building_id"],
        household_id=row["household_id"],
        state=DoorState(row["state"]),
        check=row["check_id"],
        name=vault.unseal(row["resident_name"] or ""),
        unit=vault.unseal(row["unit"] or ""),
        phone=vault.unseal(row["phone"] or ""),
        relay_unit=vault.unseal(row["relay_unit"] or ""),
        relay_phone=vault.unseal(row["relay_phone"] or ""),
    )


def pack_scope(scope: Scope) -> str:
    """Whom a round goes to as one text, to be sealed."""
    return pack([list(scope.residents), list(scope.buildings), scope.alone, scope.relay])


def read_scope(token: str, vault: Vault) -> Scope | None:
    """What was sealed; None for a plan of one resident."""
    if not token:
        return None
    residents, buildings, alone, relay = unpack(vault.unseal(token))
    return Scope(residents=tuple(residents), buildings=tuple(buildings), alone=alone, relay=relay)
