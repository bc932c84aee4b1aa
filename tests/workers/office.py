"""A committee with real parts at work: SQLite, an embedded Valkey, ARQ workers, and a platform of our own.

The clock is ours and lies a day behind the queue's, so that every alarm is due for the queue at once and
whether it is due for the job is decided by the job: which is the rule under test.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arq.connections import RedisSettings
from arq.worker import Worker
from redis.asyncio import Redis

import store
from dispatch import register
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.people import Address
from dispatch.service import Service
from dispatch.situation import Situation
from handlers.messages import Incoming, Reply
from handlers.router import Router
from handlers.texts import Catalogs
from store import queue
from store.broker import Broker
from store.clock import WallClock
from store.crypto import Vault
from store.maps import Geodesic
from store.queue import ArqBell
from store.schema import DATABASE, prepare
from tests import counted
from tests.platforms.clocks import SetClock
from tests.stories.committee import COMMITTEE, tables
from tests.workers.radio import Radio
from workers import settings
from workers.deliver import Deliverer
from workers.sweep import PATIENCE, Sweep

MEDICINE = "7-502 胰岛素用完 中山医院 电话19900004321"
"""A message with a door, a phone and a health note in it."""

PRIVATE = ("502", "胰岛素", "中山医院", "19900004321", "陈阿婆")
"""Parts of it, and of the register, that only a claimer and staff may read."""


def addressed() -> Mapping[str, object]:
    """The stories' committee, everybody with an address: the person's own key stands for it."""
    people = [dict(person) for person in tables(COMMITTEE, "people")]
    for number, person in enumerate(people, start=1001):
        person["addresses"] = {"telegram": str(number)}
    return {**COMMITTEE, "people": people}


@dataclass(kw_only=True)
class Office:
    """The parts, wired as `bot.app` wires them, and a few words for using them."""

    data: Path
    broker: Broker
    clock: SetClock
    store: store.SqlStore
    service: Service
    router: Router
    radio: Radio
    deliverer: Deliverer
    sweep: Sweep
    redis: RedisSettings
    committee: int
    numbers: Mapping[str, str]
    """Person key to Telegram number."""
    posts: int = field(default=0)

    async def address(self, key: str) -> Address:
        """A person's address."""
        found = await self.store.address("telegram", self.numbers[key])
        assert found is not None
        return found

    async def says(self, key: str, **incoming: Any) -> Reply:
        """Somebody writes or taps."""
        reply = await self.router.handle(Incoming(address=await self.address(key), **incoming))
        assert reply.ok, reply.text
        return reply

    async def posted(self, text: str = MEDICINE) -> int:
        """A member of staff posts a job; returns its number once the bell has rung for it."""
        self.posts += 1
        reply = await self.says("lin", text=text, nonce=f"n{self.posts}")
        assert reply.card is not None
        return reply.card.job_id

    async def state(self, job: int) -> Situation:
        """The job as it is kept."""
        return await self.store.situation(self.committee, job)

    async def events(self, job: int) -> list[str]:
        """Kinds of the ledger's entries, oldest first."""
        return [entry.kind.value for entry in await self.store.timeline(self.committee, job)]

    async def look_at(self, job: int) -> Micros:
        """When the clock looks at the job next."""
        moment = (await self.state(job)).job.look_at
        assert moment is not None
        return moment

    async def climbs(self, job: int) -> None:
        """Let time pass until nobody of the job's waves has answered and a leader is called."""
        while "called" not in await self.events(job):
            self.clock.set(await self.look_at(job))
            await self.service.look(self.committee, job)

    async def version(self, job: int) -> int:
        """The version that a card shown now has."""
        return (await self.state(job)).job.version

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with closing(sqlite3.connect(self.data / DATABASE)) as connection:
            return connection.execute(sql, params).fetchall()

    def write(self, sql: str, *params: object) -> None:
        """Change what the database holds."""
        with closing(sqlite3.connect(self.data / DATABASE)) as connection, connection:
            connection.execute(sql, params)

    def pile(self, row: int, number: int, **columns: object) -> list[int]:
        """Owe so many more that are like this one, but for these columns; returns their ids."""
        with closing(sqlite3.connect(self.data / DATABASE)) as database, database:
            database.row_factory = sqlite3.Row
            like = dict(database.execute("SELECT * FROM outbox WHERE id = ?", (row,)).fetchone())
            (last,) = database.execute("SELECT max(id) FROM outbox").fetchone()
            ids = list(range(last + 1, last + 1 + number))
            made = [{**like, **columns, "id": each, "cause": f"pile {each}"} for each in ids]
            names = ", ".join(f":{name}" for name in made[0])
            database.executemany(f"INSERT INTO outbox VALUES ({names})", made)  # noqa: S608 - columns of ours
        return ids

    def outbox(self, key: str) -> list[tuple[str, int]]:
        """Status and tries of everything that was ever owed to a person, oldest first."""
        sql = (
            "SELECT o.status, o.tries FROM outbox o JOIN addresses a ON a.id = o.address_id"
            " WHERE a.value = ? ORDER BY o.id"
        )
        return self.rows(sql, self.numbers[key])

    def escalation(self) -> Worker:
        """A burst worker of the alarms: it ends when its queue is empty."""
        return settings.escalation(self.redis, self.service, burst=True)

    def delivery(self) -> Worker:
        """A burst worker of the deliveries."""
        return settings.delivery(self.redis, self.deliverer, burst=True)

    async def delivers(self) -> int:
        """Do all that waits in the queue of the deliveries and all that it began; how many tasks it was."""
        done = await burst(self.delivery())
        await self.deliverer.drain()
        return done

    async def waiting(self, name: str) -> list[str]:
        """Ids of the tasks in a queue."""
        async with self.client() as client:
            return [task.decode() for task in await client.zrange(name, 0, -1)]

    async def rung(self, name: str, task: str = "") -> None:
        """Wait until the bell has handed over what begins like this."""
        await until(lambda: self._holds(name, task), f"the bell has rung for {task or name}")

    async def _holds(self, name: str, task: str) -> bool:
        return any(each.startswith(task) for each in await self.waiting(name))

    @asynccontextmanager
    async def client(self) -> AsyncIterator["Redis"]:
        """A client of the queue."""
        client = queue.client(self.broker.url)
        try:
            yield client
        finally:
            await client.aclose()


async def burst(worker: Worker) -> int:
    """Run a burst worker to its end; returns how many tasks it has done. No task may fail."""
    try:
        await worker.async_run()
    finally:
        await worker.pool.aclose(
            close_connection_pool=True
        )  # arq's own way is one that redis-py wants no more
    assert worker.jobs_failed == 0
    assert worker.jobs_retried == 0
    return worker.jobs_complete


async def until(holds: Callable[[], Any], what: str, within: float = 10.0) -> None:
    """Wait until it holds (it may be awaitable); fails, saying `what` did not happen."""
    end = time.monotonic() + within
    while not await _true(holds):
        assert time.monotonic() < end, f"not within {within} s: {what}"
        await asyncio.sleep(0.01)


async def _true(holds: Callable[[], Any]) -> bool:
    result = holds()
    return bool(await result if asyncio.iscoroutine(result) else result)


@asynccontextmanager
async def an_office(data: Path, radio: Radio) -> AsyncIterator[Office]:
    """An office with the stories' committee; everything is closed afterwards."""
    prepare(data / DATABASE)
    broker = Broker(data)
    broker.start()
    clock = SetClock(WallClock().now() - 24 * HOUR)
    kept = await store.open_store(data, Vault.open(data, None), clock)
    bell = ArqBell(broker.url)
    try:
        file = addressed()
        await kept.load(register.parse("office.toml", file), prune=False, demo=False)
        (committee,) = await kept.committees()
        service = Service(kept, bell, clock, Geodesic(), counted.playbooks())
        router = Router(service, Catalogs.load())
        deliverer = Deliverer(kept, router, {radio.platform: radio}, clock)
        people: Any = file["people"]
        yield Office(
            data=data,
            broker=broker,
            clock=clock,
            store=kept,
            service=service,
            router=router,
            radio=radio,
            deliverer=deliverer,
            sweep=Sweep(service, deliverer, clock),
            redis=queue.redis_settings(broker.url),
            committee=committee.id,
            numbers={person["key"]: person["addresses"]["telegram"] for person in people},
        )
    finally:
        await bell.close()
        await kept.close()
        broker.stop()


__all__ = ["MEDICINE", "MINUTE", "PATIENCE", "PRIVATE", "SECOND", "Office", "an_office", "burst", "until"]
