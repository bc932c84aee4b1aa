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


class NotHereError(Exception):
    """Its files are not to be had here."""


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
    try:
        laid_out(commit, folder)
    except NotHereError as error:
        raise OtherSchemaError(str(error)) from error
    if (known := head(folder)) != schema.HEAD:
        why = f"{commit} knows schemas up to {known or 'none'}, this one's is {schema.HEAD}"
        raise OtherSchemaError(f"{why}: it refuses to start, as it should")
    return folder


def laid_out(commit: str, folder: Path) -> Path:
    """The commit's files, whatever they know. Raises `NotHereError`; nothing is fetched from anywhere."""
    done = _git("archive", "--format=tar", commit)
    if done is None:
        raise NotHereError("there is no git")
    if done.returncode != 0:
        raise NotHereError(f"{commit} is not in this checkout")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4, and Debian's is older
            files.extraction_filter = tarfile.data_filter
        files.extractall(folder)  # noqa: S202 - our own history
    return folder


def head(folder: Path) -> str | None:
    """The newest schema that the release in the folder knows."""
    source = (folder / "store" / "schema.py").read_text(encoding="utf-8")
    revisions = re.findall(r'"(\d{4})"', _listed(source))
    return revisions[-1] if revisions else None


def has_all_history() -> bool:
    """This is a checkout with every commit that led to it: no copy without git, and no shallow clone."""
    done = _git("rev-parse", "--is-shallow-repository")
    return done is not None and done.stdout.strip() == b"false"


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes] | None":
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - read only


def _listed(source: str) -> str:
    found = re.search(r"REVISIONS = \((.*?)\)", source, re.DOTALL)
    return "" if found is None else found[1]
