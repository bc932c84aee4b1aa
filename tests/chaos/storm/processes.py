"""One real process of the program in a storm: started, asked whether it is ready, ended in any way.

Nothing here blocks for long: the people of the storm go on meanwhile. Start processes from the main thread.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from store import leash
from tests.chaos.runs import PROGRAM, ROOT, Place

READY_WITHIN_S = 120.0
"""Seconds for a start in the middle of a storm on cores that others use as well; alone it takes about one."""

LEAVE_WITHIN_S = 10.0
"""Seconds for leaving, twice what is promised: others may be starting on the same cores."""

POLL_S = 0.05
"""Seconds between two questions whether it is ready."""


@dataclass(kw_only=True)
class Process:
    """`suidao PART` on a place; `before` stands before the command (a name space of its own)."""

    part: str
    place: Place
    before: Sequence[str] = ()
    host: str = "127.0.0.1"
    program: Sequence[str] = PROGRAM
    root: Path = ROOT
    """The release that it is of."""
    popen: "subprocess.Popen[bytes] | None" = None

    @property
    def base(self) -> str:
        """Where its pages are."""
        return f"http://{self.host}:{self.place.port}"

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self.popen is not None
        return self.popen.pid

    @property
    def alive(self) -> bool:
        """It runs, be it frozen."""
        return self.popen is not None and self.popen.poll() is None

    @property
    def log(self) -> Path:
        """The file of all that it has said."""
        return self.place.temporary / f"{self.part}-{self.place.port}.log"

    def start(self) -> None:
        """Start it; it is not ready at once."""
        assert not self.alive
        # It ends with this process, whatever ends that.
        leashed = (sys.executable, "-I", "-S", str(leash.__file__), str(os.getpid()))
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(  # noqa: S603 - our own program
                [*leashed, *self.before, *self.program, self.part],
                env={**self.place.environment(), "SUIDAO_WEB__HOST": self.host},
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def ready(self) -> None:
        """Wait until it can do its work. Raises where it ends instead, or takes too long."""
        async with asyncio.timeout(READY_WITHIN_S):
            while not await self._answers():
                if not self.alive:
                    raise RuntimeError(f"{self.part} ended: {self.last_words()}")
                await asyncio.sleep(POLL_S)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.popen is not None
        self.popen.kill()
        self.popen.wait()

    async def leave(self) -> None:
        """Tell it to leave, and wait for it. Raises where it does not leave well."""
        assert self.popen is not None
        self.popen.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.popen.wait, LEAVE_WITHIN_S)
        if code != 0:
            raise RuntimeError(f"{self.part} left with {code}: {self.last_words()}")

    def last_words(self) -> str:
        """The end of what it has said."""
        return self.log.read_text(encoding="utf-8")[-2000:]

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection(self.host, self.place.port)
                try:
                    writer.write(b"GET /readyz HTTP/1.0\r\nHost: storm\r\n\r\n")
                    return b" 200 " in await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
