"""TOML files from disk, as plain mappings; what they mean is somebody else's business."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

LARGEST = 5_000_000
"""Bytes. A committee of 6,500 residents is about 1.5 MB; more is a wrong file."""


class FileUnreadableError(Exception):
    """A file cannot be read as TOML: `file` is its name, `problem` what to mend, in one line."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file
        self.problem = problem


def read(path: Path) -> Mapping[str, object]:
    """The contents of the file. Raises `FileUnreadableError`."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileUnreadableError(
                path.name, f"larger than {LARGEST // 1_000_000} MB; is it the right file?"
            )
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileUnreadableError(path.name, f"there is no such file ({path}); check the name") from None
    except UnicodeDecodeError as error:
        line = _line(path, error.start)
        raise FileUnreadableError(path.name, f"line {line}: not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise FileUnreadableError(path.name, f"not valid TOML: {error}") from None
    except OSError as error:
        raise FileUnreadableError(
            path.name, f"cannot be read ({error.strerror}); check its permissions"
        ) from None


def _line(path: Path, offset: int) -> int:
    return path.read_bytes()[:offset].count(b"\n") + 1
