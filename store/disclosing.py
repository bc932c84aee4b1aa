"""The store's part about telling people what is kept about them.

Rows are told by their columns, as `holdings` classes them. Whoever else stands in a row is left out, and so
are words that somebody wrote about a third person, and keyed hashes, which nobody can read.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from dispatch.errors import UnknownPersonError
from dispatch.leaving import Kept
from dispatch.moments import to_datetime
from store import residents
from store.attempts import insist
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Work
from store.holdings import HOLDINGS, Holding
from store.part import Part

STATEMENT = "kept_of_"
"""How the statements begin that find what is kept of one person in a table."""

OWN = frozenset({"people", "applications", "devices", "ways", "whereabouts"})
"""Tables whose sealed columns are about the person that a row is of; elsewhere they are about others."""

LEFT_OUT = "(left out: it is about somebody else as well)"

_NUMBER = re.compile(r"-?[0-9]+")

SELF, OTHER = "themselves", "somebody else"

_LISTS = {"rota_slots": "rota_of", "rota_holidays": "holidays_of", "care_plans": "care_of"}
"""Tables that name people in a list, and the statement that reads all of a committee's."""

_THANKS = "thanks_received"
"""The statement that finds the words of thanks which somebody was given."""

_ABOUT = {
    "residents": "resident_by_key",
    "households": "household_of_resident",
    "jobs": "jobs_about",
    "job_private": "said_about",
    "ledger": "noted_about",
    "care_plans": "care_about",
    "medicine_supplies": "medicines_about",
    "families": "families_of",
    "medicine_stops": "stops_about",
    "round_doors": "doors_about",
    "reveals": "reveals_about",
    "pictures": "pictures_about",
    "care_pictures": "care_pictures_about",
}
"""Where something about a resident is, and the statement that finds it."""


def tables() -> Sequence[str]:
    """Tables in which something of a person can be, in the order in which they are told."""
    asked = (name for name, each in HOLDINGS.items() if each.people or each.named or name in _TIED)
    return [name for name in asked if name not in _APART]


_TIED = frozenset({"devices", "families", "cards", "outbox", "wanted_pictures"})
"""Tables that point to somebody's address and not to them."""

_APART = frozenset({"residents", "matrix_traces", *_LISTS})
"""People at risk have a way of their own, and so have lists; what came by Matrix is let go of after three
days, found by what came and by nobody's account."""


class Disclosing(Part):
    """What `dispatch.leaving.Subjects` promises of telling."""

    async def kept_about(self, committee_id: int, key: str) -> Kept:
        """See `Subjects.kept_about`."""
        found = await self._engine.read(Query("person_of_key", {"committee_id": committee_id, "key": key}))
        if not found:
            raise UnknownPersonError
        person = int(found[0]["id"])
        where = {"committee_id": committee_id, "person_id": person}
        queries = [Query(f"{STATEMENT}{table}", where) for table in tables()]
        lists = [Query(name, {"committee_id": committee_id}) for name in _LISTS.values()]
        rows = await self._looked([*queries, *lists, Query(_THANKS, where)])
        teller = _Teller(self._vault, {int(row["id"]) for row in rows[f"{STATEMENT}people"]})
        told = {table: teller.rows(table, rows[f"{STATEMENT}{table}"]) for table in tables()}
        told |= {table: teller.lists(table, rows[name]) for table, name in _LISTS.items()}
        told["thanks"] = teller.thanks(rows[_THANKS])
        return Kept(
            key=key, name=found[0]["name"], tables={name: each for name, each in told.items() if each}
        )

    async def kept_about_resident(self, committee_id: int, key: str) -> Kept:
        """See `Subjects.kept_about_resident`."""
        index = self._vault.index("resident", key)
        where = {"committee_id": committee_id, "key_index": index}
        found = await self._engine.read(Query("resident_by_key", where))
        if not found:
            raise UnknownPersonError
        asked = {"committee_id": committee_id, "resident_id": int(found[0]["id"])}
        queries = [Query(name, asked) for table, name in _ABOUT.items() if table != "residents"]
        rows = {**await self._looked(queries), "resident_by_key": found}
        teller = _Teller(self._vault, set(), every=True)
        told = {table: teller.rows(table, rows[name]) for table, name in _ABOUT.items()}
        return Kept(
            key=key,
            name=self._vault.unseal(found[0]["name"]),
            tables={name: each for name, each in told.items() if each},
        )

    async def _looked(self, queries: Sequence[Query]) -> Rows:
        """All of it as of one moment."""
        return await insist(
            self._engine.look, lambda: Work(queries, lambda rows: Plan((), lambda _rows: rows))
        )


class _Teller:
    """Rows on their way to whom they are about; with `every` all that is sealed in them is theirs."""

    def __init__(self, vault: Vault, selves: set[int], *, every: bool = False) -> None:
        self._vault = vault
        self._selves = selves
        self._every = every

    def rows(self, table: str, rows: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
        return [self._row(table, HOLDINGS[table], row) for row in rows]

    def thanks(self, rows: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
        """Words that were written for them: theirs to read, whoever wrote them."""
        return [
            {"job_id": row["job_id"], "at": _moment(row["at"]), "words": self._vault.unseal(row["note"])}
            for row in rows
        ]

    def lists(self, table: str, rows: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
        """The lines that name them, without the others whom they name."""
        column = HOLDINGS[table].people[0]
        return self.rows(table, [row for row in rows if self._who(row[column]) == SELF])

    def _row(self, table: str, holding: Holding, row: Row) -> Mapping[str, Any]:
        told: dict[str, Any] = {name: row[name] for name in (*holding.plain, *holding.named)}
        told |= {name: _moment(row[name]) for name in holding.times}
        told |= {name: self._sealed(table, name, row[name]) for name in holding.sealed}
        told |= {name: self._who(row[name]) for name in holding.people}
        return {name: value for name, value in told.items() if value not in {None, ""}}

    def _sealed(self, table: str, name: str, value: str) -> object:
        if not value:
            return None
        if table == "residents" and name == "contacts":
            named = residents.read_contacts(value, self._vault)
            return ", ".join(f"{each.name} ({each.kind.value})" for each in named)
        return self._vault.unseal(value) if self._every or table in OWN else LEFT_OUT

    def _who(self, people: int | str | None) -> str | None:
        """Of an id, or a list of ids as it is written; theirs before everybody else's."""
        ids = {int(number) for number in _NUMBER.findall(str(people or ""))}
        if not ids:
            return None
        return SELF if ids & self._selves else OTHER


def _moment(at: int | None) -> str | None:
    return None if at is None else to_datetime(at).astimezone(UTC).isoformat(timespec="seconds")
