"""The playbook files: those that come with the program, and a committee's own folder.

Plain mappings by file name; whether they are playbooks is for `dispatch.playbook_file` to say.
"""

from collections.abc import Mapping
from pathlib import Path

from config import toml_files

OURS = Path(__file__).parent / "playbooks"
"""The playbooks that come with the program."""


def load(directory: Path) -> Mapping[str, Mapping[str, object]]:
    """File name to contents of every `*.toml` of a folder, in the order of their names.

    Raises `FileUnreadableError` for a folder that is not there and for the first file that is not TOML.
    """
    if not directory.is_dir():
        raise toml_files.FileUnreadableError(
            str(directory), "there is no such folder; check SUIDAO_PLAYBOOKS_DIR"
        )
    return {path.name: toml_files.read(path) for path in sorted(directory.glob("*.toml"))}
