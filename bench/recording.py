"""The statements of a claim as the store really runs them, written down and played back bare.

So the reference runs the same statements with the same parameters, and nothing is guessed about them.
"""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite

from store import sqlite, statements
from store.clock import WallClock
from store.crypto import Vault
from store.lane import Lane
from store.memory import Memory
from store.sqlite import SqliteEngine
from store.sqlstore import SqlStore

BOOKKEEPING = ("SAVEPOINT", "RELEASE")
"""What only a lane that commits several works together needs: a bare loop has no use for it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One call: its text, and its parameters (`many`: a row of them each)."""

    sql: str
    parameters: Any
    many: bool = False


class Tape:
    """What two connections were told, in order."""

    def __init__(self) -> None:
        self._statements: list[Statement] = []

    def add(self, sql: str, parameters: Any, *, many: bool = False) -> None:
        """Write one call down."""
        if not sql.startswith(BOOKKEEPING):
            self._statements.append(Statement(sql, parameters, many))

    def cut(self) -> Sequence[Statement]:
        """What was written down since the last cut."""
        cut, self._statements = self._statements, []
        return cut


async def open_recorded(path: Path, vault: Vault, tape: Tape) -> SqlStore:
    """A store on an existing database which writes down what it runs, wired as `open_store` does it."""
    recording = _recording(tape)
    texts = statements.load()
    memory = Memory(WallClock(), vault)
    lists = await aiosqlite.connect(path, isolation_level=None, factory=recording)
    lists.row_factory = sqlite3.Row
    writer = Lane(_connect(path, recording), texts, begin="BEGIN IMMEDIATE", lost=memory.clear)
    # What is looked at beside the writer is no part of a claim, but a store needs the lane.
    viewer = Lane(
        _connect(path, sqlite3.Connection), texts, begin="BEGIN", lost=lambda: None, only_reads=True
    )
    return SqlStore(SqliteEngine(writer, viewer, lists), vault, WallClock(), memory)


def play(path: Path, claims: Iterable[Sequence[Statement]]) -> Sequence[float]:
    """Run the statements one after the other on a plain connection with the store's own settings.

    Returns the seconds that each claim took.
    """
    connection = sqlite.connect(path)
    took: list[float] = []
    for claim in claims:
        began = time.perf_counter()
        for statement in claim:
            if statement.many:
                connection.executemany(statement.sql, statement.parameters)
            else:
                connection.execute(statement.sql, statement.parameters).fetchall()
        took.append(time.perf_counter() - began)
    connection.close()
    return took


def _connect(path: Path, factory: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=factory)
    connection.row_factory = sqlite3.Row
    return connection


def _recording(tape: Tape) -> type[sqlite3.Connection]:
    class Recording(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            tape.add(sql, parameters)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
            rows = list(parameters)
            tape.add(sql, rows, many=True)
            return super().executemany(sql, rows)

    return Recording
