"""A committee and its people as rows, and the roster that they make together."""

from collections.abc import Iterable, Mapping, Sequence

from dispatch.errors import ConflictError, UnknownPersonError
from dispatch.geography import Building, Point
from dispatch.moments import MINUTE, Micros
from dispatch.people import (
    ASKABLE,
    RING,
    Address,
    Audience,
    Committee,
    JoinRule,
    Ladder,
    Person,
    Role,
    Roster,
    Rung,
)
from store import groups, seals, ways
from store import rota as duties
from store.crypto import Vault
from store.engine import Query, Row, Rows
from store.words import split, unpack

WEB = "web"
"""The platform whose addresses can only be rung while a page is open."""

LAST_RESORT = "last_resort"
"""How the ladder's last list is called where the rungs have their names."""


def roster_of(committee_id: int, *more: str) -> tuple[Query, ...]:
    """Everything that a roster is made of, and `more` tables with it; the committee is read before and after
    all the rest."""
    params = {"committee_id": committee_id}
    tables = (
        "committee_by_id",
        "people_of",
        "buildings_of",
        "addresses_of",
        "ladder_of",
        ways.TABLE,
        *groups.TABLES,
        *duties.TABLES,
        seals.TABLE,
        *more,
    )
    return tuple(Query(name, params) for name in (*tables, "committee_by_id"))


def hold(committee_id: int) -> Query:
    """What a work holds that decides who belongs to a committee, or how they are reached (`Work.holds`)."""
    return Query("hold_committee", {"committee_id": committee_id})


def hold_by_key(key: str) -> Query:
    """The same where only the committee's key is known; there may be none of that key yet."""
    return Query("hold_committee_of_key", {"key": key})


def open_pages(committee_id: int, now: Micros) -> Query:
    """People who have a page open at this moment."""
    return Query("open_pages", {"committee_id": committee_id, "now": now})


def read_roster(rows: Rows) -> Roster:
    """The roster of `roster_of`: active people and addresses only. Raises `UnknownPersonError` when
    there is no such committee, `ConflictError` when it changed while it was read."""
    if not rows["committee_by_id"]:
        raise UnknownPersonError
    if len({row["revision"] for row in rows["committee_by_id"]}) > 1:
        raise ConflictError
    people = {row["id"]: person(row) for row in rows["people_of"] if row["active"]}
    return Roster(
        committee=committee(rows["committee_by_id"][0]),
        people=people,
        buildings={row["id"]: building(row) for row in rows["buildings_of"]},
        addresses=tuple(
            address(row, row["id"])
            for row in rows["addresses_of"]
            if row["active"]
            and row["platform"] != RING
            and (row["person_id"] is None or row["person_id"] in people)
        ),
        ladder=_ladder(rows["ladder_of"]),
        rota=duties.read(rows),
        overrides=duties.read_overrides(rows),
        sealings=seals.read(rows),
        groups=groups.read(rows, people),
        waking={person: listed for person, listed in ways.read(rows).items() if person in people},
        own_numbers=volunteers_numbers(rows["people_of"]),
    )


def volunteers_numbers(rows: Iterable[Row]) -> frozenset[str]:
    """What stands for the numbers of those whom waves ask: hashes as `residents.phone_index` makes them."""
    asked = (row for row in rows if row["active"] and not ASKABLE.isdisjoint(split(row["roles"])))
    return frozenset(row["phone_index"] for row in asked if row["phone_index"] is not None)


def read_born(rows: Rows, vault: Vault, known: Mapping[str, int]) -> Mapping[str, int]:
    """The years of birth of `roster_of` by their sealed words; those that are `known` are not opened anew."""
    words = (row["born"] for row in rows["people_of"] if row["born"] and row["active"])
    return {word: known.get(word) or int(vault.unseal(word)) for word in words}


def committee(row: Row) -> Committee:
    """The committee that a row is."""
    return Committee(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        language=row["language"],
        timezone=row["timezone"],
        emergency=unpack(row["emergency"]),
        demo=bool(row["demo"]),
        revision=row["revision"],
        joining=JoinRule(row["joining"]),
        poster_epoch=row["poster_epoch"],
        recheck=None if row["recheck"] is None else row["recheck"] * MINUTE,
        scale=row["scale"],
    )


def person(row: Row) -> Person:
    """The person that a row is; their phone stays sealed in the row."""
    return Person(
        id=row["id"],
        committee_id=row["committee_id"],
        key=row["key"],
        name=row["name"],
        language=row["language"],
        roles=frozenset(Role(role) for role in split(row["roles"])),
        trusted=bool(row["trusted"]) and row["doubted_at"] is None,
        doubted_at=row["doubted_at"],
        building_id=row["building_id"],
        skills=frozenset(unpack(row["skills"])),
        vehicle=row["vehicle"],
        speaks=split(row["speaks"]),
        hours=row["hours"],
        daily=row["daily"],
        gear=bool(row["gear"]),
        active=bool(row["active"]),
        paused_until=row["paused_until"],
        out_since=row["out_since"],
        out_until=row["out_until"],
        link_epoch=row["link_epoch"],
        acting_since=row["acting_since"],
        acting_until=row["acting_until"],
        acting_of=row["acting_of"],
        guest=bool(row["guest"]),
    )


def building(row: Row) -> Building:
    """The building that a row is."""
    placed = row["lat"] is not None and row["lon"] is not None
    return Building(
        id=row["id"],
        committee_id=row["committee_id"],
        key=row["key"],
        name=row["name"],
        point=Point(lat=row["lat"], lon=row["lon"]) if placed else None,
        outline=tuple(Point(lat=lat, lon=lon) for lat, lon in unpack(row["outline"] or "[]")),
        spot=None if row["plan_x"] is None else (row["plan_x"], row["plan_y"]),
    )


def address(row: Row, address_id: int) -> Address:
    """The address that a row is; rows of a join call its id by another name."""
    return Address(
        id=address_id,
        committee_id=row["committee_id"],
        platform=row["platform"],
        value=row["value"],
        person_id=row["person_id"],
        topic=row["topic"] or None,
        audience=Audience(row["audience"]) if row["audience"] else None,
        language=row["language"],
    )


def _ladder(rows: Sequence[Row]) -> Ladder:
    lists: dict[str, tuple[int, ...]] = {}
    for row in rows:
        lists[row["rung"]] = (*lists.get(row["rung"], ()), row["person_id"])
    last = lists.pop(LAST_RESORT, ())
    return Ladder(rungs={Rung(name): people for name, people in lists.items()}, last_resort=last)
