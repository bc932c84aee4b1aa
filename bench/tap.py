"""280 volunteers tap one card over HTTP at the same moment: who won, and how long the answers took.

The real program runs in a process of its own, and each volunteer has a connection that was opened before,
as a browser with the page open has. The reference is a server that does nothing, asked the same by the
same client.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import crowd, phones, processes
from bench.phones import Answer, Phone
from bench.report import Aim, Figure, Outcome, median, p99
from bot.web.links import Links
from store import open_store
from store.crypto import Vault

ROUNDS = 7
"""Jobs tapped, one after the other, ours and bare by turns; fewer taps a volunteer than the program allows
at once (thirty), so that nobody is told to wait."""

ROUNDS_WITH_STREAMS = 5
"""The same once more with open pages, whose cards move while the taps are answered."""

STREAMS = 50
"""Pages open in that second part."""

REST_S = 1.5
"""Seconds between two rounds: what the one before owed is delivered, swept up included (every second)."""

_JOB = re.compile(rb'id="job-(\d+)"')
_HOLDS_IT = b'value="start"'
"""The button *On my way*: on the card of nobody but who has the job."""


@dataclass(frozen=True, slots=True)
class _Round:
    """What became of one job."""

    waits_ms: Sequence[float]
    answers: Sequence[Answer]

    @property
    def answered(self) -> int:
        return sum(answer.status == 200 and _JOB.search(answer.body) is not None for answer in self.answers)

    @property
    def winners(self) -> int:
        return sum(_HOLDS_IT in answer.body for answer in self.answers)


@dataclass(slots=True)
class _Visit:
    """Everybody on the phone with one server."""

    port: int
    volunteers: list[Phone] = field(default_factory=list)

    async def tap(self, job: str) -> _Round:
        """All at once; every wait counts from the same moment, just before the first byte is sent."""
        fields = {"verb": "claim", "job": job, "version": "1"}
        requests = [phones.post("/act", self.port, phone.cookie, fields) for phone in self.volunteers]
        pairs = list(zip(self.volunteers, requests, strict=True))
        began = time.perf_counter()
        answers = await asyncio.gather(*(phone.ask(request) for phone, request in pairs))
        return _Round([(answer.at - began) * 1000 for answer in answers], answers)


async def measure() -> Outcome:
    """Rounds with the pages' streams closed, ours and bare by turns; then some with streams open."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name, ExitStack() as servers:
        data, port, bare_port = Path(name), processes.free_port(), processes.free_port()
        staff_link, *links = await _invited(data, port)
        servers.enter_context(processes.suidao(data, port))
        servers.enter_context(processes.bare_server(bare_port, data / "bare.log"))
        processes.await_page(bare_port)
        processes.await_page(port, "/readyz")
        async with AsyncExitStack() as lines:
            staff = await _visitor(lines, port, staff_link)
            ours = _Visit(port, [await _visitor(lines, port, link) for link in links])
            bare = _Visit(bare_port, [await _visitor(lines, bare_port, None) for _ in links])
            closed, reference = await _rounds(staff, ours, bare)
            await _open_pages(lines, ours)
            streaming = [await _round(staff, ours, f"s{number}") for number in range(ROUNDS_WITH_STREAMS)]
    return _outcome(closed, reference, streaming)


def _outcome(closed: Sequence[_Round], reference: Sequence[_Round], streaming: Sequence[_Round]) -> Outcome:
    ours, bare, open_pages = (
        median([p99(found.waits_ms) for found in rounds]) for rounds in (closed, reference, streaming)
    )
    rounds = (*closed, *streaming)
    # The worst of all rounds: one with two winners, or without one, must not hide behind the others.
    winners = max((found.winners for found in rounds), key=lambda count: abs(count - 1))
    answers = min(found.answered for found in rounds)
    middle, bare_middle = (median([w for f in found for w in f.waits_ms]) for found in (closed, reference))
    figures = (
        Figure(name="winners", ours=winners, aim=Aim(sign="=", limit=1)),
        Figure(name="answers", ours=answers, aim=Aim(sign="=", limit=crowd.VOLUNTEERS)),
        Figure(name="p99 ms of 280 taps", ours=ours, bare=bare, aim=Aim(sign="≤", limit=300)),
        Figure(name="p50 ms of 280 taps", ours=middle, bare=bare_middle),
        Figure(name=f"p99 ms with {STREAMS} pages open", ours=open_pages),
    )
    values = {
        "winners": winners,
        "answers": answers,
        "p99_ms": ours,
        "bare_p99_ms": bare,
        "p50_ms": middle,
        "bare_p50_ms": bare_middle,
        "streams_p99_ms": open_pages,
    }
    return Outcome(figures=figures, values=values)


async def _rounds(staff: Phone, ours: _Visit, bare: _Visit) -> tuple[list[_Round], list[_Round]]:
    await bare.tap("0")
    await _round(staff, ours, "warm")  # the first one compiles templates: that is `start`'s to measure
    closed: list[_Round] = []
    reference: list[_Round] = []
    for number in range(ROUNDS):
        closed.append(await _round(staff, ours, str(number)))
        reference.append(await bare.tap("0"))
    return closed, reference


async def _round(staff: Phone, visit: _Visit, name: str) -> _Round:
    """A fresh job, tapped by all, and cancelled afterwards so that nobody is busy in the next round."""
    port = visit.port
    fields = {"text": crowd.TEXT, "nonce": name}
    posted = await staff.ask(phones.post("/post", port, staff.cookie, fields))
    found = _JOB.search(posted.body)
    assert found is not None, f"the job was not posted (status {posted.status})"
    job = found[1].decode()
    await asyncio.sleep(REST_S)
    tapped = await visit.tap(job)
    await asyncio.sleep(REST_S)
    cancel = {"verb": "cancel", "job": job, "version": "1"}
    await staff.ask(phones.post("/act", port, staff.cookie, cancel))
    return tapped


async def _open_pages(lines: AsyncExitStack, visit: _Visit) -> None:
    for volunteer in visit.volunteers[:STREAMS]:
        page = await phones.phone(visit.port)
        lines.callback(page.close)
        page.listen(phones.get("/events", visit.port, volunteer.cookie))
    await asyncio.sleep(REST_S)


async def _visitor(lines: AsyncExitStack, port: int, link: str | None) -> Phone:
    """A phone on the line, signed in by its link where there is one."""
    phone = await phones.phone(port)
    lines.callback(phone.close)
    if link is not None:
        phone.cookie = (await phone.ask(phones.get(f"/join/{link}", port))).cookie
    return phone


async def _invited(data: Path, port: int) -> Sequence[str]:
    """The committee in the data folder; the tokens of everybody's links, staff's first."""
    vault = Vault.open(data, None)
    store = await open_store(data, vault)
    known = await crowd.settle(store)
    await store.close()
    links = Links(vault.derive(b"web"), f"http://{processes.HOST}:{port}")
    return [links.link(person).rpartition("/")[2] for person in (known.staff, *known.volunteers)]
