"""A new key for everything that is sealed: a little at a time, and the look-ups all at once.

Nobody may use the database meanwhile. Wherever it is cut off it is gone on with: until the last step hashes
come from the old key, and both keys open what either has sealed, so the program can be started in between.
The last step makes every hash anew and writes the marks in one transaction (docs/decisions/0031).
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from cryptography.fernet import Fernet

from store import schema, sessions
from store.bucket import Bucket, BucketMissingError
from store.crypto import Vault
from store.errors import KeyWrongError, StartError
from store.holdings import HOLDINGS, Holding
from store.rehashing import REHASHED, rehashed
from store.sessions import Session
from store.sqlite import connect

ROWS = 200
"""Rows to a transaction: some milliseconds of sealing."""

FILES = 20
"""The same of rows that hold a file each."""

TRIES, AGAIN_S = 20, 0.1
"""How often it is looked whether others use the database, and seconds between two looks: sessions that were
ended a moment ago are seen for some milliseconds."""

Change: TypeAlias = tuple[str, Sequence[object]]
Told: TypeAlias = Callable[[str, int], None]
"""Hears of each table how many rows were sealed anew."""


class DatabaseInUseError(StartError):
    """Others are connected with the database."""

    key = "database_in_use"
    sentence = (
        "{others} other sessions use the database {database}: stop every process of Suidao, then try again "
        "(nothing was lost)."
    )


class Base(Protocol):
    """A database without the program around it."""

    async def rows(self, query: str, values: Sequence[object] = ()) -> Sequence[Mapping[str, Any]]:
        """What a query finds; its parameters are `?`."""

    async def write(self, changes: Sequence[Change]) -> None:
        """All of them, or none."""

    async def check_alone(self) -> None:
        """Raise `DatabaseInUseError` where others are there."""


@dataclass(frozen=True, slots=True)
class _Sqlite:
    connection: sqlite3.Connection

    async def rows(self, query: str, values: Sequence[object] = ()) -> Sequence[Mapping[str, Any]]:
        return [dict(row) for row in self.connection.execute(query, values)]

    async def write(self, changes: Sequence[Change]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for query, values in changes:
                self.connection.execute(query, values)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    async def check_alone(self) -> None:
        """The data folder is held by whoever asks."""


@dataclass(frozen=True, slots=True)
class _Postgres:
    session: Session
    url: str

    async def rows(self, query: str, values: Sequence[object] = ()) -> Sequence[Mapping[str, Any]]:
        return [dict(row) for row in await self.session.fetch(_numbered(query), *values)]  # type: ignore[call-overload]  # a record is a mapping

    async def write(self, changes: Sequence[Change]) -> None:
        await self.session.execute("BEGIN")
        try:
            for query, values in changes:
                await self.session.executemany(_numbered(query), [values])
        except BaseException:
            await self.session.execute("ROLLBACK")
            raise
        await self.session.execute("COMMIT")

    async def check_alone(self) -> None:
        for left in reversed(range(TRIES)):
            row = await self.session.fetchrow(
                "SELECT COUNT(*) AS others FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if not row["others"]:
                return
            if not left:
                raise DatabaseInUseError(others=int(row["others"]), database=sessions.called(self.url))
            await asyncio.sleep(AGAIN_S)


@asynccontextmanager
async def opened(data_dir: Path, url: str | None) -> AsyncIterator[Base]:
    """The database of these settings, for as long as the block runs. Whoever asks holds the data folder."""
    if url is None:
        connection = connect(data_dir / schema.DATABASE)
        try:
            yield _Sqlite(connection)
        finally:
            connection.close()
        return
    session = await sessions.begin(url)
    try:
        yield _Postgres(session, url)
    finally:
        await session.close()


async def rotate(base: Base, vault: Vault, told: Told, *, links: bool, bucket: Bucket | None = None) -> None:
    """Seal everything by the vault's first key, then find everything by it. `links`: what personal links are
    signed with changes, too. Repeating is safe. Raises `DatabaseInUseError`, `BucketMissingError` and
    `PicturesUnavailableError`: the old key is needed until all that lies in the bucket is done."""
    await base.check_alone()
    for table, holding in HOLDINGS.items():
        if holding.sealed or holding.files:
            told(table, await _resealed(base, table, holding, vault))
    told("objects", await _put_anew(base, vault, bucket))
    await base.check_alone()
    await base.write(await _turned(base, vault, links=links))


async def _resealed(base: Base, table: str, holding: Holding, vault: Vault) -> int:
    after: Sequence[object] | None = None
    at_most, total = FILES if holding.files else ROWS, 0
    while rows := await base.rows(*_page(table, holding, after, at_most)):
        changes = [change for row in rows if (change := _anew(table, holding, row, vault)) is not None]
        if changes:
            await base.write(changes)
        total += len(changes)
        after = [rows[-1][name] for name in holding.key]
    return total


async def _put_anew(base: Base, vault: Vault, bucket: Bucket | None) -> int:
    """Seal what lies in the bucket, each object in its place."""
    rows = await base.rows("SELECT name FROM objects WHERE doomed = 0 ORDER BY at")
    if not rows:
        return 0
    if bucket is None:
        raise BucketMissingError(objects=len(rows))
    return sum([await _put_again(bucket, row["name"], vault) for row in rows])


async def _put_again(bucket: Bucket, name: str, vault: Vault) -> bool:
    found = await bucket.get(name)
    if found is None or vault.sealed_by_first(found):
        return False
    try:
        whole = vault.unseal_bytes(found)
    except KeyWrongError:  # not ours any more, with whatever key: it is shown to nobody
        return False
    await bucket.put(name, vault.seal_bytes(whole))
    return True


def _page(
    table: str, holding: Holding, after: Sequence[object] | None, at_most: int
) -> tuple[str, Sequence[object]]:
    """The next rows in the order of their key."""
    key = ", ".join(holding.key)
    columns = ", ".join(dict.fromkeys((*holding.key, *holding.sealed, *holding.files)))
    behind = "" if after is None else f" WHERE ({key}) > ({', '.join('?' * len(holding.key))})"
    query = f"SELECT {columns} FROM {table}{behind} ORDER BY {key} LIMIT {at_most}"  # noqa: S608 - names of our own list
    return query, after or ()


def _anew(table: str, holding: Holding, row: Mapping[str, Any], vault: Vault) -> Change | None:
    """A row sealed by the first key; None where it is already."""
    sealed: dict[str, object] = {}
    for name in holding.sealed:
        if row[name] and not vault.sealed_by_first(row[name]):
            sealed[name] = vault.seal(vault.unseal(row[name]))
    for name in holding.files:
        if row[name] and not vault.sealed_by_first(bytes(row[name])):
            sealed[name] = vault.seal_bytes(vault.unseal_bytes(bytes(row[name])))
    return _update(table, holding, row, sealed) if sealed else None


def _update(table: str, holding: Holding, row: Mapping[str, Any], columns: Mapping[str, object]) -> Change:
    names = ", ".join(f"{name} = ?" for name in columns)
    where = " AND ".join(f"{name} = ?" for name in holding.key)
    query = f"UPDATE {table} SET {names} WHERE {where}"  # noqa: S608 - as above
    return query, (*columns.values(), *(row[name] for name in holding.key))


async def _turned(base: Base, vault: Vault, *, links: bool) -> Sequence[Change]:
    """Every hash by the new key, and the marks that say so."""
    new = vault.renewed()
    changes: list[Change] = []
    for table, (_, shown) in REHASHED.items():
        holding = HOLDINGS[table]
        columns = ", ".join(dict.fromkeys((*holding.key, *holding.sealed, *holding.hashes, *shown)))
        for row in await base.rows(f"SELECT {columns} FROM {table}"):  # noqa: S608 - as above
            known = {name: new.unseal(row[name]) for name in holding.sealed}
            hashes = rehashed(table, {**row, **known}, new)
            if hashes:
                changes.append(_update(table, holding, row, hashes))
    changes.append(("DELETE FROM meta", ()))
    marks = new.marks_kept(links=Fernet.generate_key().decode() if links else "")
    changes += [("INSERT INTO meta (name, value) VALUES (?, ?)", each) for each in marks.items()]
    return changes


def _numbered(query: str) -> str:
    """The parameters as PostgreSQL writes them."""
    parts = query.split("?")
    return "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]
