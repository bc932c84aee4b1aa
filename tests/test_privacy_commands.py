"""`suidao export-person` and `erase-person`: files for one reader, and nothing goes unasked."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import cli, folder
from bot.committee import DEMO
from store.crypto import KEY_FILE
from tests.test_backup_commands import Console

RESIDENT = "chen-apo"


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Console:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    made = Console(monkeypatch, capsys)
    made.on(tmp_path / "data")
    made.says("load", DEMO)
    return made


def typing(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Somebody sits at the console and types these, one after the other; then nobody is there."""
    said: Iterator[str] = iter(words)

    def answer(_question: str) -> str:
        try:
            return next(said)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", answer)


def test_a_person_gets_two_files_that_nobody_else_reads(console: Console, tmp_path: Path) -> None:
    said = console.says("export-person", "wang", "--folder", tmp_path)
    assert "Private fields stand open" in said
    written, plain = tmp_path / "person-wang.json", tmp_path / "person-wang.txt"
    for file in (written, plain):
        assert file.stat().st_mode & 0o077 == 0
    kept = json.loads(written.read_text(encoding="utf-8"))
    assert kept["name"] == "王阿姨"
    assert kept["kept"]["people"][0]["roles"] == "leader volunteer"
    assert "Who they are 本人信息: 1" in plain.read_text(encoding="utf-8")
    assert "is there already" in console.says("export-person", "wang", "--folder", tmp_path, code=cli.WRONG)


def test_whoever_is_not_there_is_named(console: Console) -> None:
    assert "has no person nobody" in console.says("export-person", "nobody", code=cli.WRONG)
    assert "has no resident nobody" in console.says(
        "erase-person", "--resident", "nobody", "--yes", code=cli.WRONG
    )


@pytest.mark.parametrize("words", [(), ("zhang",), ("wang",), ("wang", "no")], ids=str)
def test_nothing_is_erased_before_it_was_asked_twice(
    console: Console, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    typing(monkeypatch, *words)
    assert "nothing was erased" in console.says("erase-person", "wang", code=cli.WRONG)
    assert "/join/" in console.says("invite", "wang")


def test_whoever_said_yes_is_gone(console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    typing(monkeypatch, "wang", "yes")
    assert "somebody who has left" in console.says("erase-person", "wang")
    assert "no active person wang" in console.says("invite", "wang", code=cli.WRONG)
    assert "has no person wang" in console.says("erase-person", "wang", "--yes", code=cli.WRONG)
    console.says("export-person", "--resident", RESIDENT, "--folder", tmp_path)
    assert "Erased" in console.says("erase-person", "--resident", RESIDENT, "--yes")
    assert "has no resident" in console.says("export-person", "--resident", RESIDENT, code=cli.WRONG)


def test_whoever_is_on_duty_is_told_what_to_do_first(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which of the two it is follows from the week."""
    console.says("migrate")
    codes = [cli.main(["erase-person", key, "--yes"]) for key in ("secretary-a", "secretary-b")]
    said = capsys.readouterr().err
    assert cli.WRONG in codes
    assert "they are on duty now" in said
    assert "/duty swap" in said


def test_a_new_key_takes_the_old_ones_place_and_old_backups_need_the_old_one(
    console: Console, tmp_path: Path
) -> None:
    data, before = tmp_path / "data", tmp_path / "before.zip"
    path = data / KEY_FILE
    old = path.read_text(encoding="ascii")
    console.says("backup", before)
    said = console.says("rotate-key")
    assert "residents" in said
    assert "Backups made before open with that one only" in said
    (kept,) = data.glob(f"{KEY_FILE}.*")
    assert kept.read_text(encoding="ascii") == old
    new = path.read_text(encoding="ascii")
    assert new != old
    assert {file.stat().st_mode & 0o077 for file in (path, kept)} == {0}
    assert "/join/" in console.says("invite", "wang")

    other = tmp_path / "other"
    other.mkdir()
    shutil.copy2(path, other)
    console.on(other)
    assert "not the key" in console.says("restore", before, code=cli.WRONG)
    shutil.copy2(kept, other / KEY_FILE)
    assert "Restored" in console.says("restore", before)


def test_a_key_that_is_a_setting_is_changed_by_whoever_sets_it(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = (tmp_path / "data" / KEY_FILE).read_text(encoding="ascii").strip()
    new = Fernet.generate_key().decode()
    monkeypatch.setenv("SUIDAO_SECRET_KEY", old)
    assert "put it in front" in console.says("rotate-key", code=cli.WRONG)
    monkeypatch.setenv("SUIDAO_SECRET_KEY", f"{new},{old}")
    assert "remove the old key" in console.says("rotate-key")
    assert "already" in console.says("rotate-key")
    monkeypatch.setenv("SUIDAO_SECRET_KEY", old)
    assert "not the key" in console.says("invite", "wang", code=cli.WRONG)
    monkeypatch.setenv("SUIDAO_SECRET_KEY", new)
    assert "/join/" in console.says("invite", "wang")


def test_a_key_is_not_changed_under_a_running_program(console: Console, tmp_path: Path) -> None:
    before = (tmp_path / "data" / KEY_FILE).read_bytes()
    with folder.hold(tmp_path / "data"):
        assert "already running" in console.says("rotate-key", code=cli.WRONG)
    assert (tmp_path / "data" / KEY_FILE).read_bytes() == before
