"""The program without its pages, in this process: store, queue, workers, sweep and deliveries.

Wired as `bot.app` wires it, around a store that remembers when each decision was kept. What is posted in
it, and what is made of the moments, is somebody else's business.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import crowd
from bench.crowd import Crowd
from bot.app import settle_memory
from bot.web.gateway import WebGateway
from dispatch.geography import Point
from dispatch.kept import Saved
from dispatch.lately import Reader
from dispatch.moments import Micros
from dispatch.playbook import Playbook
from dispatch.ports import Bell, Decide, Reveals
from dispatch.service import Service
from handlers.gateways import Gateway
from handlers.router import Router
from handlers.texts import Catalogs
from store import SqlStore, open_store
from store.broker import Broker
from store.clock import WallClock
from store.crypto import Vault
from store.maps import Geodesic
from store.memory import Memory
from store.queue import ArqBell, redis_settings
from store.schema import DATABASE
from store.sqlite import SqliteEngine
from workers import settings as arq
from workers.deliver import Deliverer
from workers.sweep import Sweep


class WatchedStore(SqlStore):
    """The store, which remembers when each job's first decision was kept."""

    kept: dict[int, Micros]

    async def change(
        self,
        committee_id: int,
        job_id: int,
        decide: Decide,
        receipt: str = "",
        reveals: Reveals | None = None,
        to: Reader | None = None,
    ) -> Saved:
        """See `SqlStore.change`; what returns here is on the disk."""
        saved = await super().change(committee_id, job_id, decide, receipt, reveals, to)
        if saved.decision is not None and saved.decision.changed:
            self.kept.setdefault(job_id, WallClock().now())
        return saved


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The program, and the committee in it."""

    store: WatchedStore
    bell: Bell
    crowd: Crowd
    playbooks: Mapping[str, Playbook]


Way = Callable[[SqlStore, Catalogs], AbstractAsyncContextManager[Gateway]]
"""Opens the gateway through which everybody is reached."""

Settle = Callable[[SqlStore], Awaitable[Crowd]]
"""Loads the committee."""


@asynccontextmanager
async def pages(_store: SqlStore, catalogs: Catalogs) -> AsyncIterator[Gateway]:
    """Pages that nobody has open: a card is made, and nobody looks at it."""
    yield WebGateway(catalogs)


@asynccontextmanager
async def open_house(
    playbooks: Mapping[str, Playbook],
    *,
    way: Way = pages,
    settle: Settle = crowd.settle,
    inside: Path | None = None,
) -> AsyncIterator[House]:
    """Everything that works by itself, up; and down in the reverse order. Its folder is made `inside`."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-", dir=inside) as name:
        data, clock, catalogs = Path(name), WallClock(), Catalogs.load()
        async with (
            _store(data) as kept,
            queue(data) as (where, bell),
            way(kept, catalogs) as gateway,
        ):
            service = Service(kept, bell, clock, Geodesic(), playbooks)
            deliverer = Deliverer(kept, Router(service, catalogs), {gateway.platform: gateway}, clock)
            redis = redis_settings(where)
            async with at_work(
                arq.keep_running(lambda: arq.escalation(redis, service)),
                arq.deliveries(redis, deliverer),
                Sweep(service, deliverer, clock).forever(),
            ):
                # As the program warms it: its first use imports what takes half a second.
                await asyncio.to_thread(Geodesic().meters, Point(lat=0, lon=0), Point(lat=0, lon=1))
                found = await settle(kept)
                settle_memory()
                yield House(store=kept, bell=bell, crowd=found, playbooks=playbooks)


@asynccontextmanager
async def _store(data: Path) -> AsyncIterator[WatchedStore]:
    vault = Vault.open(data, None)
    await (await open_store(data, vault)).close()  # made, and marked with its key
    memory = Memory(WallClock(), vault)
    engine = await SqliteEngine.open(data / DATABASE, lost=memory.clear)
    kept = WatchedStore(engine, vault, WallClock(), memory)
    kept.kept = {}
    try:
        yield kept
    finally:
        await kept.close()


@asynccontextmanager
async def queue(data: Path) -> AsyncIterator[tuple[str, ArqBell]]:
    """A Valkey of its own: where it is, and the bell on it."""
    broker = Broker(data)
    broker.start()
    bell = ArqBell(broker.url)
    try:
        yield broker.url, bell
    finally:
        await bell.close()
        broker.stop()


@asynccontextmanager
async def at_work(*parts: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Workers, running until the block ends."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
