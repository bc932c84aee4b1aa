"""A real Matrix homeserver for the tests: Synapse from its wheel, on a free port of loopback, on SQLite.

It runs in an environment of its own (`make` installs it), keeps its data in one folder over any number of
stops and starts, and ends with the process that started it. Nothing of Synapse is imported here.
"""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from store import leash
from tests.chaos.runs import ROOT
from tests.platforms.matrix_server import settings
from tests.platforms.matrix_server.accounts import PASSWORD, Admin, Member, Registry
from tests.platforms.matrix_server.kept import Kept
from tests.platforms.matrix_server.populace import Populace, invented
from tests.ports import free_port

ENVIRONMENT = Path(os.environ.get("SUIDAO_TEST_SYNAPSE") or ROOT / ".venv-synapse").resolve()
"""Where `make` installs the server and the Node that runs the JavaScript clients."""

PYTHON = ENVIRONMENT / "bin" / "python"

START_WITHIN_S = 60.0
"""Seconds for a start, tables made, while others use the machine; alone it takes three."""

STOP_WITHIN_S = 15.0
"""Seconds for the server to leave in order; after that it is killed."""

POLL_S = 0.05
"""Seconds between two looks at whether it answers."""


class NoServerError(Exception):
    """The server did not start; the message ends with what it said."""


class Synapse:
    """One homeserver. `launch` or `start` it, and `close` it whatever happened.

    `limited` and `sparing`: see `settings.write`."""

    def __init__(self, folder: Path, *, limited: bool = False, sparing: bool = False) -> None:
        secret = secrets.token_hex()
        self.folder = folder
        self.server_name = settings.SERVER_NAME
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._settings = settings.write(
            folder, port=self._port, registration_secret=secret, limited=limited, sparing=sparing
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._registry = Registry(self.url, secret)
        self.admin = Admin(self.url, self._registry)
        self.kept = Kept(folder)
        self._populace = Populace(folder)

    @property
    def alive(self) -> bool:
        """The server's process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it complained about, and what it printed."""
        files = (self.folder / "synapse.log", self.folder / "printed.log")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    async def register(self, name: str, *, display_name: str | None = None, admin: bool = False) -> Member:
        """A new account that nobody has used: a name taken before gets another number. Names are a-z, 0-9."""
        return await self._registry.register(name, display_name=display_name, admin=admin)

    def populate(self, people: Iterable[tuple[str, str]]) -> list[Member]:
        """The same for many at once, given by names and shown names, beside the server: somebody must have
        been registered before."""
        new = [(self._registry.unused(name), shown) for name, shown in people]
        members = invented(new, self.server_name, PASSWORD)
        self._populace.add(members)
        return members

    async def login(self, member: Member, own: str = "127.0.0.1") -> Member:
        """The same account on one more device."""
        return await self._registry.login(member, own)

    def launch(self) -> None:
        """Start it and block until it answers. Raises `NoServerError`."""
        self._spawn()
        end = time.monotonic() + START_WITHIN_S
        while not self._is_up(end):
            time.sleep(POLL_S)

    async def start(self) -> None:
        """Start it as it was before and wait until it answers. Raises `NoServerError`."""
        self._spawn()
        end = time.monotonic() + START_WITHIN_S
        # Another program cannot set an event of ours.
        while not await asyncio.to_thread(self._is_up, end):  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)

    async def stop(self) -> None:
        """End it in order; calls are refused from now on. Stopping what is stopped changes nothing."""
        if self.alive:
            await asyncio.to_thread(self.close)

    async def restart(self) -> None:
        """Stop it and start it again."""
        await self.stop()
        await self.start()

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """It is down inside the block, and up again after it, whatever happened there."""
        await self.stop()
        try:
            yield
        finally:
            await self.start()

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        """It takes connections and answers nothing inside the block, as a server that is far too busy."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """End it: in order, or by force where it does not leave."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> None:
        # By the thread that stays, for the kernel ends the server with the thread that started it.
        assert not self.alive
        program = (str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(self._settings))
        with (self.folder / "printed.log").open("ab") as printed:
            self._process = subprocess.Popen(  # noqa: S603 - a program of our own choice
                [sys.executable, leash.__file__, str(os.getpid()), *program],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,  # Ctrl-C is for the tests, which then end it in order
            )

    def _is_up(self, end: float) -> bool:
        if not self.alive:
            message = f"the homeserver ended by itself:\n{self.log[-2000:]}"
            raise NoServerError(message)
        if time.monotonic() > end:
            message = f"the homeserver did not answer within {START_WITHIN_S} s:\n{self.log[-2000:]}"
            raise NoServerError(message)
        connection = HTTPConnection("127.0.0.1", self._port, timeout=POLL_S * 20)
        try:
            with suppress(OSError, HTTPException):
                connection.request("GET", "/health")
                return connection.getresponse().status == 200
            return False
        finally:
            connection.close()
