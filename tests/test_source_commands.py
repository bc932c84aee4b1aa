"""`suidao source`: another system is let in, listed and let go; its token is shown once."""

import logging
import re
from pathlib import Path

import pytest

from bot import cli
from bot.committee import DEMO
from store.schema import DATABASE


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the demo committee."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path))
    assert cli.main(["load", str(DEMO)]) == 0
    return tmp_path


def says(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> str:
    capsys.readouterr()
    assert cli.main(argv) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_a_source_is_let_in_listed_and_let_go(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hook = "https://user:word@hotline.example:8443/told?key=sesame"
    said = says(capsys, "source", "add", "hotline", "--webhook", hook)
    token = re.search(r"^  (sds_[\w-]{43})$", said, re.MULTILINE)
    assert token is not None
    assert re.search(r"^  whsec_\S{44}$", said, re.MULTILINE)
    says(capsys, "source", "add", "sensor")
    listed = says(capsys, "source", "list")
    assert "told at hotline.example:8443: 0 on their way" in listed
    assert "sensor" in listed
    for secret in (token[1], "sesame", "word@"):
        assert secret not in listed
        assert not any(secret.encode() in file.read_bytes() for file in data.glob(f"{DATABASE}*"))
    assert "source remove hotline" in says(capsys, "source", "add", "hotline", code=cli.WRONG)
    assert "is removed" in says(capsys, "source", "remove", "hotline")
    assert "hotline.example" not in says(capsys, "source", "list")
    assert "no source hotline" in says(capsys, "source", "remove", "hotline", code=cli.WRONG)
    for key, url in (
        ("Hot Line", "https://a.example"),
        ("door", "ftp://a"),
        ("door", "https:// a"),
        ("door", "//"),
    ):
        assert "suidao: " in says(capsys, "source", "add", key, "--webhook", url, code=cli.WRONG)
