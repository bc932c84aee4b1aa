"""One real program on one data folder: started, looked into, killed and started again.

It ends only what it started: the program by its handle, and a Valkey that works in this very data folder.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
from redis import Redis

from store.schema import DATABASE
from tests.chaos.patience import until
from tests.chaos.phones import Phone

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-c", "import sys; from bot.cli import main; sys.exit(main())")

START_WITHIN_S = 20.0
"""Seconds for a start on a machine with other work; alone it takes about one."""

LEAVE_WITHIN_S = 5.0
"""Seconds that a program may take to leave when it is told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A data folder ready to be run on: a committee is loaded, and `tokens` are its personal links."""

    data: Path
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a program runs: its folders, its port, its settings."""

    data: Path
    temporary: Path
    """Short, since a socket's path may have 100 bytes only."""
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    root: Path = ROOT
    """The files of the release that runs there: this one's, or those of another."""

    def environment(self) -> dict[str, str]:
        """All that the program sees of the world."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temporary),
            "TMPDIR": str(self.temporary),
            "PYTHONIOENCODING": "utf-8",
            "SUIDAO_DATA_DIR": str(self.data),
            "SUIDAO_WEB__PORT": str(self.port),
            **self.settings,
        }

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(  # noqa: S603 - our own program
            [*PROGRAM, *arguments],
            env=self.environment(),
            cwd=self.root,
            capture_output=True,
            encoding="utf-8",
            timeout=START_WITHIN_S,
            check=False,
        )

    def invite(self, person: str) -> str:
        """The token of a new personal link."""
        said = self.command("invite", person)
        found = re.search(r"/join/(\S+)", said.stdout)
        assert found is not None, said.stderr
        return found.group(1)

    def valkeys(self) -> list[int]:
        """Pids of the Valkeys that work in this data folder, whoever started them."""
        here = self.data.resolve() / "valkey"
        found = []
        for process in psutil.process_iter(["name", "status"]):
            if "valkey" not in str(process.info["name"]) or process.info["status"] == psutil.STATUS_ZOMBIE:
                continue
            with suppress(psutil.Error):
                if Path(process.cwd()) == here:
                    found.append(process.pid)
        return found


class Run:
    """The program on a place. `close` it, whatever happened."""

    def __init__(self, place: Place, tokens: Mapping[str, str]) -> None:
        self.place = place
        self._tokens = tokens
        self._log = place.temporary / "run.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._phones: dict[str, Phone] = {}

    @property
    def alive(self) -> bool:
        """The program runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The program's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything it has said since the first start."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def start(self) -> None:
        """Start `suidao run` and wait until it says that it is ready."""
        assert not self.alive
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [*PROGRAM, "run"],
                env=self.place.environment(),
                cwd=self.place.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, so that Ctrl-C can be imitated
            )
        until(lambda: self.ready() or not self.alive, "the program is ready", START_WITHIN_S)
        assert self.alive, self.log

    def ready(self) -> bool:
        """It says that it can do its work: store and queue answer."""
        try:
            connection = HTTPConnection("127.0.0.1", self.place.port, timeout=5)
            with closing(connection):
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs another instruction."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def told(self, name: signal.Signals) -> int:
        """Tell it to leave, all of its group at once as a terminal does; returns the exit code."""
        assert self._process is not None
        os.killpg(self._process.pid, name)
        return self._process.wait(LEAVE_WITHIN_S)

    def close(self) -> None:
        """End whatever is left of it."""
        if self.alive:
            self.kill()
        for pid in self.place.valkeys():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not self.place.valkeys(), "its Valkey is gone")

    def phone(self, person: str) -> Phone:
        """Somebody's browser; it stays signed in over restarts."""
        if person not in self._phones:
            self._phones[person] = Phone(self.place.port, self._tokens[person])
        return self._phones[person]

    def posted(self, text: str, by: str = "lin") -> int:
        """Post a job by one message; returns its number."""
        answer = self.phone(by).writes(text)
        assert answer.good, answer.html
        return int(self.rows("SELECT max(id) FROM jobs")[0][0])

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """What is kept. Of a dead program's files a copy is read, so that they stay as they were left."""
        path = self.place.data / DATABASE
        if self.alive:
            return _select(path, sql, params)
        with tempfile.TemporaryDirectory() as folder:
            for file in self.place.data.glob(f"{DATABASE}*"):
                shutil.copy(file, folder)
            return _select(Path(folder) / DATABASE, sql, params)

    @property
    def valkey(self) -> int:
        """The pid of the one Valkey of this data folder."""
        (pid,) = self.place.valkeys()
        return pid

    def queue(self) -> "Redis":
        """A client of the embedded queue. Close it."""
        (path,) = self.place.temporary.glob("suidao-*/valkey.sock")
        return Redis(unix_socket_path=str(path), socket_timeout=5)


def _select(path: Path, sql: str, params: tuple[object, ...]) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path, timeout=5)) as connection:
        return connection.execute(sql, params).fetchall()
