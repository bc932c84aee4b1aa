"""Small file systems of memory, where the machine allows mounting: the only honest full disk."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@cache
def may_mount() -> bool:
    """Whether this user may mount at all; asked by doing it once."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with mounted(Path(folder), "size=64k"):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A file system of memory at the folder; unmounted afterwards, even where a file is still open."""
    _call("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    try:
        yield
    finally:
        _call("umount", "--lazy", str(folder))


def _call(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(program)
    subprocess.run([found, *arguments], check=True, capture_output=True)  # noqa: S603 - the system's own
