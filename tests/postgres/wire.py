"""A line between a program and a PostgreSQL server that breaks when a test says so."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Self

SOCKET = ".s.PGSQL.5432"
"""How a server calls its socket."""

COMMIT = b"COMMIT\0"
"""How a program ends a transaction that it wants to be kept."""


class Wire:
    """Stands between the two; `cut_before` and `cut_after` work once."""

    def __init__(self, server: Path) -> None:
        self._server = server / SOCKET
        self.folder = Path(tempfile.mkdtemp(prefix="wire-", dir="/tmp"))
        self._lines: set[asyncio.StreamWriter] = set()
        self._before: bytes | None = None
        self._after: bytes | None = None
        self.cuts = 0
        self.when_cut: Callable[[], None] | None = None
        """What else happens in the moment in which a line breaks."""

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_unix_server(self._serve, self.folder / SOCKET)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        self.cut()
        await self._listening.wait_closed()
        shutil.rmtree(self.folder)

    def through(self, url: str) -> str:
        """The address of a database, through here."""
        return f"{url.partition('?')[0]}?host={self.folder}"

    def cut(self) -> None:
        """Break every line as it is."""
        for writer in self._lines:
            writer.transport.abort()

    def cut_before(self, words: bytes) -> None:
        """Break the next line on which the program says this, before the server hears it."""
        self._before = words

    def cut_after(self, words: bytes) -> None:
        """The same once the server has answered it, before the program hears that."""
        self._after = words

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_unix_connection(self._server)
        except OSError:  # the server is away, and so is this line
            writer.transport.abort()
            return
        self._lines |= {writer, back}
        try:
            async with asyncio.TaskGroup() as both:
                answers = both.create_task(_carry(there, writer))
                await self._ask(reader, back, there, answers)
                answers.cancel()
        except* (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, back):
                self._lines.discard(end)
                end.transport.abort()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        answers: asyncio.Task[None],
    ) -> None:
        while said := await reader.read(65_536):
            if self._before is not None and self._before in said:
                self._before = None
                self._count()
                return
            last = self._after is not None and self._after in said
            if last:
                answers.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await answers
            back.write(said)
            if last:
                self._after = None
                await there.read(65_536)
                self._count()
                return

    def _count(self) -> None:
        self.cuts += 1
        if self.when_cut is not None:
            self.when_cut()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65_536):
        writer.write(said)
    writer.transport.abort()
