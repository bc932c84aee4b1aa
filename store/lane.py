"""One connection on one thread, which takes whatever units of work are waiting and commits them together.

A savepoint each keeps works apart: one that fails undoes itself only. A commit that fails undoes all of
them, and all are told. The lane knows SQLite and no table.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from dispatch.errors import ConflictError, StoreUnavailableError
from store.engine import More, Plan, Row, SaveMany, Work

R = TypeVar("R")

BATCH = 256
"""Works to a commit at most: beyond it the first of them would wait noticeably for the last, and a
commit's cost is spread thin enough already."""

_REASONS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_IOERR: "other",
    sqlite3.SQLITE_CANTOPEN: "other",
    sqlite3.SQLITE_CORRUPT: "other",
    sqlite3.SQLITE_NOTADB: "other",
}
_TAKEN = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended error codes


def translate(error: sqlite3.Error) -> Exception:
    """What a database error means to a caller; one that means a mistake of ours stays as it is."""
    code = getattr(error, "sqlite_errorcode", None)  # errors of the Python module itself carry none
    if code in _TAKEN:
        return ConflictError()
    if code is not None and code & _PRIMARY_CODE in _REASONS:
        return StoreUnavailableError(reason=_REASONS[code & _PRIMARY_CODE])
    return error


@dataclass(slots=True)
class _Errand:
    """Something handed in, and afterwards what became of it."""

    do: "Callable[[_Errand], object]"
    future: "asyncio.Future[Any]"
    alone: bool = False
    result: object = None
    meanwhile: Callable[[Any], object] | None = None
    error: BaseException | None = None
    origin: sqlite3.Error | None = None


class Lane:
    """Runs works one after the other, several to a commit.

    `begin` is how its transactions start. `lost` is called, on the lane's thread, when works that had
    already been decided were undone by a failing commit: whatever was remembered from them is wrong.
    One that `only_reads` has nothing to undo, and so needs no savepoints.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        statements: Mapping[str, str],
        *,
        begin: str,
        lost: Callable[[], None],
        only_reads: bool = False,
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._begin = begin
        self._lost = lost
        self._apart = self._alike if only_reads else self._separately
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._closed = False
        self._thread.start()

    async def run(self, work: Work[R]) -> R:
        """See `Engine.run`."""
        result: R = await self._hand_in(lambda errand: self._perform(work, errand))
        return result

    async def alone(self, task: Callable[[sqlite3.Connection], R]) -> R:
        """Run what is no unit of work (a checkpoint, a backup, a pragma) between two transactions."""
        result: R = await self._hand_in(lambda _: task(self._connection), alone=True)
        return result

    async def close(self) -> None:
        """Finish what was handed in and close the connection. Repeating is safe."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_in(self, do: Callable[[_Errand], object], *, alone: bool = False) -> "asyncio.Future[Any]":
        if self._closed:
            raise StoreUnavailableError(reason="other")
        future = self._loop.create_future()
        self._waiting.put(_Errand(do, future, alone))
        return future

    # What follows runs on the lane's own thread.

    def _serve(self) -> None:
        while (errand := self._waiting.get()) is not None:
            batch, last = self._take(errand)
            group: list[_Errand] = []
            for each in batch:
                if each.alone:
                    self._commit(group)
                    group = []
                    self._attempt(each)
                else:
                    group.append(each)
            self._commit(group)
            self._tell(_settle, batch)
            if last:
                break
        self._connection.close()

    def _take(self, first: _Errand) -> tuple[list[_Errand], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                errand = self._waiting.get_nowait()
            except queue.Empty:
                return batch, False
            if errand is None:
                return batch, True
            batch.append(errand)
        return batch, False

    def _commit(self, batch: list[_Errand]) -> None:
        if not batch:
            return
        execute = self._connection.execute
        try:
            execute(self._begin)
            if len(batch) == 1:
                self._alone_in_it(batch[0])
            else:
                for errand in batch:
                    self._apart(errand)
            self._tell(_meanwhile, [errand for errand in batch if errand.meanwhile is not None])
            if self._connection.in_transaction:
                execute("COMMIT")
        except sqlite3.Error as error:
            self._undo(batch, error)

    def _alone_in_it(self, errand: _Errand) -> None:
        """A work that shares its transaction with none needs no savepoint to be undone."""
        self._attempt(errand)
        if errand.error is None:
            return
        if errand.origin is not None:
            raise errand.origin
        self._connection.execute("ROLLBACK")

    def _separately(self, errand: _Errand) -> None:
        execute = self._connection.execute
        execute("SAVEPOINT work")
        self._attempt(errand)
        if errand.error is not None:
            if errand.origin is not None and not self._connection.in_transaction:
                raise errand.origin  # SQLite gave up the whole transaction (disk full, mostly)
            execute("ROLLBACK TO work")
        execute("RELEASE work")

    def _alike(self, errand: _Errand) -> None:
        self._attempt(errand)
        if errand.origin is not None and not self._connection.in_transaction:
            raise errand.origin  # those after it would not see the same any more

    def _attempt(self, errand: _Errand) -> None:
        try:
            errand.result = errand.do(errand)
        except sqlite3.Error as error:
            errand.error, errand.origin = translate(error), error
        except Exception as error:  # noqa: BLE001 - it belongs to whoever handed the work in, not to the lane
            errand.error = error

    def _undo(self, batch: list[_Errand], error: sqlite3.Error) -> None:
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # the next BEGIN says it again if it is still wrong
                self._connection.execute("ROLLBACK")
        self._lost()
        for errand in batch:
            if errand.error is None:
                errand.error = translate(error)

    def _perform(self, work: Work[R], errand: _Errand) -> R:
        rows: dict[str, Sequence[Row]] = {}
        self._load(work.load, rows)
        step = work.decide(rows)
        while isinstance(step, More):
            self._load(step.queries, rows)
            step = work.decide(rows)
        errand.meanwhile = step.meanwhile
        return self._save(step)

    def _load(self, queries: Sequence[Any], rows: dict[str, Sequence[Row]]) -> None:
        execute, statements = self._connection.execute, self._statements
        for name, params in queries:
            found = execute(statements[name], params).fetchall()
            rows[name] = [*rows[name], *found] if name in rows else found

    def _save(self, plan: Plan[R]) -> R:
        connection, statements = self._connection, self._statements
        saved: list[Sequence[Row]] = []
        for save in plan.saves:
            if isinstance(save, SaveMany):
                connection.executemany(statements[save.name], save.rows)
                saved.append(())
                continue
            returned = connection.execute(statements[save.name], save.params).fetchall()
            if not save.is_met(returned):
                if save.otherwise is not None:
                    save.otherwise(returned, True)  # noqa: FBT003 - there is one writer
                raise ConflictError
            saved.append(returned)
        return plan.result(saved)

    def _tell(self, do: Callable[[list[_Errand]], None], batch: list[_Errand]) -> None:
        """Have it done on the event loop's thread, in the order in which it was told."""
        if batch and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do, batch)


def _meanwhile(batch: list[_Errand]) -> None:
    """What can be done while the disk is at work; nobody is answered yet."""
    for errand in batch:
        if errand.error is None and errand.meanwhile is not None:
            try:
                errand.result = errand.meanwhile(errand.result)
            except Exception as error:  # noqa: BLE001 - as in `_attempt`
                errand.error = error


def _settle(batch: list[_Errand]) -> None:
    for errand in batch:
        if errand.future.done():  # whoever waited has left; the work is done all the same
            continue
        if errand.error is not None:
            errand.future.set_exception(errand.error)
        else:
            errand.future.set_result(errand.result)
