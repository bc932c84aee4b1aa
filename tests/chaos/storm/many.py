"""The program as several processes on one PostgreSQL and one Valkey: pages, and two workers of which one
is on another host where the machine allows that."""

import asyncio
import random
import shutil
import signal
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from redis import Redis

from store.crypto import KEY_FILE
from tests.chaos.runs import Place
from tests.chaos.storm import releases, scripts
from tests.chaos.storm.diary import Diary
from tests.chaos.storm.hosts import Far, far_host, may_have_hosts
from tests.chaos.storm.house import Blow, frozen
from tests.chaos.storm.processes import Process
from tests.chaos.storm.records import Base
from tests.chaos.storm.servers import Network, Queue
from tests.chaos.storm.town import Town, settle
from tests.ports import free_port
from tests.postgres.databases import OWNER, Databases, name_of


class Many:
    """See `tests.chaos.storm.house.House`. Make it with `make`."""

    def __init__(self, folder: Path, ends: ExitStack, far: Far | None, chance: random.Random) -> None:
        self.diary = Diary()
        self.missing = [] if far else ["a network cut between hosts (name spaces are not allowed here)"]
        self._folder = folder
        self._ends = ends
        self._far = far
        self._chance = chance
        address = None if far is None else far.near
        self.postgres = ends.enter_context(Network(address))
        self.queue = Queue(folder / "queue", address)
        self.queue.start()
        ends.callback(self.queue.stop, signal.SIGKILL)
        scripts.write(folder / "playbooks")

    @classmethod
    async def make(cls, chance: random.Random, *, old: str | None = None) -> "Many":
        """Servers, a committee in a database, and processes that have not begun; one of the workers is of the
        release at the commit `old`. Raises `releases.OtherSchemaError`."""
        ends = ExitStack()
        try:
            folder = Path(tempfile.mkdtemp(prefix="sd", dir="/tmp"))
            ends.callback(shutil.rmtree, folder)
            far = ends.enter_context(far_host()) if may_have_hosts() else None
            made = cls(folder, ends, far, chance)
            url = await asyncio.to_thread(_database, made.postgres.url)
            await made._settle(url)
            if old is not None:
                made.workers[0].root = releases.unpacked(old, folder / "old")
        except BaseException:
            ends.close()
            raise
        return made

    async def _settle(self, url: str) -> None:
        data = self._folder / "data"
        self.town: Town = await settle(data, url)
        self.base = Base(data, url)
        there = url if self._far is None else f"postgresql://{OWNER}@{self._far.near}/{name_of(url)}"
        settings = {
            "SUIDAO_PLAYBOOKS_DIR": str(self._folder / "playbooks"),
            "SUIDAO_WATCH__SYNTHETIC_MINUTES": "0",
            **scripts.UNLIMITED,
            "SUIDAO_DATABASE_URL": there,
            "SUIDAO_REDIS_URL": self.queue.url,
            "SUIDAO_SECRET_KEY_FILE": str(data / KEY_FILE),
        }
        place = Place(data=data, temporary=self._folder, port=0, settings=settings)
        self.web = Process(part="web", place=replace(place, port=free_port()))
        self.workers = [Process(part="worker", place=replace(place, port=free_port())) for _ in range(2)]
        if self._far is not None:
            self.workers[1].before, self.workers[1].host = self._far.inside, self._far.address

    @property
    def processes(self) -> list[Process]:
        """All of them."""
        return [self.web, *self.workers]

    async def start(self) -> None:
        """See `House.start`."""
        for process in self.processes:
            process.start()
        await self.all_ready()

    async def all_ready(self) -> None:
        """Wait until each can do its work."""
        await asyncio.gather(*(process.ready() for process in self.processes))

    async def close(self) -> None:
        """See `House.close`."""
        for process in self.processes:
            if process.alive:
                process.kill()
        self._ends.close()

    def where(self) -> str:
        """See `House.where`."""
        return self.web.base

    def said(self) -> str:
        """See `House.said`."""
        return "".join(process.log.read_text(encoding="utf-8") for process in self.processes)

    def blows(self, which: str) -> list[Blow]:
        """See `House.blows`: `all`, `postgres` (the database alone), `kills` (a worker four times of five,
        else Valkey)."""
        database = [
            Blow(name="PostgreSQL restarted", weight=3, strike=self._restart_postgres),
            Blow(name="PostgreSQL crashed", weight=2, strike=self._crash_postgres),
            Blow(name="PostgreSQL killed", weight=2, strike=self._kill_postgres, kills=1),
        ]
        worker = Blow(name="worker killed", weight=8, strike=self._kill_worker, kills=1)
        queue = Blow(name="Valkey killed", weight=2, strike=self._kill_queue, kills=1)
        found = [
            worker,
            queue,
            *database,
            Blow(name="all workers killed", weight=3, strike=self._kill_workers, kills=2),
            Blow(name="pages killed", weight=3, strike=self._kill_web, kills=1),
            Blow(name="worker restarted", weight=3, strike=self._deploy),
            Blow(name="worker frozen", weight=3, strike=self._freeze),
            Blow(name="Valkey emptied", weight=3, strike=self._flush),
            Blow(name="Valkey frozen", weight=2, strike=self._freeze_queue),
        ]
        if self._far is not None:
            found.append(Blow(name="network cut", weight=3, strike=self._cut))
        return {"all": found, "postgres": database, "kills": [worker, queue]}[which]

    async def _kill_worker(self) -> None:
        """One of two: the other goes on, so nothing may be late."""
        process = self._chance.choice(self.workers)
        process.kill()
        process.start()
        await process.ready()

    async def _kill_queue(self) -> None:
        """It comes back with what is on its disk."""
        self.queue.stop(signal.SIGKILL)
        self.queue.start()

    async def _kill_workers(self) -> None:
        with self.diary.trouble():
            for process in self.workers:
                process.kill()
            await asyncio.sleep(self._chance.choice((0.0, 1.0)))
            for process in self.workers:
                process.start()
            await asyncio.gather(*(process.ready() for process in self.workers))

    async def _kill_web(self) -> None:
        self.web.kill()
        self.web.start()
        await self.web.ready()

    async def _deploy(self) -> None:
        process = self._chance.choice(self.workers)
        await process.leave()
        process.start()
        await process.ready()

    async def _freeze(self) -> None:
        # In the middle of a decision it holds the job's row.
        with self.diary.trouble():
            await frozen(self._chance.choice(self.workers).pid, self._chance.uniform(0.5, 3))

    async def _restart_postgres(self) -> None:
        with self.diary.trouble():
            self.postgres.restart()
            await self.all_ready()

    async def _crash_postgres(self) -> None:
        with self.diary.trouble():
            self.postgres.stop(signal.SIGQUIT)
            await asyncio.sleep(self._chance.uniform(0, 2))
            self.postgres.start()
            await self.all_ready()

    async def _kill_postgres(self) -> None:
        with self.diary.trouble():
            self.postgres.kill()
            self.postgres.start()
            await self.all_ready()

    async def _flush(self) -> None:
        queue: Redis = Redis.from_url(self.queue.url, socket_timeout=2)
        queue.flushall()
        queue.close()

    async def _freeze_queue(self) -> None:
        await frozen(self.queue.pid, self._chance.uniform(0.5, 3))

    async def _cut(self) -> None:
        assert self._far is not None
        with self.diary.trouble():
            with self._far.cut():
                await asyncio.sleep(self._chance.uniform(0.5, 4))
            await self.all_ready()


def _database(server: str) -> str:
    """An empty database of today's shape; its address. In a thread, since it runs a loop of its own."""
    return Databases(server, OWNER).make_migrated()
