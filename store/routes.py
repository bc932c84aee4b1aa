"""Which addresses work: those that failed, those that are heard from again, rooms that moved; and what became
of what was sent there."""

from collections.abc import Generator, Iterator, Sequence

from dispatch import reach, waking
from dispatch.events import NoticeKind
from dispatch.kept import OutboxRow
from dispatch.moments import Micros
from dispatch.people import Address
from dispatch.reach import Send, Way
from store import claims, outbox, people, situations
from store.engine import Plan, Query, Row, Rows, Save, SaveMany
from store.memory import Memory


def fail(address: Address, reason: str, now: Micros) -> Iterator[Save]:
    """Leave the address out, with the key of a reason for staff; repeating changes nothing that counts."""
    where = {"id": address.id, "committee_id": address.committee_id}
    yield Save("fail_address", {**where, "reason": reason, "at": now})
    yield Save("raise_revision", {"committee_id": address.committee_id})


def read_ways(rows: Sequence[Row], ringing: frozenset[int]) -> tuple[Way, ...]:
    """The rows of `addresses_of` that work or have failed; those that staff switched off are no ways. Those
    whose ids are in `ringing` have a device that rings."""
    return tuple(
        Way(
            address=people.address(row, row["id"]),
            failed=row["failed_reason"],
            failed_at=row["failed_at"],
            open_until=row["open_until"],
            rings=row["id"] in ringing,
        )
        for row in rows
        if row["active"] or row["failed_reason"] is not None
    )


def sends_of(committee_id: int, job_id: int) -> Query:
    """What was to ring people because of a job, oldest first."""
    first, behind = outbox.causes(job_id)
    where = {"committee_id": committee_id, "job_id": job_id}
    return Query("sends_of_job", {**where, "first": first, "behind": behind})


def read_send(row: Row) -> Send:
    """What became of it."""
    return Send(
        person_id=row["person_id"],
        status=row["status"],
        tries=row["tries"],
        created_at=row["created_at"],
        open_until=row["open_until"],
    )


def tell_desk(
    row: OutboxRow, memory: Memory, now: Micros
) -> Generator[Sequence[Query], Rows, Plan[tuple[int, ...]]]:
    """Owe the desk the card of the job that was on its way to an address which turned out not to work, and
    whoever did it where that was their family's; ids of those rows."""
    roster = yield from situations.known_roster(row.committee_id, memory)
    did: tuple[int, ...] = ()
    if row.kind is NoticeKind.TOLD:
        rows = yield claims.of_job(row.job_id)
        did = tuple(each.person_id for each in claims.read_claims(rows["claims_of_job"]) if each.holds_place)
    owed = reach.owed_to_desk(row.job_id, row.address, roster, did)
    if not owed:
        return Plan((), lambda _rows: ())
    saves: tuple[Save | SaveMany, ...] = tuple(outbox.rows_of(owed, row.committee_id, row.job_id, now))
    return Plan(saves, lambda given: tuple(each["id"] for each in given[-1]))


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


def pass_on(
    row: OutboxRow, memory: Memory, now: Micros
) -> Generator[Sequence[Query], Rows, Plan[int | None]]:
    """Owe the row's notice to whatever comes next for its person; the id of that row, or None."""
    roster = yield from situations.known_roster(row.committee_id, memory)
    rows = yield (Query("had_it", {"id": row.id}),)
    had = {each["address_id"] for each in rows["had_it"]}
    person = row.address.person_id or 0  # 0: a room, or nobody's account
    following = waking.next_address(roster, person, row.kind, had, now)
    if following is None:
        return Plan((), lambda _rows: None)
    save = Save("owe_address", {"id": row.id, "address_id": following, "created_at": now})
    return Plan((save,), lambda given: given[0][0]["id"] if given[0] else None)
