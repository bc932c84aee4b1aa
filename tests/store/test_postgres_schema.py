"""The shape of a PostgreSQL database: by the same migrations, by one process at a time, and nobody else's."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config

from store import open_store, postgres_schema, revision, schema, sessions, statements
from store.crypto import Vault
from store.engine import Row
from store.errors import (
    DatabaseAwayError,
    DatabaseForbiddenError,
    DatabaseForeignError,
    DatabaseNewerError,
    DatabaseUnfitError,
    KeyWrongError,
)
from store.postgres import PostgresEngine
from tests.postgres.databases import OWNER, Databases, name_of
from tests.postgres.server import PostgresServer
from tests.store.samples import OurClock


@pytest.fixture
def empty(postgres: Databases) -> Iterator[str]:
    """A database with nothing in it."""
    address = postgres.make()
    yield address
    postgres.drop(address)


async def found(url: str, query: str) -> list[Row]:
    session = await sessions.begin(url)
    try:
        return await session.fetch(query)
    finally:
        await session.close()


async def test_an_empty_database_is_filled_and_then_left_alone(empty: str, tmp_path: Path) -> None:
    assert await revision(tmp_path, empty) is None
    assert not await postgres_schema.check(empty)
    await postgres_schema.prepare(empty)
    assert await revision(tmp_path, empty) == schema.HEAD
    assert await postgres_schema.check(empty)
    await postgres_schema.prepare(empty)


async def test_both_databases_have_the_same_tables_columns_and_indexes(
    template: Path, postgres_url: str
) -> None:
    columns = await found(
        postgres_url,
        "SELECT table_name, column_name, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public'",
    )
    theirs = {(row["table_name"], row["column_name"]) for row in columns}
    indexes = await found(postgres_url, "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
    with closing(sqlite3.connect(template / schema.DATABASE)) as connection:
        ours = set(
            connection.execute(
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
                " WHERE t.type = 'table'"
            )
        )
        named = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        names = {name for (name,) in connection.execute(named)}
    assert len(ours) > 100
    assert ours == theirs
    assert names <= {row["indexname"] for row in indexes}


async def test_texts_are_compared_by_their_code_points_whatever_the_server_speaks(postgres_url: str) -> None:
    rows = await found(
        postgres_url,
        "SELECT table_name, column_name, collation_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'text'",
    )
    assert len(rows) > 50
    assert {row["collation_name"] for row in rows} == {"C"}


async def test_points_in_time_and_ids_are_large_enough(postgres_url: str) -> None:
    rows = await found(
        postgres_url,
        "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_schema = 'public'"
        " AND (column_name = 'id' OR column_name LIKE '%\\_id' OR column_name LIKE '%\\_at')"
        " AND data_type <> 'text'",
    )
    assert [row["data_type"] for row in rows] == ["bigint"]


async def test_several_that_migrate_at_the_same_time_do_it_once(empty: str) -> None:
    async def process() -> int:
        code = f"import asyncio; from store import postgres_schema as s; asyncio.run(s.prepare({empty!r}))"
        started = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
        return await started.wait()

    assert set(await asyncio.gather(process(), process(), process())) == {0}
    assert await postgres_schema.check(empty)


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(config: Config, _revision: str) -> None:
        config.attributes["connection"].exec_driver_sql("CREATE TABLE half (done INTEGER)")
        raise OSError("power cut")

    monkeypatch.setattr(command, "upgrade", fail)
    with pytest.raises(OSError, match="power cut"):
        await postgres_schema.prepare(empty)
    assert await postgres_schema.revision(empty) is None


OWED = [7, "job 42 v7 card", 2, None]


async def test_what_was_owed_before_applications_is_owed_after(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _head: upgrade(config, "0002"))
    await postgres_schema.prepare(empty)
    assert await postgres_schema.revision(empty) == "0002"
    for statement in (
        "INSERT INTO committees VALUES (1, 'wutongli', '', '', '', '', 0, 0)",
        "INSERT INTO playbooks VALUES (1, 'd', '', '')",
        "INSERT INTO addresses (id, committee_id, platform, value, topic) VALUES (3, 1, 'web', 'x', '')",
        "INSERT INTO jobs (id, committee_id, nonce, version, kind, playbook, priority, status, posted_at,"
        " places, headline, hides, missing, call_cause, call_since_version, call_loop, call_step,"
        " call_position, call_repeats)"
        " VALUES (42, 1, 'n', 7, '', 'd', '', 'open', 0, 1, '', '', '', '', 0, 0, 0, 0, 0)",
        "INSERT INTO outbox VALUES (7, 1, 42, 3, 'job 42 v7 card', 'ask', 1, 1, 'owed', 2, 1000, 2000, NULL)",
    ):
        await found(empty, statement)
    monkeypatch.undo()
    await postgres_schema.prepare(empty)
    (row,) = await found(empty, "SELECT * FROM outbox")
    assert [row[name] for name in ("id", "cause", "tries", "application_id")] == OWED


async def test_a_newer_database_is_refused_and_left_alone(postgres_url: str, tmp_path: Path) -> None:
    await found(postgres_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewerError, match="newer than this program"):
        await open_store(tmp_path, Vault.open(tmp_path, None), OurClock(), database_url=postgres_url)
    assert await postgres_schema.revision(postgres_url) == "9999"
    assert await found(postgres_url, "SELECT * FROM meta") == []


@pytest.mark.parametrize("table", ["songs (name TEXT)", "alembic_version (version_num TEXT)"])
async def test_the_database_of_another_program_is_refused(empty: str, table: str) -> None:
    await found(empty, f"CREATE TABLE {table}")
    with pytest.raises(DatabaseForeignError, match="another program"):
        await postgres_schema.prepare(empty)


@pytest.fixture
def foreign(own_postgres: PostgresServer) -> str:
    """A database that the administrator made for themselves, and our own user's way into it."""
    databases = Databases(own_postgres.url, OWNER)
    name = name_of(databases.make())
    own_postgres.run("psql", "--dbname", own_postgres.url, "-c", f"ALTER DATABASE {name} OWNER TO postgres")
    return f"postgresql://{OWNER}@/{name}?host={own_postgres.folder}"


async def test_a_user_who_may_make_no_tables_is_told_what_to_do(foreign: str) -> None:
    with pytest.raises(DatabaseForbiddenError, match="OWNER TO suidao"):
        await postgres_schema.prepare(foreign)
    assert await postgres_schema.revision(foreign) is None


async def test_a_user_who_may_not_read_the_tables_is_told_what_to_do(
    foreign: str, own_postgres: PostgresServer
) -> None:
    await postgres_schema.prepare(foreign.replace(f"//{OWNER}@", "//postgres@"))
    with pytest.raises(DatabaseForbiddenError, match="OWNER TO suidao"):
        await postgres_schema.prepare(foreign)


@pytest.fixture
def poor(postgres: Databases) -> Iterator[str]:
    """A database that does not know which letters it keeps."""
    address = postgres.make("TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    yield address
    postgres.drop(address)


async def test_a_database_that_cannot_keep_every_letter_is_refused(poor: str) -> None:
    with pytest.raises(DatabaseUnfitError, match="SQL_ASCII"):
        await PostgresEngine.open(poor)


SECRET = "kBVb7lCkzjDd3vQjM1Xn3eZ0"  # noqa: S105 - invented


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (f"postgresql://suidao:{SECRET}@/suidao?host=/nowhere", "No such file or directory"),
        (f"postgresql://suidao:{SECRET}@127.0.0.1:1/suidao", "127.0.0.1"),
        (f"postgresql://suidao:{SECRET}@127.0.0.1:port/suidao", "cannot be read"),
    ],
)
async def test_a_server_that_is_not_there_is_said_without_its_password(address: str, reason: str) -> None:
    with pytest.raises(DatabaseAwayError, match="mend SUIDAO_DATABASE_URL") as caught:
        await postgres_schema.revision(address)
    assert reason in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "suidao" in str(caught.value)


async def test_a_database_that_does_not_exist_is_named(postgres_url: str) -> None:
    nowhere = re.sub(r"/suidao_test_\w+", "/nowhere", postgres_url)
    with pytest.raises(DatabaseAwayError, match=r"nowhere.*there is no such database"):
        await postgres_schema.revision(nowhere)


async def test_a_key_made_anew_does_not_open_a_database_of_another_key(
    postgres_url: str, tmp_path: Path
) -> None:
    first, second = Vault.open(tmp_path / "a", None), Vault.open(tmp_path / "b", None)
    await (await open_store(tmp_path / "a", first, OurClock(), database_url=postgres_url)).close()
    with pytest.raises(KeyWrongError, match="suidao_test_") as caught:
        await open_store(tmp_path / "b", second, OurClock(), database_url=postgres_url)
    assert "host=" not in str(caught.value)


def test_a_start_on_an_existing_database_imports_no_migration_tool(postgres_url: str, tmp_path: Path) -> None:
    assert imported(tmp_path, postgres_url) & {"alembic", "sqlalchemy", "arq", "geopy"} == set()


def test_a_start_on_sqlite_imports_nothing_of_postgresql(data: Path) -> None:
    assert "asyncpg" not in imported(data, None)


OPENING = """
import asyncio, sys
from pathlib import Path
from store import open_store
from store.crypto import Vault

async def main(data, url):
    await (await open_store(data, Vault.open(data, None), database_url=url or None)).close()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
print(*sys.modules)
"""


def imported(data: Path, url: str | None) -> set[str]:
    """What a program has imported that opened its store."""
    started = [sys.executable, "-c", OPENING, str(data), url or ""]
    run = subprocess.run(started, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    return set(run.stdout.split())


async def test_every_statement_finds_what_it_needs_by_an_index(postgres_url: str) -> None:
    small = {"committees", "meta"}  # read whole, on purpose
    session = await asyncpg.connect(postgres_url)
    # What is empty is read whole unless that is forbidden; a plan that does so all the same has no index.
    await session.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
    scans = {}
    for name, statement in statements.load_numbered().items():
        await session.execute(f"PREPARE it AS {statement.text}")
        nulls = f"({', '.join('NULL' for _ in statement.parameters)})" if statement.parameters else ""
        plan = [row[0] for row in await session.fetch(f"EXPLAIN EXECUTE it{nulls}")]
        await session.execute("DEALLOCATE it")
        whole = {table for line in plan for table in re.findall(r"Seq Scan on (\w+)", line)} - small
        if whole:
            scans[name] = plan
    await session.close()
    assert scans == {}
