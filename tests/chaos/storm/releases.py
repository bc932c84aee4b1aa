"""Another release of the program beside this one: a commit's files in a folder of their own."""

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from store import schema
from tests.chaos.runs import ROOT


class OtherSchemaError(Exception):
    """It cannot work on the database of this release."""


def refusal(commit: str) -> str:
    """Why it cannot be mixed with this one; nothing where it can."""
    with tempfile.TemporaryDirectory(prefix="sd") as folder:
        try:
            unpacked(commit, Path(folder, "old"))
        except OtherSchemaError as error:
            return str(error)
    return ""


def unpacked(commit: str, folder: Path) -> Path:
    """The commit's files; nothing is written into the checkout. Raises `OtherSchemaError` for a release that
    refuses this one's database, as it should (CONFORMANCE 31)."""
    git = shutil.which("git")
    if git is None:
        raise OtherSchemaError("there is no git")
    command = [git, "-C", str(ROOT), "archive", "--format=tar", commit]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - read only
    if done.returncode != 0:
        raise OtherSchemaError(f"{commit} is not in this checkout")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")
    revisions = re.findall(
        r'"(\d{4})"', _listed((folder / "store" / "schema.py").read_text(encoding="utf-8"))
    )
    if not revisions or revisions[-1] != schema.HEAD:
        known = revisions[-1] if revisions else "none"
        why = f"{commit} knows schemas up to {known}, this one's is {schema.HEAD}"
        raise OtherSchemaError(f"{why}: it refuses to start, as it should")
    return folder


def _listed(source: str) -> str:
    found = re.search(r"REVISIONS = \((.*?)\)", source, re.DOTALL)
    return "" if found is None else found[1]
