"""The doctor on real data folders: each thing that can be wrong is found, and looking changes nothing."""

import asyncio
import http.server
import io
import itertools
import logging
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from bot import cli, doctor, folder, outside
from bot.committee import DEMO
from config import settings
from store import queue, schema
from store.broker import Broker
from tests.buckets.server import Shelf
from tests.ports import free_port


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def environ(data: Path, port: int) -> dict[str, str]:
    return {"SUIDAO_DATA_DIR": str(data), "SUIDAO_WEB__PORT": str(port)}


@pytest.fixture
def loaded(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A committee whose secretaries have links."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["load", str(DEMO)]) == 0
    assert cli.main(["invite", "secretary-a"]) == 0
    assert cli.main(["invite", "secretary-b"]) == 0


def examined(environ: dict[str, str]) -> tuple[int, dict[str, str]]:
    """The exit code, and the line of each subject with its sign."""
    out = io.StringIO()
    code = asyncio.run(doctor.examine(settings.read(environ), out))
    lines = out.getvalue().splitlines()
    return code, {line[2:].partition(":")[0]: line for line in lines}


def wrong(environ: dict[str, str], subject: str) -> str:
    """The line of the only subject that is wrong."""
    code, lines = examined(environ)
    assert code == 1
    assert [name for name, line in lines.items() if line.startswith("✘")] == [subject]
    return lines[subject]


def test_before_the_first_start_all_is_well_and_nothing_is_made(environ: dict[str, str], data: Path) -> None:
    code, lines = examined(environ)
    assert code == 0
    assert set(lines) == {"data folder", "key", "database", "queue", "clock", "port", "playbooks"}
    assert not data.exists()


@pytest.mark.usefixtures("loaded")
def test_a_loaded_committee_with_somebody_on_duty_is_well(environ: dict[str, str]) -> None:
    code, lines = examined(environ)
    assert code == 0
    assert "48 people, somebody on duty" in lines["committee wutongli"]


def test_nobody_on_duty_who_can_be_reached_is_found(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setenv("SUIDAO_DATA_DIR", environ["SUIDAO_DATA_DIR"])
    cli.main(["load", str(DEMO)])
    assert "suidao invite PERSON" in wrong(environ, "committee wutongli")


@pytest.mark.usefixtures("loaded")
def test_a_database_without_a_committee_is_found(environ: dict[str, str], data: Path) -> None:
    (data / schema.DATABASE).unlink()
    cli.main(["migrate"])
    assert "suidao load FILE" in wrong(environ, "committees")


@pytest.mark.usefixtures("loaded")
def test_a_key_file_that_others_may_read_is_found(environ: dict[str, str], data: Path) -> None:
    (data / "secret.key").chmod(0o644)
    code, lines = examined(environ)
    assert code == 1
    assert "run chmod 600" in lines["key"]


@pytest.mark.usefixtures("loaded")
def test_a_wrong_key_is_found_where_the_database_is_opened(environ: dict[str, str]) -> None:
    environ["SUIDAO_SECRET_KEY"] = "kBVb7lCkzjDd3vQjM1Xn3eZ0y0eQ2mWJY5d3r0r8w0E="  # noqa: S105 - invented
    line = wrong(environ, "database")
    assert "not the key" in line
    assert environ["SUIDAO_SECRET_KEY"] not in line


@pytest.mark.usefixtures("loaded")
def test_a_newer_database_is_found(environ: dict[str, str], data: Path) -> None:
    with closing(sqlite3.connect(data / schema.DATABASE)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "newer than this program" in wrong(environ, "database")


@pytest.mark.usefixtures("loaded")
def test_a_damaged_database_is_found(environ: dict[str, str], data: Path) -> None:
    path = data / schema.DATABASE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'people'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    assert wrong(environ, "database")


def test_a_data_folder_that_cannot_be_made_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    environ["SUIDAO_DATA_DIR"] = str(tmp_path / "file" / "data")
    assert "or set SUIDAO_DATA_DIR" in wrong(environ, "data folder")


def test_too_little_room_is_found(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE", 10**18)
    assert "free at least" in wrong(environ, "data folder")


def test_a_queue_that_does_not_answer_is_found(environ: dict[str, str], port: int) -> None:
    environ["SUIDAO_REDIS_URL"] = f"redis://:hunter2@127.0.0.1:{port}/0"
    line = wrong(environ, "queue")
    assert "does not answer" in line
    assert "hunter2" not in line


def test_a_queue_that_may_forget_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    embedded = Broker(tmp_path)
    embedded.start()

    async def spoil() -> None:
        redis = queue.client(embedded.url)
        await redis.config_set("maxmemory-policy", "allkeys-lru")
        await redis.aclose()

    try:
        environ["SUIDAO_REDIS_URL"] = embedded.url
        assert examined(environ)[0] == 0
        asyncio.run(spoil())
        assert "set it to noeviction" in wrong(environ, "queue")
    finally:
        embedded.stop()


def test_a_clock_from_before_the_program_was_written_is_found(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "WRITTEN", 9999)
    line = wrong(environ, "clock")
    assert "it says 2" in line
    assert "set the clock" in line


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_clock_that_is_being_set_is_found(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    moments = itertools.chain([time.time()], itertools.repeat(time.time() + step))
    clocks = SimpleNamespace(time=lambda: next(moments), monotonic=time.monotonic)
    monkeypatch.setattr(doctor, "time", clocks)
    assert "moved just now" in wrong(environ, "clock")


def test_a_machine_without_time_zones_is_found(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(zone: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(zone)

    monkeypatch.setattr(doctor, "ZoneInfo", nowhere)
    assert "install tzdata" in wrong(environ, "clock")


def test_a_bad_playbook_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "rice.toml").write_text('kind = "rice"\npriority = "urgnt"\n', encoding="utf-8")
    environ["SUIDAO_PLAYBOOKS_DIR"] = str(tmp_path)
    assert "rice.toml" in wrong(environ, "playbooks")


@contextmanager
def answering(port: int, status: int, body: bytes) -> Iterator[None]:
    """Something that answers every request on the port."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", port), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_a_port_that_another_program_holds_is_found(environ: dict[str, str], port: int) -> None:
    with answering(port, 200, b"hello"):
        assert "set SUIDAO_WEB__PORT" in wrong(environ, "port")


def test_a_port_that_our_own_run_holds_is_well_when_it_is_ready(
    environ: dict[str, str], data: Path, port: int
) -> None:
    with folder.hold(data):
        with answering(port, 200, b'{"ready": true}'):
            code, lines = examined(environ)
            assert code == 0
            assert f"process {os.getpid()}, ready" in lines["port"]
        with answering(port, 503, b'{"ready": false}'):
            assert "not ready" in wrong(environ, "port")


def test_the_heartbeats_host_is_tried_and_its_address_neither_fetched_nor_shown(
    environ: dict[str, str], port: int
) -> None:
    environ["SUIDAO_WATCH__HEARTBEAT_URL"] = f"http://127.0.0.1:{port}/ping/kd83hs"
    line = wrong(environ, "heartbeat")
    assert "kd83hs" not in line
    assert "mend SUIDAO_WATCH__HEARTBEAT_URL" in line
    with socket.create_server(("127.0.0.1", 0)) as monitor:
        monitor.settimeout(5)
        environ["SUIDAO_WATCH__HEARTBEAT_URL"] = f"http://127.0.0.1:{monitor.getsockname()[1]}/ping/kd83hs"
        code, lines = examined(environ)
        caller, _ = monitor.accept()
        with closing(caller):
            assert caller.recv(100) == b""  # it came, asked for nothing, and left
    assert (code, lines["heartbeat"]) == (0, "✔ heartbeat: its host can be reached")


@pytest.mark.parametrize("name", ["", "another"])
def test_the_bucket_of_the_pictures_is_tried_out(environ: dict[str, str], shelf: Shelf, name: str) -> None:
    place = shelf.place(name=name)
    found = settings.read(
        {
            **environ,
            "SUIDAO_STORAGE__S3__BUCKET": place.bucket,
            "SUIDAO_STORAGE__S3__ENDPOINT": place.endpoint,
            "SUIDAO_STORAGE__S3__ACCESS_KEY": place.access_key,
            "SUIDAO_STORAGE__S3__SECRET_KEY": place.secret_key,
        }
    )
    (finding,) = asyncio.run(outside.pictures(found))
    assert finding.subject == "pictures"
    assert ("mend SUIDAO_STORAGE__S3__BUCKET" in finding.mend) == bool(name)
    assert "secret" not in finding.said + finding.mend
    assert shelf.objects() == {}


def test_a_bucket_without_its_keys_stops_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(settings.SettingsError, match="S3__SECRET_KEY"):
        settings.read({**environ, "SUIDAO_STORAGE__S3__BUCKET": "papers"})


@pytest.mark.parametrize(("scheme", "well"), [("json", True), ("jsn", False)])
def test_the_address_of_the_sms_service_is_read_and_not_shown(
    environ: dict[str, str], scheme: str, well: bool
) -> None:
    found = settings.read({**environ, "SUIDAO_SMS__URL": f"{scheme}://u:hunter2@127.0.0.1/{{phone}}"})
    (finding,) = asyncio.run(outside.sms(found))
    assert (finding.mend == "") == well
    assert "hunter2" not in finding.said + finding.mend
