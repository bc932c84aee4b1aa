"""Several real processes on one PostgreSQL and one Valkey: started, told to leave, killed, looked into.

It ends only what it started. The database and the queue's server are the caller's.
"""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from typing import Any

import asyncpg

from tests.chaos.patience import until
from tests.chaos.phones import Phone
from tests.chaos.runs import LEAVE_WITHIN_S, PROGRAM, START_WITHIN_S, Place
from tests.ports import free_port
from tests.postgres.databases import at_once


@dataclass(kw_only=True)
class Member:
    """One process of a fleet."""

    part: str
    place: Place
    process: "subprocess.Popen[bytes]"

    @property
    def log(self) -> str:
        """Everything that it has said."""
        return (self.place.temporary / f"{self.place.port}.log").read_text(encoding="utf-8")

    def ready(self) -> bool:
        """It says that it can do its work."""
        try:
            with closing(HTTPConnection("127.0.0.1", self.place.port, timeout=5)) as connection:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def up_or_gone(self) -> bool:
        """It is ready, or has ended."""
        return self.process.poll() is not None or self.ready()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def leaves(self) -> int:
        """Tell it to leave; its exit code."""
        os.killpg(self.process.pid, signal.SIGTERM)
        return self.process.wait(LEAVE_WITHIN_S)


class Fleet:
    """The processes of one installation. `close` it, whatever happened."""

    def __init__(self, place: Place, database: str, queue: str, settings: Mapping[str, str]) -> None:
        shared = {"SUIDAO_DATABASE_URL": database, "SUIDAO_REDIS_URL": queue, **settings}
        self.place = replace(place, settings={**place.settings, **shared})
        self.members: list[Member] = []
        self._database = database

    def starts(self, *parts: str) -> list[Member]:
        """Start processes side by side, and wait until all of them are ready."""
        made = [self._start(part) for part in parts]
        self.members += made
        for member in made:
            until(member.up_or_gone, f"{member.part} is ready", 2 * START_WITHIN_S)
            assert member.process.poll() is None, member.log
        return made

    def _start(self, part: str) -> Member:
        place = replace(self.place, port=free_port())
        with (place.temporary / f"{place.port}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [*PROGRAM, part],
                env=place.environment(),
                cwd=place.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return Member(part=part, place=place, process=process)

    def phone(self, web: Member, token: str) -> Phone:
        """Somebody's browser at one of the processes with pages."""
        return Phone(web.place.port, token)

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """What is kept; parameters are question marks, as in SQLite."""
        for number in range(1, len(params) + 1):
            sql = sql.replace("?", f"${number}", 1)
        return at_once(self._rows(sql, params))

    async def _rows(self, sql: str, params: tuple[object, ...]) -> list[tuple[Any, ...]]:
        session = await asyncpg.connect(self._database)
        try:
            return [tuple(row) for row in await session.fetch(sql, *params)]
        finally:
            await session.close()

    def said(self) -> str:
        """What all of them have said, living and dead."""
        return "".join(member.log for member in self.members)

    def close(self) -> None:
        """End whatever is left."""
        for member in self.members:
            if member.process.poll() is None:
                member.kill()
