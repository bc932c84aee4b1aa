"""The commands on a PostgreSQL database: the same as on SQLite, and its address never shown."""

import asyncio
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot import cli, doctor
from bot.committee import DEMO
from config import settings
from store import revision, schema
from tests.postgres.databases import OWNER, Databases, at_once
from tests.postgres.server import PostgresServer

PASSWORD = "kBVb7lCkzjDd3vQjM1Xn3eZ0"  # noqa: S105 - invented; the test server asks for none


@pytest.fixture
def url(postgres: Databases) -> Iterator[str]:
    """A database with nothing in it, by an address with a password."""
    address = postgres.make()
    yield address.replace(f"//{OWNER}@", f"//{OWNER}:{PASSWORD}@")
    postgres.drop(address)


@pytest.fixture
def environ(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    names = {"SUIDAO_DATA_DIR": str(tmp_path / "data"), "SUIDAO_DATABASE_URL": url, "SUIDAO_WEB__PORT": "0"}
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    return names


def examined(environ: dict[str, str]) -> dict[str, str]:
    """The line of each subject with its sign."""
    out = io.StringIO()
    asyncio.run(doctor.examine(settings.read(environ), out))
    assert PASSWORD not in out.getvalue()
    return {line[2:].partition(":")[0]: line for line in out.getvalue().splitlines()}


def complains(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line of a command that must fail."""
    capsys.readouterr()
    assert cli.main(argv) == cli.WRONG
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert PASSWORD not in said
    return said


def tell(url: str, statement: str) -> None:
    """Do something to the database that no program of ours does."""

    async def told() -> None:
        session = await asyncpg.connect(url)
        await session.execute(statement)
        await session.close()

    at_once(told())


@pytest.mark.usefixtures("environ")
def test_a_committee_is_loaded_and_invited_and_no_sqlite_is_made(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["load", str(DEMO)]) == 0
    assert cli.main(["load", str(DEMO)]) == 0
    assert "0 added, 0 changed" in capsys.readouterr().out
    assert cli.main(["invite", "wang"]) == 0
    assert "/join/" in capsys.readouterr().out
    assert asyncio.run(revision(tmp_path, url)) == schema.HEAD
    assert not (tmp_path / "data" / schema.DATABASE).exists()


@pytest.mark.usefixtures("environ")
def test_migrating_says_from_what_to_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrate"]) == 0
    assert f"from nothing to {schema.HEAD}" in capsys.readouterr().out
    assert cli.main(["migrate"]) == 0
    assert "is up to date" in capsys.readouterr().out


@pytest.mark.usefixtures("environ")
def test_a_newer_database_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["migrate"])
    tell(url, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer than this program" in complains(capsys, "load", str(DEMO))


@pytest.mark.usefixtures("environ")
def test_a_database_that_is_away_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUIDAO_DATABASE_URL", f"postgresql://suidao:{PASSWORD}@127.0.0.1:1/suidao")
    for command in (["migrate"], ["load", str(DEMO)], ["run"]):
        assert "mend SUIDAO_DATABASE_URL" in complains(capsys, *command)


def test_the_doctor_finds_nothing_before_the_first_start(environ: dict[str, str]) -> None:
    assert "none yet" in examined(environ)["database"]


def test_the_doctor_names_a_database_that_is_away(environ: dict[str, str]) -> None:
    environ["SUIDAO_DATABASE_URL"] = f"postgresql://suidao:{PASSWORD}@127.0.0.1:1/suidao"
    assert "suidao on 127.0.0.1:1 cannot be reached" in examined(environ)["database"]


def test_the_doctor_names_a_lost_key(environ: dict[str, str], tmp_path: Path) -> None:
    cli.main(["migrate"])
    (tmp_path / "data" / "secret.key").unlink()
    assert "set SUIDAO_SECRET_KEY" in examined(environ)["database"]


def test_the_doctor_names_a_server_that_may_forget(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with PostgresServer(full_page_writes="on") as careless:
        move(environ, careless, monkeypatch)
        line = examined(environ)["database"]
    assert "a power cut may damage or lose it; set fsync = on" in line


def test_the_doctor_is_content_with_a_server_that_keeps_what_it_says(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with PostgresServer(fsync="on", full_page_writes="on") as careful:
        move(environ, careful, monkeypatch)
        lines = examined(environ)
    assert f"whole, revision {schema.HEAD}" in lines["database"]
    assert "suidao load FILE" in lines["committees"]


def move(environ: dict[str, str], server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start afresh in a database on another server."""
    environ["SUIDAO_DATABASE_URL"] = Databases(server.url, OWNER).make()
    monkeypatch.setenv("SUIDAO_DATABASE_URL", environ["SUIDAO_DATABASE_URL"])
    assert cli.main(["migrate"]) == 0
