"""The engine on PostgreSQL: a work is a transaction on one of a few sessions, or shares one with those that
came with it (docs/decisions/0047).

READ COMMITTED, and what a work decides about is held before anything is read (docs/decisions/0012). A
result is handed out, and whatever is remembered is remembered, only once the server has said that it is kept.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, NoReturn, Self, TypeVar

from dispatch.errors import ConflictError, OutcomeUnknownError, StoreUnavailableError
from store import fetching, sessions, statements
from store.attempts import ATTEMPTS
from store.batches import Batches, Errand
from store.door import Door
from store.engine import Query, Row, Work
from store.outages import fail, is_end
from store.sessions import Pool, Session
from store.sharing import Sharing

R = TypeVar("R")

SESSIONS = 10
"""Sessions of one process: one of Python is busy with fewer, and nine processes stay within the hundred that
a server allows unless it is told otherwise."""

CLOSE_WITHIN_S = 2.0
"""Seconds for sessions to take their leave; after that they are left as they are."""

_CHANGE = "BEGIN ISOLATION LEVEL READ COMMITTED"
_LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_COMMITTED = "COMMIT"
"""What a server answers that has committed; after an error it would say ROLLBACK."""


class PostgresEngine:
    """`store.engine.Engine` on one PostgreSQL database. Open it with `PostgresEngine.open`."""

    def __init__(self, pool: Pool, lost: Callable[[], None]) -> None:
        self._pool = pool
        self._lost = lost
        self._door = Door(pool, lost)
        self._statements = statements.load_numbered()
        self._changes = Batches(partial(self._carry, _CHANGE))
        self._looks = Batches(partial(self._carry, _LOOK))
        self._under_way: set[asyncio.Task[object]] = set()
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, lost: Callable[[], None] = lambda: None) -> Self:
        """Open a database. `lost` is called when a session broke: what is remembered might have come from
        commits that another server, which stands in for it, never heard of.

        Raises a `store.errors.StartError`.
        """
        return cls(await sessions.pool(url, SESSIONS), lost)

    async def run(self, work: Work[R]) -> R:
        """See `Engine.run`."""
        result: R = await self._handed_in(self._changes, work)
        return result

    async def look(self, work: Work[R]) -> R:
        """See `Engine.look`."""
        result: R = await self._handed_in(self._looks, work)
        return result

    async def read(self, query: Query) -> Sequence[Row]:
        """See `Engine.read`."""
        return await self._carried_through(self._read(query))

    async def glance(self, query: Query) -> Sequence[Row]:
        """See `Engine.glance`; a connection of its own answers soonest here."""
        return await self.read(query)

    async def close(self) -> None:
        """See `Engine.close`."""
        self._closed = True
        await self._changes.drain()
        await self._looks.drain()
        while self._under_way:
            await asyncio.wait(self._under_way)
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def _handed_in(self, batches: Batches, work: Work[Any]) -> "asyncio.Future[Any]":
        if self._closed:
            raise StoreUnavailableError(reason="other")
        return batches.hand_in(work)

    async def _carried_through(self, doing: Coroutine[object, object, R]) -> R:
        """Once begun it is brought to its end, whoever stops waiting for it."""
        if self._closed:
            doing.close()
            raise StoreUnavailableError(reason="other")
        task = asyncio.create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited for it may have left: then nobody is there to be told

    async def _carry(self, begin: str, errands: Sequence[Errand]) -> Sequence[Errand]:
        """See `store.batches.Carry`."""
        sharing: Sharing | None = None
        try:
            async with self._session() as session:
                sharing = Sharing(self._statements, session, errands)
                await self._done(session, begin, sharing)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever handed them in
            if sharing is not None:
                sharing.failed(error)
            else:
                for errand in errands:
                    errand.failed(error)
        return () if sharing is None else sharing.left

    async def _done(self, session: Session, begin: str, sharing: Sharing) -> None:
        """All of them in one transaction. Raises what those are told that are not told yet."""
        try:
            await session.execute(begin)
            await sharing.hold()
            await sharing.lock()
            await sharing.decide()
            await sharing.save()
        except Exception as error:  # noqa: BLE001 - it is raised again
            sharing.undone()
            await self._undo_all(session, error, sharing.count)
        if begin is _CHANGE:
            await self._commit(session)
        else:
            with suppress(Exception):  # all has been seen, and nothing is to be kept
                await session.execute("COMMIT")
        sharing.tell()

    async def _undo_all(self, session: Session, error: Exception, count: int) -> NoReturn:
        """Leave nothing of them. What one of several is at fault for, each is to find out alone."""
        try:
            await self._undo(session, error)
        except Exception as told:
            away = isinstance(told, StoreUnavailableError) and told.params["reason"] == "away"
            if count == 1 or away:
                raise
            raise ConflictError from told

    async def _read(self, query: Query) -> Sequence[Row]:
        for _ in range(ATTEMPTS):  # a session may have ended while nobody looked
            async with self._session() as session:
                try:
                    return (await fetching.fetched(self._statements, session, query.name, [query.params]))[0]
                except Exception as error:  # noqa: BLE001 - it is raised again, or was the session's end
                    if isinstance(error, TimeoutError) or not is_end(error, session):
                        fail(error)
                    await self._give_up(session)
        raise StoreUnavailableError(reason="away")

    async def _commit(self, session: Session) -> None:
        try:
            said = await session.execute("COMMIT")
        except Exception as error:
            if not is_end(error, session):
                await self._undo(session, error)
            await self._give_up(session)
            raise OutcomeUnknownError(reason="away") from error
        if said != _COMMITTED:
            raise ConflictError

    async def _undo(self, session: Session, error: Exception) -> NoReturn:
        """Leave nothing of the work, and raise what its caller is told: one whose session broke is to be made
        anew; one that waited in vain for an answer is not, since whoever asked has waited long enough."""
        if is_end(error, session):
            await self._give_up(session)
            if isinstance(error, TimeoutError):
                raise StoreUnavailableError(reason="away") from error
            raise ConflictError from error
        try:
            await session.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - then the session has ended, and the server undoes it by itself
            sessions.end(session)
        fail(error)

    async def _give_up(self, session: Session) -> None:
        """The session broke. The others probably did as well, and none of them is used for anything new."""
        sessions.end(session)
        await self._pool.expire_connections()
        self._lost()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        """A session of the pool. One that is left in the middle of something is ended."""
        session = await self._door.enter()
        try:
            yield session
        except asyncio.CancelledError:
            sessions.end(session)
            raise
        finally:
            with suppress(Exception):  # it has ended, and the pool begins another when it needs one
                await self._pool.release(session)
