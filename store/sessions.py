"""Sessions with PostgreSQL: how they are begun, how they are set up, and what a server must be like.

It knows the server's address, which holds a password: nothing that is said here holds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urlsplit

import asyncpg

from store.engine import Row
from store.errors import DatabaseAwayError, DatabaseUnfitError

CONNECT_WITHIN_S = 5.0
"""Seconds for a session to begin: the shortest wait that still outlives a lost packet or two."""

ANSWER_WITHIN_S = 10.0
"""Seconds for one statement: longer than it may wait for a lock. After that the server counts as gone."""

LOCK_MS = 5_000
"""How long to wait for what another process holds: longer than anybody holds it, shorter than a person's
patience."""

SILENT_MS = 3_000
"""How long a process may say nothing in mid-work before the server undoes it: a work takes milliseconds, and
nothing else is awaited in one. Shorter than the wait for a lock: whoever waits for a process that was stopped
gets through."""

OLDEST = 15
"""The first major version that this is tested with."""

STATEMENTS = 256
"""Prepared statements kept by a session: more than there are in `sql/`."""


class Session(Protocol):
    """A connection of asyncpg, which has no types of its own."""

    async def execute(self, query: str, /) -> str: ...

    async def fetch(self, query: str, /, *args: object) -> list[Row]: ...

    async def fetchmany(self, query: str, args: Iterable[Sequence[object]], /) -> list[Row]: ...

    async def fetchrow(self, query: str, /) -> Row: ...

    async def executemany(self, command: str, args: Iterable[Sequence[object]], /) -> None: ...

    def is_closed(self) -> bool: ...

    def terminate(self) -> None: ...

    async def close(self) -> None: ...


class Pool(Protocol):
    """A pool of them."""

    async def acquire(self) -> Session: ...

    async def release(self, connection: Session, /) -> None: ...

    async def expire_connections(self) -> None: ...

    async def close(self) -> None: ...

    def terminate(self) -> None: ...


def called(url: str) -> str:
    """How the database of an address may be called: its name and where it is, nothing secret."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    name = parts.path.lstrip("/")
    return f"{name} on {where}" if where else name


async def begin(
    url: str, *, answer_within_s: float | None = None, settings: Mapping[str, str] | None = None
) -> Session:
    """One session, with these settings of the server. Raises `DatabaseAwayError`, which says why there is
    none."""
    try:
        session: Session = await asyncpg.connect(
            url,
            timeout=CONNECT_WITHIN_S,
            command_timeout=answer_within_s,
            server_settings=dict(settings or {}),
        )
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAwayError(database=called(url), reason=_reason(error)) from error
    return session


def has_ended(session: Session) -> bool:
    """Nothing can be said in it any more."""
    try:
        return session.is_closed()
    except asyncpg.InterfaceError:  # the pool noticed it first, and took it back
        return True


def end(session: Session) -> None:
    """Leave it as it is; the server undoes what was not committed. Repeating is safe."""
    with suppress(asyncpg.InterfaceError):  # as above
        session.terminate()


async def pool(url: str, size: int) -> Pool:
    """Up to so many sessions, begun when they are needed, set up for works.

    Raises `DatabaseAwayError`, and `DatabaseUnfitError` for a server that this program cannot work with.
    """
    session = await begin(url)
    try:
        settings = {**_settings(), **await _durable(session)}
        await _check(session, called(url))
    finally:
        await session.close()
    made: Pool = await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=CONNECT_WITHIN_S,
        command_timeout=ANSWER_WITHIN_S,
        statement_cache_size=STATEMENTS,
        max_cached_statement_lifetime=0,  # as long as the session
        server_settings=settings,
        reset=_as_it_is,
    )
    return made


def _settings() -> dict[str, str]:
    return {
        "application_name": "suidao",
        "lock_timeout": str(LOCK_MS),
        "idle_in_transaction_session_timeout": str(SILENT_MS),
        "jit": "off",  # compiling takes longer than any statement of ours
    }


async def risks(url: str) -> Sequence[str]:
    """Settings of the server that are off and without which it does not keep what it said it keeps."""
    session = await begin(url)
    try:
        rows = await session.fetch(
            "SELECT name FROM pg_catalog.pg_settings WHERE setting = 'off'"
            " AND name IN ('fsync', 'full_page_writes') ORDER BY name"
        )
    finally:
        await session.close()
    return [row["name"] for row in rows]


async def _check(session: Session, name: str) -> None:
    row = await session.fetchrow(
        "SELECT current_setting('server_version_num')::int / 10000 AS version,"
        " current_setting('server_encoding') AS encoding"
    )
    if row["version"] < OLDEST:
        raise DatabaseUnfitError(database=name, found=f"PostgreSQL {row['version']}", wanted=str(OLDEST))
    if row["encoding"] != "UTF8":
        raise DatabaseUnfitError(database=name, found=f"encoding {row['encoding']}", wanted="UTF8")


async def _durable(session: Session) -> dict[str, str]:
    """A commit that was told is kept, also where the server's own setting is laxer. A stricter one stays."""
    row = await session.fetchrow("SELECT current_setting('synchronous_commit') AS found")
    return {"synchronous_commit": "on"} if row["found"] == "off" else {}


async def _as_it_is(_session: Any) -> None:
    """A work leaves nothing behind in its session, so that nothing is to be reset: it costs a round trip."""


def _reason(error: Exception) -> str:
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return "it refuses this name or password"
        case asyncpg.InvalidCatalogNameError():
            return "there is no such database"
        case asyncpg.PostgresError():
            return f"it says {error.sqlstate}"
        case TimeoutError():
            return f"no answer within {CONNECT_WITHIN_S:.0f} s"
        case OSError():
            return error.strerror or "nobody is there"
        case _:
            return "the address cannot be read"
