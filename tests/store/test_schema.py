"""The database's shape: made and migrated at start, refused when it is newer, never guessed at."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config

from store import migrations, open_store, schema, statements
from store.crypto import Vault
from store.errors import DatabaseNewerError, DatabaseStrangeError
from tests.store.samples import OurClock


def test_the_head_of_the_program_is_the_head_of_alembic() -> None:
    assert migrations.head() == schema.HEAD
    assert schema.REVISIONS[-1] == schema.HEAD


def test_preparing_twice_changes_nothing(data: Path) -> None:
    path = data / schema.DATABASE
    before = path.read_bytes()
    schema.prepare(path)
    assert path.read_bytes() == before


def test_a_new_database_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "fresh" / schema.DATABASE
    schema.prepare(path)
    assert schema.check(path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_an_empty_file_is_no_database_yet(tmp_path: Path) -> None:
    path = tmp_path / schema.DATABASE
    path.touch()
    assert schema.revision(path) is None
    schema.prepare(path)
    assert schema.check(path)


async def test_conformance_31_a_newer_database_is_refused_and_left_alone(data: Path) -> None:
    path = data / schema.DATABASE
    _mark(path, "9999")
    before = path.read_bytes()
    with pytest.raises(DatabaseNewerError, match="newer than this program"):
        await open_store(data, Vault.open(data, None), OurClock())
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"\0" * 5000])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / schema.DATABASE
    path.write_bytes(content)
    with pytest.raises(DatabaseStrangeError, match="not a database of this program"):
        schema.check(path)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / schema.DATABASE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(DatabaseStrangeError):
        schema.prepare(path)


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(config: Config, revision: str) -> None:
        assert revision == "head"
        config.attributes["connection"].exec_driver_sql("CREATE TABLE half (done INTEGER)")
        raise OSError("power cut")

    path = tmp_path / schema.DATABASE
    monkeypatch.setattr("alembic.command.upgrade", fail)
    with pytest.raises(OSError, match="power cut"):
        migrations.upgrade(path)
    assert schema.revision(path) is None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_start_on_an_existing_database_imports_no_migration_tool(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from store import schema;"
        f"schema.prepare(Path({str(data / schema.DATABASE)!r}));"
        "print([name for name in ('alembic', 'sqlalchemy', 'arq', 'geopy') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(statements.load()))
def test_every_statement_finds_what_it_needs_by_an_index(template: Path, name: str) -> None:
    text = statements.load()[name]
    plan = _plan(template, text)
    small = ("committees", "meta")  # read whole, on purpose
    reads = not text.lstrip().upper().startswith("INSERT")  # inserts only look whether keys are used
    inner = {step.split()[1] for step in plan if step.startswith("CO-ROUTINE")}  # what it reads stands there
    read = [step.split()[1] for step in plan if step.startswith("SCAN")]
    scans = [table for table in read if table not in small and table not in inner]
    assert not (reads and scans), plan


@pytest.mark.parametrize("name", ["called_last", "entrusted", "open_jobs", "work_in_hand"])
def test_what_is_open_is_found_without_all_that_was_ever_closed(template: Path, name: str) -> None:
    plan = _plan(template, statements.load()[name])
    assert any("USING INDEX jobs_open" in step for step in plan)
    assert not any("jobs_closed" in step for step in plan)


def _plan(template: Path, text: str) -> list[str]:
    parameters = dict.fromkeys(re.findall(r"(?<!:):(\w+)", text))
    with closing(sqlite3.connect(template / schema.DATABASE)) as connection:
        return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]


def _mark(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
