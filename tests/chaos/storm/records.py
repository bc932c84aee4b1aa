"""What a storm has left in the database, of either kind, read past the program; and no private word of it."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from store.schema import DATABASE
from tests.chaos.storm.model import Entry

_LEDGER = "SELECT job_id, version, kind, at, actor_id, loop, step, data FROM ledger ORDER BY job_id, version"

Rows = Sequence[tuple[Any, ...]]


class Owed(NamedTuple):
    """A row of the outbox."""

    cause: str
    job: int
    person: int | None
    kind: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All jobs' ledgers, what was owed because of them, and the marks of taps that were kept."""

    kinds: Mapping[int, str]
    versions: Mapping[int, int]
    ledgers: Mapping[int, Sequence[Entry]]
    owed: Sequence[Owed]
    receipts: frozenset[str]

    @property
    def rungs(self) -> int:
        """Steps that were decided: waves, rungs, urges, repeats."""
        return sum(entry.step is not None for ledger in self.ledgers.values() for entry in ledger)


class Base:
    """Where the program keeps what it keeps: a folder, or the PostgreSQL database at `url`."""

    def __init__(self, data: Path, url: str | None = None) -> None:
        self._data = data
        self._url = url

    async def rows(self, sql: str) -> Rows:
        """What a plain connection finds."""
        if self._url is None:
            with closing(sqlite3.connect(self._data / DATABASE, timeout=10)) as connection:
                return connection.execute(sql).fetchall()
        session = await asyncpg.connect(self._url)
        try:
            return [tuple(row) for row in await session.fetch(sql)]
        finally:
            await session.close()

    async def count(self, sql: str) -> int:
        """The one number that is found."""
        return int((await self.rows(sql))[0][0])

    async def records(self) -> Records:
        """Everything as it stands now."""
        # First of all: of a program that goes on, what it adds meanwhile is left out.
        jobs = await self.rows("SELECT id, kind, version FROM jobs")
        versions = {job: version for job, _, version in jobs}
        ledgers: dict[int, list[Entry]] = {}
        for job, version, kind, at, actor, loop, step, data in await self.rows(_LEDGER):
            if version <= versions.get(job, 0):
                entry = Entry(version, kind, at, actor, loop, step, json.loads(data))
                ledgers.setdefault(job, []).append(entry)
        owed = await self.rows(
            "SELECT o.cause, o.job_id, a.person_id, o.kind, o.status FROM outbox o "
            "JOIN addresses a ON a.id = o.address_id WHERE o.job_id IS NOT NULL"
        )
        receipts = await self.rows("SELECT receipt FROM receipts")
        return Records(
            kinds={job: kind for job, kind, _ in jobs},
            versions=versions,
            ledgers=ledgers,
            owed=[Owed(*row) for row in owed],
            receipts=frozenset(receipt.rpartition(":")[2] for (receipt,) in receipts),
        )
