"""Programs in processes of their own, on loopback: started, waited for, measured, and always ended."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType

import psutil

HOST = "127.0.0.1"

NOTHING: Mapping[str, str] = MappingProxyType({})

POLL_S = 0.02
"""Seconds between two looks for the first page."""

LAST_LINES = 10
"""Of a program's log, shown when something went wrong with it."""

READY_WITHIN_S = 30.0
"""Seconds until a program must answer; it takes three at most, and this is no test of it."""

GONE_WITHIN_S = 10.0
"""Seconds to leave after SIGTERM: twice what the program allows itself."""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


Running = AbstractContextManager[psutil.Popen]


def suidao(data: Path, port: int, extra: Mapping[str, str] = NOTHING) -> Running:
    """`suidao run` on an existing data folder, its log in a file there; `extra` are more settings."""
    script = Path(sysconfig.get_path("scripts")) / "suidao"
    ours = {
        "SUIDAO_DATA_DIR": str(data),
        "SUIDAO_WEB__HOST": HOST,
        "SUIDAO_WEB__PORT": str(port),
        "SUIDAO_WATCH__SYNTHETIC_MINUTES": "0",  # only what a bench posts is counted
        "SUIDAO_REVEALS__A_DAY": "1000",  # more in minutes than anybody takes in a day
    }
    return _process([str(script), "run"], {**ours, **extra}, data / "bench.log")


def bare_server(port: int, log: Path) -> Running:
    """The aiohttp server that does nothing (`bench.bare_server`)."""
    return module("bench.bare_server", [str(port)], log)


def module(name: str, arguments: Sequence[str], log: Path, *, talks: bool = False) -> Running:
    """A module of ours; with one that `talks`, lines are exchanged by its stdin and stdout."""
    return _process([sys.executable, "-m", name, *arguments], {}, log, talks=talks)


def await_page(port: int, path: str = "/", cookie: str = "") -> None:
    """Wait until there is a page at `path`; the cookie says whose."""
    until = time.monotonic() + READY_WITHIN_S
    while not _answers(port, path, cookie):
        if time.monotonic() > until:
            raise TimeoutError(f"no page within {READY_WITHIN_S:.0f} s")
        time.sleep(POLL_S)


def resident_mb(process: psutil.Popen) -> float:
    """Memory of the process and all it started; what they share is counted once where the system tells
    (proportional set size), and in each of them where it does not."""
    family = [process, *process.children(recursive=True)]
    return sum(_resident(member) for member in family) / 2**20


def _resident(process: psutil.Process) -> int:
    try:
        proportional = getattr(process.memory_full_info(), "pss", None)
    except psutil.AccessDenied:
        proportional = None
    return int(process.memory_info().rss if proportional is None else proportional)


def _answers(port: int, path: str, cookie: str) -> bool:
    line = HTTPConnection(HOST, port, timeout=READY_WITHIN_S)
    with suppress(OSError, HTTPException):
        try:
            line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            return line.getresponse().status == 200
        finally:
            line.close()
    return False


@contextmanager
def _process(
    command: Sequence[str], extra: Mapping[str, str], log: Path, *, talks: bool = False
) -> Iterator[psutil.Popen]:
    environ = {name: value for name, value in os.environ.items() if not name.upper().startswith("SUIDAO_")}
    with log.open("ab") as out:
        process = psutil.Popen(
            command,
            env={**environ, **extra},
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else out,
            stderr=out,
        )
    try:
        yield process
    except Exception:
        print("".join(_last_lines(log)), file=sys.stderr)  # it may know why
        raise
    finally:
        _end(process)


def _last_lines(log: Path) -> Sequence[str]:
    with log.open(encoding="utf-8", errors="replace") as lines:
        return deque(lines, maxlen=LAST_LINES)


def _end(process: psutil.Popen) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(GONE_WITHIN_S)
    except psutil.TimeoutExpired:
        for member in (*process.children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                member.kill()
        process.wait(GONE_WITHIN_S)
