"""The test homeservers: one a test process, started when a test first asks, ended with the run.

With pytest-xdist every worker has its own.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.platforms.matrix_server.server import PYTHON, Synapse
from tests.required import missing

REQUIRED = "SUIDAO_TEST_REQUIRE_MATRIX"

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there, which nobody else may enter
NEEDED = 2**30
"""Bytes that must be free there for a server to be kept in memory: a whole run fills a quarter of that."""

_OURS = "suidao-synapse-"


def require_server() -> None:
    """Skip, or fail, where the server is not installed."""
    if not PYTHON.exists():
        missing("there is no Matrix homeserver on this machine: make install", REQUIRED)


@contextmanager
def homeserver(folder: Path, *, limited: bool = False, sparing: bool = False) -> Iterator[Synapse]:
    """A server that is up, on a folder of its own."""
    require_server()
    server = Synapse(folder, limited=limited, sparing=sparing)
    try:
        server.launch()
        yield server
    finally:
        server.close()


@contextmanager
def _quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory where there is room: half of what the server does is wait for the disk."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < NEEDED:
        yield tmp_path_factory.mktemp("synapse")
        return
    for left in MEMORY.glob(f"{_OURS}*"):
        if not psutil.pid_exists(int(left.name.split("-")[2])):  # a run that was killed could not tidy up
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{_OURS}{os.getpid()}-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A homeserver without rate limits, and without what no test needs."""
    with _quick_folder(tmp_path_factory) as folder, homeserver(folder, sparing=True) as server:
        yield server


@pytest.fixture(scope="session")
def limited_synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A homeserver whose rate limits are as its makers ship them.

    Five sign-ins by password use up those of a whole run, whoever makes them: sign in by token here.
    """
    with homeserver(tmp_path_factory.mktemp("limited"), limited=True) as server:
        yield server
