"""Real programs for every test of this folder; each has a data folder of its own and is ended afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.chaos import drills
from tests.chaos.runs import Home, Place, Run
from tests.ports import free_port

GUESTS = ("lin", "mia", "ana", "ben")
"""Who has a page: two of the staff and two volunteers, one of each two reading English."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A committee, loaded and invited by the commands that people use; tests run on copies of it."""
    folder = tmp_path_factory.mktemp("home")
    place = Place(data=folder / "data", temporary=folder, port=free_port())
    loaded = place.command("load", str(Path(__file__).with_name("wutong.toml")))
    assert loaded.returncode == 0, loaded.stderr
    with ThreadPoolExecutor(2) as both_cores:
        tokens = dict(zip(GUESTS, both_cores.map(place.invite, GUESTS), strict=True))
    yield Home(data=place.data, tokens=tokens)
    assert not place.valkeys()


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a short name, for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="sd", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def place(home: Home, tmp_path: Path, temporary: Path) -> Place:
    """A copy of the committee's data folder, with the drills as playbooks."""
    data, playbooks = tmp_path / "data", tmp_path / "playbooks"
    shutil.copytree(home.data, data)
    drills.write(playbooks)
    settings = {"SUIDAO_PLAYBOOKS_DIR": str(playbooks)}
    return Place(data=data, temporary=temporary, port=free_port(), settings=settings)


@pytest.fixture
def run(home: Home, place: Place) -> Iterator[Run]:
    """A program that is up on a folder of its own."""
    one = Run(place, home.tokens)
    try:
        one.start()
        yield one
    finally:
        one.close()
