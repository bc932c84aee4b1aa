"""`suidao backup` and `restore`: one file, with the key only where it was asked for, never over anything."""

import logging
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot import cli
from bot.committee import DEMO
from bot.plans import FOLDER
from store.crypto import KEY_FILE, Vault
from store.schema import DATABASE


class Console:
    """Commands on one data folder after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def on(self, data: Path) -> None:
        self._monkeypatch.setenv("SUIDAO_DATA_DIR", str(data))

    def says(self, *argv: object, code: int = 0) -> str:
        self._capsys.readouterr()
        assert cli.main([str(each) for each in argv]) == code
        said = self._capsys.readouterr()
        return said.err if code else said.out


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    return Console(monkeypatch, capsys)


def test_with_the_key_or_without_and_never_over_anything(console: Console, tmp_path: Path) -> None:
    first, file, keyed = tmp_path / "first", tmp_path / "kept.zip", tmp_path / "keyed.zip"
    console.on(first)
    assert "nothing to back up" in console.says("backup", file, code=cli.WRONG)
    assert not file.exists()
    console.says("load", DEMO)
    key = (first / KEY_FILE).read_text(encoding="ascii").strip()

    assert "The key is NOT in it" in console.says("backup", file)
    assert "The key IS in it" in console.says("backup", keyed, "--with-key")
    assert "is there already" in console.says("backup", file, code=cli.WRONG)
    assert file.stat().st_mode & 0o077 == 0
    with ZipFile(file) as whole:
        kept = b"".join(whole.read(name) for name in whole.namelist())
    assert key.encode() not in kept
    assert not any(name.startswith(".suidao-backup") for name in map(str, tmp_path.iterdir()))

    second = tmp_path / "second"
    console.on(second)
    assert "The key was not in it" in console.says("restore", file)
    assert "already" in console.says("restore", file, code=cli.WRONG)
    assert "is missing" in console.says("invite", "wang", code=cli.WRONG)
    shutil.copy2(first / KEY_FILE, second)
    assert "/join/" in console.says("invite", "wang")
    plans = sorted(plan.name for plan in (first / FOLDER).iterdir())
    assert plans == sorted(plan.name for plan in (second / FOLDER).iterdir())
    assert plans

    third = tmp_path / "third"
    console.on(third)
    assert "before the program" not in console.says("restore", keyed)
    assert (third / KEY_FILE).stat().st_mode & 0o077 == 0
    assert "/join/" in console.says("invite", "wang")


@pytest.mark.parametrize("place", ["nowhere/kept.zip", "file/kept.zip"])
def test_a_place_that_is_none_is_named_as_it_was_asked_for(
    console: Console, tmp_path: Path, place: str
) -> None:
    console.on(tmp_path / "data")
    console.says("migrate")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    said = console.says("backup", tmp_path / place, code=cli.WRONG)
    assert f"({tmp_path / place})" in said
    assert ".suidao-backup-" not in said


def test_another_key_that_is_there_already_stops_it(console: Console, tmp_path: Path) -> None:
    console.on(tmp_path / "first")
    console.says("migrate")
    file, other = tmp_path / "kept.zip", tmp_path / "other"
    console.says("backup", file, "--with-key")
    other.mkdir()
    Vault.open(other, None)
    console.on(other)
    assert "not the key" in console.says("restore", file, code=cli.WRONG)
    assert not (other / DATABASE).exists()


def test_a_file_that_is_no_backup_is_refused(console: Console, tmp_path: Path) -> None:
    console.on(tmp_path / "data")
    assert "is no whole backup" in console.says("restore", DEMO, code=cli.WRONG)
    assert "No such file" in console.says("restore", tmp_path / "none.zip", code=cli.WRONG)
    assert not (tmp_path / "data" / DATABASE).exists()
