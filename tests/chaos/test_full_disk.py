"""A disk that is full while the program runs: said clearly, and over by itself when there is room again
(CONFORMANCE.md 33)."""

import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.ledgers import assert_whole
from tests.chaos.mounts import may_mount, mounted
from tests.chaos.patience import until
from tests.chaos.runs import Home, Place, Run

pytestmark = pytest.mark.skipif(not may_mount(), reason="mounting a small file system is not allowed here")

SIZE = "size=6m"
"""Room for the database, its log and the queue's file, and little to fill."""

NOT_SAVED = {"lin": "没能保存", "mia": "could not be saved"}
"""What somebody reads in their language when nothing could be kept."""


@pytest.fixture
def run(home: Home, place: Place, tmp_path: Path) -> Iterator[Run]:
    """A program whose data folder is a small disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, SIZE):
        data = disk / "data"
        shutil.copytree(place.data, data)
        one = Run(replace(place, data=data), home.tokens)
        try:
            one.start()
            yield one
        finally:
            one.close()


@pytest.mark.parametrize(
    ("person", "text"), [("lin", "3号楼502 敲门无应答"), ("mia", "Building 3 unit 502, no answer")]
)
def test_on_a_full_disk_a_post_is_answered_clearly_kept_in_the_form_and_works_again_without_a_restart(
    run: Run, person: str, text: str
) -> None:
    phone = run.phone(person)
    known = len(run.rows("SELECT id FROM jobs"))
    ballast = fill(run.place.data)

    plain = phone.writes(text, nonce="one form", script=False)
    assert plain.status == 422
    assert NOT_SAVED[person] in plain.said
    assert plain.box == text
    scripted = phone.writes(text, nonce="one form")
    assert NOT_SAVED[person] in scripted.said
    assert not scripted.good
    assert scripted.headers["Suidao-Nonce"] == "one form"  # the page keeps its box, and the form its name
    assert len(run.rows("SELECT id FROM jobs")) == known

    ballast.unlink()
    until(lambda: phone.writes(text, nonce="one form").good, "the same post works")
    assert phone.writes(text, nonce="one form").good
    ((job,),) = run.rows("SELECT id FROM jobs ORDER BY id DESC LIMIT 1")
    assert len(run.rows("SELECT id FROM jobs")) == known + 1
    assert_whole(run, job)
    assert text not in run.log
    assert "Traceback" not in run.log


def fill(folder: Path) -> Path:
    """Fill the disk to its last byte; free it by removing what is returned."""
    ballast = folder / "ballast"
    handle = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    try:
        for size in (4096, 1):
            _write_until_full(handle, bytes(size))
    finally:
        os.close(handle)
    return ballast


def _write_until_full(handle: int, block: bytes) -> None:
    try:
        while True:
            os.write(handle, block)
    except OSError as error:
        assert error.errno == errno.ENOSPC  # noqa: PT017 - the expected end of the loop above


def test_a_start_on_a_full_disk_says_in_one_line_what_to_do(place: Place, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, SIZE):
        data = disk / "data"
        shutil.copytree(place.data, data)
        ballast = fill(data)
        full = replace(place, data=data)
        ended = full.command("run")
        assert ended.returncode == 2, ended.stdout + ended.stderr
        assert "disk is full" in ended.stderr.splitlines()[-1]
        assert "Traceback" not in ended.stderr
        assert not full.valkeys()
        ballast.unlink()
        assert full.command("migrate").returncode == 0  # nothing was broken by it
