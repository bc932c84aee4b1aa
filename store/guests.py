"""People of another committee as rows of this one, for as long as they act for it; and what follows when they
do no longer. Whether they may is none of this module's business.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import TypeAlias

from dispatch.acting import Acting
from dispatch.joining import Account
from dispatch.moments import Micros
from dispatch.people import Person, Role
from store import accounts, people
from store.crypto import Vault
from store.engine import Params, Query, Row, Rows, Save, SaveMany
from store.words import join

Saves: TypeAlias = list[Save | SaveMany]
_Standing: TypeAlias = Mapping[tuple[str, str], Row]


def let_in(
    asked: Acting, person: Person, key: str, rows: Rows, now: Micros, vault: Vault
) -> Generator[Sequence[Query], Rows, Saves]:
    """Let somebody act, by the rows of `committee_by_id` and of `chats_of` at home. Whoever has one of these
    accounts here already is who they are here; else they are a guest of this key."""
    here, committee = asked.committee_id, rows["committee_by_id"][0]["key"]
    chats = [
        Account(platform=row["platform"], value=row["value"]) for row in rows["chats_of"] if row["active"]
    ]
    rows = yield [accounts.here(here, each) for each in chats]
    standing = {(row["platform"], row["value"]): row for row in rows.get("account_here", ())}
    span: Params = {"acting_since": now, "acting_until": asked.until, "acting_of": person.id}
    known = next((each for each in standing.values() if _known_here(each)), None)
    if known is not None:
        where = {"committee_id": here, "person_id": known["person_id"]}
        return [Save("set_acting", {**where, **span}, expect=1), accounts.revised(here)]
    rows = yield (Query("save_guest", {**span, **_guest(here, person, key, vault)}),)
    guest: int = rows["save_guest"][-1]["id"]
    return [
        *_chats(here, guest, chats, standing),
        _page(here, guest, f"{committee}/{key}"),
        accounts.revised(here),
    ]


def dismissed(rows: Sequence[Row]) -> Iterator[Save]:
    """What follows where somebody is nobody at home any more, of the rows of `guests_elsewhere`."""
    for row in rows:
        where = {"committee_id": row["committee_id"]}
        yield Save("dismiss", {**where, "id": row["id"]})
        yield Save("raise_revision", where)


def retired(rows: Rows, committee_id: int, now: Micros) -> Iterator[Save]:
    """Guests whose time is over make way for whoever comes in by the same account."""
    if any(row["guest"] and row["active"] and row["acting_until"] <= now for row in rows["people_of"]):
        where = {"committee_id": committee_id, "now": now}
        yield Save("retire_guest_addresses", where)
        yield Save("retire_guests", where)


def _known_here(row: Row) -> bool:
    """An account of somebody who is of this committee anyway."""
    return accounts.taken(row) and row["person_id"] is not None and not row["owner_guest"]


def _guest(committee_id: int, person: Person, key: str, vault: Vault) -> Params:
    return {
        "committee_id": committee_id,
        "key": key,
        "name": person.name,
        "language": person.language,
        "roles": join([Role.SECRETARY.value]),
        "phone": vault.seal(""),
        "phone_index": None,
    }


def _chats(committee_id: int, guest: int, chats: Sequence[Account], standing: _Standing) -> Iterator[Save]:
    for each in chats:
        row = standing.get((each.platform, each.value))
        if not accounts.taken(row) or (row is not None and row["person_id"] is not None):  # a room stays one
            yield from accounts.handed_over(row, guest)
            yield Save("tie_address", accounts.columns(committee_id, guest, each), expect=1)


def _page(committee_id: int, guest: int, value: str) -> Save:
    where = {"committee_id": committee_id, "person_id": guest, "platform": people.WEB, "value": value}
    return Save("save_address", {**where, "topic": "", "audience": None, "language": None})
