"""Ways in which leaders want to be woken, as rows: services as addresses of their own, their secrets sealed.

An address of this kind is called by its service's name and a keyed hash, so that it is found again, and is
the same for as long as the file says the same, and tells nothing.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from dispatch.entries import PersonEntry, WayEntry
from dispatch.people import RING
from dispatch.ways import CHAT, Hours, ListedWay, service_of
from store import losses
from store.crypto import Vault
from store.engine import Query, Row, Rows, Save

TABLE = "ways_of"
"""What a roster reads of it."""

Line: TypeAlias = tuple[str, int | None, int | None]
"""One entry as it is compared: the address's name (empty: the chats), since, until."""

_HASHED = "way"


def read(rows: Rows) -> Mapping[int, tuple[ListedWay, ...]]:
    """Who is to be woken how: the rows of `TABLE`, without addresses that were switched off."""
    found: dict[int, tuple[ListedWay, ...]] = {}
    for row in rows[TABLE]:
        if row["address_id"] is None or row["active"]:
            found[row["person_id"]] = (*found.get(row["person_id"], ()), _way(row))
    return found


def told(row: Row, vault: Vault) -> Mapping[str, str]:
    """The entry that a row of `TABLE` is, as a committee's file says it; it holds the secret."""
    hours = {}
    if row["since_minute"] is not None:
        hours = {"hours": f"{_clock(row['since_minute'])}-{_clock(row['until_minute'])}"}
    return {"to": CHAT if row["address_id"] is None else vault.unseal(row["secret"]), **hours}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def by_person(rows: Rows) -> Mapping[int, Sequence[Line]]:
    """The entries that are kept, by whose they are; one whose address was switched off is as good as none."""
    found: dict[int, list[Line]] = {}
    for row in rows[TABLE]:
        line = (row["value"] or "", row["since_minute"], row["until_minute"])
        found.setdefault(row["person_id"], [])
        if row["address_id"] is None or row["active"]:
            found[row["person_id"]].append(line)
    return found


def wanted(entry: PersonEntry, vault: Vault) -> Sequence[Line]:
    """The same of an entry of the file."""
    return [_line(entry["key"], way, vault) for way in entry["ways"]]


def replaced(
    entry: PersonEntry, where: Mapping[str, int], addresses: Sequence[Row], vault: Vault
) -> Generator[Sequence[Query], Rows, Iterator[Save]]:
    """What to write so that the entry's ways are the person's. `where` names committee and person,
    `addresses` are the active ones that the person has."""
    lines = wanted(entry, vault)
    names = dict.fromkeys(name for name, _, _ in lines if name)
    ids: dict[str, int] = {}
    if names:
        rows = yield [Query("save_service", {**where, "platform": RING, "value": name}) for name in names]
        ids = {row["value"]: row["id"] for row in rows["save_service"]}
    return _saves(entry, where, [row for row in addresses if row["platform"] == RING], lines, ids, vault)


def _saves(
    entry: PersonEntry,
    where: Mapping[str, int],
    services: Sequence[Row],
    lines: Sequence[Line],
    ids: Mapping[str, int],
    vault: Vault,
) -> Iterator[Save]:
    for row in services:
        if row["value"] not in ids:
            yield losses.unreached(row["id"], where["committee_id"])
            yield Save("deactivate_address", {"id": row["id"], "committee_id": where["committee_id"]})
    yield Save("clear_ways", where)
    for position, (way, (name, since, until)) in enumerate(zip(entry["ways"], lines, strict=True), 1):
        columns: dict[str, Any] = {
            "position": position,
            "address_id": ids.get(name),
            "secret": vault.seal(way["to"] if name else ""),
            "since_minute": since,
            "until_minute": until,
        }
        yield Save("insert_way", {**where, **columns})


def _line(person: str, way: WayEntry, vault: Vault) -> Line:
    to, hours = way["to"], way["hours"]
    name = "" if to == CHAT else f"{service_of(to)}:{vault.mark(_HASHED, f'{person} {to}')}"
    return (name, None, None) if hours is None else (name, hours.since, hours.until)


def _way(row: Row) -> ListedWay:
    hours = None
    if row["since_minute"] is not None:
        hours = Hours(since=row["since_minute"], until=row["until_minute"])
    if row["address_id"] is None:
        return ListedWay(hours=hours)
    service = str(row["value"]).partition(":")[0]
    return ListedWay(address_id=row["address_id"], service=service, hours=hours)
