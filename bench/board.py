"""From a tap on a phone page to the changed board: how long it takes, and what 300 open pages cost.

The real program runs in a process of its own. Each volunteer has a page open, and the desk as many boards as
two people may have; one job after the other is posted, tapped by one phone, and looked for on one board.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import cast

import psutil

from bench import crowd, phones, processes
from bench.phones import Phone
from bench.report import Aim, Figure, Outcome, median, p99
from bot.web.links import Links
from bot.web.streams import MOST_PAGES
from store import open_store
from store.crypto import Vault

PAGES = 300
"""Open pages in all at once: the volunteers of the largest committee, and its screens."""

JOBS = 40
"""Taps, one after the other: the slowest of them is what is called p99."""

APART_S = 0.7
"""Seconds between a job and its tap, so that what the posting changed is on the board before."""

PATIENCE_S = 10.0
"""Seconds after which a board that did not change is a failure and no figure."""

_JOB = re.compile(rb'id="job-(\d+)"')


class Screen(asyncio.Protocol):
    """A board's stream: remembers what it was told since it was last asked, and when that was there."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._wanted = b""
        self._seen: asyncio.Future[float] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to listen."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Look for what is waited for."""
        if self._seen is None or self._seen.done():
            return
        self._heard += data
        if self._wanted in self._heard:
            self._seen.set_result(time.perf_counter())

    def shows(self, words: bytes) -> asyncio.Future[float]:
        """When the words are there, from now on."""
        self._heard.clear()
        self._wanted = words
        self._seen = asyncio.get_running_loop().create_future()
        return self._seen


async def measure() -> Outcome:
    """Forty taps on a board, with 300 pages open."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        data, port = Path(name), processes.free_port()
        desk, volunteers = await _invited(data, port)
        with processes.suidao(data, port) as process:
            processes.await_page(port, "/readyz")
            async with AsyncExitStack() as lines:
                staff = [await _visitor(lines, port, link) for link in desk]
                taps = [await _visitor(lines, port, link) for link in volunteers]
                screen = await _open(lines, port, staff, taps)
                await asyncio.sleep(2.0)  # every page has been told everything once
                cpu, began = _cpu_s(process), time.perf_counter()
                waits = [await _tapped(port, staff[0], taps[number], screen) for number in range(JOBS)]
                share = (_cpu_s(process) - cpu) / (time.perf_counter() - began)
                memory = processes.resident_mb(process)
    return _outcome(waits, memory, share)


def _outcome(waits: Sequence[float], memory: float, share: float) -> Outcome:
    middle, slowest = median(waits), p99(waits)
    figures = (
        Figure(name="p50 ms from tap to board", ours=middle),
        Figure(name="p99 ms from tap to board", ours=slowest, aim=Aim(sign="≤", limit=1000)),
        Figure(name=f"MB with {PAGES} pages open", ours=memory),
        Figure(name="share of a core meanwhile", ours=share),
    )
    values = {"p50_ms": middle, "p99_ms": slowest, "rss_mb": memory, "cpu_share": share}
    return Outcome(figures=figures, values=values)


async def _tapped(port: int, staff: Phone, volunteer: Phone, screen: Screen) -> float:
    """Milliseconds from the first byte of the tap to the board that shows it."""
    nonce = str(time.monotonic_ns())
    posted = await staff.ask(phones.post("/post", port, staff.cookie, {"text": crowd.TEXT, "nonce": nonce}))
    found = _JOB.search(posted.body)
    assert found is not None, f"the job was not posted (status {posted.status})"
    await asyncio.sleep(APART_S)
    shown = screen.shows(b'held\\" data-job=\\"%s\\"' % found[1])
    fields = {"verb": "claim", "job": found[1].decode(), "version": "1"}
    request = phones.post("/act", port, volunteer.cookie, fields)
    began = time.perf_counter()
    await volunteer.ask(request)
    async with asyncio.timeout(PATIENCE_S):
        wait = (await shown - began) * 1000
    over = {"verb": "cancel", "job": found[1].decode(), "version": "1"}
    await staff.ask(phones.post("/act", port, staff.cookie, over))  # a board shows the first fourteen only
    return wait


async def _open(lines: AsyncExitStack, port: int, staff: Sequence[Phone], taps: Sequence[Phone]) -> Screen:
    """Every volunteer's page and the boards; the one that is watched."""
    for volunteer in taps:
        page = await phones.phone(port)
        lines.callback(page.close)
        page.listen(phones.get("/events", port, volunteer.cookie))
    for member in staff:
        for _ in range(MOST_PAGES - (member is staff[0])):
            page = await phones.phone(port)
            lines.callback(page.close)
            page.listen(phones.get("/board/events", port, member.cookie))
    loop = asyncio.get_running_loop()
    _, screen = await loop.create_connection(Screen, processes.HOST, port)
    assert screen.transport is not None
    lines.callback(screen.transport.close)
    screen.transport.write(phones.get("/board/events", port, staff[0].cookie))
    return screen


async def _visitor(lines: AsyncExitStack, port: int, link: str) -> Phone:
    phone = await phones.phone(port)
    lines.callback(phone.close)
    phone.cookie = (await phone.ask(phones.get(f"/join/{link}", port))).cookie
    return phone


async def _invited(data: Path, port: int) -> tuple[Sequence[str], Sequence[str]]:
    """The committee in the data folder; the tokens of the desk's links and of the volunteers'."""
    vault = Vault.open(data, None)
    store = await open_store(data, vault)
    known = await crowd.settle(store, PAGES - MOST_PAGES * len(crowd.DESK))
    roster = await store.roster(known.committee.id)
    await store.close()
    links = Links(vault.derive(b"web"), f"http://{processes.HOST}:{port}")
    desk = [each for each in roster.people.values() if each.desk]
    tokens = [[links.link(each).rpartition("/")[2] for each in people] for people in (desk, known.volunteers)]
    return tokens[0], tokens[1]


def _cpu_s(process: psutil.Popen) -> float:
    """Seconds of processor time of the program and all it started."""
    family = [process, *process.children(recursive=True)]
    times = [member.cpu_times() for member in family]
    return float(sum(each.user + each.system for each in times))
