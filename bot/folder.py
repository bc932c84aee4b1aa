"""The data folder of a running program: made, private, writable, and held by one program at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import StartError

LOCK_FILE = "suidao.lock"
"""Holds the pid of the program that runs here; the lock on it ends with the process, even a killed one."""


class FolderUnusableError(StartError):
    """The data folder cannot be made or written to."""

    key = "folder_unusable"
    sentence = "{path} cannot be used ({reason}): make it writable for this user, or set SUIDAO_DATA_DIR."


class FolderTakenError(StartError):
    """Another program runs on the same data folder."""

    key = "folder_taken"
    sentence = (
        "Suidao is already running on {path} as process {pid}: "
        "stop that one first, or set SUIDAO_DATA_DIR to another folder."
    )


def prepare(path: Path) -> None:
    """Make the folder where there is none, readable by its owner only. Raises `FolderUnusableError`."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".writable-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise FolderUnusableError(path=str(path), reason=error.strerror or str(error)) from error


def holder(path: Path) -> int | None:
    """The process that runs on this folder, or None. Looking takes nothing away from it."""
    with contextlib.suppress(OSError), (path / LOCK_FILE).open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(file.read().strip() or 0)
    return None


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Run on this folder alone. Raises `FolderUnusableError`, or `FolderTakenError` with the other's pid."""
    prepare(path)
    with (path / LOCK_FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise FolderTakenError(path=str(path), pid=file.read().strip() or "?") from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
