"""What one process at a time may do: a name that is held by one of all that share a PostgreSQL database.

The lock is the server's own and ends with the session that took it: at once when its process dies, and when
nothing is heard of it for a while. What is done under the name is not known here (docs/decisions/0017).
"""

import asyncio
import hashlib
import logging
import time
from contextlib import suppress

import asyncpg

from store import sessions
from store.errors import DatabaseAwayError
from store.sessions import Session

_log = logging.getLogger(__name__)

LOOK_S = 0.5
"""Seconds between two tries to take what another holds: whoever leaves is followed within this."""

BEAT_S = 1.0
"""Seconds between two signs of life to the server."""

ANSWER_WITHIN_S = 3.0
"""Seconds for the server to answer one; then it counts as gone."""

SURE_S = 8.0
"""Seconds after its last sign of life for which a holder may still act: a process that was stopped for longer
finds, when it goes on, that it may not. Well before the server gives the name to another."""

SILENT_MS = 10_000
"""Milliseconds of silence after which the server ends the holder's session. With a try of the next one, and a
start of what it does, less than fifteen seconds."""

_FAILED = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # What the library says of a session in which the server has taken its leave between two statements.
    asyncpg.InternalClientError,
    DatabaseAwayError,
)


class Lease:
    """One name. Nobody holds it at first; `take` it, act while `held`, wait for `lost`, then `leave`."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        digest = hashlib.blake2b(f"suidao {name}".encode(), digest_size=8).digest()
        self._key = int.from_bytes(digest, "big", signed=True)
        self._session: Session | None = None
        self._holds = False
        self._heard = 0.0

    @property
    def held(self) -> bool:
        """This process may act under the name at this moment. Cheap: asked before each thing that is done."""
        if not self._holds or self._session is None or sessions.has_ended(self._session):
            return False
        return time.monotonic() - self._heard < SURE_S

    async def take(self) -> bool:
        """Try once. False while another holds it, and while the database is away."""
        asked = time.monotonic()
        try:
            session = await self._connected()
            rows = await session.fetch("SELECT pg_try_advisory_lock($1) AS taken", self._key)
        except _FAILED:
            self._drop()
            return False
        self._holds, self._heard = bool(rows[0]["taken"]), asked
        return self._holds

    async def lost(self) -> None:
        """Keep it, until that is not possible any more."""
        while self.held:
            asked = time.monotonic()
            try:
                await (await self._connected()).fetch("SELECT 1")
            except _FAILED as error:
                _log.warning("the lease of %s is lost (%s)", self._name, type(error).__name__)
                self._drop()
                return
            self._heard = asked
            await asyncio.sleep(BEAT_S)

    async def leave(self) -> None:
        """Let another have it, at once. Repeating is safe."""
        session, self._session, self._holds = self._session, None, False
        if session is None:
            return
        with suppress(*_FAILED):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await session.close()  # and the lock with it
        sessions.end(session)

    async def _connected(self) -> Session:
        if self._session is None or sessions.has_ended(self._session):
            self._holds = False
            self._session = await sessions.begin(
                self._url, answer_within_s=ANSWER_WITHIN_S, settings={"idle_session_timeout": str(SILENT_MS)}
            )
        return self._session

    def _drop(self) -> None:
        self._holds = False
        if self._session is not None:
            sessions.end(self._session)
            self._session = None
