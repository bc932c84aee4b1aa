"""An installation of several processes on a PostgreSQL that loses nothing, and a Valkey.

Servers and processes are those of `make chaos`. What is posted and measured is somebody else's business.
"""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import asyncpg

from bench import crowd
from bench.crowd import Crowd
from store import SqlStore, open_store
from store.crypto import KEY_FILE, Vault
from tests.chaos.runs import Place
from tests.chaos.storm.processes import Process
from tests.chaos.storm.servers import Network, Queue
from tests.ports import free_port
from tests.postgres.databases import OWNER, Databases

DURABLE: Mapping[str, str] = MappingProxyType(
    {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        "track_commit_timestamp": "on",
    }
)
"""As in earnest: a commit is on the disk; and the server notes when it was."""

VOLUNTEERS = 1_200
"""Twenty thousand jobs ask each of them as often in a day as a file may allow, and no oftener."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What all processes share, and a store on it in this process."""

    place: Place
    url: str
    postgres: Network
    queue: Queue
    store: SqlStore
    crowd: Crowd

    def process(self, part: str, settings: Mapping[str, str] = MappingProxyType({})) -> Process:
        """A process that has not begun. End it by `kill`."""
        more = {**self.place.settings, **settings}
        return Process(part=part, place=replace(self.place, port=free_port(), settings=more))

    async def rows(self, sql: str, *params: object) -> list[asyncpg.Record]:
        """What a plain connection finds."""
        session = await asyncpg.connect(self.url)
        try:
            found: list[asyncpg.Record] = await session.fetch(sql, *params)
            return found
        finally:
            await session.close()


@asynccontextmanager
async def open_fleet() -> AsyncIterator[Fleet]:
    """Servers up and a committee loaded; everything gone afterwards."""
    with ExitStack() as ends:
        folder = Path(tempfile.mkdtemp(prefix="sdb", dir="/tmp"))
        ends.callback(shutil.rmtree, folder)
        postgres = ends.enter_context(Network(None, **DURABLE))
        queue = Queue(folder / "queue", None)
        queue.start()
        ends.callback(queue.stop, signal.SIGKILL)
        url = await asyncio.to_thread(_database, postgres.url)
        data = folder / "data"
        await asyncio.to_thread(data.mkdir, 0o700)
        store = await open_store(data, Vault.open(data, None), database_url=url)
        try:
            settings = {
                "SUIDAO_DATABASE_URL": url,
                "SUIDAO_REDIS_URL": queue.url,
                "SUIDAO_SECRET_KEY_FILE": str(data / KEY_FILE),
                "SUIDAO_WATCH__SYNTHETIC_MINUTES": "0",
            }
            yield Fleet(
                place=Place(data=data, temporary=folder, port=0, settings=settings),
                url=url,
                postgres=postgres,
                queue=queue,
                store=store,
                crowd=await crowd.settle(store, VOLUNTEERS),
            )
        finally:
            await store.close()


@asynccontextmanager
async def up(*processes: Process) -> AsyncIterator[None]:
    """These processes, ready; and ended afterwards."""
    try:
        for process in processes:
            process.start()
        await asyncio.gather(*(process.ready() for process in processes))
        yield
    finally:
        for process in processes:
            if process.alive:
                process.kill()


def _database(server: str) -> str:
    return Databases(server, OWNER).make_migrated()
