"""A committee to tell stories in: real store, real handlers, a real platform, a clock that is ours.

`World(platform=…)` says where its people are: the story stays the same, and the platform's own ways are in
its driver (`drivers`). Somebody may sit at a page all the same (`on="web"`). `database` is the address of a
migrated PostgreSQL database; without it everything is kept in SQLite, in the data folder.

The queue's bell is lost on purpose: everything that happens by itself is done by the sweep, as it is in
the worst case; only what follows from somebody's own tap is delivered at once. The bell, the alarms and
real processes have tests of their own.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, closing
from functools import cache
from pathlib import Path
from typing import Self

import asyncpg

import store
from bot import charts, step_pictures
from bot.codes import Codes
from bot.playbooks import load_playbooks
from config.settings import Settings
from dispatch import register
from dispatch.gatekeeping import Gatekeeping
from dispatch.jobs import Job
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.people import SMS, Committee, Person
from dispatch.refilling import Refilling
from dispatch.relays import Relay
from dispatch.service import Service
from dispatch.situation import Situation
from dispatch.succession import Succession
from dispatch.tending import Tending
from handlers.router import Router
from handlers.texts import Catalogs
from store.crypto import Vault
from store.maps import Geodesic
from store.schema import DATABASE, prepare
from tests import counted
from tests.platforms.clocks import SetClock
from tests.platforms.matrix_server import Synapse
from tests.stories.committee import COMMITTEE, table
from tests.stories.drivers.base import Actor, ChatActor, ChatDriver, Driver, Parts, public_links
from tests.stories.drivers.web import Visitor, WebDriver
from workers.buildings import StatusWatch
from workers.care import CareWatch
from workers.deliver import Deliverer
from workers.duty import DutyWatch
from workers.medicines import MedicineWatch
from workers.sms import SmsGateway
from workers.sweep import AT_MOST, PATIENCE, Sweep

MONDAY_NIGHT: Micros = 1_779_649_800_000_000
"""A Monday in 2026, 03:10 in Shanghai: before duty passes at eight."""

WEB = "web"


class LostBell:
    """A queue that loses everything it is told."""

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        pass

    def deliver(self, rows: object, *, later: bool = False) -> None:
        pass


class World:
    """One committee (and, where a story needs it, a second one) on one platform, and on others `beside`."""

    def __init__(
        self,
        data: Path,
        *,
        platform: str = WEB,
        beside: Sequence[str] = (),
        queue: str | None = None,
        homeserver: Synapse | None = None,
        database: str | None = None,
    ) -> None:
        self.data = data
        self._database = database
        self.platform = platform
        self._platforms = (platform, *beside)
        self._homeserver = homeserver
        self.clock = SetClock(MONDAY_NIGHT)
        self._queue = queue
        self._people: dict[tuple[int, str, str], Actor] = {}
        self._settling = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self.vault = Vault.open(self.data, None)
        if self._database is None:
            prepare(self.data / DATABASE)
        self.store = await store.open_store(self.data, self.vault, self.clock, database_url=self._database)
        self._stack = AsyncExitStack()
        self._stack.push_async_callback(self.store.close)
        self._beside = None if self._database is None else await asyncpg.connect(self._database)
        if self._beside is not None:
            self._stack.push_async_callback(self._beside.close)
        self.playbooks = counted.playbooks()
        self.service = Service(self.store, LostBell(), self.clock, Geodesic(), self.playbooks)
        codes = Codes(self.vault.derive(b"invite"), self.clock)
        self.succession = Succession(self.service)
        guides = step_pictures.load(None, self.playbooks.values())
        self.router = Router(
            self.service,
            _catalogs(),
            codes,
            self.succession,
            charts.draw,
            guides,
            sms=True,
            notice_link=public_links(self.vault, self.clock).notice,
        )
        parts = Parts(
            data=self.data,
            queue=self._queue,
            homeserver=self._homeserver,
            clock=self.clock,
            vault=self.vault,
            store=self.store,
            router=self.router,
            catalogs=_catalogs(),
            codes=codes,
            settle=self.settles,
            version=self._version,
        )
        enter = self._stack.enter_async_context
        chats = {name: await enter(_chat(name, parts)) for name in self._platforms if name != WEB}
        settings = Settings.model_validate({name: each.section for name, each in chats.items()})
        self.pages = await enter(WebDriver(parts, settings))
        self._drivers: dict[str, Driver] = {WEB: self.pages, **chats}
        self.driver = self._drivers[self.platform]
        self._gateways = {name: each.gateway for name, each in self._drivers.items()}
        self._deliverer = Deliverer(self.store, self.router, self._gateways, self.clock)
        self._sweep = Sweep(self.service, self._deliverer, self.clock)
        self._duty = DutyWatch(self.succession, self.clock)
        self._statuses = StatusWatch(Gatekeeping(self.service), self.clock)
        self._care = CareWatch(Tending(self.service), self.clock)
        self._medicines = MedicineWatch(Refilling(self.service), self.clock)
        self.committee = await self.founds(COMMITTEE)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def chat(self) -> ChatDriver:
        """The chat that the world's people use."""
        assert isinstance(self.driver, ChatDriver), "nobody chats on pages"
        return self.driver

    def seeks(self) -> None:
        """From now on jobs ask as the program's own playbooks say: by a policy, where they name one.
        Until then the counted waves ask, so that a story can count on it."""
        self.playbooks = load_playbooks(None)
        self.service.playbooks = self.playbooks

    def texts_by(self, url: str) -> None:
        """From now on a service of that address sends SMS."""
        self._gateways[SMS] = SmsGateway(self.store, self.clock, url)

    async def founds(self, file: Mapping[str, object], *, prune: bool = False) -> Committee:
        """Load a committee's file; its people have the world's platforms on their phones."""
        here = [each for name, each in self._drivers.items() if name in self._platforms]
        furnished = file
        for driver in here:
            furnished = await driver.furnished(furnished)
        await self.store.load(register.parse("world.toml", furnished), prune=prune, demo=False)
        key = table(file, "committee")["key"]
        committee = next(each for each in await self.store.committees() if each.key == key)
        for driver in here:
            await driver.welcomes(committee)
        return committee

    async def person(self, key: str, committee: Committee | None = None, *, on: str = "") -> Actor:
        """Somebody of the committee with the phone in their hand, on the world's platform or `on` another."""
        where, driver = committee or self.committee, self._drivers[on or self.platform]
        name = where.id, key, driver.platform
        if name not in self._people:
            self._people[name] = await driver.arrives(where, await self.store.person(where.id, key))
        return self._people[name]

    async def visitor(self, key: str) -> Visitor:
        """The same at their page, whatever else they have."""
        actor = await self.person(key, on=WEB)
        assert isinstance(actor, Visitor)
        return actor

    async def member(self, key: str, committee: Committee | None = None) -> ChatActor:
        """The same in the chat."""
        actor = await self.person(key, committee)
        assert isinstance(actor, ChatActor)
        return actor

    async def everybody(self, *, but: Sequence[str] = ()) -> list[Actor]:
        """All of the committee whom a phone reaches, except these."""
        roster = await self.store.roster(self.committee.id)
        keys = [each.key for each in roster.people.values() if roster.addresses_of.get(each.id)]
        return [await self.person(key) for key in keys if key not in but]

    def posted(self) -> list[str]:
        """Everything that was ever written where many people read it."""
        return [said for driver in self._drivers.values() for said in driver.posted()]

    async def job(self) -> int:
        """The number of the newest open job."""
        return max(job.id for job in await self.jobs())

    async def jobs(self) -> tuple[Job, ...]:
        """All open jobs of the committee."""
        return await self.store.open_jobs(self.committee.id)

    async def state(self, job: int) -> Situation:
        """The job as it is kept."""
        return await self.store.situation(self.committee.id, job)

    async def version(self, job: int) -> int:
        """The version of the job's newest card."""
        return (await self.state(job)).job.version

    async def asked(self, job: int) -> set[str]:
        """Keys of the volunteers asked so far."""
        return await self._keys(job, leaders=False)

    async def called(self, job: int) -> set[str]:
        """Keys of the leaders called so far."""
        return await self._keys(job, leaders=True)

    async def events(self, job: int) -> list[str]:
        """Kinds of the ledger's entries, oldest first."""
        return [entry.kind.value for entry in await self.store.timeline(self.committee.id, job)]

    async def people(self) -> Mapping[str, Person]:
        """Everybody of the committee, by name."""
        roster = await self.store.roster(self.committee.id)
        return {person.name: person for person in roster.people.values()}

    async def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the database beside the store, or do something to it. `?` stands for a value."""
        if self._beside is None:
            with closing(sqlite3.connect(self.data / DATABASE)) as connection, connection:
                return connection.execute(query, values).fetchall()
        for number in range(1, len(values) + 1):
            query = query.replace("?", f"${number}", 1)
        return [tuple(row) for row in await self._beside.fetch(query, *values)]

    async def settles(self) -> None:
        """Let everything that was done be taken in, and deliver what is owed at this moment."""
        async with self._settling:
            while True:
                for driver in self._drivers.values():
                    await driver.settled()
                rows = await self.store.overdue_outbox(self.clock.now() + 1, AT_MOST)
                if not rows:
                    return
                await self._deliverer.deliver(rows)

    async def fast_forward(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass with everything running: each due moment is looked at by a sweep, a second late."""
        end = self.clock.now() + round(minutes * MINUTE + seconds * SECOND)
        while (due := await self._next_due()) is not None and due + PATIENCE <= end:
            self.clock.set(due + PATIENCE)
            await self._duty.once()
            await self._statuses.once()
            await self._care.once()
            await self._medicines.once()
            await self._sweep.once()
        await self._wakes_at(end)

    async def until(self, hour: int, minute: int = 0) -> None:
        """Let time pass until that hour of the first day, which begins at 03:10."""
        end = MONDAY_NIGHT + (hour - 3) * HOUR + (minute - 10) * MINUTE
        await self.fast_forward(minutes=(end - self.clock.now()) / MINUTE)

    async def sleeps_through(self, *, minutes: float) -> None:
        """Everything is down for this long; then one sweep."""
        await self._wakes_at(self.clock.now() + round(minutes * MINUTE))

    async def _wakes_at(self, moment: Micros) -> None:
        self.clock.set(moment)
        await self._duty.once()
        await self._statuses.once()
        await self._care.once()
        await self._medicines.once()
        await self._sweep.once()
        await self.settles()

    async def _next_due(self) -> Micros | None:
        """When the next job is to be looked at, or the next message to be sent."""
        jobs = await self.store.due(self.clock.now() + 10_000 * MINUTE, 1)
        ((owed,),) = await self.rows("SELECT min(due_at) FROM outbox WHERE status = 'owed'")
        moments = [each.look_at for each in jobs]
        ((watched,),) = await self.rows("SELECT min(look_at) FROM watches")
        if isinstance(watched, int):
            moments.append(max(watched, self.clock.now()))
        ((changes,),) = await self.rows("SELECT min(look_at) FROM sealings")
        if isinstance(changes, int):
            moments.append(changes)
        ((care,),) = await self.rows("SELECT min(look_at) FROM care_plans WHERE active = 1")
        if isinstance(care, int):
            moments.append(max(care, self.clock.now()))
        ((supply,),) = await self.rows("SELECT min(look_at) FROM medicine_supplies WHERE active = 1")
        if isinstance(supply, int):
            moments.append(max(supply, self.clock.now()))
        if isinstance(owed, int):
            moments.append(owed + 1)  # rows are overdue after their moment, not at it
        return min(moments, default=None)

    async def kept(self) -> Mapping[str, list[tuple[object, ...]]]:
        """Everything that is kept, by table."""
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self._beside is None
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return {
            str(name): sorted(await self.rows(f"SELECT * FROM {name}"), key=repr)  # noqa: S608 - our own names
            for (name,) in await self.rows(tables)
        }

    async def relays(self) -> tuple[Relay, ...]:
        """What somebody is asked to take, or reminded of; oldest first."""
        return tuple(each for each in await self.store.relays(self.committee.id) if each.open)

    async def _version(self, job: int) -> int:
        found = await self.rows("SELECT version FROM jobs WHERE id = ?", job)
        return int(str(found[0][0])) if found else 1

    async def _keys(self, job: int, *, leaders: bool) -> set[str]:
        situation = await self.state(job)
        people = situation.roster.people
        return {people[ask.person_id].key for ask in situation.asks if ask.leader is leaders}


def _chat(platform: str, parts: Parts) -> ChatDriver:
    # Their libraries cost seconds: only for the stories that are told there.
    match platform:
        case "telegram":
            from tests.stories.drivers.telegram import TelegramDriver  # noqa: PLC0415

            return TelegramDriver(parts)
        case "matrix":
            from tests.stories.drivers.matrix import MatrixDriver  # noqa: PLC0415

            return MatrixDriver(parts)
    message = f"there is no driver for {platform}"
    raise AssertionError(message)


@cache
def _catalogs() -> Catalogs:
    return Catalogs.load()
