"""Which addresses work: those that failed, those that are heard from again, rooms that moved."""

from collections.abc import Generator, Iterator, Sequence

from dispatch.moments import Micros
from dispatch.people import Address
from dispatch.ports import OutboxRow
from store.engine import Plan, Query, Rows, Save, Work


def fail(address: Address, reason: str) -> Iterator[Save]:
    """Leave the address out, with a reason for staff; repeating changes nothing that counts."""
    where = {"id": address.id, "committee_id": address.committee_id}
    yield Save("fail_address", {**where, "reason": reason})
    yield Save("raise_revision", {"committee_id": address.committee_id})


def revive(platform: str, value: str) -> Generator[Sequence[Query], Rows, Plan[None]]:
    """Count the addresses again that had failed; those that staff switched off stay off."""
    rows = yield (Query("failed_addresses", {"platform": platform, "value": value}),)
    saves = []
    for row in rows["failed_addresses"]:
        saves.append(Save("revive_address", {"id": row["id"], "committee_id": row["committee_id"]}))
        saves.append(Save("raise_revision", {"committee_id": row["committee_id"]}))
    return Plan(saves, lambda _rows: None)


def move(platform: str, old: str, new: str) -> Generator[Sequence[Query], Rows, Plan[None]]:
    """The room is called `new`. Its cards stay in the old room and cannot be edited, so new ones are made."""
    rows = yield (Query("rooms_by_value", {"platform": platform, "value": old}),)
    saves = []
    for row in rows["rooms_by_value"]:
        committee = {"committee_id": row["committee_id"]}
        saves.append(Save("move_room", {"id": row["id"], "value": new, **committee}))
        saves.append(Save("forget_cards", {"address_id": row["id"], **committee}))
        saves.append(Save("raise_revision", committee))
    return Plan(saves, lambda _rows: None)


def pass_on(row: OutboxRow, now: Micros) -> Work[int | None]:
    """Owe the row's notice to the person's next chat; the id of that row, or None."""
    save = Save("owe_next_address", {"id": row.id, "created_at": now})
    return Work((), lambda _rows: Plan((save,), lambda rows: rows[0][0]["id"] if rows[0] else None))
