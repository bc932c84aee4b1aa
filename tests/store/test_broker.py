"""The embedded Valkey: ours alone, ended with us, back when it dies, keeping what it was given."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from redis.asyncio import Redis

from store import broker as module
from store.broker import Broker, check
from store.errors import QueuePathError, QueuePolicyError, QueueStartError
from store.queue import client

PATIENCE = 10.0
"""Seconds until a test gives up on a process of the system's; it takes a fraction of one."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    """A server that a test may maltreat."""
    server = Broker(tmp_path)
    server.start()
    yield server
    server.stop()


def pid_of(folder: Path) -> int:
    return int((folder / "valkey" / "valkey.pid").read_text())


def wait_for(condition: Callable[[], bool]) -> bool:
    """Poll until it holds; what is waited for is another process, which has no clock of ours."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_it_keeps_everything_and_opens_no_port(own: Broker, tmp_path: Path) -> None:
    redis = client(own.url)
    await check(redis)
    settings = await redis.config_get("*")
    assert (settings["port"], settings["appendfsync"], settings["save"]) == ("0", "everysec", "")
    assert own.socket.parent.stat().st_mode & 0o077 == 0
    assert settings["dir"] == str(tmp_path / "valkey")
    assert psutil.Process(pid_of(tmp_path)).net_connections("inet") == []
    await redis.aclose()


async def test_what_was_put_in_survives_a_kill_and_a_restart(own: Broker, tmp_path: Path) -> None:
    redis = client(own.url)
    await redis.set("kept", "yes")
    os.kill(pid_of(tmp_path), signal.SIGKILL)
    assert wait_for(lambda: not own.alive())
    own.restart()
    assert own.alive()
    assert await redis.get("kept") == b"yes"
    await redis.aclose()


async def test_it_is_started_again_when_it_dies(own: Broker, tmp_path: Path) -> None:
    supervisor = asyncio.create_task(own.supervise())
    for _ in range(2):
        old = pid_of(tmp_path)
        os.kill(old, signal.SIGKILL)
        assert await asyncio.to_thread(wait_for, partial(_is_another, own, tmp_path, old))
    own.stop()
    async with asyncio.timeout(PATIENCE):
        await supervisor
    assert not own.alive()


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    server = Broker(tmp_path)
    server.start()
    pid = pid_of(tmp_path)
    server.stop()
    server.stop()
    assert gone(pid)
    assert not server.socket.parent.exists()
    assert not (tmp_path / "valkey" / "valkey.pid").exists()


def test_it_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from store.broker import Broker;"
        "Broker(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:  # noqa: S603 - our own code
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        pid = pid_of(tmp_path)
        assert not gone(pid)
        parent.kill()
    assert wait_for(lambda: gone(pid))
    server = Broker(tmp_path)  # and what the dead run left behind is not in the way
    server.start()
    assert server.alive()
    server.stop()


def test_the_server_of_a_dead_run_is_ended_before_the_next_starts(tmp_path: Path) -> None:
    dead = Broker(tmp_path)
    dead.start()
    orphan = dead._child
    assert orphan is not None
    dead._child = None  # as if the run had died and the system had no way to tell its child
    assert dead._lock is not None
    os.close(dead._lock)
    server = Broker(tmp_path)
    server.start()
    orphan.wait(PATIENCE)
    assert pid_of(tmp_path) != orphan.pid
    assert server.alive()
    server.stop()


def test_a_pid_that_now_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"
    folder.mkdir()
    (folder / "valkey.pid").write_text(f"{os.getpid()}\n")
    server = Broker(tmp_path)
    server.start()
    assert server.alive()
    server.stop()


def test_two_runs_do_not_share_a_folder(own: Broker, tmp_path: Path) -> None:
    with pytest.raises(QueueStartError, match="another run uses this data folder"):
        Broker(tmp_path).start()
    assert own.alive()


def test_a_folder_too_deep_for_a_socket_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("deep" * 25)))
    with pytest.raises(QueuePathError, match="set TMPDIR"):
        Broker(tmp_path).start()


def test_a_server_that_does_not_start_says_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "get_binary_path", lambda: Path("/bin/false"))
    with pytest.raises(QueueStartError, match=r"it ended at once.*valkey\.log"):
        Broker(tmp_path).start()


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [("maxmemory-policy", "volatile-lru", "noeviction"), ("appendonly", "no", "yes")],
)
async def test_a_server_that_may_forget_is_refused(own: Broker, name: str, wrong: str, right: str) -> None:
    redis: Redis = client(own.url)
    await redis.config_set(name, wrong)
    with pytest.raises(QueuePolicyError, match=f"{name} = {wrong}.*set it to {right}"):
        await check(redis)
    await redis.aclose()


def _is_another(server: Broker, folder: Path, old: int) -> bool:
    return pid_of(folder) != old and server._answers()
