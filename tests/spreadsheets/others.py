"""Programs by others that open our workbooks: Microsoft's own Open XML SDK, and LibreOffice, windowless."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.required import missing

_MODULES = Path(__file__).parent / "open_xml" / "node_modules"
VALIDATOR = _MODULES / "@xarsh" / "ooxml-validator-linux-x64" / "ooxml-validator"
"""The SDK in one file with all that it needs; packed so, it is to be had for Linux on x64 alone."""

REQUIRED = "SUIDAO_TEST_REQUIRE_SPREADSHEETS"

PATIENCE_S = 60
"""Seconds for one of them: either takes two, with a busy machine ten."""

CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Commas, quotes where needed, UTF-8, each cell as it is shown, every sheet into a file of its own."""


def require_sdk() -> None:
    """Skip the test where the SDK is not installed; fail it where it is required."""
    if not VALIDATOR.exists():
        missing("the Open XML SDK is not installed (`make install` brings it to Linux on x64)", REQUIRED)


def require_office() -> str:
    """Where LibreOffice is; the same."""
    found = shutil.which("soffice")
    if found is None:
        missing("there is no LibreOffice (Debian: `apt-get install libreoffice-calc-nogui`)", REQUIRED)
    return found


def findings(file: Path, version: str) -> list[str]:
    """What the SDK finds wrong with the workbook for that version of Office, one line each."""
    told = json.loads(_told([str(VALIDATOR), str(file), version], file.parent))
    found = [f"{each['path']} {each['xPath']}: {each['description']}" for each in told["errors"]]
    assert told["ok"] is (not found)
    return found


def converted(office: str, file: Path, kind: str, folder: Path) -> None:
    """Open the workbook in LibreOffice and save it anew as `kind` into the folder."""
    home = file.parent / "home"
    home.mkdir(exist_ok=True)
    own = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    _told(
        [office, "--headless", "--norestore", own, "--convert-to", kind, "--outdir", str(folder), str(file)],
        home,
    )


def _told(command: list[str], home: Path) -> str:
    """What the command prints. If it takes too long the test fails, and it is ended with all it started."""
    environment = {**os.environ, "HOME": str(home)}
    with subprocess.Popen(  # noqa: S603 - commands of this file
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own: LibreOffice is a program that starts another
    ) as process:
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"{Path(command[0]).name} took more than {PATIENCE_S} s")
    if not out:
        pytest.fail(f"{Path(command[0]).name} said nothing: {err}")
    return out
