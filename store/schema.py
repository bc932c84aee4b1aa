"""Which shape the database has, and whether this program may open it.

Looks with plain `sqlite3`, so that a start on an up-to-date database imports no migration tool.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from store.errors import DatabaseNewerError, DatabaseStrangeError

DATABASE = "suidao.db"
"""The database file inside the data folder."""

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0027",
    "0028",
    "0029",
    "0030",
    "0031",
    "0032",
    "0034",
    "0035",
    "0036",
    "0037",
    "0038",
    "0039",
)
"""Every revision that this program knows, oldest first."""

HEAD = REVISIONS[-1]
"""The revision that this program needs."""


def revision(path: Path) -> str | None:
    """The database's own revision; None when there is no database yet.

    Raises `DatabaseStrangeError` when the file is a database of something else, or none at all.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise DatabaseStrangeError(path=str(path))
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise DatabaseStrangeError(path=str(path)) from error
        raise
    return None if row is None else str(row[0])


def check(path: Path) -> bool:
    """True when the database is of the shape that this program needs, False when a migration must run.

    Raises `DatabaseNewerError` for a revision that this program does not know.
    """
    return is_ours(revision(path))


def is_ours(found: str | None) -> bool:
    """The same of a revision that was found in whatever database; None is an empty one."""
    if found is not None and found not in REVISIONS:
        raise DatabaseNewerError(found=found, known=HEAD)
    return found == HEAD


def prepare(path: Path) -> None:
    """Make or migrate the database where that is needed. Repeating is safe."""
    if check(path):
        return
    from store import migrations  # noqa: PLC0415 - costs 1.9 s, and is hardly ever needed

    if not path.exists():
        # Made by us first: SQLite would take the umask's word for who may read it.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    migrations.upgrade(path)
