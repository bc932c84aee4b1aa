"""A backup holds everything as it was at one moment, of either database, and goes into either."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from alembic import command

from store import SqlStore, migrations, postgres_schema, refill, schema, snapshot
from store.archive import ArchiveDamagedError, ArchiveNewerError, Reader, Writer
from store.crypto import Vault
from store.errors import DatabaseNewerError
from tests.postgres.databases import Databases
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

Kept = Mapping[str, Sequence[str]]


async def take(base: Base, file: Path) -> Path:
    """A backup of what is there."""
    with Writer(file) as writer:
        if base.url is None:
            revision = snapshot.of_sqlite(base.data / schema.DATABASE, file.with_suffix(".copy"), writer)
        else:
            revision = await snapshot.of_postgres(base.url, writer)
        writer.finish(made_at="2026-11-22T00:00:00+00:00", release="1", engine="any", revision=revision)
    return file


async def put(file: Path, base: Base) -> None:
    """Restore it there."""
    with Reader(file) as reader:
        reader.check()
        if base.url is None:
            await asyncio.to_thread(refill.into_sqlite, reader, base.data / schema.DATABASE)
        else:
            await refill.into_postgres(reader, base.url)


def everything(file: Path) -> Kept:
    """Every row in a backup, in no order."""
    with Reader(file) as reader:
        tables = [member.table for member in reader.manifest.tables]
        return {table.name: sorted(repr(row) for row in reader.rows(table)) for table in tables}


@pytest.fixture
def other(request: pytest.FixtureRequest, base: Base, tmp_path: Path) -> Base:
    """Somewhere empty, with the same key: on SQLite or on PostgreSQL."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy2(base.data / "secret.key", folder / "secret.key")
    if request.param == "sqlite":
        return Base(data=folder)
    databases: Databases = request.getfixturevalue("postgres")
    url = databases.make()
    request.addfinalizer(lambda: databases.drop(url))  # noqa: PT021 - only where there is one
    return Base(data=folder, url=url)


async def lived(store: SqlStore) -> Place:
    """A committee with jobs, claims, words in private, and things owed."""
    place = await settle(store)
    job = (await place.post(nonce="one", phone="13900139000")).job_id
    await place.post(nonce="two", unit="七零一")
    await store.change(place.committee_id, job, samples.claim(place.people["v1"]))
    await store.change(place.committee_id, job, samples.told("门口的狗不咬人"), receipt="r1")
    await store.add_source(place.committee_id, "hotline", token="t", webhook="https://a", secret="s", now=NOW)
    return place


@pytest.mark.parametrize("other", ["sqlite", "postgres"], indirect=True)
async def test_what_is_restored_is_what_was_there(
    store: SqlStore, base: Base, other: Base, tmp_path: Path
) -> None:
    place = await lived(store)
    file = await take(base, tmp_path / "one.zip")
    await put(file, other)
    assert everything(await take(other, tmp_path / "two.zip")) == everything(file)
    for words in samples.PRIVATE_WORDS:
        assert not any(words in row for rows in everything(file).values() for row in rows)
    again = await other.open(store._vault, samples.OurClock())
    try:
        (job, _) = await again.open_jobs(place.committee_id)
        assert (await again.private(place.committee_id, job.id)).phone == "13900139000"
        assert [entry.note for entry in await again.timeline(place.committee_id, job.id)][
            -1
        ] == "门口的狗不咬人"
        assert await again.overdue_outbox(NOW + 1, 100) == await store.overdue_outbox(NOW + 1, 100)
        assert await again.source("t") is not None
        # Numbers go on where they were.
        restored = Place(
            store=again, committee_id=place.committee_id, people=place.people, buildings=place.buildings
        )
        assert (await restored.post(nonce="three")).job_id == (await place.post(nonce="three")).job_id
    finally:
        await again.close()


async def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(
    store: SqlStore, base: Base, tmp_path: Path
) -> None:
    place = await settle(store)
    done = asyncio.Event()

    async def write() -> None:
        number = 0
        while not done.is_set():
            job = (await place.post(nonce=f"n{number}")).job_id
            await store.change(place.committee_id, job, samples.claim(place.people["v1"]))
            number += 1

    writing = asyncio.create_task(write())
    counts = []
    try:
        for number in range(3):
            file = await asyncio.to_thread(asyncio.run, take(base, tmp_path / f"{number}.zip"))
            with Reader(file) as reader:
                reader.check()
                tables = {member.table.name: member.table for member in reader.manifest.tables}
                jobs = {row[0]: row for row in reader.rows(tables["jobs"])}
                versions = _versions(reader)
            at = tables["jobs"].columns.index("version")
            assert {job: list(range(1, row[at] + 1)) for job, row in jobs.items()} == versions
            counts.append(len(jobs))
    finally:
        done.set()
        await writing
    assert counts == sorted(counts)


def _versions(reader: Reader) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    table = next(member.table for member in reader.manifest.tables if member.table.name == "ledger")
    job, version = table.columns.index("job_id"), table.columns.index("version")
    for row in reader.rows(table):
        found.setdefault(row[job], []).append(row[version])
    return {key: sorted(versions) for key, versions in found.items()}


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy whose members went through somebody's hands."""
    copy = file.with_name("changed.zip")
    with ZipFile(file) as old, ZipFile(copy, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return copy


def manifest(**changed: object) -> Callable[[str, bytes], bytes]:
    return lambda name, data: (
        json.dumps(json.loads(data) | changed).encode() if name == "manifest.json" else data
    )


@pytest.fixture
async def file(tmp_path: Path, template: Path) -> Path:
    """A backup of a small committee on SQLite."""
    folder = tmp_path / "first"
    shutil.copytree(template, folder)
    base = Base(data=folder)
    opened = await base.open(Vault.open(folder, None), samples.OurClock())
    await lived(opened)
    await opened.close()
    return await take(base, tmp_path / "kept.zip")


def test_a_damaged_file_is_refused_with_a_word_on_where(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    spoiled = tmp_path / "spoiled.zip"
    middle = len(whole) // 3
    for data in (
        b"",
        b"PK",
        b"not a zip" * 50,
        whole[:-1000],
        whole[:middle] + b"\0" * 400 + whole[middle + 400 :],
    ):
        spoiled.write_bytes(data)
        with (
            pytest.raises(ArchiveDamagedError, match=r"spoiled\.zip is no whole backup"),
            Reader(spoiled) as reader,
        ):
            reader.check()
    for change in (
        lambda name, data: None if name == "tables/jobs.jsonl" else data,
        lambda name, data: None if name == "manifest.json" else data,
        lambda name, data: data[: len(data) // 2] if name == "tables/ledger.jsonl" else data,
        lambda name, data: data.replace(b"hotline", b"hotlime"),
        manifest(format="other"),
        manifest(files={"../../etc/passwd": ""}),
        manifest(tables="all"),
    ):
        with pytest.raises(ArchiveDamagedError), Reader(rewritten(file, change)) as reader:
            reader.check()


def test_a_file_of_a_newer_release_is_refused(file: Path) -> None:
    with pytest.raises(ArchiveNewerError, match="newer release"):
        Reader(rewritten(file, manifest(version=2)))
    with pytest.raises(DatabaseNewerError):
        Reader(rewritten(file, manifest(revision="9999")))


@pytest.mark.parametrize("other", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("base", ["sqlite"], indirect=True)
async def test_what_does_not_fit_leaves_nothing_behind(file: Path, base: Base, other: Base) -> None:
    def strange(name: str, data: bytes) -> bytes:
        if name != "manifest.json":
            return data
        told = json.loads(data)
        told["tables"][-1]["table"]["columns"][0] = "colour"
        return json.dumps(told).encode()

    with pytest.raises(ArchiveDamagedError, match="not one of revision"):
        await put(rewritten(file, strange), other)
    if other.url is None:
        assert sorted(each.name for each in other.data.iterdir()) == ["secret.key"]
    else:
        assert await postgres_schema.revision(other.url) is None
    await put(file, other)


@pytest.mark.parametrize("other", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("base", ["sqlite"], indirect=True)
async def test_a_backup_of_an_older_release_is_brought_up_to_date(
    base: Base, other: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, upgrade = tmp_path / "old" / schema.DATABASE, command.upgrade
    path.parent.mkdir()
    with monkeypatch.context() as patched:
        patched.setattr("alembic.command.upgrade", lambda config, _head: upgrade(config, "0007"))
        migrations.upgrade(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO committees VALUES (1, 'wutongli', '', 'en', 'UTC', '{}', 0, 0)")
        columns = "id, committee_id, key, name, language, roles, skills, paused, link_epoch"
        connection.execute(f"INSERT INTO people ({columns}) VALUES (7, 1, 'wang', '', 'en', '', '', 1, 0)")  # noqa: S608 - of this test
    file = await take(Base(data=path.parent), tmp_path / "old.zip")
    await put(file, other)
    (row,) = await other.rows("SELECT id, paused_until FROM people")
    assert row["id"] == 7
    assert row["paused_until"] > NOW  # what migration 0008 makes of the mark
    (revision,) = await other.rows("SELECT version_num FROM alembic_version")
    assert revision["version_num"] == schema.HEAD


async def test_nothing_is_restored_over_what_is_there(base: Base) -> None:
    if base.url is None:
        with pytest.raises(refill.TargetNotEmptyError, match="already"):
            refill.check_sqlite(base.data / schema.DATABASE)
    else:
        with pytest.raises(refill.TargetNotEmptyError, match="already"):
            await refill.check_postgres(base.url)


def test_what_is_left_of_a_deleted_database_is_not_read_into_the_new_one(tmp_path: Path) -> None:
    refill.check_sqlite(tmp_path / schema.DATABASE)
    (tmp_path / f"{schema.DATABASE}-wal").touch()
    with pytest.raises(refill.TargetNotEmptyError, match="-wal already"):
        refill.check_sqlite(tmp_path / schema.DATABASE)


def test_tables_come_after_what_they_refer_to() -> None:
    refers = {"claims": {"jobs", "people"}, "jobs": {"people", "jobs"}, "people": set[str]()}
    assert snapshot.in_order(refers) == ["people", "jobs", "claims"]
