"""How long `suidao run` takes to the first page on an existing data folder, and its memory then."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psutil

from bench import crowd, processes
from bench.report import Aim, Figure, Outcome, median
from bot.web.links import Links
from bot.web.session import COOKIE
from store import open_store
from store.crypto import Vault

ROUNDS = 5
"""Starts, ours and bare by turns; the medians count."""

Server = Callable[[], AbstractContextManager[psutil.Popen]]


async def measure() -> Outcome:
    """Start and stop it some times; nothing else goes on meanwhile."""
    return await asyncio.to_thread(_measure)


def _measure() -> Outcome:
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        data, port = Path(name), processes.free_port()
        cookie = asyncio.run(_settled(data))
        log = data / "bare.log"
        _start(
            lambda: processes.suidao(data, port), port, cookie
        )  # bytecode and disk cache are warm after it
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(_start(lambda: processes.suidao(data, port), port, cookie))
            bare.append(_start(lambda: processes.bare_server(port, log), port, cookie))
    return _outcome(ours, bare)


def _outcome(ours: list[tuple[float, float]], bare: list[tuple[float, float]]) -> Outcome:
    first_page, memory = (median(list(values)) for values in zip(*ours, strict=True))
    bare_first_page, bare_memory = (median(list(values)) for values in zip(*bare, strict=True))
    figures = (
        Figure(
            name="s to the first page", ours=first_page, bare=bare_first_page, aim=Aim(sign="≤", limit=2.5)
        ),
        Figure(
            name="MB resident, all processes", ours=memory, bare=bare_memory, aim=Aim(sign="≤", limit=200)
        ),
    )
    values = {
        "first_page_s": first_page,
        "rss_mb": memory,
        "bare_first_page_s": bare_first_page,
        "bare_rss_mb": bare_memory,
    }
    return Outcome(figures=figures, values=values)


def _start(server: Server, port: int, cookie: str) -> tuple[float, float]:
    """Seconds to the first page, and megabytes then."""
    began = time.perf_counter()
    with server() as process:
        processes.await_page(port, cookie=cookie)
        took = time.perf_counter() - began
        return took, processes.resident_mb(process)


async def _settled(data: Path) -> str:
    """The committee in the data folder; a cookie of its staff, whose page shows every job."""
    vault = Vault.open(data, None)
    store = await open_store(data, vault)
    known = await crowd.settle(store)
    await store.close()
    return f"{COOKIE}={Links(vault.derive(b'web'), f'http://{processes.HOST}').cookie(known.staff)}"
