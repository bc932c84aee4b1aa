"""`suidao run --demo --lan`: real phones in the same network open the pages by the codes on the screen."""

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.app import DEMO_FOLDER, own_address
from bot.welcome import LEAVE
from tests.chaos import codes
from tests.chaos.patience import until
from tests.chaos.phones import Phone
from tests.chaos.runs import LEAVE_WITHIN_S, PROGRAM, ROOT, START_WITHIN_S, Place
from tests.ports import free_port

ADDRESS = own_address()
LINK = re.compile(r"^ {2}(http://\S+/join/\S+)$", re.MULTILINE)

pytestmark = pytest.mark.skipif(ADDRESS.startswith("127."), reason="this machine is in no network")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A demo that runs, and what stands on its screen."""

    port: int
    text: str

    @property
    def links(self) -> list[str]:
        """The personal links, from top to bottom: two volunteers, one of the staff, the secretary on duty."""
        return LINK.findall(self.text)

    def phone(self, number: int) -> Phone:
        """Somebody's phone after its camera has read the code of that number."""
        link = urlsplit(codes.read(self.text)[number])
        assert link.hostname is not None
        assert link.port is not None
        return Phone(link.port, link.path.removeprefix("/join/"), host=link.hostname)


@contextmanager
def demo(*options: str) -> Iterator[Screen]:
    """A demo in a folder of its own; ended, with all that belongs to it, afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sd", dir="/tmp"))
    place = Place(data=folder / "data", temporary=folder, port=free_port())
    said = folder / "screen"
    with said.open("wb") as screen:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*PROGRAM, "run", "--demo", *options],
            env=place.environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until(
            lambda: LEAVE.strip() in said.read_text(encoding="utf-8") or process.poll() is not None,
            "the demo is up",
            START_WITHIN_S,
        )
        assert process.poll() is None, said.read_text(encoding="utf-8")
        yield Screen(port=place.port, text=said.read_text(encoding="utf-8"))
        process.send_signal(signal.SIGINT)
        assert process.wait(LEAVE_WITHIN_S) == 0
        assert not Place(data=place.data / DEMO_FOLDER, temporary=folder, port=place.port).valkeys()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with demo("--lan") as one:
        yield one


def test_the_codes_on_the_screen_say_the_very_links_beside_them(screen: Screen) -> None:
    assert len(screen.links) == 4
    assert codes.read(screen.text) == screen.links


def test_the_links_lead_to_this_machine_as_the_network_knows_it(screen: Screen) -> None:
    assert {link.partition("/join/")[0] for link in screen.links} == {f"http://{ADDRESS}:{screen.port}"}


def test_phones_in_the_network_post_a_job_and_claim_it(screen: Screen) -> None:
    wang, staff = screen.phone(0), screen.phone(2)
    assert "演示" in wang.looks()
    assert staff.writes("3号楼502 敲门无应答").good
    until(lambda: 'name="verb" value="claim"' in wang.looks(), "a volunteer is asked")
    found = re.search(r'id="job-(\d+)"', wang.looks())
    assert found is not None
    assert wang.taps("claim", int(found[1])).good
    assert "502" in wang.looks()


def test_without_the_option_no_other_machine_gets_in_and_no_code_is_shown() -> None:
    with demo() as alone:
        assert codes.read(alone.text) == []
        assert {urlsplit(link).hostname for link in alone.links} == {"127.0.0.1"}
        with pytest.raises(ConnectionRefusedError):
            HTTPConnection(ADDRESS, alone.port, timeout=5).request("GET", "/healthz")
