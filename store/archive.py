"""The file of a backup: a zip of tables as lines of JSON, and a manifest that says what must be in it.

The same for every database, so that what was kept in one can be put into another (docs/decisions/0018). It
knows names, rows and checksums, and nothing of what they mean.
"""

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from store import schema
from store.errors import DatabaseNewerError, StartError

FORMAT = "suidao-backup"
VERSION = 1
"""Of the format. A file of a later one is refused."""

MANIFEST = "manifest.json"
TABLES = "tables/"
FILES = "files/"
KEY = "secret.key"

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one row: the largest picture sealed and in base64, ten times over. None of ours is longer."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of the manifest, of a plan, of the key: ten times the largest plan."""

_DAMAGE = (
    BadZipFile,
    zlib.error,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What reading something broken raises, somewhere between the zip and the JSON."""


class ArchiveDamagedError(StartError):
    """The file is no backup, or not a whole one."""

    key = "archive_damaged"
    sentence = "{path} is no whole backup of Suidao ({what}): nothing was restored; take another copy of it."


class ArchiveNewerError(StartError):
    """The file was written by a release that writes something else."""

    key = "archive_newer"
    sentence = "{path} was made by a newer release of Suidao: restore it with that one. Nothing was restored."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table's columns, in their order, and what is in each: `integer`, `real`, `text` or `blob`."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A table in a file: how many rows, and the checksum of its lines."""

    table: Table
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a file. `tables` stand in the order in which they can be filled."""

    made_at: str
    release: str
    engine: str
    revision: str
    tables: tuple[Member, ...]
    files: Mapping[str, str]
    """Names to checksums; the key is among them where it was asked for."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(member.rows for member in self.tables)

    @property
    def with_key(self) -> bool:
        """Whoever has the file can read everything in it."""
        return KEY in self.files


class Writer:
    """A file in the making; it is complete only once `finish` was called."""

    def __init__(self, path: Path) -> None:
        self._stream = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        self._zip = ZipFile(self._stream, "w", ZIP_DEFLATED)
        self._members: list[Member] = []
        self._files: dict[str, str] = {}
        self._open: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file, finished or not."""
        if self._open is not None:
            self._open.close()
        self._zip.close()
        self._stream.close()

    def file(self, name: str, data: bytes) -> None:
        """Put a file in as it is."""
        self._zip.writestr(_info(FILES + name), data)
        self._files[name] = hashlib.sha256(data).hexdigest()

    def table(self, table: Table) -> "TableWriter":
        """Begin a table; end it before the next."""
        self._open = self._zip.open(_info(_place(table.name)), "w", force_zip64=True)
        return TableWriter(table, self._open, self._members)

    def finish(self, *, made_at: str, release: str, engine: str, revision: str) -> Manifest:
        """Write the manifest, last of all, and have everything on the disk."""
        manifest = Manifest(
            made_at=made_at,
            release=release,
            engine=engine,
            revision=revision,
            tables=tuple(self._members),
            files=self._files,
        )
        told = {"format": FORMAT, "version": VERSION, **asdict(manifest)}
        self._zip.writestr(_info(MANIFEST), json.dumps(told, indent=1))
        self._zip.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        return manifest


class TableWriter:
    """One table of a file in the making."""

    def __init__(self, table: Table, stream: IO[bytes], members: list[Member]) -> None:
        self._table = table
        self._stream = stream
        self._members = members
        self._digest = hashlib.sha256()
        self._rows = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Some more rows, in the order of the table's columns."""
        for row in rows:
            line = json.dumps([_told(value) for value in row], ensure_ascii=False, separators=(",", ":"))
            data = line.encode() + b"\n"
            self._stream.write(data)
            self._digest.update(data)
            self._rows += 1

    def end(self) -> None:
        """That was all of it."""
        self._stream.close()
        self._members.append(Member(table=self._table, rows=self._rows, sha256=self._digest.hexdigest()))


class Reader:
    """A file that was made. Nothing of it is believed before `check`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("rb")
        try:
            self._zip = ZipFile(self._stream)
            self.manifest = self._read_manifest()
        except _DAMAGE as error:
            self._stream.close()
            raise self._damaged("its list of contents cannot be read") from error
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def check(self) -> None:
        """Read all of it once. Raises `ArchiveDamagedError` that names what is missing or not as it was."""
        for member in self.manifest.tables:
            name = member.table.name
            try:
                digest, rows = hashlib.sha256(), 0
                for line in self._lines(name):
                    digest.update(line)
                    rows += len(json.loads(line)) == len(member.table.columns)
            except _DAMAGE as error:
                raise self._damaged(f"the table {name}") from error
            if (rows, digest.hexdigest()) != (member.rows, member.sha256):
                raise self._damaged(f"the table {name}")
        for name in self.manifest.files:
            self.file(name)

    def file(self, name: str) -> bytes:
        """A file as it was put in. Raises `ArchiveDamagedError`."""
        try:
            data = self._whole(FILES + name)
        except _DAMAGE as error:
            raise self._damaged(f"the file {name}") from error
        if hashlib.sha256(data).hexdigest() != self.manifest.files[name]:
            raise self._damaged(f"the file {name}")
        return data

    def rows(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """A table's rows, in the order of its columns."""
        blobs = [kind == "blob" for kind in table.kinds]
        for line in self._lines(table.name):
            values = json.loads(line)
            yield tuple(
                base64.b64decode(value) if blob and value is not None else value
                for value, blob in zip(values, blobs, strict=True)
            )

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._zip.open(_place(name)) as stream:
            while line := stream.readline(LONGEST_LINE):
                yield line

    def _whole(self, name: str) -> bytes:
        with self._zip.open(name) as stream:
            data = stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ValueError(name)
        return data

    def _read_manifest(self) -> Manifest:
        told = json.loads(self._whole(MANIFEST))
        if told["format"] != FORMAT:
            raise ValueError(FORMAT)
        if told["version"] > VERSION:
            raise ArchiveNewerError(path=self._path.name)
        if told["revision"] not in schema.REVISIONS:
            raise DatabaseNewerError(found=str(told["revision"]), known=schema.HEAD)
        return Manifest(
            made_at=str(told["made_at"]),
            release=str(told["release"]),
            engine=str(told["engine"]),
            revision=told["revision"],
            tables=tuple(map(_member, told["tables"])),
            files={_name(name): str(digest) for name, digest in told["files"].items()},
        )

    def _damaged(self, what: str) -> ArchiveDamagedError:
        return ArchiveDamagedError(path=self._path.name, what=what)


def _member(told: Mapping[str, Any]) -> Member:
    table = told["table"]
    columns, kinds = tuple(map(str, table["columns"])), tuple(map(str, table["kinds"]))
    if len(columns) != len(kinds):
        raise ValueError(table["name"])
    return Member(
        table=Table(name=_name(table["name"]), columns=columns, kinds=kinds),
        rows=int(told["rows"]),
        sha256=str(told["sha256"]),
    )


def _name(name: str) -> str:
    """A name that leads nowhere else. Raises `ValueError`."""
    if not name or name.startswith("/") or ".." in name.split("/") or "\\" in name:
        raise ValueError(name)
    return name


def _place(table: str) -> str:
    return f"{TABLES}{table}.jsonl"


def _info(name: str) -> ZipInfo:
    """Without a time of its own: the manifest says when."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _told(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
