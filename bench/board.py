"""From a post to the asked volunteers' pages, from a tap to the changed board, and what 300 open pages cost.

The real program runs in a process of its own. Each volunteer has a page open, and the desk as many boards as
two people may have; one job after the other is posted, looked for on every phone's page, tapped by one, and
looked for on one board.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import psutil

from bench import crowd, phones, processes
from bench.phones import Answer, Phone
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
"""Seconds between a job and its tap, so that what the posting changed is on every page before."""

PATIENCE_S = 10.0
"""Seconds after which a board that did not change is a failure and no figure."""

_JOB = re.compile(rb'id="job-(\d+)"')


class Screen(asyncio.Protocol):
    """A page's stream: remembers what it was told since it was last asked, and when that was there."""

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
                pages = [await _page(lines, port, "/events", each) for each in taps]
                screen = await _boards(lines, port, staff)
                await asyncio.sleep(2.0)  # every page has been told everything once
                cpu, began = _cpu_s(process), time.perf_counter()
                site = _Site(port=port, staff=staff[0], taps=taps, pages=pages, board=screen)
                waits = [await site.job(number) for number in range(JOBS)]
                share = (_cpu_s(process) - cpu) / (time.perf_counter() - began)
                memory = processes.resident_mb(process)
    return _outcome(waits, memory, share)


@dataclass(frozen=True, slots=True)
class _Wait:
    """Milliseconds, of one job."""

    asked: float
    """From the post's first byte until the last of the volunteers who are asked has the card."""
    shown: float
    """From the tap's first byte until the board shows who has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """The program, and who looks at it."""

    port: int
    staff: Phone
    taps: Sequence[Phone]
    pages: Sequence[Screen]
    board: Screen

    async def job(self, number: int) -> _Wait:
        """Post a job, claim it by one phone's tap, and clear it away."""
        job = str(number + 1)  # the only ones in this store
        asked = await self._posted(job)
        shown = await self._tapped(job, self.taps[number])
        over = {"verb": "cancel", "job": job, "version": "1"}
        await self._asks(self.staff, "/act", over)  # a board shows the first fourteen only
        return _Wait(asked, shown)

    async def _posted(self, job: str) -> float:
        cards = [page.shows(b'id="job-%s"' % job.encode()) for page in self.pages]
        began = time.perf_counter()
        posted = await self._asks(self.staff, "/post", {"text": crowd.TEXT, "nonce": f"bench {job}"})
        found = _JOB.search(posted.body)
        assert found is not None, f"the job was not posted (status {posted.status})"
        assert found[1].decode() == job
        await asyncio.sleep(APART_S)
        there = [card.result() for card in cards if card.done()]
        assert there, f"no page has the card after {APART_S} s"
        return (max(there) - began) * 1000

    async def _tapped(self, job: str, volunteer: Phone) -> float:
        shown = self.board.shows(b'held\\" data-job=\\"%s\\"' % job.encode())
        began = time.perf_counter()
        await self._asks(volunteer, "/act", {"verb": "claim", "job": job, "version": "1"})
        async with asyncio.timeout(PATIENCE_S):
            return (await shown - began) * 1000

    async def _asks(self, phone: Phone, path: str, fields: Mapping[str, str]) -> Answer:
        return await phone.ask(phones.post(path, self.port, phone.cookie, fields))


def _outcome(waits: Sequence[_Wait], memory: float, share: float) -> Outcome:
    asked, shown = [each.asked for each in waits], [each.shown for each in waits]
    figures = (
        Figure(name="p50 ms from post to the phones asked", ours=median(asked)),
        Figure(name="p99 ms from post to the phones asked", ours=p99(asked), aim=Aim(sign="≤", limit=1000)),
        Figure(name="p50 ms from tap to board", ours=median(shown)),
        Figure(name="p99 ms from tap to board", ours=p99(shown), aim=Aim(sign="≤", limit=1000)),
        Figure(name=f"MB with {PAGES} pages open", ours=memory),
        Figure(name="share of a core meanwhile", ours=share),
    )
    values = {
        "asked_p50_ms": median(asked),
        "asked_p99_ms": p99(asked),
        "p50_ms": median(shown),
        "p99_ms": p99(shown),
        "rss_mb": memory,
        "cpu_share": share,
    }
    return Outcome(figures=figures, values=values)


async def _boards(lines: AsyncExitStack, port: int, staff: Sequence[Phone]) -> Screen:
    """As many boards as everybody at the desk may have open; the one that is watched."""
    boards = [
        await _page(lines, port, "/board/events", member) for member in staff for _ in range(MOST_PAGES)
    ]
    return boards[0]


async def _page(lines: AsyncExitStack, port: int, path: str, whose: Phone) -> Screen:
    """Somebody's page, open."""
    _, page = await asyncio.get_running_loop().create_connection(Screen, processes.HOST, port)
    assert page.transport is not None
    lines.callback(page.transport.close)
    page.transport.write(phones.get(path, port, whose.cookie))
    return page


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
