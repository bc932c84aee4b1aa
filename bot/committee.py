"""A committee's file from disk, and the one that comes with the demo."""

from pathlib import Path

from config import toml_files
from dispatch import register
from dispatch.errors import BadFileError
from dispatch.ports import RegisterFile

DEMO = Path(toml_files.__file__).parent / "demo" / "committee.toml"
"""The demo committee: invented people in an invented compound."""


def read_committee(path: Path) -> RegisterFile:
    """The checked contents of a committee's file. Raises `BadFileError` for the first mistake."""
    try:
        contents = toml_files.read(path)
    except toml_files.FileUnreadableError as error:
        raise BadFileError(file=error.file, table="", field="", expected=error.problem) from None
    return register.parse(path.name, contents)
