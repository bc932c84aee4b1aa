"""The commands that keep everything in one file and put it back: database, plans, the key where asked for.

What is in the database is the store's; here it is said what else belongs to it, and what does not.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from bot import folder, plans
from bot.complaints import ComplaintError
from config.settings import Settings
from store import refill, schema, snapshot
from store.archive import KEY, Manifest, Reader, Writer
from store.crypto import KEY_FILE, Vault

_META = "meta"
"""The table by which a wrong key is noticed."""

_OBJECTS = "objects"
"""The table of what lies in the bucket."""

_DRAFT = ".suidao-backup-"
"""How the folder begins in which a backup comes into being."""

_MATRIX = ("matrix.json", "matrix.db")
"""The Matrix bot's own keys. They are never in a backup: a key that was given out must not be used twice."""


def take(settings: Settings, file: Path, out: TextIO, *, with_key: bool) -> None:
    """Keep everything in a new file. The program may run meanwhile, and waits for nothing. Raises
    `ComplaintError` and `StartError`."""
    _check_free(file)
    data = settings.data_dir
    # Beside the file itself: there is room for it there, and it comes into being whole or not at all.
    with (
        _naming(file),
        tempfile.TemporaryDirectory(prefix=_DRAFT, dir=file.absolute().parent) as near,
    ):
        draft = Path(near) / "draft"
        with Writer(draft) as writer:
            manifest = _write(settings, writer, Path(near) / schema.DATABASE, with_key=with_key)
        _check_free(file)
        draft.rename(file)
    out.write(f"{file}: {_told(manifest)}\n")
    if with_key:
        out.write("  The key IS in it: whoever has this file can read everything. Lock it away.\n")
    else:
        out.write(
            "  The key is NOT in it, and without the key nobody can read its private fields: keep "
            f"{_key_is(settings)} somewhere else (or take a backup --with-key).\n"
        )
    if outside := _rows(manifest, _OBJECTS):
        out.write(
            f"  {outside} pictures lie in the bucket and are NOT in it: only a copy of the bucket has them.\n"
        )
    if any((data / name).exists() for name in _MATRIX):
        out.write("  The Matrix bot's own keys are not in it: after a restore it signs in as a new device.\n")


def restore(settings: Settings, file: Path, out: TextIO) -> None:
    """Put a backup into the empty folder or database of the settings. Raises `StartError`."""
    folder.prepare(settings.data_dir)
    with folder.hold(settings.data_dir), Reader(file) as reader:
        path, url = settings.data_dir / schema.DATABASE, settings.database
        if url is None:
            refill.check_sqlite(path)
        else:
            asyncio.run(refill.check_postgres(url))
        reader.check()
        known = _check_key(settings, reader)
        _keep_files(settings, reader)
        if url is None:
            refill.into_sqlite(reader, path)
        else:
            asyncio.run(refill.into_postgres(reader, url))
        out.write(f"Restored {_told(reader.manifest)}.\n")
        if reader.manifest.revision != schema.HEAD:
            out.write(f"  It was brought from revision {reader.manifest.revision} to {schema.HEAD}.\n")
    out.write(
        "  What happened after that moment is not in it. What was owed at that moment is sent again once the "
        "program runs, so a message may arrive twice; what is overdue is done at once.\n"
    )
    if not known:
        out.write(
            f"  The key was not in it: put {KEY_FILE} into {settings.data_dir} (mode 600), or set "
            "SUIDAO_SECRET_KEY, before the program is started.\n"
        )


def _write(settings: Settings, writer: Writer, copy: Path, *, with_key: bool) -> Manifest:
    made_at = datetime.now(UTC)  # before the first row is read: nothing that happened later is promised
    data, url = settings.data_dir, settings.database
    if url is None:
        engine, revision = "sqlite", snapshot.of_sqlite(data / schema.DATABASE, copy, writer)
    else:
        engine, revision = "postgresql", asyncio.run(snapshot.of_postgres(url, writer))
    for plan in sorted((data / plans.FOLDER).glob("*.*")):
        if plan.suffix in plans.SUFFIXES:
            writer.file(f"{plans.FOLDER}/{plan.name}", plan.read_bytes())
    if with_key:
        writer.file(KEY, _key(settings))
    return writer.finish(
        made_at=made_at.isoformat(timespec="seconds"),
        release=version("suidao"),
        engine=engine,
        revision=revision,
    )


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """What goes wrong with the draft is said of the file that was asked for."""
    try:
        yield
    except OSError as error:
        if _DRAFT not in str(error.filename):
            raise
        raise OSError(error.errno, error.strerror, str(file)) from error


def _check_free(file: Path) -> None:
    if file.exists():
        raise ComplaintError(f"{file} is there already; name another file (nothing was written)")


def _key(settings: Settings) -> bytes:
    """What is in the key file, or would be."""
    if settings.secret_key is not None:
        keys = settings.secret_key.get_secret_value().split(",")
        return "".join(f"{key.strip()}\n" for key in keys).encode()
    return (settings.data_dir / KEY_FILE).read_bytes()


def _key_is(settings: Settings) -> str:
    return "SUIDAO_SECRET_KEY" if settings.secret_key is not None else str(settings.data_dir / KEY_FILE)


def _check_key(settings: Settings, reader: Reader) -> bool:
    """Whether the program will have a key. One that is there must be the right one, or raises
    `KeyWrongError`."""
    given = None if settings.secret_key is None else settings.secret_key.get_secret_value()
    if given is None and not (settings.data_dir / KEY_FILE).exists():
        if not reader.manifest.with_key:
            return False
        given = ",".join(reader.file(KEY).decode().split())
    marks = _marks(reader)
    if marks:
        Vault.open(settings.data_dir, given).verify(marks, "the backup")
    return True


def _marks(reader: Reader) -> Mapping[str, str]:
    for member in reader.manifest.tables:
        if member.table.name == _META:
            rows = (dict(zip(member.table.columns, row, strict=True)) for row in reader.rows(member.table))
            return {row["name"]: row["value"] for row in rows}
    return {}


def _keep_files(settings: Settings, reader: Reader) -> None:
    for name in reader.manifest.files:
        place, _, plan = name.rpartition("/")
        if name == KEY:
            if settings.secret_key is None and not (settings.data_dir / KEY_FILE).exists():
                _put(settings.data_dir / KEY_FILE, reader.file(KEY))
        elif place == plans.FOLDER:
            (settings.data_dir / plans.FOLDER).mkdir(mode=0o700, exist_ok=True)
            _put(settings.data_dir / plans.FOLDER / plan, reader.file(name))


def _put(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _rows(manifest: Manifest, table: str) -> int:
    return sum(member.rows for member in manifest.tables if member.table.name == table)


def _told(manifest: Manifest) -> str:
    return (
        f"{manifest.rows} rows of {len(manifest.tables)} tables as of {manifest.made_at} "
        f"({manifest.engine}, revision {manifest.revision})"
    )
